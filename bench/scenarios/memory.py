"""What a client costs that is connected, subscribed and silent."""

from scenarios import figures


def run(bench, arguments) -> int:
    rows = []
    for transport in arguments.transports:
        count = arguments.subscribers or 10_000
        with bench.troupe_server(*arguments.flags) as server:
            result = bench.load(server, transport, transport, seconds=arguments.seconds, subscribers=count)
        before, idle = result["memory"]["before"], result["memory"]["idle"]
        rows.append([figures.NAMES[transport], f"{count:,}", figures.mib(before["rss_bytes"]),
                     figures.mib(idle["rss_bytes"]), figures.kib(result["rss_bytes_per_connection"]),
                     figures.kib(result["pss_bytes_per_connection"]), figures.cpu_percent(result)])
    return bench.conclude(["transport", "clients", "MiB without", "MiB with", "KiB per connection (RSS)",
                           "KiB per connection (PSS)", "server CPU"], rows,
                          f"Idle for {arguments.seconds:g} s; memory of the process, without the kernel's.")

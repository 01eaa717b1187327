"""Many subscribers of one channel and a publication each second: nothing lost, nothing out of order."""

from scenarios import figures

SUBSCRIBERS = {"ws": 10_000, "sse": 2_000, "poll": 2_000}


def run(bench, arguments) -> int:
    rows = []
    for transport in arguments.transports:
        count = arguments.subscribers or SUBSCRIBERS[transport]
        with bench.troupe_server(*arguments.flags) as server:
            print(f"{count} {figures.NAMES[transport]} subscribers, {arguments.rate:g} publications a second, "
                  f"{arguments.seconds:g} s …", flush=True)
            result = bench.load(server, transport, transport, seconds=arguments.seconds, subscribers=count,
                                rate=arguments.rate, bytes=arguments.bytes, idle=3)
        latency = result["latency_ms"]
        rows.append([figures.NAMES[transport], f"{count:,}", f"{result['deliveries']:,}", result["lost"],
                     result["misordered"], f"{latency['p50']:.1f}", f"{latency['p99']:.1f}", f"{latency['max']:.1f}",
                     figures.cpu_percent(result), figures.kib(result["rss_bytes_per_connection"]),
                     f"{result['connects_per_second']:,.0f}"])
    return bench.conclude(["transport", "clients", "deliveries", "lost", "misordered", "p50 ms", "p99 ms", "max ms",
                           "server CPU", "KiB per connection", "connects/s"], rows,
                          f"{arguments.bytes} bytes, {arguments.rate:g}/s for {arguments.seconds:g} s.")

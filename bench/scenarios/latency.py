"""From publish to delivery with a hundred clients."""

from scenarios import figures


def run(bench, arguments) -> int:
    rows = []
    for transport in arguments.transports:
        count = arguments.subscribers or 100
        with bench.troupe_server(*arguments.flags) as server:
            result = bench.load(server, transport, transport, seconds=arguments.seconds, subscribers=count,
                                rate=arguments.rate, bytes=arguments.bytes)
        latency = result["latency_ms"]
        rows.append([figures.NAMES[transport], count, f"{result['deliveries']:,}",
                     *(f"{latency[key]:.2f}" for key in ("p50", "p90", "p99", "max"))])
    return bench.conclude(["transport", "clients", "deliveries", "p50 ms", "p90 ms", "p99 ms", "max ms"], rows,
                          f"{arguments.bytes} bytes, {arguments.rate:g} publications a second.")

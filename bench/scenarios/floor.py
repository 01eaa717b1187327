"""How close troupe comes to a bare epoll program that writes the same bytes: one core, runs that alternate."""

import statistics

SERVER_CORE, CLIENT_CORE = 0, 1
KEY = "deliveries_per_server_cpu_second"


def run(bench, arguments) -> int:
    print(f"{arguments.subscribers} WebSocket subscribers, {arguments.in_flight} publications of {arguments.bytes} bytes "
          f"in flight, server on core {SERVER_CORE}, {arguments.seconds:g} s a run; deliveries per server-CPU-second:")
    rows, ratios = [], []
    for number in range(1, arguments.alternations + 1):
        floor = _once(bench, bench.floor_server(core=SERVER_CORE), f"floor-{number}", arguments)
        troupe = _once(bench, bench.troupe_server("--threads.shards=1", core=SERVER_CORE), f"troupe-{number}", arguments)
        ratios.append(troupe[KEY] / floor[KEY] if floor[KEY] else 0.0)
        rows.append([number, _millions(floor[KEY]), _millions(troupe[KEY]), f"{ratios[-1]:.2f}",
                     f"{floor['latency_ms']['p50']:.2f}", f"{troupe['latency_ms']['p50']:.2f}"])
        print(f"  run {number}: floor {rows[-1][1]}, troupe {rows[-1][2]}, ratio {rows[-1][3]}", flush=True)
    return bench.conclude(["run", "floor", "troupe", "ratio", "floor p50 ms", "troupe p50 ms"], rows,
                          f"Median ratio: {statistics.median(ratios):.2f}.")


def _once(bench, server, label, arguments) -> dict:
    with server:
        return bench.load(server, label, "ws", core=CLIENT_CORE, seconds=arguments.seconds, bytes=arguments.bytes,
                          subscribers=arguments.subscribers, in_flight=arguments.in_flight)


def _millions(value: float) -> str:
    return f"{value / 1e6:.2f} M"

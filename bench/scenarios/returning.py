"""Ten thousand clients that drop at once and come back to their sessions, while publications go on."""

import http.client
import json

from scenarios import figures

CHANNELS = (1, 100)
STAY = 100  # of whom the latencies are taken meanwhile
RATE = 5    # publications a second in each channel of all; with more channels as many deliveries
CALM = 2    # seconds before the drop and after the last return


def run(bench, arguments) -> int:
    rows = []
    for channels in CHANNELS:
        for within in arguments.within:
            label = f"{channels}-channels-within-{within:g}"
            count = arguments.clients + STAY
            with bench.troupe_server(*arguments.flags) as server:
                before = _metrics(server.address)
                result = bench.load(server, label, "ws", seconds=2 * CALM + within, subscribers=count, stay=STAY,
                                    publishers=channels, channels=channels, rate=RATE * channels, bytes=arguments.bytes,
                                    drop_after=CALM, return_within=within)
                after = _metrics(server.address)
            told = {key: after[key] - before[key] for key in ("encodings", "publications_received")}
            back = result["return"]
            bench.clean = bench.clean and told["encodings"] <= told["publications_received"]
            rows.append([channels, f"{within:g}", f"{back['resumed']:,} of {back['clients']:,}", f"{back['seconds']:.2f}",
                         result["lost"] + result["misordered"] + result["gaps"],
                         *(f"{back['resume_ms'][p]:.1f}" for p in ("p50", "p99", "max")),
                         f"{back['live_ms']['p50']:.1f} / {back['live_ms']['p99']:.1f}",
                         f"{result['latency_ms']['p50']:.1f}",
                         f"{told['encodings']:,} / {told['publications_received']:,}",
                         f"{100 * back['server_cpu_seconds'] / back['seconds']:.0f} / {100 * back['server_cpu_peak']:.0f} %",
                         figures.mib(result["memory"]["idle"]["rss_bytes"]), figures.mib(back["server_rss_peak"])])
    return bench.conclude(["channels", "told to return within s", "resumed", "all back after s", "lost, twice, gaps",
                           "to be back p50 ms", "p99", "max", "who stayed p50 / p99 ms", "encodings / publications, of each shard",
                           "server CPU mean / peak", "MiB before", "peak MiB"], rows)


def _metrics(address: str) -> dict:
    host, port = address.rsplit(":", 1)
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    connection.request("GET", "/metrics", headers={"Accept": "application/json"})
    return json.loads(connection.getresponse().read())

"""What a channel costs that was used once: while it lives idle, when it has been retired, and when what it said has expired."""

import json
import time
import urllib.request

from scenarios import figures
from scenarios.wire import WebSocket

PER_SESSION = 500  # names that one session starts, below its limit
IN_FLIGHT = 10
IDLE = "10s"
LET_GO, RETIRED, EXPIRED = 8, 26, 130  # seconds: shards hold on to a channel for 5, its epoch is known for 60 after its history
TTL_SECONDS = 30

NAMESPACE = f"""
[[namespace]]
pattern = "open:*"
kind = "open"
publish = "anyone"
history_ttl = "{TTL_SECONDS}s"
"""


def run(bench, arguments) -> int:
    bench.folder.mkdir(parents=True, exist_ok=True)
    config = bench.folder / "names.toml"
    config.write_text(NAMESPACE)
    flags = ["--config", str(config), f"--channels.idle={IDLE}", "--log.level=warn", *arguments.flags]
    with bench.troupe_server(*flags) as server:
        _use_once(server.address, "warm", 1_000, arguments.bytes)
        time.sleep(RETIRED)
        before = _resident(server.pid)
        begun = time.monotonic()
        _use_once(server.address, "name", arguments.names, arguments.bytes)
        took = time.monotonic() - begun
        rows = [["just now", *_cost(server, before, arguments.names)]]
        time.sleep(LET_GO)
        rows.append(["idle", *_cost(server, before, arguments.names)])
        time.sleep(RETIRED - LET_GO)
        rows.append(["retired", *_cost(server, before, arguments.names)])
        time.sleep(EXPIRED - RETIRED)
        rows.append(["expired", *_cost(server, before, arguments.names)])
    for row in rows:
        bench.results.append(dict(zip(("phase", "rss_mib", "bytes_per_name", "channels", "history_bytes"), row)))
    return bench.conclude(["names used once", "MiB", "bytes each", "live channels", "history MiB"], rows,
                          f"{arguments.names:,} names, one publication of {arguments.bytes} bytes each, "
                          f"started in {took:.1f} s; resident memory above that of a server that has seen 1,000.")


def _use_once(address: str, base: str, count: int, size: int) -> None:
    for first in range(0, count, PER_SESSION):
        client = WebSocket(address)
        names = range(first, min(first + PER_SESSION, count))
        for begin in range(names.start, names.stop, IN_FLIGHT):
            batch = range(begin, min(begin + IN_FLIGHT, names.stop))
            for name in batch:
                client.send({"action": "publish", "channel": f"open:{base}-{name}", "event": "e", "data": "x" * size, "id": name})
            missing = len(batch)
            while missing:
                answer = client.receive()
                if answer.get("type") == "error":
                    raise SystemExit(f"refused: {answer}")
                missing -= 1 if "id" in answer else 0
        client.close()


def _cost(server, before: int, names: int) -> tuple:
    now = _resident(server.pid)
    request = urllib.request.Request(f"http://{server.address}/metrics", headers={"Accept": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        metrics = json.load(answer)
    return (figures.mib(now), f"{(now - before) / names:.0f}", metrics.get("channels", "?"), figures.mib(metrics["history_bytes"]))


def _resident(pid: int) -> int:
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))

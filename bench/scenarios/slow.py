"""One slow client in a busy and in a quiet channel: it hears the quiet one, and is heard."""

import json
import statistics
import threading
import time

from scenarios.wire import WebSocket, frame

BUSY_BYTES, BUSY_PER_SECOND = 60_000, 400_000
READ_PER_SECOND, READ_AT_ONCE = 80_000, 4_000


def run(bench, arguments) -> int:
    with bench.troupe_server(*arguments.flags) as server:
        slow = _SlowClient(server.address)
        sent = _publish(server.address, arguments.seconds, slow)
        slow.finish()
    missing = sent - len(slow.quiet) - slow.quiet_missed
    bench.clean = missing == 0 and slow.pings_sent > 0 and len(slow.pongs) > 0
    rows = [["publications of the quiet channel", sent], ["heard", len(slow.quiet)], ["told as missed", slow.quiet_missed],
            ["neither", missing], ["from publish to hearing, p50 / max s", _spread(slow.quiet)],
            ["pings sent / answered", f"{slow.pings_sent} / {len(slow.pongs)}"],
            ["from ping to answer, p50 / max s", _spread(slow.pongs)],
            ["gaps told in the busy channel", slow.busy_gaps], ["closed by the server", "yes" if slow.closed else "no"]]
    return bench.conclude(["one slow client", ""], rows,
                          f"{BUSY_BYTES} bytes each, {BUSY_PER_SECOND // 1000} kB/s, read at {READ_PER_SECOND // 1000} kB/s "
                          f"for {arguments.seconds:g} s.")


def _spread(values: list) -> str:
    return f"{statistics.median(values):.2f} / {max(values):.2f}" if values else "-"


def _publish(address: str, seconds: float, slow: "_SlowClient") -> int:
    """The busy channel as fast as it is, the quiet one each second; returns how often the quiet one spoke."""
    client = WebSocket(address)
    busy = frame(json.dumps({"action": "publish", "channel": "open:busy", "data": "x" * BUSY_BYTES}).encode())
    begun, next_busy, next_quiet, quiet = time.monotonic(), 0.0, 0.0, 0
    while (passed := time.monotonic() - begun) < seconds:
        if passed >= next_busy:
            client.socket.sendall(busy)
            next_busy += BUSY_BYTES / BUSY_PER_SECOND
        if passed >= next_quiet:
            client.send({"action": "publish", "channel": "open:quiet", "data": time.monotonic()})
            slow.ping()
            quiet, next_quiet = quiet + 1, next_quiet + 1
        time.sleep(0.01)
    client.close()
    return quiet


class _SlowClient:
    def __init__(self, address: str):
        self._begun, self._over = time.monotonic(), False
        self._client = WebSocket(address, receive_bytes=16 * 1024, timeout=60, pace=self._pace)
        self.quiet, self.pongs, self.quiet_missed, self.busy_gaps, self.pings_sent = [], [], 0, 0, 0
        self.closed, self._asked = False, {}
        for number, channel in enumerate(["open:busy", "open:quiet"]):
            self._client.send({"action": "subscribe", "channel": channel, "id": f"s{number}"})
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def ping(self) -> None:
        self.pings_sent += 1
        self._asked[self.pings_sent] = time.monotonic()
        try:
            self._client.send({"action": "ping", "id": self.pings_sent})
        except OSError:
            self.closed = True

    def finish(self) -> None:
        """Reads at full speed what still waits, until it has been silent for a second."""
        self._over = True
        self._client.socket.settimeout(2)
        self._thread.join(30)
        self._client.close()

    def _pace(self, taken: int) -> None:
        if not self._over:
            time.sleep(max(0.0, taken / READ_PER_SECOND - (time.monotonic() - self._begun)))

    def _read(self) -> None:
        try:
            while (message := self._client.receive(READ_AT_ONCE)) is not None:
                self._take(message)
            self.closed = not self._over
        except TimeoutError:
            pass
        except OSError:
            self.closed = not self._over

    def _take(self, message: dict) -> None:
        now, quiet = time.monotonic(), message.get("channel") == "open:quiet"
        if message["type"] == "broadcast" and quiet:
            self.quiet.append(now - message["data"])
        elif message["type"] == "gap":
            if quiet:
                self.quiet_missed += message["missed"] or 0
            else:
                self.busy_gaps += 1
        elif message["type"] == "reply" and message.get("id") in self._asked:
            self.pongs.append(now - self._asked.pop(message["id"]))

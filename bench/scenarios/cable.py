"""How long a client whose cable was pulled keeps its place: a network of its own, whose link goes down.

Needs root, `unshare` and `ip`; without them it says so. Both transports that stay open are measured: the server's
sockets are looked for in the kernel's table, which tells when it has given them up.
"""

import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

from scenarios.wire import WebSocket

PATIENCE = 180.0
_WITHIN = "--within-its-own-network"


def run(bench, arguments) -> int:
    if os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("ip"):
        print("needs root, unshare and ip")
        return 2
    if os.environ.get(_WITHIN) != "1":
        return subprocess.run(["unshare", "-n", sys.executable, *sys.argv],
                              env={**os.environ, _WITHIN: "1"}, check=False).returncode
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    rows = []
    for name, connect in (("WebSocket", _websocket), ("event stream", _stream)):
        with bench.troupe_server(*arguments.flags) as server:
            host, port = server.address.rsplit(":", 1)
            client = connect(server.address, host, int(port))
            subprocess.run(["ip", "link", "set", "lo", "down"], check=True)
            begun = time.monotonic()
            while _established(int(port)) and time.monotonic() - begun < PATIENCE:
                time.sleep(0.2)
            rows.append([name, f"{time.monotonic() - begun:.1f}"])
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            del client
    return bench.conclude(["transport", "seconds until it was given up"], rows,
                          "The link goes down while the client is silent and subscribed to a silent channel.")


def _websocket(address: str, _host: str, _port: int):
    client = WebSocket(address)
    client.send({"action": "subscribe", "channel": "open:bench", "id": 1})
    time.sleep(0.5)
    return client


def _stream(_address: str, host: str, port: int):
    client = socket.create_connection((host, port))
    client.sendall(b"GET /events?channel=open:bench HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
    client.recv(4096)
    time.sleep(0.5)
    return client


def _established(port: int) -> int:
    """Sockets of the server that the kernel holds for established, or for closing with something unsent."""
    count = 0
    for line in pathlib.Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        count += int(fields[1].rsplit(":", 1)[1], 16) == port and fields[3] == "01"
    return count

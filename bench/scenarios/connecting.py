"""What it costs the server that a client comes and goes: CPU per connection, over the kernel's share of it too."""

import os
import pathlib
import socket
import struct
import time

from scenarios.wire import WebSocket

ROUNDS = 3
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def run(bench, arguments) -> int:
    rows = []
    for name, once in (("WebSocket", _websocket), ("request, `Connection: close`", _request)):
        with bench.troupe_server("--threads.shards=1", *arguments.flags) as server:
            for _ in range(arguments.clients // 10):
                once(server.address)
            costs, rates = [], []
            for _ in range(ROUNDS):
                before, begun = _cpu(server.pid), time.monotonic()
                for _ in range(arguments.clients):
                    once(server.address)
                rates.append(arguments.clients / (time.monotonic() - begun))
                time.sleep(0.5)
                costs.append(1e6 * (_cpu(server.pid) - before) / arguments.clients)
            rows.append([name, f"{sorted(costs)[ROUNDS // 2]:.0f}", f"{min(costs):.0f} to {max(costs):.0f}",
                         f"{max(rates):,.0f}"])
    return bench.conclude(["a client that opens and closes a", "server CPU, µs (median)", "range", "connections/s"], rows,
                          f"{ROUNDS} rounds of {arguments.clients:,} clients, one after the other.")


def _cpu(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _websocket(address: str) -> None:
    client = WebSocket(address)
    client.receive()  # welcome
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # no port in TIME_WAIT
    client.close()


def _request(address: str) -> None:
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port))) as client:
        client.sendall(REQUEST)
        while client.recv(4096):
            pass

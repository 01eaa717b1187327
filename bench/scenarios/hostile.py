"""Clients that misbehave while others are measured. Each is a context manager: inside its `with` it does its worst.

Given the server's address and process id. `seconds`: how long the honest load beside it takes.
"""

import contextlib
import selectors
import threading
import time

from scenarios.wire import WebSocket

CHANNEL = "open:bench"  # where the honest ones are


@contextlib.contextmanager
def nobody(address: str, pid: int, seconds: float):
    """The measure of the others."""
    yield


def stuck_readers(count: int):
    @contextlib.contextmanager
    def stuck(address: str, pid: int, seconds: float):
        clients = [WebSocket(address, receive_bytes=8 * 1024) for _ in range(count)]
        for client in clients:
            client.send({"action": "subscribe", "channel": CHANNEL, "id": 1})
        begun = time.monotonic()
        until = {client.socket: begun + 3 + 0.8 * seconds * i / count for i, client in enumerate(clients)}
        over = threading.Event()
        thread = threading.Thread(target=_read_until, args=(until, over), daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(5)
            for client in clients:
                client.close()

    return stuck


def _read_until(until: dict, over: threading.Event) -> None:
    """Takes what comes, each socket up to its time; from then on nothing."""
    waiting, scratch = selectors.DefaultSelector(), bytearray(256 * 1024)
    for client in until:
        waiting.register(client, selectors.EVENT_READ)
    while not over.is_set() and waiting.get_map():
        for key, _ in waiting.select(0.1):
            try:
                got = key.fileobj.recv_into(scratch) if time.monotonic() < until[key.fileobj] else 0
            except OSError:
                got = 0
            if got == 0:
                waiting.unregister(key.fileobj)


def full_log_pipe():
    """Nobody reads what the node logs, at a level where each client that comes and goes is some lines."""

    @contextlib.contextmanager
    def comers(address: str, pid: int, seconds: float):
        over = threading.Event()
        thread = threading.Thread(target=_come_and_go, args=(address, over), daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(15)

    comers.flags, comers.unread = ["--log.level=debug"], True
    return comers


def _come_and_go(address: str, over: threading.Event) -> None:
    while not over.wait(0.005):
        client = WebSocket(address)
        client.send({"action": "subscribe", "channel": "open:elsewhere", "id": 1})
        client.close()


ALL = {
    "nobody": nobody,
    "24-stuck": stuck_readers(24),
    "200-stuck": stuck_readers(200),
    "full-log-pipe": full_log_pipe(),
}

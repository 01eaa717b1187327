"""Clients that misbehave while others are measured. Each is a context manager: inside its `with` it does its worst.

Given the server's address and process id. `seconds`: how long the honest load beside it takes.
Some have a twin that does the same work as it should be done: `measured_by` names it. What the twin costs is the price
of its traffic (and of this program, which shares the cores); what is beyond that is the price of misbehaving.
"""

import contextlib
import itertools
import json
import selectors
import socket
import threading
import time
import urllib.request

from scenarios.wire import WebSocket

CHANNEL = "open:bench"  # where the honest ones are


@contextlib.contextmanager
def nobody(address: str, pid: int, seconds: float):
    """The measure of the others."""
    yield


def readers(count: int, stop: bool):
    """More readers of the honest ones' channel, which stop reading one after the other, or never."""

    @contextlib.contextmanager
    def reading(address: str, pid: int, seconds: float):
        clients = [WebSocket(address, receive_bytes=8 * 1024) for _ in range(count)]
        for client in clients:
            client.send({"action": "subscribe", "channel": CHANNEL, "id": 1})
        begun = time.monotonic()
        until = {client.socket: begun + 3 + 0.8 * seconds * i / count if stop else float("inf")
                 for i, client in enumerate(clients)}
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

    if stop:
        reading.measured_by = f"{count}-reading"
    return reading


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

    comers.flags, comers.unread = ["--log.level=debug", "--log.queue_bytes=64KiB"], True
    return comers


def _come_and_go(address: str, over: threading.Event) -> None:
    """A few lines each; slowly, so that what is measured is the log and not this program's share of the machine."""
    while not over.wait(0.03):
        client = WebSocket(address)
        client.send({"action": "subscribe", "channel": "open:elsewhere", "id": 1})
        client.close()


# -- names and histories ---------------------------------------------------------

NAMES_PER_SECOND = 4_000
FILLERS, CHANNELS_EACH, MESSAGE_BYTES, MESSAGES_EACH = 3, 120, 60_000, 17  # a megabyte each
INBOX_MESSAGES, MODEST_MESSAGES = 5, 20
IDLE_SECONDS = 10  # until both are retired: a shard holds on to them for 5


@contextlib.contextmanager
def name_flood(address: str, pid: int, seconds: float):
    """Publishes to a name nobody used before, again and again; a new session whenever the last one is stopped."""
    with _honest_histories(address), _at_work(_flood, address, itertools.count()):
        yield


@contextlib.contextmanager
def publisher(address: str, pid: int, seconds: float):
    """As often, but always the same 16 names."""
    with _honest_histories(address), _at_work(_flood, address, itertools.cycle(range(16))):
        yield


name_flood.measured_by = "16-names"


@contextlib.contextmanager
def filler(address: str, pid: int, seconds: float):
    """Sessions that fill open channels with a megabyte each, over and over."""
    with _honest_histories(address), contextlib.ExitStack() as all_of_them:
        for number in range(FILLERS):
            all_of_them.enter_context(_at_work(_fill, address, number))
        yield


name_flood.flags = publisher.flags = filler.flags = ["--channels.idle=2s"]  # so that what was used before is soon idle


def _flood(address: str, over: threading.Event, names) -> None:
    begun, client = time.monotonic(), None
    for sent in itertools.count(16, 16):
        if over.is_set():
            break
        client = client or WebSocket(address)
        for name in itertools.islice(names, 16):
            client.send({"action": "publish", "channel": f"open:flood-{name}", "event": "e", "data": "x" * 100, "id": name})
        answers = [_answer(client) for _ in range(16)]
        if any(answer.get("code") == "limit" for answer in answers):
            client.close()
            client = None
            time.sleep(0.01)
        due = begun + sent / NAMES_PER_SECOND
        time.sleep(max(0.0, due - time.monotonic()))
    if client:
        client.close()


def _fill(address: str, over: threading.Event, number: int) -> None:
    client, data = WebSocket(address), "x" * MESSAGE_BYTES
    while not over.is_set():
        for channel, _ in itertools.product(range(CHANNELS_EACH), range(MESSAGES_EACH)):
            if over.is_set():
                break
            client.send({"action": "publish", "channel": f"open:filled-{number}-{channel}", "event": "e", "data": data, "id": 1})
            _answer(client)
    client.close()


def _answer(client: WebSocket) -> dict:
    while (message := client.receive()) is not None:
        if "id" in message:
            return message
    raise ConnectionError("closed")


@contextlib.contextmanager
def _at_work(work, address: str, *arguments):
    """Runs `work` beside the load; what it meets ends it, and is raised here."""
    over, met = threading.Event(), []

    def run() -> None:
        try:
            work(address, over, *arguments)
        except Exception as trouble:  # noqa: BLE001: told below, whatever it is
            met.append(trouble)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(20)
        if met:
            print(f"{work.__name__} ended early: {met[0]!r}", flush=True)


@contextlib.contextmanager
def _honest_histories(address: str):
    """An inbox and a modest channel that were used before the others came, and must have everything afterwards."""
    for number in range(INBOX_MESSAGES):
        _post(address, "/send", {"userId": "ada", "message": f"for ada {number}"})
    client = WebSocket(address)
    for number in range(MODEST_MESSAGES):
        client.send({"action": "publish", "channel": "open:modest", "event": "e", "data": number, "id": number + 1})
        _answer(client)
    client.close()
    time.sleep(IDLE_SECONDS)
    try:
        yield
    finally:
        client = WebSocket(address)
        for channel, expected in (("user:ada", INBOX_MESSAGES), ("open:modest", MODEST_MESSAGES)):
            kept = _kept(client, address, channel)
            if kept != expected:
                raise SystemExit(f"{channel} has {kept} of its {expected} messages left")
        client.close()


def _kept(client: WebSocket, address: str, channel: str) -> int:
    if channel.startswith("user:"):
        with urllib.request.urlopen(f"http://{address}/poll?userId={channel[5:]}", timeout=20) as answer:
            return len(json.load(answer)["messages"])
    client.send({"action": "history", "channel": channel, "limit": 100, "id": 7})
    return len(_answer(client)["data"]["publications"])


def _post(address: str, path: str, body: dict) -> None:
    request = urllib.request.Request(f"http://{address}{path}", json.dumps(body).encode(),
                                     {"Content-Type": "application/json"}, method="POST")
    urllib.request.urlopen(request, timeout=10).close()


# -- requests that never end ---------------------------------------------------


def half_requests(count: int):
    """Begin a request, send most of its body and stop; those who are shown out come again."""
    head = b"POST /send HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 65000\r\n\r\n"

    @contextlib.contextmanager
    def half(address: str, pid: int, seconds: float):
        over = threading.Event()
        thread = threading.Thread(target=_hold_open, args=(address, head + b"x" * 60_000, count, over), daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(5)

    return half


def _hold_open(address: str, begins: bytes, count: int, over: threading.Event) -> None:
    host, port = address.rsplit(":", 1)
    waiting = selectors.DefaultSelector()
    while not over.is_set():
        while len(waiting.get_map()) < count and not over.is_set():
            time.sleep(0.005)  # what they cost is to be memory, not the cores that all share here
            try:
                one = socket.create_connection((host, int(port)), timeout=5)
                one.sendall(begins)
            except OSError:
                continue
            waiting.register(one, selectors.EVENT_READ)
        for key, _ in waiting.select(0.2):  # shown out
            waiting.unregister(key.fileobj)
            key.fileobj.close()
    for key in list(waiting.get_map().values()):
        key.fileobj.close()


ALL = {
    "nobody": nobody,
    "24-reading": readers(24, stop=False),
    "24-stuck": readers(24, stop=True),
    "200-reading": readers(200, stop=False),
    "200-stuck": readers(200, stop=True),
    "800-half-requests": half_requests(800),
    "full-log-pipe": full_log_pipe(),
    "16-names": publisher,
    "name-flood": name_flood,
    "filler": filler,
}

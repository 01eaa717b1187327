"""The least of WebSocket that scenarios need to misbehave with: frames of a client, read at a pace of its own."""

import base64
import json
import os
import socket
import struct


class WebSocket:
    """A client over a blocking socket. `receive_bytes`: of the kernel's receive buffer; small ones fill soon.
    `pace`: is told how many bytes were read before each read, and may wait."""

    def __init__(self, address: str, *, receive_bytes: int | None = None, timeout: float = 10, pace=None):
        self._pace, self._taken = pace, 0
        host, port = address.rsplit(":", 1)
        self.socket = socket.socket()
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.settimeout(timeout)
        self.socket.connect((host, int(port)))
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET /ws HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                             "Sec-WebSocket-Protocol: troupe.v1.json\r\n\r\n").encode())
        self._bytes = b""
        while b"\r\n\r\n" not in self._bytes:
            self._fill(4096)
        head, self._bytes = self._bytes.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise ConnectionError(head.split(b"\r\n")[0].decode(errors="replace"))

    def send(self, message: dict) -> None:
        self.socket.sendall(frame(json.dumps(message).encode()))

    def receive(self, most: int = 65_536) -> dict | None:
        """The next message; None once the server has closed. Reads at most `most` bytes at a time."""
        while True:
            if (found := self._next()) is None:
                try:
                    self._fill(most)
                except ConnectionError:
                    return None
                continue
            opcode, body = found
            if opcode == 1:
                return json.loads(body)
            if opcode == 8:
                return None
            if opcode == 9:
                self.socket.sendall(frame(body, 10))

    def close(self) -> None:
        self.socket.close()

    def _fill(self, most: int) -> None:
        if self._pace:
            self._pace(self._taken)
        got = self.socket.recv(most)
        if not got:
            raise ConnectionError("closed")
        self._taken += len(got)
        self._bytes += got

    def _next(self) -> tuple | None:
        if len(self._bytes) < 2:
            return None
        size, at = self._bytes[1] & 127, 2
        if size >= 126:
            width, form = (2, "!H") if size == 126 else (8, "!Q")
            if len(self._bytes) < 2 + width:
                return None
            size, at = struct.unpack(form, self._bytes[2:2 + width])[0], 2 + width
        if len(self._bytes) < at + size:
            return None
        opcode, body = self._bytes[0] & 15, self._bytes[at:at + size]
        self._bytes = self._bytes[at + size:]
        return opcode, body


def frame(body: bytes, opcode: int = 1) -> bytes:
    """Masked with zeros: the server unmasks to the same bytes (RFC 6455, section 5.3)."""
    size = len(body)
    head = (bytes([128 | opcode, 128 | size]) if size < 126 else
            bytes([128 | opcode, 128 | 126]) + struct.pack("!H", size) if size < 65536 else
            bytes([128 | opcode, 128 | 127]) + struct.pack("!Q", size))
    return head + bytes(4) + body

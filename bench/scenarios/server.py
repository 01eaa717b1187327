"""A server on a free port of its own choice, for the time of a `with`."""

import os
import pathlib
import re
import subprocess
import sys
import time

START_SECONDS = 15
STOP_SECONDS = 40


class Server:
    """`unread`: its stderr is a pipe that is full and that nobody reads."""

    def __init__(self, command: list, log: pathlib.Path, folder: pathlib.Path, *, unread: bool = False):
        self._command, self._log, self._folder = command, log, folder
        self._process = None
        self._pipe = full_pipe() if unread else None
        self.address = ""
        self.stop_seconds = 0.0  # from SIGTERM to its end

    @property
    def pid(self) -> int:
        return self._process.pid  # taskset becomes the program it starts

    def __enter__(self) -> "Server":
        with self._log.open("w") as output:
            self._process = subprocess.Popen(self._command, stdout=output,
                                             stderr=self._pipe[1] if self._pipe else subprocess.STDOUT,
                                             stdin=subprocess.DEVNULL, cwd=self._folder)
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            if found := re.search(r"listening (?:on )?http://([\d.]+:\d+)", self._log.read_text(errors="replace")):
                self.address = found.group(1)
                return self
            time.sleep(0.02)
        self._stop()
        sys.exit(f"{' '.join(self._command)} does not listen; its output is in {self._log}")

    def __exit__(self, *_) -> None:
        self._stop()

    def _stop(self) -> None:
        begun = time.monotonic()
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
            self.stop_seconds = time.monotonic() - begun
        except subprocess.TimeoutExpired:
            print(f"{self._command[0]} did not end within {STOP_SECONDS} s of SIGTERM: killed", file=sys.stderr)
            self._process.kill()
            self._process.wait()
            self.stop_seconds = float(STOP_SECONDS)
        for end in self._pipe or ():
            os.close(end)
        self._pipe = None


def full_pipe() -> tuple:
    """Both ends of a pipe that takes nothing more."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    for piece in (4096, 1):
        try:
            while os.write(writer, b"x" * piece):
                pass
        except BlockingIOError:
            pass
    os.set_blocking(writer, True)
    return reader, writer

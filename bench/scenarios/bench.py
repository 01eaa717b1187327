"""One benchmark: its programs, where its results go, and its runs of server and load generator."""

import dataclasses
import json
import pathlib
import signal
import subprocess
import sys

from scenarios import machine
from scenarios.server import Server


@dataclasses.dataclass
class Bench:
    name: str
    root: pathlib.Path
    programs: pathlib.Path  # where troupe-load and epoll-floor are
    troupe: pathlib.Path
    clean: bool = True
    results: list = dataclasses.field(default_factory=list)

    @property
    def folder(self) -> pathlib.Path:
        return self.root / "build" / "bench" / self.name

    # -- servers ---------------------------------------------------------------

    def troupe_server(self, *flags: str, core: int | None = None, unread: bool = False) -> Server:
        return self._server("troupe", [self.troupe, "--config", "examples/demo.toml", "--listen", "127.0.0.1:0",
                                        "--limits.commands_per_second", "0", *flags],
                            core, unread=unread)

    def floor_server(self, core: int | None = None) -> Server:
        return self._server("floor", [self.programs / "epoll-floor", "--listen", "127.0.0.1:0"], core)

    def _server(self, name: str, command: list, core: int | None, **how) -> Server:
        self.folder.mkdir(parents=True, exist_ok=True)
        return Server(on_core(core) + [str(word) for word in command], self.folder / f"{name}.log", self.root, **how)

    # -- load ------------------------------------------------------------------

    def load(self, server: Server, label: str, transport: str, *, seconds: float, core: int | None = None,
             **options) -> dict:
        """Runs troupe-load; underscores in option names stand for dashes."""
        file = self.folder / f"{label}.json"
        file.unlink(missing_ok=True)
        command = on_core(core) + [str(self.programs / "troupe-load"), transport, "--connect", server.address,
                                   "--server-pid", str(server.pid), "--seconds", str(seconds), "--json", str(file)]
        for option, value in options.items():
            command += ["--" + option.replace("_", "-"), str(value)]
        status = _status(command, self.folder / f"{label}.log", timeout=seconds + 240)
        if not file.exists():
            sys.exit(f"{label}: no result (exit status {status}): {(self.folder / f'{label}.log').read_text().strip()}")
        result = json.loads(file.read_text()) | {"label": label}
        self.results.append(result)
        if not result["clean"]:
            self.clean = False
            print(f"{label}: NOT CLEAN: lost {result['lost']}, misordered {result['misordered']}, "
                  f"gaps {result['gaps']}, troubles {result['troubles']} {result['first_trouble']}", flush=True)
        return result

    # -- the end ---------------------------------------------------------------

    def conclude(self, headers: list, rows: list, sentence: str = "") -> int:
        """Prints the table to paste, writes the summary; the exit status of the program."""
        print("\n| " + " | ".join(headers) + " |\n|" + "---|" * len(headers))
        for row in rows:
            print("| " + " | ".join(str(cell) for cell in row) + " |")
        print(f"\n{sentence + ' ' if sentence else ''}Measured on {machine.describe()}; server and clients share it.")
        summary = {"benchmark": self.name, "machine": machine.describe(), "clean": self.clean, "summary": sentence,
                   "table": [headers, *rows], "runs": self.results}
        (self.folder.parent / f"{self.name}.json").write_text(json.dumps(summary, indent=2) + "\n")
        return 0 if self.clean else 1


def on_core(core: int | None) -> list:
    return [] if core is None else ["taskset", "-c", str(core)]


def _status(command: list, log: pathlib.Path, timeout: float) -> int | str:
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            return process.wait(timeout)
        except subprocess.TimeoutExpired:
            return f"stopped after {timeout:.0f} s"
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()

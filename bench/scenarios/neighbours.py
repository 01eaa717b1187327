"""What one client's behaviour costs another: honest clients alone, then beside each kind that misbehaves."""

import itertools
import pathlib
import threading
import time

from scenarios import figures, hostile

P99_RATIO_MAX = 1.5
READERS, BURST = 8, 4


def run(bench, arguments) -> int:
    names = arguments.names or list(hostile.ALL)
    unknown = [name for name in names if name not in hostile.ALL]
    if unknown:
        print(f"no such neighbour: {', '.join(unknown)} (there are {', '.join(hostile.ALL)})")
        return 2
    measures = {_measure(name) for name in hostile.ALL}
    rows, p99_of = [], {}
    for name in _with_measures(names):
        result, peak, stop_seconds = _once(bench, name, arguments)
        p99 = result["latency_ms"]["p99"]
        p99_of[name] = p99
        measure = p99_of[_measure(name)]
        rows.append([name, f"{result['deliveries']:,}", result["lost"], result["misordered"], result["gaps"],
                     f"{result['latency_ms']['p50']:.2f}", f"{p99:.2f}", f"{p99 / p99_of['nobody']:.2f}", f"{p99 / measure:.2f}", figures.mib(peak), f"{stop_seconds:.2f}"])
        print("  " + ", ".join(str(cell) for cell in rows[-1]), flush=True)
        if name not in measures and p99 > P99_RATIO_MAX * measure:
            print(f"{name}: p99 is over {P99_RATIO_MAX} times of what it is beside {_measure(name)}", flush=True)
    return bench.conclude(["beside", "deliveries", "lost", "misordered", "gaps", "p50 ms", "p99 ms", "to nobody", "to its measure",
                           "peak MiB", "end s"], rows,
                          f"{READERS} honest WebSockets, {arguments.rate:g} publications of {arguments.bytes} bytes a second "
                          f"in bursts of {BURST} for {arguments.seconds:g} s.")


def _measure(name: str) -> str:
    return getattr(hostile.ALL[name], "measured_by", "nobody")


def _with_measures(names: list) -> list:
    """Each once, and each behind what it is measured by."""
    return list(dict.fromkeys(itertools.chain(["nobody"], *([_measure(name), name] for name in names))))


def _once(bench, name: str, arguments) -> tuple:
    neighbour = hostile.ALL[name]
    flags = [*getattr(neighbour, "flags", []), *arguments.flags]
    with bench.troupe_server(*flags, unread=getattr(neighbour, "unread", False)) as server, \
            _PeakMemory(server.pid) as memory, neighbour(server.address, server.pid, arguments.seconds):
        result = bench.load(server, name, "ws", seconds=arguments.seconds, subscribers=READERS, rate=arguments.rate,
                            burst=BURST, bytes=arguments.bytes, idle=1)
    return result, memory.peak, server.stop_seconds


class _PeakMemory:
    """The largest resident size that a process was seen with."""

    def __init__(self, pid: int):
        self._status = pathlib.Path(f"/proc/{pid}/status")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peak = 0

    def __enter__(self) -> "_PeakMemory":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        self._thread.join(2)

    def _watch(self) -> None:
        while not self._over.is_set():
            try:
                lines = self._status.read_text().splitlines()
            except OSError:
                return
            resident = next((line for line in lines if line.startswith("VmRSS:")), "VmRSS: 0 kB")
            self.peak = max(self.peak, int(resident.split()[1]) * 1024)
            time.sleep(0.05)

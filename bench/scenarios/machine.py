"""What the figures were measured on."""

import os
import platform
import re


def describe() -> str:
    processor = _first("/proc/cpuinfo", r"model name\s*:\s*(.+)")
    memory = int(_first("/proc/meminfo", r"MemTotal:\s*(\d+)") or 0) / 2**20
    system = _first("/etc/os-release", r"PRETTY_NAME=\"?([^\"\n]+)")
    return f"{os.cpu_count()} cores of {processor}, {memory:.0f} GiB, {system}, Linux {platform.release()}"


def _first(path: str, pattern: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            found = re.search(pattern, file.read())
    except OSError:
        return ""
    return found.group(1).strip() if found else ""

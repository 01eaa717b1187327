"""How figures are written in the tables."""

NAMES = {"ws": "WebSocket", "sse": "SSE", "poll": "long poll"}


def kib(count: float) -> str:
    return f"{count / 1024:.1f}"


def mib(count: float) -> str:
    return f"{count / 2**20:.1f}"


def cpu_percent(result: dict) -> str:
    return f"{100 * result['server_cpu_seconds'] / result['measured_seconds']:.1f} %"

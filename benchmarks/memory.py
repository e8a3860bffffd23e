"""What a process holds in memory, as Linux tells it; elsewhere only the peak is known."""

from __future__ import annotations

import contextlib
import resource
import sys


def resident_mib() -> float:
    """Now."""
    return _status("VmRSS") or peak_mib()


def peak_mib() -> float:
    """At most since the start, or since `forget_peak`."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return _status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def forget_peak() -> None:
    """Begin anew with the peak, where the system can."""
    with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def _status(name: str) -> float:
    with contextlib.suppress(OSError), open("/proc/self/status") as file:
        for line in file:
            if line.startswith(name + ":"):
                return int(line.split()[1]) / 1024
    return 0.0

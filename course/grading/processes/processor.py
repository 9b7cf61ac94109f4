"""The processor time of processes, read from outside (Linux only)."""

import math
import sys
import time
from collections.abc import Iterable, Mapping

Clocks = Mapping[int, int]


def clocks(pids: Iterable[int]) -> Clocks:
    """Tell how many nanoseconds of processor time each process has taken, with all its threads.

    A process that is gone is left out, and so is each where the system does not tell.
    """
    found = {}
    if sys.platform == "linux":
        for pid in pids:
            try:
                found[pid] = time.clock_gettime_ns(_clock_of(pid))
            except OSError:
                continue
    return found


def seconds_between(before: Clocks, after: Clocks) -> float | None:
    """Give the processor time in seconds between two looks; None where nothing was told.

    A process that ended meanwhile took with it what it used: that counts as without end.
    """
    if not before:
        return None
    if not before.keys() <= after.keys():
        return math.inf
    return sum(now - before.get(pid, 0) for pid, now in after.items()) / 1e9


def _clock_of(pid: int) -> int:
    """Give the number of another process's clock, as `clock_getcpuclockid` makes it."""
    return (~pid << 3) | 2

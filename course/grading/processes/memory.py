"""The memory of a student process and all that it started, read from outside (Linux only)."""

import re
from collections.abc import Iterator
from pathlib import Path

# What /proc/<pid>/clear_refs takes to let begin anew which pages were used, and VmHWM.
RESETS = ("1", "5")
_MAPPING = re.compile(r"[0-9a-f]+-[0-9a-f]+ .(.)")  # its first line in /proc/<pid>/smaps


class MemoryGauge:
    """Reads what the system knows of one process and its descendants; sizes are resident bytes.

    Pages are counted, so that small arrays do not show, and memory that the process gave back to
    its allocator but not to the system is still counted as its own.
    """

    def __init__(self, *pids: int) -> None:
        self._pids, self._before = pids, 0

    def reset(self) -> bool:
        """Let the measure of `grown` begin; False where the system does not allow it."""
        pids = list(descendants(*self._pids))
        self._before = sum(map(resident, pids))
        return self._before > 0 and all(map(_reset, pids))

    def grown(self) -> int:
        """Give by how much the processes together have grown at most since `reset`.

        Memory that was there before counts as well: where it was freed meanwhile, and where it was
        used and that was more.
        """
        pids = list(descendants(*self._pids))
        now = sum(map(resident, pids))
        more = sum(_size(pid, "VmHWM") for pid in pids) - min(self._before, now)
        return max(more, sum(map(_used, pids)))


def children(pid: int) -> list[int]:
    """List the processes that a process started."""
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    except OSError:
        return []
    return [int(child) for child in listed.split()]


def descendants(*pids: int) -> Iterator[int]:
    """Yield the processes and all that they started, and what those started."""
    todo = list(pids)
    while todo:
        pid = todo.pop()
        yield pid
        todo += children(pid)


def resident(pid: int) -> int:
    """Give the bytes of memory that a process holds, 0 where it is gone."""
    return _size(pid, "VmRSS")


def _size(pid: int, field: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(field)), 0)


def _used(pid: int) -> int:
    """Give the bytes of what the process may write to and has read or written since the reset."""
    try:
        lines = Path(f"/proc/{pid}/smaps").read_text("utf-8", "replace").splitlines()
    except OSError:
        return 0
    used, writable = 0, False
    for line in lines:
        mapping = _MAPPING.match(line)
        if mapping:
            writable = mapping[1] == "w"
        elif writable and line.startswith("Referenced:"):
            used += int(line.split()[1]) * 1024
    return used


def _reset(pid: int) -> bool:
    try:
        for kind in RESETS:
            Path(f"/proc/{pid}/clear_refs").write_text(kind, "ascii")
    except OSError:
        return False
    return True

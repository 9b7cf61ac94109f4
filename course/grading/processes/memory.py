"""The memory of a student process and all that it started, read from outside (Linux only)."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

# What /proc/<pid>/clear_refs takes to let begin anew which pages were used, and VmHWM.
RESETS = ("1", "5")
PYTHON_BYTES = 3 << 20  # at least so much of its memory Python uses in any call


class MemoryGauge:
    """Reads what the system knows of `roots` and their descendants; sizes are resident bytes.

    Those `aside` are left out: no code of the student's runs in them.
    Pages are counted, so that small arrays do not show, and memory that the process gave back to
    its allocator but not to the system is still counted as its own.
    """

    def __init__(self, roots: Iterable[int], aside: Iterable[int] = ()) -> None:
        self._roots, self._aside = tuple(roots), frozenset(aside)
        self._before = self._written = 0

    def reset(self) -> bool:
        """Let the measure of `grown` begin; False where the system does not allow it."""
        pids = self.pids()
        self._before, self._written = sum(map(resident, pids)), sum(map(_written, pids))
        return self._before > 0 and all(map(_reset, pids))

    def grown(self, told: int) -> int:
        """Give by how much the processes together have grown at most since `reset`.

        Memory that was there before counts as well: where it was freed meanwhile, and where it was
        used, beyond what Python uses anyway, and that was more. So does what they wrote, into files
        or pipes, but for the `told` bytes that they wrote to the referee.
        """
        pids = self.pids()
        now = sum(map(resident, pids))
        more = sum(_size(pid, "VmHWM") for pid in pids) - min(self._before, now)
        used = max(0, more, sum(map(_used, pids)) - PYTHON_BYTES)
        return used + max(0, sum(map(_written, pids)) - self._written - told)

    def pids(self) -> list[int]:
        """List the processes that it looks at, as they are now."""
        return [pid for pid in descendants(*self._roots) if pid not in self._aside]


def children(pid: int) -> list[int]:
    """List the processes that a process started, in whichever of its threads."""
    tasks = f"/proc/{pid}/task"
    try:
        threads = os.listdir(tasks)
    except OSError:
        return []
    return [child for thread in threads for child in _children(f"{tasks}/{thread}/children")]


def _children(file: str) -> list[int]:
    try:
        with open(file, "rb", buffering=0) as listed:
            return [int(child) for child in listed.read().split()]
    except OSError:
        return []


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
    return 1024 * _number(f"/proc/{pid}/status", field)


def _written(pid: int) -> int:
    """Give the bytes that a process has written with system calls, whereto ever."""
    return _number(f"/proc/{pid}/io", "wchar")


def _number(file: str, field: str) -> int:
    """Give the number in the line that begins with `field`, 0 where nothing is told."""
    try:
        lines = Path(file).read_text("ascii", "replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(field)), 0)


def _used(pid: int) -> int:
    """Give the bytes of the process's own memory that it has read or written since the reset.

    Its own is what it may write to, or could when it was filled.
    """
    try:
        _, *mappings = Path(f"/proc/{pid}/smaps").read_bytes().split(b"\nReferenced:")
    except OSError:
        return 0
    return sum(map(_used_own, mappings))


def _used_own(rest: bytes) -> int:
    """Give the bytes used of a mapping of its own, by what stands behind its `Referenced:`."""
    kilobytes = _kilobytes(rest)
    if not kilobytes:
        return 0
    flags = rest[rest.find(b"VmFlags:") :].partition(b"\n")[0]
    filled = _kilobytes(rest.partition(b"\nAnonymous:")[2])
    return 1024 * (kilobytes if b" wr" in flags else min(kilobytes, filled))


def _kilobytes(rest: bytes) -> int:
    return int(rest[: rest.index(b"kB")])


def _reset(pid: int) -> bool:
    try:
        for kind in RESETS:
            Path(f"/proc/{pid}/clear_refs").write_text(kind, "ascii")
    except OSError:
        return False
    return True

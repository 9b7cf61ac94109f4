"""What Linux tells in /proc about processes."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """One process; `started` tells it from an earlier one of the same number, `cpu` is seconds."""

    pid: int
    parent: int
    started: int
    cpu: float

    @property
    def command(self) -> bytes:
        """Its command line, empty once it has ended."""
        with suppress(OSError):
            return (PROC / str(self.pid) / "cmdline").read_bytes()
        return b""


def all_processes() -> dict[int, Process]:
    """List the processes of this machine by number."""
    found = (_process(int(name)) for name in os.listdir(PROC) if name.isdigit())
    return {process.pid: process for process in found if process}


def share_of_memory(pid: int) -> int:
    """Give its proportional share of memory in bytes (the resident set where that is hidden)."""
    with suppress(OSError, StopIteration):
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        return 1024 * int(next(line for line in lines if line.startswith("Pss:")).split()[1])
    with suppress(OSError):
        return PAGE * int((PROC / str(pid) / "statm").read_text().split()[1])
    return 0


def _process(pid: int) -> Process | None:
    with suppress(OSError):
        fields = (PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
        cpu = (int(fields[11]) + int(fields[12])) / TICKS
        return Process(pid, int(fields[1]), int(fields[19]), cpu)
    return None

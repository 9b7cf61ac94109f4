"""What a command and all that it starts take: wall-clock time, CPU, memory at the peak."""

import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.lines import Lines
from benchmarks.processes import Process, all_processes, share_of_memory

Part = str  # "main" (the command itself), "workers" (other processes), "students" (the wall's)
STUDENTS = (b"course.grading.student", b"bwrap")


@dataclass(frozen=True)
class Taken:
    """Seconds of wall-clock time, and what samples of the whole tree told.

    `cpu` gives seconds by part at each sample; a process loses what it did after the last sample
    before its end. Memory is the sum of proportional shares (PSS): shared pages count once.
    """

    seconds: float
    lines: tuple[tuple[float, str], ...]
    cpu: tuple[tuple[float, Mapping[Part, float]], ...] = ()
    peak_bytes: int = 0

    def cpu_at(self, second: float) -> Mapping[Part, float]:
        """Give the CPU seconds by part until then."""
        return [parts for at, parts in self.cpu if at <= second or at == self.cpu[0][0]][-1]


@dataclass
class Tree:
    """A process and its descendants, those that have lost their parents included."""

    root: int
    seen: dict[tuple[int, int], tuple[Part, float]] = field(default_factory=dict)
    peak_bytes: int = 0

    def look(self, *, memory: bool) -> Mapping[Part, float]:
        """Take a sample; give the CPU seconds so far by part."""
        there = all_processes()
        known = {pid for pid, _ in self.seen} | {self.root}
        inside = [p for p in there.values() if _is_below(p, there, known)]
        for process in inside:
            key = process.pid, process.started
            part = self.seen[key][0] if key in self.seen else self._part(process)
            self.seen[key] = part, process.cpu
        if memory:
            self.peak_bytes = max(self.peak_bytes, sum(share_of_memory(p.pid) for p in inside))
        parts = dict.fromkeys(("main", "workers", "students"), 0.0)
        for part, seconds in self.seen.values():
            parts[part] += seconds
        return parts

    def _part(self, process: Process) -> Part:
        if process.pid == self.root:
            return "main"
        return "students" if any(mark in process.command for mark in STUDENTS) else "workers"


def measure(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    every: float = 0.0,
    memory: bool = False,
) -> Taken:
    """Run a command to its end, and sample its tree `every` so many seconds, 0 for never.

    Raises
    ------
    RuntimeError
        with the command's last words, if it fails.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    tree, lines = Tree(process.pid), Lines(process, start)
    cpu = []
    while lines.wait(every or 1.0):
        if every:
            cpu.append((time.perf_counter() - start, tree.look(memory=memory)))
    status = process.wait()
    seconds = time.perf_counter() - start
    if status:
        raise RuntimeError("\n".join(line for _, line in lines.all[-20:]))
    return Taken(seconds, tuple(lines.all), tuple(cpu), tree.peak_bytes)


def _is_below(process: Process, there: Mapping[int, Process], known: set[int]) -> bool:
    above: Process | None = process
    while above is not None and above.pid not in known:
        above = there.get(above.parent)
    return above is not None

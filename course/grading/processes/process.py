"""A student process as the referee holds it: its pipes, its memory, its end."""

import os
import signal
import subprocess
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from select import select
from typing import IO

from course.grading.processes.memory import MemoryGauge, children, descendants
from course.grading.processes.warden import Warden
from course.grading.sandbox import Room, Start
from course.grading.tree import remove

END_SECONDS = 5
TAIL_BYTES = 2_000


@dataclass(frozen=True)
class Process(ABC):
    """A student process and all that must go with it.

    `to_student` and `from_student` are the raw ends of its pipes, `errors` what it writes to its
    standard error.
    """

    to_student: IO[bytes]
    from_student: IO[bytes]
    errors: IO[bytes]
    room: Room
    warden: Warden

    @property
    @abstractmethod
    def roots(self) -> tuple[int, ...]:
        """Processes whose descendants, with them, are all that the student's code can be."""

    @property
    @abstractmethod
    def bystanders(self) -> tuple[int, ...]:
        """Those of the roots in which no code of the student's runs."""

    @abstractmethod
    def _status(self) -> int | None:
        """Give its exit status, negative for a signal, or None while it lives."""

    @abstractmethod
    def interrupt(self) -> bool:
        """Interrupt what it does, as Ctrl-C would; False where that cannot be."""

    @abstractmethod
    def _end(self) -> None:
        """End it with all that it started."""

    def guard(self) -> None:
        """Let the warden watch it."""
        self.warden.watch(self.roots, self.room.folder)

    def ending(self) -> str:
        """Say how the process ended, "" while it lives."""
        status = self._status()
        if status is None:
            return ""
        how = f"killed by signal {-status}" if status < 0 else f"exit status {status}"
        return self.warden.verdict or how

    def kill(self) -> None:
        """End the process with all that it started, and remove its folder."""
        self.warden.leave()
        self._end()
        for file in (self.to_student, self.from_student, self.errors):
            with suppress(OSError):
                file.close()
        remove(self.room.folder)

    def last_words(self) -> str:
        """Give the end of what the process wrote to its standard error."""
        size = self.errors.seek(0, os.SEEK_END)
        self.errors.seek(max(0, size - TAIL_BYTES))
        return self.errors.read(TAIL_BYTES).decode("utf-8", "replace").strip()

    @property
    def gauge(self) -> MemoryGauge:
        """What tells the memory of all processes inside."""
        return MemoryGauge(self.roots, self.bystanders)


@dataclass(frozen=True)
class Executed(Process):
    """A process of a Python of its own; `wrapped` says that it is a child of the one started."""

    popen: subprocess.Popen[bytes]
    wrapped: bool

    @property
    def roots(self) -> tuple[int, ...]:
        """The process that was started."""
        return (self.popen.pid,)

    @property
    def bystanders(self) -> tuple[int, ...]:
        """The wrapper."""
        return self.roots if self.wrapped else ()

    def _status(self) -> int | None:
        """Wait a second for it to end."""
        try:
            status = self.popen.wait(1)
        except subprocess.TimeoutExpired:
            return None
        return 128 - status if status > 128 else status  # bubblewrap passes signals on so

    def interrupt(self) -> bool:
        """Do so where the process itself was started."""
        if self.wrapped or os.name != "posix":
            return False
        self.popen.send_signal(signal.SIGINT)
        return True

    def _end(self) -> None:
        if not (self.wrapped and unwrap(self.popen)):
            with suppress(ProcessLookupError, PermissionError, AttributeError):
                os.killpg(self.popen.pid, signal.SIGKILL)  # no killpg: Windows
            self.popen.kill()
            with suppress(subprocess.TimeoutExpired):
                self.popen.wait(END_SECONDS)


@dataclass(frozen=True)
class Forked(Process):
    """A process forked from the template.

    `root` is its keeper, whose descendants are all that the student's code can be, or itself where
    it has none; into `status` is written how it ended. `holder` keeps the namespaces that it was
    put into, where it was. `handle` is a pidfd: it never comes to mean another process.
    """

    pid: int
    handle: IO[bytes]
    root: int
    status: IO[bytes]
    holder: subprocess.Popen[bytes] | None

    @property
    def roots(self) -> tuple[int, ...]:
        """Where it began, and the holder, whose namespaces collect orphans."""
        return (self.root, self.holder.pid) if self.holder else (self.root,)

    @property
    def bystanders(self) -> tuple[int, ...]:
        """All of them but itself."""
        return tuple(root for root in self.roots if root != self.pid)

    def _status(self) -> int | None:
        """Wait a second for word; without any, who would tell was killed."""
        ready, _, _ = select([self.status], [], [], 1)
        if not ready:
            return None
        told = self.status.read(20).split()
        return int(told[0]) if told else -signal.SIGKILL

    def interrupt(self) -> bool:
        """Send it the signal of Ctrl-C."""
        with suppress(ProcessLookupError, PermissionError):
            signal.pidfd_send_signal(self.handle.fileno(), signal.SIGINT)
            return True
        return False

    def _end(self) -> None:
        if self.holder is not None:
            unwrap(self.holder)
            if self.holder.stdin is not None:
                self.holder.stdin.close()
            if self.holder.stdout is not None:
                self.holder.stdout.close()
        if self.root != self.pid:  # else it ended with its namespaces
            _kill_below(self.root)
        self.status.close()
        self.handle.close()


def execute(start: Start, errors: IO[bytes]) -> "subprocess.Popen[bytes]":
    """Start a program as a level says, in a session of its own, with raw pipes."""
    return subprocess.Popen(
        start.argv,
        cwd=start.cwd,
        env=start.env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        bufsize=0,
        start_new_session=True,
    )


def unwrap(wrapper: subprocess.Popen[bytes]) -> bool:
    """End what is inside first: the wrapper then collects it, so that no zombie is left."""
    for child in children(wrapper.pid):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(child, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        wrapper.wait(END_SECONDS)
    return wrapper.returncode is not None


def _kill_below(keeper: int) -> None:
    """Kill all that a keeper collects, until nothing new has come up; then the keeper is gone."""
    for _ in range(100):
        below = [pid for pid in descendants(keeper) if pid != keeper]
        if not below:
            return
        for pid in below:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)

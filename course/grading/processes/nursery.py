"""Student processes forked from one warm template, each in namespaces that bubblewrap made."""

import atexit
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO

from course.grading.limits import Limits
from course.grading.processes.memory import children
from course.grading.processes.process import Forked, execute
from course.grading.processes.warden import Warden
from course.grading.sandbox import Inside, Level, Room
from course.grading.sandbox.surroundings import FONTS, environment, font_lists
from course.grading.tree import remove

ARGV = [sys.executable, "-P", "-s", "-X", "utf8", "-m", "course.grading.student.template"]
START_SECONDS = 60
WORD = b"ready\n"


class CannotFork(Exception):
    """No student process can be forked here; it has to be started afresh."""


@dataclass
class Nursery:
    """The template of this process, and the way to order a student process from it."""

    _control: socket.socket | None = None
    _template: "subprocess.Popen[bytes] | None" = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _home: Path | None = None

    def fork(
        self,
        level: Level,
        room: Room,
        limits: Limits,
        forbidden: tuple[str, ...],
        errors: IO[bytes],
    ) -> Forked:
        """Fork a process and put it where `level` says.

        Raises
        ------
        CannotFork
            if that does not work here.
        """
        start = level.start([], room, limits, forbidden)
        holder = execute(start.holding(_cat()), errors) if start.wrapper else None
        try:
            return self._forked(start.inside, room, Warden(limits), errors, holder)
        except (OSError, ValueError, CannotFork) as error:
            if holder is not None:
                holder.kill()
                holder.wait()
            raise CannotFork(str(error)) from error

    def _forked(
        self,
        inside: Inside,
        room: Room,
        warden: Warden,
        errors: IO[bytes],
        holder: "subprocess.Popen[bytes] | None",
    ) -> Forked:
        order = {"cwd": inside.cwd, "env": inside.env, "user": inside.user}
        with ExitStack() as stack:
            theirs, to_student = _pipe(stack)
            from_student, theirs_out = _pipe(stack)
            status, theirs_status = _pipe(stack)
            given = [theirs, theirs_out, errors, theirs_status]
            if holder is not None:
                given.append(stack.enter_context(_process_file(_inner(holder))))
            with self._lock:
                numbers = [file.fileno() for file in given]
                socket.send_fds(self._ready(), [json.dumps(order).encode()], numbers)
            for file in (theirs, theirs_out, theirs_status):
                file.close()
            root, pid = _pids(status)
            handle = _process_file(pid)
            stack.pop_all()
        if holder is not None:
            given[-1].close()
        return Forked(
            to_student=to_student,
            from_student=from_student,
            errors=errors,
            room=room,
            warden=warden,
            pid=pid,
            handle=handle,
            root=root,
            status=status,
            holder=holder,
        )

    def warm_up(self) -> None:
        """Start the template; it is ready some time later."""
        with self._lock:
            self._ready()

    def _ready(self) -> socket.socket:
        """Give the way to a template that lives, a new one where there is none."""
        if self._template is None or self._template.poll() is not None:
            self.close()
            self._start()
        assert self._control is not None
        return self._control

    def _start(self) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="course-template-"))
        for path in font_lists():
            (self._home / FONTS).mkdir(exist_ok=True)
            shutil.copy(path, self._home / FONTS)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._template = subprocess.Popen(
                ARGV,
                cwd="/",
                env=environment(str(self._home)),
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def close(self) -> None:
        """End the template; processes that were forked from it end too."""
        if self._control is not None:
            self._control.close()
        if self._template is not None:
            self._template.kill()
            self._template.wait()
        if self._home is not None:
            remove(self._home)
        self._control = self._template = self._home = None


@cache
def nursery() -> Nursery | None:
    """Give the nursery of this process; None where the system has none of what it takes."""
    there = sys.platform == "linux" and hasattr(os, "pidfd_open")
    if not there:
        return None
    here = Nursery()
    atexit.register(here.close)
    return here


def _pipe(stack: ExitStack) -> tuple[IO[bytes], IO[bytes]]:
    """Give the reading and the writing end of a pipe; `stack` closes what is open at its end."""
    reads, writes = os.pipe()
    ends = (open(reads, "rb", buffering=0), open(writes, "wb", buffering=0))  # noqa: SIM115
    for end in ends:
        stack.callback(end.close)
    return ends


def _process_file(pid: int) -> IO[bytes]:
    """Give a file that stands for a process, and never comes to mean another."""
    return open(os.pidfd_open(pid), "rb", buffering=0)


def _cat() -> str:
    program = shutil.which("cat")
    if program is None:
        raise CannotFork("there is no `cat`")
    return program


def _inner(holder: "subprocess.Popen[bytes]") -> int:
    """Wait until the namespaces are made; give a process that is in them."""
    assert holder.stdin is not None
    assert holder.stdout is not None
    holder.stdin.write(WORD)
    ready, _, _ = select.select([holder.stdout], [], [], START_SECONDS)
    if not ready or holder.stdout.read(len(WORD)) != WORD:
        raise CannotFork("bubblewrap made no namespaces")
    inner = children(holder.pid)
    if len(inner) != 1:
        raise CannotFork("bubblewrap has another shape than expected")
    return inner[0]


def _pids(status: IO[bytes]) -> tuple[int, int]:
    ready, _, _ = select.select([status], [], [], START_SECONDS)
    told = status.read(200) if ready else b""
    with suppress(ValueError):
        root, pid = map(int, told.split())
        return root, pid
    raise CannotFork(told.decode("utf-8", "replace").strip() or "the template does not answer")

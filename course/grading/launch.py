"""Start of a student process, its end, and what is known of it from outside."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from course.grading.data_files import DataFiles, write_data_files
from course.grading.limits import Limits
from course.grading.memory import MemoryGauge, children
from course.grading.sandbox import Level, Room

ARGV = [sys.executable, "-P", "-s", "-X", "utf8", "-m", "course.grading.student"]
END_SECONDS = 5
TAIL_BYTES = 2_000


@dataclass(frozen=True)
class Process:
    """A student process and all that must go with it."""

    popen: subprocess.Popen[bytes]
    room: Room
    errors: IO[bytes]
    wrapped: bool

    def kill(self) -> None:
        """End the process with all that it started, and remove its folder."""
        if not (self.wrapped and self._unwrap()):
            with suppress(
                ProcessLookupError, PermissionError, AttributeError
            ):  # no killpg: Windows
                os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.kill()
            with suppress(subprocess.TimeoutExpired):
                self.popen.wait(END_SECONDS)
        self.errors.close()
        shutil.rmtree(self.room.folder, ignore_errors=True)

    def _unwrap(self) -> bool:
        """End what is inside first: the wrapper then collects it, so that no zombie is left."""
        for child in children(self.popen.pid):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            self.popen.wait(END_SECONDS)
        return self.popen.returncode is not None

    def ending(self) -> str:
        """Say how the process ended, "" while it lives."""
        try:
            status = self.popen.wait(1)
        except subprocess.TimeoutExpired:
            return ""
        killed = -status if status < 0 else status - 128  # bubblewrap passes signals on as 128 + n
        if 0 < killed < 65:
            return f"killed by signal {killed}"
        return f"exit status {status}"

    def last_words(self) -> str:
        """Give the end of what the process wrote to its standard error."""
        size = self.errors.seek(0, os.SEEK_END)
        self.errors.seek(max(0, size - TAIL_BYTES))
        return self.errors.read(TAIL_BYTES).decode("utf-8", "replace").strip()

    @property
    def gauge(self) -> MemoryGauge:
        """What tells the memory of all processes inside."""
        return MemoryGauge(self.popen.pid)


def launch(level: Level, limits: Limits, forbidden: tuple[str, ...], files: DataFiles) -> Process:
    """Start a student process with private copies of the data `files`."""
    room = Room(Path(tempfile.mkdtemp(prefix="course-student-")))
    room.data.mkdir()
    room.home.mkdir()
    write_data_files(files, room.data)
    start = level.start(ARGV, room, limits, forbidden)
    errors = tempfile.TemporaryFile()  # noqa: SIM115 - `Process.kill` closes it
    popen = subprocess.Popen(
        start.argv,
        cwd=start.cwd,
        env=start.env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        bufsize=0,
        start_new_session=True,
    )
    return Process(popen, room, errors, start.wrapped)

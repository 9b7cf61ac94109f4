"""Start of a student process, its end, and what is known of it from outside."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from course.grading.limits import Limits
from course.grading.memory import MemoryGauge, children
from course.grading.sandbox import Level, Room

ARGV = [sys.executable, "-P", "-s", "-X", "utf8", "-m", "course.grading.student"]
END_SECONDS = 5
FILES = 200
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


def launch(level: Level, limits: Limits, forbidden: tuple[str, ...], files: Path | None) -> Process:
    """Start a student process with a private copy of the data in the folder `files`."""
    room = Room(Path(tempfile.mkdtemp(prefix="course-student-")))
    room.data.mkdir()
    room.home.mkdir()
    if files is not None:
        _copy(files, room.data, limits.disk_bytes)
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


def _copy(source: Path, target: Path, size: int) -> None:
    """Copy plain files, never links or devices, up to `FILES` of them and `size` bytes."""
    for path in islice(_files(source), FILES):
        with suppress(OSError):  # it cannot be read, or its path is too long
            facts = path.lstat()
            size -= facts.st_size
            if size < 0:
                break
            if stat.S_ISREG(facts.st_mode):
                place = target / path.relative_to(source)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place, follow_symlinks=False)
    for folder, _, names in os.walk(target):  # whatever the umask: another user may have to read
        os.chmod(folder, 0o755)
        for name in names:
            os.chmod(Path(folder, name), 0o644)


def _files(source: Path) -> Iterator[Path]:
    for folder, names, files in os.walk(source):
        names.sort()
        yield from (Path(folder, name) for name in sorted(files))

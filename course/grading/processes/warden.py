"""Watches what no resource limit bounds: the memory and the files of a submission as a whole."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from course.grading.limits import Limits
from course.grading.processes.memory import descendants, resident

SECONDS = 0.2  # between two looks
FILES = 10_000


class Warden:
    """Kills a student process, with all it started, that holds or writes too much.

    `verdict` then says why, "" before.
    """

    def __init__(self, limits: Limits) -> None:
        self.verdict = ""
        self._limits = limits
        self._left = threading.Event()

    def watch(self, roots: tuple[int, ...], folder: Path) -> None:
        """Look from now on, in a thread, at all below `roots` and at what lies in `folder`."""
        threading.Thread(target=self._watch, args=(roots, folder), daemon=True).start()

    def leave(self) -> None:
        """Look no more."""
        self._left.set()

    def _watch(self, roots: tuple[int, ...], folder: Path) -> None:
        while not self._left.wait(SECONDS):
            self.verdict = self._fault(roots, folder)
            if self.verdict:
                for pid in descendants(*roots):
                    if pid not in roots:
                        with suppress(ProcessLookupError, PermissionError):
                            os.kill(pid, signal.SIGKILL)
                return

    def _fault(self, roots: tuple[int, ...], folder: Path) -> str:
        limits = self._limits
        if sum(map(resident, descendants(*roots))) > limits.resident_bytes:
            return f"it took more than {limits.resident_bytes // 2**20} MiB of memory"
        sizes = list(_sizes(folder))
        if len(sizes) > FILES or sum(sizes) > limits.disk_bytes:
            return f"it wrote more than {limits.disk_bytes // 2**20} MiB, or {FILES} files"
        return ""


def _sizes(folder: Path) -> Iterator[int]:
    """Give what each file takes on disk, up to one more than may be there."""
    count = 0
    for above, folders, files in os.walk(folder):
        for name in (*folders, *files):
            count += 1
            if count > FILES + 1:
                return
            with suppress(OSError):
                yield os.lstat(os.path.join(above, name)).st_blocks * 512

"""Watches what no resource limit bounds: the memory and the files of a submission as a whole."""

import os
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from course.grading.limits import Limits
from course.grading.processes.memory import descendants, resident
from course.grading.tree import walk

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
        private: tuple[Path, ...] | None = None
        while not self._left.wait(SECONDS):
            if private is None:
                private = tuple(_private_folders(roots))
            try:
                self.verdict = self._fault(roots, folder, private)
            except Exception as error:  # noqa: BLE001 - what cannot be watched may not go on
                self.verdict = f"it could not be watched ({type(error).__name__}: {error})"
            if self.verdict:
                for pid in descendants(*roots):
                    if pid not in roots:
                        with suppress(ProcessLookupError, PermissionError):
                            os.kill(pid, signal.SIGKILL)
                return

    def _fault(self, roots: tuple[int, ...], folder: Path, private: Iterable[Path]) -> str:
        limits = self._limits
        if sum(map(resident, descendants(*roots))) > limits.resident_bytes:
            return f"it took more than {limits.resident_bytes // 2**20} MiB of memory"
        sizes = list(_sizes(folder))
        count = len(sizes) + sum(map(_entries, private))  # their bytes are bounded as they are made
        if count > FILES or sum(sizes) > limits.disk_bytes:
            return f"it wrote more than {limits.disk_bytes // 2**20} MiB, or {FILES} files"
        return ""


def _private_folders(roots: tuple[int, ...]) -> Iterator[Path]:
    """Yield the file systems in memory that the processes have and this one has not."""
    seen = {device for device, _ in _file_systems_in_memory("self")}
    for pid in descendants(*roots):
        for device, place in _file_systems_in_memory(pid):
            if device not in seen:
                seen.add(device)
                yield Path(f"/proc/{pid}/root{place}")


def _file_systems_in_memory(pid: int | str) -> Iterator[tuple[str, str]]:
    """Yield device and place of each, as proc(5) tells them; none of a process that is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/mountinfo").read_text("utf-8", "replace").splitlines():
            fields, _, kind = line.partition(" - ")
            if kind.startswith("tmpfs "):
                yield fields.split()[2], fields.split()[4]


def _entries(place: Path) -> int:
    """Count the files and folders of a file system; 0 where this process may not look."""
    with suppress(OSError):
        told = os.statvfs(place)
        return told.f_files - told.f_ffree
    return 0


def _sizes(folder: Path) -> Iterator[int]:
    """Give what each file takes on disk, up to one more than may be there; raises `Hidden`."""
    count = 0
    for above, folders, files in walk(folder, strict=True):
        for name in (*folders, *files):
            count += 1
            if count > FILES + 1:
                return
            with suppress(OSError):
                yield os.lstat(os.path.join(above, name)).st_blocks * 512

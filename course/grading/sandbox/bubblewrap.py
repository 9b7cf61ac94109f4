"""Level "bubblewrap": namespaces of its own for every student process."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from course.grading.limits import Limits
from course.grading.sandbox.level import Inside, Room, Start, limits_everywhere
from course.grading.sandbox.surroundings import FONTS, environment, folders, font_lists, needed
from course.grading.student.walls import BEHIND_NAMESPACES, Walls

PROGRAM = "bwrap"
PROBE_SECONDS = 30
WORK = "/submission"
FIRST_UID = 2_000_000_000  # users without a name; each process gets one of its own


@dataclass(frozen=True)
class Bubblewrap:
    """Namespaces: no network, no other processes, a read-only system, nothing of the course."""

    name: str = "bubblewrap"

    def works(self) -> bool:
        """Try it on this Python."""
        if shutil.which(PROGRAM) is None or not sys.platform.startswith("linux"):
            return False
        start = self.start([sys.executable, "-c", ""], Room(Path(os.devnull)), Limits(), ())
        try:
            done = subprocess.run(
                start.argv, env=start.env, capture_output=True, timeout=PROBE_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0

    def start(
        self, argv: list[str], room: Room, limits: Limits, forbidden: tuple[str, ...]
    ) -> Start:
        """Start behind bubblewrap, in a folder that shows the data and takes new files."""
        files = [(path, f"{WORK}/{path.name}") for path in _entries(room.data)]
        files += [(path, f"/tmp/{FONTS}/{path.name}") for path in font_lists()]
        flags = [
            *self._namespaces(),
            *("--die-with-parent", "--new-session", "--clearenv"),
            *_tmpfs("/tmp", limits.disk_bytes),
            *_tmpfs(WORK, limits.disk_bytes),
            *_system(),
            *("--perms", "1777", "--dir", f"/tmp/{FONTS}"),
            *[part for path, place in files for part in ("--ro-bind", str(path), place)],
            *[part for path in folders(forbidden) for part in ("--tmpfs", str(path))],
            *("--proc", "/proc", "--dev", "/dev", *_tmpfs("/dev/shm", limits.disk_bytes)),
            *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", WORK),
            *[part for pair in environment("/tmp").items() for part in ("--setenv", *pair)],
        ]
        # bubblewrap's own environment can be read from inside
        own = {"PATH": os.environ.get("PATH", os.defpath)}
        user = self._user()
        wrapper = (PROGRAM, *flags, "--")
        inside = Inside(WORK, environment("/tmp"), user)
        return Start([*wrapper, *self._drop(user), *argv], Path("/"), own, inside, wrapper)

    def walls(self, room: Room, forbidden: tuple[str, ...]) -> Walls:
        """Refuse system calls that student code has no use for."""
        return BEHIND_NAMESPACES

    def rlimits(self, limits: Limits) -> dict[str, int]:
        """Limit processes too: here only the sandbox's own count."""
        return {**limits_everywhere(limits), "RLIMIT_NPROC": limits.processes}

    def _namespaces(self) -> tuple[str, ...]:
        return ("--unshare-user", "--unshare-all", "--disable-userns")

    def _user(self) -> int | None:
        return None

    def _drop(self, user: int | None) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True)
class BubblewrapAsRoot(Bubblewrap):
    """The same, started by root, who is exempt from the limit on processes: it stops being root.

    Each process runs as a user of its own, without capabilities.
    """

    def works(self) -> bool:
        """Try it on this Python; it needs `setpriv` of util-linux."""
        return shutil.which("setpriv") is not None and super().works()

    def _namespaces(self) -> tuple[str, ...]:
        spaces = ("ipc", "pid", "net", "uts", "cgroup-try")
        needed = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")
        return (
            *(f"--unshare-{space}" for space in spaces),
            *(part for capability in needed for part in ("--cap-add", capability)),
        )

    def _user(self) -> int | None:
        return FIRST_UID + int.from_bytes(os.urandom(3), "big")

    def _drop(self, user: int | None) -> tuple[str, ...]:
        return (
            *("setpriv", "--reuid", str(user), "--regid", str(user), "--clear-groups"),
            *("--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"),
        )


@cache
def _system() -> tuple[str, ...]:
    """Show what is needed of the system, to every user."""
    return (*_parents(needed()), *[part for path in needed() for part in _shown(path)])


def _shown(path: Path) -> tuple[str, str, str]:
    """Show a place of the system; a link into another is as good, and each mount takes time."""
    meant = path.resolve()
    if path.is_symlink() and any(place in meant.parents for place in needed()):
        return ("--symlink", str(meant), str(path))
    return ("--ro-bind", str(path), str(path))


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _tmpfs(place: str, size: int) -> tuple[str, ...]:
    return ("--perms", "1777", "--size", str(size), "--tmpfs", place)


def _parents(places: tuple[Path, ...]) -> Iterator[str]:
    """Make the folders above `places` passable for every user."""
    above = {parent for place in places for parent in place.parents if parent.parts[1:]}
    for folder in sorted(above - {Path("/tmp")}):
        yield from ("--perms", "0755", "--dir", str(folder))

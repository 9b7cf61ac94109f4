"""How a student process is contained: levels, best first, each a small strategy."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from course.errors import CourseError
from course.grading.limits import Limits
from course.grading.surroundings import FONTS, environment, folders, font_lists, needed

PROBE_SECONDS = 30
WORK = "/submission"
FIRST_UID = 2_000_000_000  # users without a name; each process gets one of its own


@dataclass(frozen=True)
class Room:
    """The private folder of one student process: `data` its files, `home` where it may write."""

    folder: Path

    @property
    def data(self) -> Path:
        """Copies of the submission's files."""
        return self.folder / "data"

    @property
    def home(self) -> Path:
        """Home and temporary folder, where the level has no better."""
        return self.folder / "home"


@dataclass(frozen=True)
class Start:
    """What `subprocess.Popen` needs to start a contained process.

    `wrapped` says that the process is a child of the one started, which ends after it.
    """

    argv: list[str]
    cwd: Path
    env: dict[str, str]
    wrapped: bool = False


class Level(Protocol):
    """One way to contain a student process."""

    @property
    def name(self) -> str:
        """What people call it."""

    def start(
        self, argv: list[str], room: Room, limits: Limits, forbidden: tuple[str, ...]
    ) -> Start:
        """Say how to start `argv` in `room`, with the modules `forbidden` out of sight."""

    def rlimits(self, limits: Limits) -> dict[str, int]:
        """Say which resource limits the process must set on itself."""


@cache
def working_levels() -> tuple["Level", ...]:
    """Give the levels that work here, best first; what works is tried once."""
    levels = (BubblewrapAsRoot(), Bubblewrap()) if _is_root() else (Bubblewrap(),)
    return (*(level for level in levels if level.works()), LimitsOnly())


def best_level() -> "Level":
    """Give the best level that works here."""
    return working_levels()[0]


def level_named(name: str) -> "Level":
    """Give the level of that name, the best where the name is ""; raises `CourseError`."""
    levels = working_levels()
    for level in levels:
        if name in ("", level.name):
            return level
    raise CourseError(
        f"there is no sandbox {name!r} on this machine",
        cure=f"Here there are: {', '.join(dict.fromkeys(level.name for level in levels))}.",
    )


@dataclass(frozen=True)
class LimitsOnly:
    """Resource limits, a clean environment, a private folder; no wall around files or network."""

    name: str = "limits"

    def start(
        self, argv: list[str], room: Room, limits: Limits, forbidden: tuple[str, ...]
    ) -> Start:
        """Start in the room's data folder."""
        for path in font_lists():
            (room.home / FONTS).mkdir(exist_ok=True)
            shutil.copy(path, room.home / FONTS)
        return Start(argv, room.data, environment(str(room.home)))

    def rlimits(self, limits: Limits) -> dict[str, int]:
        """Leave processes alone: the system would count all that the user has."""
        return _rlimits(limits)


@dataclass(frozen=True)
class Bubblewrap:
    """Namespaces: no network, no other processes, a read-only system, nothing of the course."""

    name: str = "bubblewrap"

    def works(self) -> bool:
        """Try it on this Python."""
        if shutil.which("bwrap") is None or not sys.platform.startswith("linux"):
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
        seen = [(path, str(path)) for path in needed()]
        flags = [
            *self._namespaces(),
            *("--die-with-parent", "--new-session", "--clearenv"),
            *_tmpfs("/tmp", limits.disk_bytes),
            *_tmpfs(WORK, limits.disk_bytes),
            *_parents(needed()),
            *("--perms", "1777", "--dir", f"/tmp/{FONTS}"),
            *[part for path, place in seen + files for part in ("--ro-bind", str(path), place)],
            *[part for path in folders(forbidden) for part in ("--tmpfs", str(path))],
            *("--proc", "/proc", "--dev", "/dev", *_tmpfs("/dev/shm", limits.disk_bytes)),
            *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", WORK),
            *[part for pair in environment("/tmp").items() for part in ("--setenv", *pair)],
        ]
        # bubblewrap's own environment can be read from inside
        own = {"PATH": os.environ.get("PATH", os.defpath)}
        return Start(["bwrap", *flags, "--", *self._drop(), *argv], Path("/"), own, wrapped=True)

    def rlimits(self, limits: Limits) -> dict[str, int]:
        """Limit processes too: here only the sandbox's own count."""
        return {**_rlimits(limits), "RLIMIT_NPROC": limits.processes}

    def _namespaces(self) -> tuple[str, ...]:
        return ("--unshare-user", "--unshare-all", "--disable-userns")

    def _drop(self) -> tuple[str, ...]:
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

    def _drop(self) -> tuple[str, ...]:
        user = str(FIRST_UID + int.from_bytes(os.urandom(3), "big"))
        return (
            *("setpriv", "--reuid", user, "--regid", user, "--clear-groups"),
            *("--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"),
        )


def _rlimits(limits: Limits) -> dict[str, int]:
    return {
        "RLIMIT_AS": limits.memory_bytes,
        "RLIMIT_FSIZE": limits.file_bytes,
        "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_CORE": 0,
    }


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _tmpfs(place: str, size: int) -> tuple[str, ...]:
    return ("--perms", "1777", "--size", str(size), "--tmpfs", place)


def _parents(places: tuple[Path, ...]) -> Iterator[str]:
    """Make the folders above `places` passable for every user."""
    above = {parent for place in places for parent in place.parents if parent.parts[1:]}
    for folder in sorted(above - {Path("/tmp")}):
        yield from ("--perms", "0755", "--dir", str(folder))

"""What a level is, and what it works with."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from course.grading.limits import Limits
from course.grading.student.walls import Walls


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
class Inside:
    """How the contained process finds itself: working folder, environment, user if another one."""

    cwd: str
    env: dict[str, str] = field(default_factory=dict)
    user: int | None = None


@dataclass(frozen=True)
class Start:
    """What `subprocess.Popen` needs to start a contained process.

    With a `wrapper`, which `argv` then begins with, the process is a child of the one started,
    which ends after it, and others can be put beside it by joining its namespaces.
    """

    argv: list[str]
    cwd: Path
    env: dict[str, str]
    inside: Inside
    wrapper: tuple[str, ...] = ()

    def holding(self, program: str) -> "Start":
        """Start a program of ours in the same namespaces; of its rights nothing is taken."""
        return replace(self, argv=[*self.wrapper, program])


class Level(Protocol):
    """One way to contain a student process."""

    @property
    def name(self) -> str:
        """What people call it."""

    def works(self) -> bool:
        """Try it on this machine."""

    def start(
        self, argv: list[str], room: Room, limits: Limits, forbidden: tuple[str, ...]
    ) -> Start:
        """Say how to start `argv` in `room`, with the modules `forbidden` out of sight."""

    def walls(self, room: Room, forbidden: tuple[str, ...]) -> Walls:
        """Say which walls the process must put around itself."""

    def rlimits(self, limits: Limits) -> dict[str, int]:
        """Say which resource limits the process must set on itself."""


def limits_everywhere(limits: Limits) -> dict[str, int]:
    """Give the resource limits that every level sets."""
    return {
        "RLIMIT_AS": limits.memory_bytes,
        "RLIMIT_CPU": limits.cpu_seconds,
        "RLIMIT_FSIZE": limits.file_bytes,
        "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_CORE": 0,
    }

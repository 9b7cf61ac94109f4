"""Level "landlock": for containers, where namespaces are refused; Linux 5.13 and newer."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course.grading.limits import Limits
from course.grading.sandbox.level import Room, Start, limits_everywhere
from course.grading.sandbox.limits_only import start_in_room
from course.grading.sandbox.surroundings import folders, needed
from course.grading.student.walls import Walls

PROBE_SECONDS = 30
READABLE = (
    *("/dev/urandom", "/dev/random", "/dev/zero"),
    *("/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu"),
)
WRITABLE = ("/dev/null",)
# Reading this program's own file must fail, and so must a socket.
PROBE = """
import socket, sys
from course.grading.student.walls import raise_walls
raise_walls(("all", sys.path, ()))
for forbidden in (lambda: open(sys.argv[1]), socket.socket):
    try:
        forbidden()
    except PermissionError:
        continue
    sys.exit(1)
"""


@dataclass(frozen=True)
class Landlock:
    """Landlock and seccomp: files, network, other processes and new programs are refused.

    The process sees that they are there; it has no private view of them.
    """

    name: str = "landlock"

    def works(self) -> bool:
        """Try whether a process that walls itself in is walled in."""
        if not sys.platform.startswith("linux"):
            return False
        with tempfile.NamedTemporaryFile() as secret:
            argv = [sys.executable, "-P", "-s", "-c", PROBE, secret.name]
            try:
                done = subprocess.run(argv, capture_output=True, timeout=PROBE_SECONDS, check=False)
            except (OSError, subprocess.TimeoutExpired):
                return False
        return done.returncode == 0

    def start(
        self, argv: list[str], room: Room, limits: Limits, forbidden: tuple[str, ...]
    ) -> Start:
        """Start in the room's data folder; the walls go up before student code runs."""
        return start_in_room(argv, room)

    def walls(self, room: Room, forbidden: tuple[str, ...]) -> Walls:
        """Let the process read what Python needs, and write in its room."""
        hidden = set(folders(forbidden))
        seen = [part for place in needed() for part in _without(place, hidden)]
        return ("all", (*map(str, seen), *READABLE), (str(room.data), str(room.home), *WRITABLE))

    def rlimits(self, limits: Limits) -> dict[str, int]:
        """Set what every level sets; a second process is refused outright."""
        return limits_everywhere(limits)


def _without(place: Path, hidden: set[Path]) -> Iterator[Path]:
    """Give `place`, in parts where something in it is hidden: rules only ever add.

    Of the parts links are left out: one (`lib64`) may lead to what is hidden.
    """
    if place in hidden:
        return
    if not any(place in path.parents for path in hidden):
        yield place
        return
    for part in sorted(place.iterdir()):
        if not part.is_symlink():
            yield from _without(part, hidden)

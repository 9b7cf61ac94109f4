"""Level "limits": what is left where nothing else works."""

import shutil
from dataclasses import dataclass

from course.grading.limits import Limits
from course.grading.sandbox.level import Inside, Room, Start, limits_everywhere
from course.grading.sandbox.surroundings import FONTS, environment, font_lists
from course.grading.student.walls import NO_WALLS, Walls


@dataclass(frozen=True)
class LimitsOnly:
    """Resource limits, a clean environment, a private folder; no wall around files or network."""

    name: str = "limits"

    def works(self) -> bool:
        """Say yes."""
        return True

    def start(
        self, argv: list[str], room: Room, limits: Limits, forbidden: tuple[str, ...]
    ) -> Start:
        """Start in the room's data folder."""
        return start_in_room(argv, room)

    def walls(self, room: Room, forbidden: tuple[str, ...]) -> Walls:
        """Have none."""
        return NO_WALLS

    def rlimits(self, limits: Limits) -> dict[str, int]:
        """Leave processes alone: the system would count all that the user has."""
        return limits_everywhere(limits)


def start_in_room(argv: list[str], room: Room) -> Start:
    """Start in the data folder, with the room's own home."""
    for path in font_lists():
        (room.home / FONTS).mkdir(exist_ok=True)
        shutil.copy(path, room.home / FONTS)
    env = environment(str(room.home))
    return Start(argv, room.data, env, Inside(str(room.data), env))

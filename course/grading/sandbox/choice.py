"""Which level there is on this machine, and which will do."""

import os
from functools import cache

from course.errors import CourseError
from course.grading.sandbox.bubblewrap import Bubblewrap, BubblewrapAsRoot
from course.grading.sandbox.landlock import Landlock
from course.grading.sandbox.level import Level
from course.grading.sandbox.limits_only import LimitsOnly


@cache
def working_levels() -> tuple[Level, ...]:
    """Give the levels that work here, best first; what works is tried once."""
    as_root: tuple[Level, ...] = (BubblewrapAsRoot(),) if _is_root() else ()
    levels: tuple[Level, ...] = (*as_root, Bubblewrap(), Landlock(), LimitsOnly())
    return tuple(level for level in levels if level.works())


def best_level() -> Level:
    """Give the best level that works here."""
    return working_levels()[0]


def level_named(name: str) -> Level:
    """Give the level of that name, the best where the name is "".

    Raises
    ------
    CourseError
        if it does not work on this machine.
    """
    levels = working_levels()
    for level in levels:
        if name in ("", level.name):
            return level
    raise CourseError(
        f"there is no sandbox {name!r} on this machine",
        cure=f"Here there are: {', '.join(dict.fromkeys(level.name for level in levels))}.",
    )


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0

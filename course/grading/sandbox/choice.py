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


def require_level(name: str) -> Level:
    """Give the level of that name; the best, where that is ""; limits alone only by their name.

    Raises
    ------
    CourseError
        if there is none.
    """
    level = level_named(name)
    if not name and isinstance(level, LimitsOnly):
        raise CourseError(
            "this machine has no sandbox: student code could read your files and use the network",
            cure="Install bubblewrap (`course doctor` says how). If you trust everyone whose work "
            'you grade, say so: --sandbox limits, or configure(c, sandbox="limits") in '
            "nbgrader_config.py.",
        )
    return level


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0

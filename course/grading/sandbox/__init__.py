"""How a student process is contained: levels, best first, each a small strategy."""

from course.grading.sandbox.bubblewrap import Bubblewrap, BubblewrapAsRoot
from course.grading.sandbox.choice import best_level, level_named, working_levels
from course.grading.sandbox.landlock import Landlock
from course.grading.sandbox.level import Inside, Level, Room, Start
from course.grading.sandbox.limits_only import LimitsOnly

__all__ = [
    "Bubblewrap",
    "BubblewrapAsRoot",
    "Inside",
    "Landlock",
    "Level",
    "LimitsOnly",
    "Room",
    "Start",
    "best_level",
    "level_named",
    "working_levels",
]

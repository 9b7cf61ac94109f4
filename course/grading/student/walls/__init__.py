"""Walls that the student process puts around itself before any student code runs (Linux only).

They cannot be taken down again, by anyone: the kernel keeps them for the process and all that it
starts.
"""

from course.grading.student.walls.raise_walls import (
    BEHIND_NAMESPACES,
    NO_WALLS,
    Walls,
    raise_walls,
)

__all__ = ["BEHIND_NAMESPACES", "NO_WALLS", "Walls", "raise_walls"]

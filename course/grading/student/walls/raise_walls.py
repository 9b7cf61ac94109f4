"""What a process shuts itself off from, and in which order."""

from collections.abc import Sequence

from course.grading.student.walls.landlock import restrict_files
from course.grading.student.walls.privileges import drop_privileges
from course.grading.student.walls.seccomp import refuse_system_calls

# Which walls, what may be read, and what may be written: as it travels to the student process.
# "none"; "calls" where namespaces hide files and processes; "all" where nothing else does.
Walls = tuple[str, Sequence[str], Sequence[str]]
NO_WALLS: Walls = ("none", (), ())
BEHIND_NAMESPACES: Walls = ("calls", (), ())


def raise_walls(walls: Walls) -> None:
    """Put the walls around this process; raises `OSError` where one cannot be put up."""
    kind, readable, writable = walls
    if kind == "none":
        return
    drop_privileges()
    if kind == "all":
        restrict_files(readable, writable)
    refuse_system_calls(alone=kind == "all")

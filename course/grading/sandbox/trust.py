"""Where student code may run: behind the best wall, or behind none if that was said in words."""

from course.errors import CourseError
from course.grading.sandbox import level_named

NO_WALL = "limits"


def agreed_level(sandbox: str) -> str:
    """Give the name of the level to grade at: `sandbox`, or the best one where that is "".

    Raises
    ------
    CourseError
        if there is no such level here, or the best one is no wall and was not asked for by name.
    """
    name = level_named(sandbox).name
    if not sandbox:
        refuse_no_wall(name)
    return name


def refuse_no_wall(name: str, where: str = "") -> None:
    """Raise `CourseError` if the level of that name is no wall against code that means harm."""
    if name == NO_WALL:
        raise CourseError(
            "this machine has no sandbox: student code could read and change what you can",
            where=where,
            cure="Install bubblewrap (see `course doctor`). If you trust everyone whose work you "
            "grade, say `course grade LAB --sandbox limits`, or "
            '`configure(c, sandbox="limits")` in nbgrader_config.py.',
        )

"""nbgrader's `generate_assignment`, called as a function on a course folder."""

import copy
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from course.errors import CourseError
from course.grading.settings import nbgrader_environment
from course.labs import Course


def generate_assignment(course: Course, lab_name: str, into: Path, config: Config) -> None:
    """Make `into/<lab>/` and bring the gradebook of the course folder up to date.

    Raises
    ------
    CourseError
        with nbgrader's own words where it refuses the lab.
    """
    config = copy.deepcopy(config)
    config.CourseDirectory.root = str(course.root)
    config.CourseDirectory.assignment_id = lab_name
    config.CourseDirectory.release_directory = str(into)
    config.CourseDirectory.db_url = course.gradebook_url
    with nbgrader_environment(), _errors() as said:
        try:
            coursedir = CourseDirectory(config=config)
            GenerateAssignment(coursedir=coursedir, config=config).start()
        except Exception as error:
            reason = said[-1] if said else f"{type(error).__name__}: {error}"
            raise CourseError(
                f"nbgrader cannot make the release: {reason}",
                where=str(course.source / lab_name),
                cure="Mend the lab and build it again.",
            ) from error


class _Listener(logging.Handler):
    """Keeps the exceptions that nbgrader logs; the one that it raises says nothing."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what stands behind the last frame of a traceback: the exception itself."""
        lines = record.getMessage().strip().splitlines()
        if lines and lines[0].startswith("Traceback"):
            frames = [n for n, line in enumerate(lines) if line.startswith((" ", "Traceback"))]
            self.said.append(" ".join(lines[frames[-1] + 1 :]))


@contextmanager
def _errors() -> Iterator[list[str]]:
    log, listener = logging.getLogger("traitlets"), _Listener()
    level, propagate = log.level, log.propagate
    log.addHandler(listener)
    log.setLevel(logging.ERROR)
    log.propagate = False
    try:
        yield listener.said
    finally:
        log.removeHandler(listener)
        log.setLevel(level)
        log.propagate = propagate

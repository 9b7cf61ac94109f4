"""nbgrader's `generate_assignment`, called as a function on a course folder."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearSolutions
from traitlets.config import Config, PyFileConfigLoader

from course.authoring.release import ClearSolutionsWithStub
from course.errors import CourseError
from course.labs import Course

CONFIG = "nbgrader_config.py"
NEVER_RELEASED = ["*.py", "*.toml"]


def nbgrader_config(course: Course) -> Config:
    """Read the course folder's `nbgrader_config.py`, over the defaults that every release needs."""
    config = Config()
    config.CourseDirectory.ignore = [*CourseDirectory.ignore.default(), *NEVER_RELEASED]
    config.GenerateAssignment.preprocessors = [
        ClearSolutionsWithStub if step is ClearSolutions else step
        for step in GenerateAssignment.preprocessors.default()
    ]
    path = course.root / CONFIG
    if path.is_file():
        try:
            config.merge(PyFileConfigLoader(CONFIG, path=str(course.root)).load_config())
        except Exception as error:
            raise CourseError(
                f"cannot be read: {type(error).__name__}: {error}", where=str(path)
            ) from error
    return config


def generate_assignment(course: Course, lab_name: str, into: Path) -> None:
    """Make `into/<lab>/` and bring the gradebook up to date.

    Raises
    ------
    CourseError
        with nbgrader's own words where it refuses the lab.
    """
    config = nbgrader_config(course)
    config.CourseDirectory.root = str(course.root)
    config.CourseDirectory.assignment_id = lab_name
    config.CourseDirectory.release_directory = str(into)
    config.CourseDirectory.db_url = course.gradebook_url
    with _environment_on_path(), _errors() as said:
        try:
            converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
            converter.start()
        except Exception as error:
            reason = said[-1] if said else f"{type(error).__name__}: {error}"
            raise CourseError(
                f"nbgrader cannot make the release: {reason}",
                where=str(course.source / lab_name),
                cure="Mend the lab and build it again.",
            ) from error


@contextmanager
def _environment_on_path() -> Iterator[None]:
    """Put this environment's programs first on PATH: nbgrader calls `alembic` by its name."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _after_traceback(lines: list[str]) -> str:
    """Give the exception itself, which stands at the left margin behind the last frame."""
    last_frame = max(n for n, line in enumerate(lines) if line.startswith((" ", "Traceback")))
    return " ".join(lines[last_frame + 1 :]) or lines[-1]


@contextmanager
def _errors() -> Iterator[list[str]]:
    """Catch what nbgrader logs as errors: the exception that it raises says nothing."""
    said: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines = record.getMessage().strip().splitlines()
            if lines and lines[0].startswith("Traceback"):
                said.append(_after_traceback(lines))

    log = logging.getLogger("traitlets")
    listener = Listener(logging.ERROR)
    log.addHandler(listener)
    try:
        yield said
    finally:
        log.removeHandler(listener)

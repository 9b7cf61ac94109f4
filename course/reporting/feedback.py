"""Feedback pages: `feedback/<student>/<lab>/<notebook>.html`, made by nbgrader."""

from collections.abc import Collection, Sequence
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import Any

from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from course.errors import CourseError
from course.grading.pool import trusted_pool
from course.grading.settings import load_config, nbgrader_environment
from course.labs import Course

# So many students' pages are made before another process has started, and as few are worth one.
START, FEW = 30, 10


class _Pages(GenerateFeedback):  # type: ignore[misc]
    """Makes the pages of the chosen students with one exporter, which remembers their texts."""

    def __init__(self, students: Collection[str], **settings: Any) -> None:
        super().__init__(**settings)
        self._students = students
        self.force = True

    def init_notebooks(self) -> None:
        """Collect the notebooks of all chosen students."""
        chosen: dict[str, list[str]] = {}
        for student in self._students:
            self.coursedir.student_id = student
            super().init_notebooks()
            chosen |= self.assignments  # type: ignore[has-type]
        self.assignments = chosen


def write_feedback(
    course: Course, lab_name: str, students: Collection[str] | None = None, workers: int = 1
) -> Path:
    """Write the pages of all graded submissions of a lab, or of the chosen students'.

    Pages that are there are written anew. Scores and comments come from the gradebook. Large
    classes are shared among this process and others, so many `workers` in all. Gives the folder of
    the pages.

    Raises
    ------
    CourseError
        if nothing is graded yet or nbgrader cannot make a page.
    """
    graded = {path.parent.name for path in course.autograded.glob(f"*/{lab_name}")}
    chosen = sorted(graded if students is None else students) or ["*"]
    own, *others = _shares(chosen, workers)
    write = partial(_write, course, lab_name)
    with trusted_pool(max(1, len(others))) as pool:
        written = [pool.submit(write, share) for share in others]
        write(own)
        try:
            for future in written:
                future.result()
        except BrokenProcessPool as error:
            raise CourseError(
                "a process that made pages was ended",
                where=str(course.feedback),
                cure="Give the command again: what is graded is kept.",
            ) from error
    return course.feedback


def _shares(students: Sequence[str], workers: int) -> list[Sequence[str]]:
    """Give the share of this process, then those of others, who have to start first."""
    more = max(0, len(students) - START)
    workers = min(workers, max(1, more // FEW))
    each = more // workers
    others = [students[n * each : (n + 1) * each] for n in range(workers - 1)] if each else []
    return [students[len(others) * each :], *others]


def _write(course: Course, lab_name: str, students: Collection[str]) -> None:
    config = load_config(course)
    config.CourseDirectory.assignment_id = lab_name
    with nbgrader_environment():
        pages = _Pages(students, coursedir=CourseDirectory(config=config), config=config)
        try:
            pages.start()
        except NbGraderException as error:
            raise CourseError(
                f"feedback cannot be made: {error}",
                where=str(course.autograded),
                cure=f"Grade the lab first: course grade {lab_name}.",
            ) from error

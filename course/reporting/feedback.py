"""Feedback pages: `feedback/<student>/<lab>/<notebook>.html`, made by nbgrader."""

from collections.abc import Collection, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import chdir, suppress
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


class Feedback:
    """The pages of one lab: some made here one by one, the rest all at once.

    Scores and comments come from the gradebook. Pages that are there are written anew.
    """

    def __init__(self, course: Course, lab_name: str) -> None:
        self._course, self._lab = course, lab_name
        self._converter: _Converter | None = None
        self._queue: list[str] = []
        self._written: set[str] = set()

    def add(self, student: str) -> None:
        """Hear that a student's submission is graded and recorded."""
        self._queue.append(student)

    def write_next(self) -> bool:
        """Make the pages of one student who was added; False where there is none.

        What cannot be made is left for `write_rest`.
        """
        if not self._queue:
            return False
        student = self._queue.pop(0)
        with suppress(CourseError, OSError):
            self._write([student])
            self._written.add(student)
        return True

    def write_rest(self, students: Collection[str] | None = None, workers: int = 1) -> None:
        """Make the pages of all graded submissions, or of these students', not made here so far.

        Large classes are shared among this process and others, so many `workers` in all.

        Raises
        ------
        CourseError
            if nothing is graded yet or nbgrader cannot make a page.
        """
        folders = self._course.autograded.glob(f"*/{self._lab}")
        chosen = {path.parent.name for path in folders} if students is None else {*students}
        left = sorted((chosen or {"*"}) - self._written)
        if not left:
            return
        own, *others = _shares(left, workers)
        with trusted_pool(max(1, len(others))) as pool:
            shared = [pool.submit(_write, self._course, self._lab, share) for share in others]
            self._write(own)
            try:
                for future in shared:
                    future.result()
            except BrokenProcessPool as error:
                raise CourseError(
                    "a process that made pages was ended",
                    where=str(self._course.feedback),
                    cure="Give the command again: what is graded is kept.",
                ) from error

    def _write(self, students: Collection[str]) -> None:
        with nbgrader_environment():
            if self._converter is None:
                config = load_config(self._course)
                config.CourseDirectory.assignment_id = self._lab
                folder = CourseDirectory(config=config)
                self._converter = _Converter(coursedir=folder, config=config)
            try:
                self._converter.write(students)
            except NbGraderException as error:
                raise CourseError(
                    f"feedback cannot be made: {error}",
                    where=str(self._course.autograded),
                    cure=f"Grade the lab first: course grade {self._lab}.",
                ) from error


class _Converter(GenerateFeedback):  # type: ignore[misc]
    """Makes the pages of chosen students with one exporter, which remembers their texts."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._students: Collection[str] = ()
        self._is_ready = False
        self.force = True

    def write(self, students: Collection[str]) -> None:
        """Make the pages of these students."""
        self._students = students
        if self._is_ready:
            self.init_notebooks()
            with chdir(self.coursedir.root):
                self.convert_notebooks()
        else:
            self.start()
            self._is_ready = True

    def init_notebooks(self) -> None:
        """Collect the notebooks of all chosen students."""
        chosen: dict[str, list[str]] = {}
        for student in self._students:
            self.coursedir.student_id = student
            super().init_notebooks()
            chosen |= self.assignments  # type: ignore[has-type]
        self.assignments = chosen


def _write(course: Course, lab_name: str, students: Collection[str]) -> None:
    Feedback(course, lab_name).write_rest(students)


def _shares(students: Sequence[str], workers: int) -> list[Sequence[str]]:
    """Give the share of this process, then those of others, who have to start first."""
    more = max(0, len(students) - START)
    workers = min(workers, max(1, more // FEW))
    each = more // workers
    others = [students[n * each : (n + 1) * each] for n in range(workers - 1)] if each else []
    return [students[len(others) * each :], *others]

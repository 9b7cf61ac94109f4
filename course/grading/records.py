"""The one writer: gradebook and `autograded/`, result by result."""

import os
import shutil
from contextlib import ExitStack
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from course.errors import CourseError
from course.grading.collect import handed_in
from course.grading.data_files import STAMP
from course.grading.gradebook import Answers, answers_in, register, save_result
from course.grading.results import REFUSED, NotebookResult
from course.grading.settings import load_config, nbgrader_environment
from course.labs import Course, Lab


class Recorder:
    """Writes the results of one lab, each completely before the next; use it as a context.

    Raises
    ------
    CourseError
        on entry, if the lab's graded cells do not fit the gradebook any more.
    """

    def __init__(self, course: Course, lab: Lab) -> None:
        self._course, self._lab = course, lab
        self._sources = {name: lab.source(name) for name in lab.notebooks}
        self._stack = ExitStack()

    def __enter__(self) -> "Recorder":
        with self._stack:
            self._stack.enter_context(nbgrader_environment())
            folder = CourseDirectory(config=load_config(self._course))
            self._gradebook = self._stack.enter_context(Gradebook(folder.db_url, folder.course_id))
            register(self._gradebook, folder.db_url, self._lab)
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add(self, result: NotebookResult) -> None:
        """Write one result, the autograded notebook first; of what was refused, nothing."""
        if result.status == REFUSED:
            return
        submitted = self._course.submitted / result.student / self._lab.name
        folder = self._course.autograded / result.student / self._lab.name
        path = folder / f"{result.notebook}.ipynb"
        source = self._sources[result.notebook]
        before = _answers_before(path, source)
        write_text(path, result.notebook_json)
        self._copy_extra_files(folder)
        stamp = handed_in(submitted)
        if stamp:
            write_text(folder / STAMP, f"{stamp}\n")
        self._gradebook.update_or_create_student(result.student)
        self._gradebook.update_or_create_submission(
            self._lab.name, result.student, **({"timestamp": stamp} if stamp else {})
        )
        now = answers_in(result.notebook_json, source)
        save_result(self._gradebook, self._lab.name, result, now, before)

    def _copy_extra_files(self, folder: Path) -> None:
        """Put the lab's pictures beside the graded notebook, which shows them."""
        for name in self._lab.extra_files:
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            unfinished = place.with_name(f".{place.name}.part")
            shutil.copyfile(self._lab.folder / name, unfinished)
            os.replace(unfinished, place)


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all; nbgrader leaves files that cannot be written into."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_text(text, "utf-8")
    os.replace(unfinished, path)


def _answers_before(path: Path, source: object) -> Answers | None:
    try:
        return answers_in(path.read_text("utf-8"), source)
    except (OSError, CourseError):
        return None

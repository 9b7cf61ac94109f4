"""The one writer: gradebook and `autograded/`, result by result."""

import filecmp
import os
import shutil
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from course.grading.record.files import write_text
from course.grading.record.gradebook import Answers, answers_in, open_gradebook, register, stubs_of
from course.grading.record.ledger import Ledger
from course.grading.record.patience import OnWait, patiently
from course.grading.settings import load_config, nbgrader_environment
from course.grading.submission.collect import handed_in
from course.grading.submission.data_files import STAMP
from course.grading.verdict.results import REFUSED, NotebookResult
from course.labs import Course, Lab

DEFAULT_COURSE = "default_course"  # nbgrader's; Postgres insists on a course


class Recorder:
    """Writes the results of one lab, each completely before the next; use it as a context.

    `on_wait` hears of a gradebook that is locked for longer than a moment.

    Raises
    ------
    CourseError
        on entry, if the lab's graded cells do not fit the gradebook any more, or it cannot be
        opened.
    """

    def __init__(self, course: Course, lab: Lab, on_wait: OnWait = lambda _: None) -> None:
        self._course, self._lab, self._on_wait = course, lab, on_wait
        self._stubs = {name: stubs_of(lab.source(name)) for name in lab.notebooks}
        self._stack = ExitStack()

    def __enter__(self) -> "Recorder":
        with self._stack:
            self._stack.enter_context(nbgrader_environment())
            folder = CourseDirectory(config=load_config(self._course))
            url, name = folder.db_url, folder.course_id or DEFAULT_COURSE
            gradebook = patiently(lambda: open_gradebook(url, name), url, self._on_wait)
            self._stack.enter_context(gradebook)
            patiently(lambda: register(gradebook, url, self._lab), url, self._on_wait)
            self._ledger = Ledger(gradebook, self._lab.name, self._on_wait)
            self._recorded = self._ledger.recorded()
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add(self, result: NotebookResult) -> None:
        """Write one result: the scores, then the graded notebook; of what was refused, nothing.

        The notebook comes last, because it tells the next grading what the scores were given for.
        """
        if result.status == REFUSED:
            return
        folder = self._course.autograded / result.student / self._lab.name
        path = folder / f"{result.notebook}.ipynb"
        stamp = handed_in(self._course.submitted / result.student / self._lab.name)
        now = answers_in(result.notebook_json, self._stubs[result.notebook])
        self._ledger.save(result, now, self._answers_before(path, result.notebook), stamp)
        self._copy_extra_files(folder)
        if stamp:
            write_text(folder / STAMP, f"{stamp}\n")
        write_text(path, result.notebook_json)

    def restore(self, result: NotebookResult) -> None:
        """Write the scores of a result that was kept, if they are not in the gradebook any more."""
        if (result.student, result.notebook) not in self._recorded:
            folder = self._course.autograded / result.student / self._lab.name
            text = (folder / f"{result.notebook}.ipynb").read_text("utf-8")
            self.add(replace(result, notebook_json=text))

    def _answers_before(self, path: Path, notebook: str) -> Answers | None:
        try:
            return answers_in(path.read_text("utf-8"), self._stubs[notebook])
        except (OSError, ValueError, LookupError, TypeError, AttributeError):  # no notebook of ours
            return None

    def _copy_extra_files(self, folder: Path) -> None:
        """Put the lab's pictures beside the graded notebook, which shows them."""
        for name in self._lab.extra_files:
            place = folder / name
            if place.is_file() and filecmp.cmp(self._lab.folder / name, place):
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            unfinished = place.with_name(f".{place.name}.part")
            shutil.copy2(self._lab.folder / name, unfinished)
            os.replace(unfinished, place)

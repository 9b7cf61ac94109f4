"""A class from submissions to everything that is written about it."""

import gc
import json
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from course.grading.record.files import write_text
from course.grading.record.patience import OnWait
from course.grading.record.records import Recorder
from course.grading.run.crew import Site
from course.grading.run.driver import grade_class
from course.grading.run.store import turn
from course.grading.run.workers import Machine
from course.grading.verdict.results import REFUSED, NotebookResult
from course.labs import Course, Lab
from course.reporting.class_report import render
from course.reporting.feedback import Feedback
from course.reporting.summary import Summary, summarise

OnStart = Callable[[int, int], None]  # how many results are kept, how many are to be found
OnResult = Callable[[NotebookResult, int, int], None]  # a result, how many are done, of how many


@dataclass(frozen=True)
class GradingRun:
    """What came of one grading of a class, and where the class report lies."""

    lab: str
    seed: int
    results: tuple[NotebookResult, ...]
    summary: Summary
    report: Path

    def as_dict(self) -> dict[str, Any]:
        """Give the content of `course grade --json`."""
        return {
            "lab": self.lab,
            "seed": self.seed,
            "submissions": [result.as_dict() for result in self.results],
        }


def grade_and_record(
    course: Course,
    lab_name: str,
    *,
    on_wait: OnWait = lambda _: None,
    **options: Any,
) -> GradingRun:
    """Grade a class and write gradebook, `autograded/`, `feedback/` and the class report.

    The options are those of `grade_class`; `on_start` and `on_result` hear how it goes. Where
    another process grades the lab, or another program keeps the gradebook locked, it is waited for,
    and `on_wait` hears of it. The report is of all the submissions, those that were graded before
    and kept included, and those of students who were not chosen.

    Raises
    ------
    CourseError
        if `grade_class` raises it, or the gradebook cannot be written.
    """
    with turn(course, course.lab(lab_name).name, on_wait):
        return _in_turn(course, lab_name, on_wait=on_wait, **options)


def _in_turn(
    course: Course,
    lab_name: str,
    *,
    on_wait: OnWait,
    students: Collection[str] | None = None,
    site: Site | None = None,
    on_start: OnStart = lambda *_: None,
    on_result: OnResult = lambda *_: None,
    **options: Any,
) -> GradingRun:
    lab, site = course.lab(lab_name), site or Machine()
    pages = Feedback(course, lab_name)
    missing: dict[str, set[str]] = defaultdict(lambda: set(lab.notebooks))
    with (
        grade_class(course, lab_name, students=students, site=site, **options) as run,
        Recorder(course, lab, on_wait) as recorder,
    ):
        results = list(run.kept)
        for result in run.kept:
            recorder.restore(result)
            missing[result.student].discard(result.notebook)
        on_start(len(run.kept), run.total)
        gc.freeze()  # what is loaded by now stays; collections need not look through it
        for number, result in enumerate(run.results(pages.write_next), 1):
            recorder.add(result)
            run.done(result)
            results.append(result.lean())
            missing[result.student].discard(result.notebook)
            if not missing[result.student] and result.status != REFUSED:
                pages.add(result.student)
            on_result(result, number, run.total)
    results.sort(key=partial(_place, lab))
    if any(result.status != REFUSED for result in results):
        pages.write_rest(students, site.cores)
    summary = summarise(results, lab, run.seed)
    whole = sorted((*results, *run.others), key=partial(_place, lab))
    report = course.root / "reports" / f"{lab.name}.html"
    write_text(report, render(summarise(whole, lab, run.seed) if run.others else summary))
    return GradingRun(lab.name, run.seed, tuple(results), summary, report)


def _place(lab: Lab, result: NotebookResult) -> tuple[str, int]:
    return result.student, lab.notebooks.index(result.notebook)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write `content` as JSON text, whole or not at all."""
    write_text(path, json.dumps(content, indent=2, allow_nan=False) + "\n")

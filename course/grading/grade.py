"""The heart: one submitted notebook in, one result out."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from nbformat import v4

from course.checks import CheckFailed
from course.errors import CourseError
from course.grading.autograded import autograded_notebook
from course.grading.connection import CellRun, Student, StudentCell
from course.grading.diagnosis import diagnose
from course.grading.faults import StudentDied, StudentFault, StudentTimeout
from course.grading.judging import Failures
from course.grading.names import names_bound
from course.grading.plain import Sighting
from course.grading.plan import Job, Plan
from course.grading.rebuild import Rebuilt, rebuild
from course.grading.referee import Referee, Trial
from course.grading.results import CellResult, NotebookResult, Status
from course.labs import (
    Cell,
    Kind,
    Mistake,
    cells_of,
    exercise_of,
    parse_notebook,
    release_cell_source,
)

MAX_SUBMISSION_BYTES = 64 * 2**20
GRADED = (Kind.TEST, Kind.MANUAL)


def grade_notebook(job: Job) -> NotebookResult:
    """Grade one submitted notebook.

    Whatever was submitted, the result has a verdict on every cell that carries points. Only a
    fault of the grader itself (no student process can be started) raises.
    """
    if job.submission is None:
        return nothing_graded(job, "missing", "This notebook was not handed in.")
    try:
        submitted = _parse(job.submission)
    except CourseError as error:
        return nothing_graded(job, "unreadable", f"It cannot be graded: {error.what}. {error.cure}")
    source = _source(job.plan.source_json)
    rebuilt = rebuild(source, submitted)
    run = _Run(job.plan, rebuilt, _definers(source))
    with Student(job.plan.limits, job.plan.forbidden_modules, job.files) as student:
        run.all_cells(student)
    run.explain()
    notes = (*job.notes, *rebuilt.notes)
    return NotebookResult(
        student=job.student,
        notebook=job.plan.notebook,
        status="graded",
        cells=tuple(run.results(source)),
        notes=notes,
        notebook_json=autograded_notebook(rebuilt, run.runs, run.trials, notes),
    )


def nothing_graded(job: Job, status: str, why: str) -> NotebookResult:
    """Give the result of a submission of which nothing can be graded; `why` is for the student."""
    source = _source(job.plan.source_json)
    notes = (*job.notes, why)
    trial = Trial(Status.NOT_RUN, why)
    empty = rebuild(source, v4.new_notebook())
    return NotebookResult(
        student=job.student,
        notebook=job.plan.notebook,
        status=status,
        cells=tuple(_result(cell, trial) for cell in _graded_cells(source)),
        notes=notes,
        notebook_json=autograded_notebook(empty, {}, {}, notes),
    )


@dataclass
class _Run:
    """One notebook while it is graded; keys are those of its steps."""

    plan: Plan
    rebuilt: Rebuilt
    definers: Mapping[str, str]
    runs: dict[str, CellRun] = field(default_factory=dict)
    trials: dict[str, Trial] = field(default_factory=dict)
    mistakes: dict[str, Mistake] = field(default_factory=dict)

    def all_cells(self, student: Student) -> None:
        """Run every cell in order, until the time for the notebook is used up."""
        limits = self.plan.limits
        referee = Referee(student, self.plan.seed, limits.test_seconds, limits.output_chars)
        end = time.monotonic() + limits.notebook_seconds
        for step in self.rebuilt.cells:
            if time.monotonic() > end:
                break
            if step.kind is Kind.TEST:
                failures = Failures(self._stopped(), self.definers)
                self.trials[step.key] = referee.run(step.key, step.source, failures)
            else:
                self.runs[step.key] = student.run(StudentCell(step.key, step.source))

    def _stopped(self) -> dict[str, StudentFault]:
        faults: dict[str, StudentFault] = {
            "timeout": StudentTimeout("it did not end in time"),
            "died": StudentDied("it ended the Python process"),
        }
        return {
            key: run.error or faults.get(run.status, StudentDied(run.status))
            for key, run in self.runs.items()
            if run.status != "ok"
        }

    def explain(self) -> None:
        """Name the mistake behind the failed tests of each exercise, where there is one."""
        for exercise in {exercise_of(key) for key in self.trials}:
            keys = [key for key in self.trials if exercise_of(key) == exercise]
            seen = {k: Sighting(self.trials[k].observations, self.trials[k].ending) for k in keys}
            mistake = diagnose(seen, self.plan.catalogue, exercise)
            if mistake is None:
                continue
            for key in keys:
                if self.trials[key].ending:
                    self.mistakes[key] = mistake
                    self.trials[key] = _explained(self.trials[key], mistake)

    def results(self, source: Any) -> Iterator[CellResult]:
        """Yield the verdict on each cell that carries points."""
        late = Trial(Status.NOT_RUN, "The time for this notebook was used up before this test.")
        for cell in _graded_cells(source):
            if cell.kind is Kind.MANUAL:
                yield _result(cell, Trial(Status.MANUAL))
                continue
            trial = self.trials.get(cell.grade_id, late)
            mistake = self.mistakes.get(cell.grade_id)
            pattern = trial.report.pattern if trial.report else ""
            yield _result(cell, trial, mistake.id if mistake else pattern)


def _explained(trial: Trial, mistake: Mistake) -> Trial:
    cause = f"{mistake.title} {mistake.hint}"
    if trial.report is None:
        return replace(trial, message=f"{trial.message}\nLikely cause: {cause}")
    report = replace(trial.report, cause=cause, see=mistake.see or trial.report.see)
    return replace(trial, message=str(CheckFailed(report)), report=report)


def _result(cell: Cell, trial: Trial, diagnosis: str = "") -> CellResult:
    points = cell.points if trial.status is Status.PASSED else 0.0
    return CellResult(
        cell.grade_id, points, cell.points, trial.status, diagnosis, trial.message, trial.output
    )


def _parse(submission: bytes) -> Any:
    if len(submission) > MAX_SUBMISSION_BYTES:
        raise CourseError(
            f"this notebook is larger than {MAX_SUBMISSION_BYTES // 2**20} MiB",
            cure="Clear its outputs and hand it in again.",
        )
    return parse_notebook(submission, where="the submission")


def _graded_cells(source: Any) -> Iterator[Cell]:
    return (cell for cell in cells_of(source) if cell.kind in GRADED)


@lru_cache(maxsize=16)
def _source(source_json: str) -> Any:
    return parse_notebook(source_json.encode(), where="source")


def _definers(source: Any) -> dict[str, str]:
    """Tell which of the instructor's cells defines which name."""
    return {
        name: cell.grade_id
        for cell, node in zip(cells_of(source), source.cells, strict=True)
        if cell.grade_id and cell.kind is not Kind.TEST and cell.is_code
        for name in names_bound(release_cell_source(node))
    }

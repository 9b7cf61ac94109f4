"""The heart: one submitted notebook in, one result out."""

import time
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from nbformat import v4

from course.errors import CourseError
from course.grading.notebook_run import NotebookRun, definers_in, is_killed
from course.grading.plan import Job
from course.grading.record.autograded import autograded_notebook
from course.grading.sandbox import level_named
from course.grading.submission.given import Definitions, given_definitions
from course.grading.submission.rebuild import Rebuilt, rebuild
from course.grading.submission.submitted import Submission, read_submission
from course.grading.verdict.referee import Trial
from course.grading.verdict.results import GRADED, CellResult, NotebookResult, Status
from course.grading.wall.connection import Student
from course.labs import Cell, Kind, cells_of, parsed_source

MAX_SUBMISSION_BYTES = 64 * 2**20
WITH_POINTS = (Kind.TEST, Kind.MANUAL)


def grade_notebook(job: Job) -> NotebookResult:
    """Grade one submitted notebook.

    Whatever was submitted, the result has a verdict on every cell that carries points. Only a
    fault of the grader itself (no student process can be started) raises.
    """
    if job.submission is None:
        return nothing_graded(job, "missing", "This notebook was not handed in.")
    try:
        submitted = _read(job.submission)
    except CourseError as error:
        return nothing_graded(job, "unreadable", f"It cannot be graded: {error.what}. {error.cure}")
    source = parsed_source(job.plan.source_json)
    rebuilt = rebuild(source, submitted)
    run = _run_undisturbed(job, rebuilt)
    run.explain(rebuilt.cells)
    notes = (*job.notes, *submitted.notes, *rebuilt.notes, *run.stopped(rebuilt.cells))
    return NotebookResult(
        student=job.student,
        notebook=job.plan.notebook,
        status=GRADED,
        cells=tuple(_results(source, run)),
        notes=notes,
        notebook_json=autograded_notebook(rebuilt, run.runs, run.trials, notes),
        seed=job.plan.seed,
    )


def _run_undisturbed(job: Job, rebuilt: Rebuilt) -> NotebookRun:
    """Run a rebuilt notebook, again if it was killed: code that kills itself does it twice."""
    until = time.monotonic() + job.plan.limits.notebook_seconds
    try:
        run = _run(job, rebuilt, until)
    except CourseError as error:
        if not is_killed(error.what):
            raise
    else:
        if not run.was_killed:
            return run
    return _run(job, rebuilt, until)


def _run(job: Job, rebuilt: Rebuilt, until: float) -> NotebookRun:
    plan = job.plan
    run = NotebookRun(plan, _definers(plan.source_json))
    level = level_named(plan.sandbox)
    definitions = _definitions(plan.source_json)
    with Student(plan.limits, plan.forbidden_modules, job.files, level, definitions) as student:
        run.run(rebuilt.cells, student, until)
    return run


def nothing_graded(job: Job, status: str, why: str) -> NotebookResult:
    """Give the result of a submission of which nothing can be graded; `why` is for the student."""
    source = parsed_source(job.plan.source_json)
    notes = (*job.notes, why)
    trial = Trial(Status.NOT_RUN, why)
    empty = rebuild(source, v4.new_notebook())
    return NotebookResult(
        student=job.student,
        notebook=job.plan.notebook,
        status=status,
        cells=tuple(
            _result(cell, Trial(Status.MANUAL) if cell.kind is Kind.MANUAL else trial)
            for cell in _graded_cells(source)
        ),
        notes=notes,
        notebook_json=autograded_notebook(empty, {}, {}, notes),
        seed=job.plan.seed,
    )


def _results(source: Any, run: NotebookRun) -> Iterator[CellResult]:
    """Yield the verdict on each cell that carries points."""
    late = Trial(Status.NOT_RUN, "The time for this notebook was used up before this test.")
    for cell in _graded_cells(source):
        if cell.kind is Kind.MANUAL:
            yield _result(cell, Trial(Status.MANUAL))
            continue
        trial = run.trials.get(cell.grade_id, late)
        mistake = run.mistakes.get(cell.grade_id)
        pattern = trial.report.pattern if trial.report else ""
        yield _result(cell, trial, mistake.id if mistake else pattern)


def _result(cell: Cell, trial: Trial, diagnosis: str = "") -> CellResult:
    points = cell.points if trial.status is Status.PASSED else 0.0
    return CellResult(
        cell.grade_id, points, cell.points, trial.status, diagnosis, trial.message, trial.output
    )


def _read(submission: bytes) -> Submission:
    if len(submission) > MAX_SUBMISSION_BYTES:
        raise CourseError(
            f"this notebook is larger than {MAX_SUBMISSION_BYTES // 2**20} MiB",
            cure="Clear its outputs and hand it in again.",
        )
    return read_submission(submission)


def _graded_cells(source: Any) -> Iterator[Cell]:
    return (cell for cell in cells_of(source) if cell.kind in WITH_POINTS)


@lru_cache(maxsize=16)
def _definers(source_json: str) -> Mapping[str, str]:
    return definers_in(parsed_source(source_json))


@lru_cache(maxsize=16)
def _definitions(source_json: str) -> Definitions:
    return given_definitions(parsed_source(source_json))

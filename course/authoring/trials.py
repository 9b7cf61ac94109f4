"""Every hand-in of a lab, run both ways: in two processes, and in one warm kernel."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from course.authoring.handins import HandIn, Sheet
from course.authoring.stock_kernel import earned_in_one_kernel
from course.errors import CourseError
from course.grading.grade import grade_notebook
from course.grading.limits import Limits
from course.grading.plan import Job, Plan, begin_plan
from course.grading.pool import trusted_pool
from course.grading.verdict.references import References, begin_references, merged
from course.grading.verdict.results import CellResult, NotebookResult
from course.labs import Kind, Lab, cells_of, dump_notebook, exercise_of, parse_notebook

Progress = Callable[[str, int, int], None]  # what is done, how many of how many
R = TypeVar("R")


@dataclass(frozen=True)
class Trial:
    """One hand-in and what became of it: verdicts of two processes, points in one kernel."""

    hand_in: HandIn
    verdicts: Mapping[str, CellResult]
    stock: Mapping[str, float]

    @property
    def two_process(self) -> dict[str, float]:
        """Points of each test cell in two processes."""
        return {key: verdict.points for key, verdict in self.verdicts.items()}


def run_trials(lab: Lab, sheet: Sheet, seed: int, progress: Progress) -> tuple[Trial, ...]:
    """Run each hand-in of a notebook both ways, on all cores.

    Raises
    ------
    CourseError
        if a hand-in ends the process that runs it in one kernel.
    """
    workers = os.cpu_count() or 1
    with trusted_pool(workers) as pool:
        plan = begin_plan(lab, sheet.notebook, seed, pool)()
    jobs = [Job(hand_in.id or hand_in.kind, plan, hand_in.data) for hand_in in sheet.hand_ins]
    stock = partial(
        earned_in_one_kernel,
        source_json=sheet.source_json,
        seed=seed,
        seconds=Limits().trusted_seconds,
        references=plan.references,
    )
    with trusted_pool(workers) as pool:
        results = tuple(_map(pool, grade_notebook, jobs, "two processes", progress))
        try:
            alone = tuple(_map(pool, stock, sheet.hand_ins, "one kernel", progress))
        except BrokenProcessPool as error:
            raise CourseError(
                "a hand-in ended the Python process that ran it",
                where=str(lab.folder),
                cure="Take out the mistake that exits or runs out of memory.",
            ) from error
    return tuple(map(partial(_trial, sheet), sheet.hand_ins, results, alone))


def repeat_trials(
    lab: Lab, sheet: Sheet, seeds: Iterable[int], progress: Progress
) -> Iterator[tuple[int, HandIn, NotebookResult]]:
    """Run each hand-in in two processes under each of the seeds; yield what came of it.

    Of a mistake only the tests of its own exercise run; nothing is diagnosed.
    """
    with trusted_pool(os.cpu_count() or 1) as pool:
        for seed in seeds:
            seconds = Limits().trusted_seconds
            references = merged(begin_references(sheet.source_json, seed, seconds, pool))
            make = partial(_job_alone, lab, sheet, seed=seed, references=references)
            jobs = list(map(make, sheet.hand_ins))
            results = _map(pool, grade_notebook, jobs, f"seed {seed}", progress)
            yield from ((seed, *pair) for pair in zip(sheet.hand_ins, results, strict=True))


def _job_alone(lab: Lab, sheet: Sheet, hand_in: HandIn, seed: int, references: References) -> Job:
    source_json, data = sheet.source_json, hand_in.data
    if hand_in.exercise:
        source_json = _tested_on(hand_in.exercise, source_json.encode())
        data = _tested_on(hand_in.exercise, data).encode()
    limits, forbidden = Limits(), lab.forbidden_modules
    plan = Plan(
        lab.name, sheet.notebook, source_json, seed, limits, forbidden, references=references
    )
    return Job(hand_in.id or hand_in.kind, plan, data)


def _tested_on(exercise: str, data: bytes) -> str:
    """Leave the tests of all other exercises out of a notebook."""
    notebook = parse_notebook(data, where="a hand-in")
    notebook.cells = [
        notebook.cells[cell.index]
        for cell in cells_of(notebook)
        if cell.kind is not Kind.TEST or exercise_of(cell.grade_id) == exercise
    ]
    return dump_notebook(notebook)


def _map(
    pool: Executor, work: Callable[..., R], items: Iterable[object], what: str, progress: Progress
) -> Iterator[R]:
    items = tuple(items)
    for number, result in enumerate(pool.map(work, items), 1):
        progress(what, number, len(items))
        yield result


def _trial(
    sheet: Sheet, hand_in: HandIn, result: NotebookResult, stock: Mapping[str, float]
) -> Trial:
    verdicts = {cell.grade_id: cell for cell in result.cells if cell.grade_id in sheet.worth}
    return Trial(hand_in, verdicts, stock)

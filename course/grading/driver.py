"""A class: every submission of a lab, graded in parallel, given back in order."""

import os
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import chain, islice

from course.grading.collect import jobs_of, refused_of, students_of
from course.grading.grade import grade_notebook, nothing_graded
from course.grading.plan import Job, make_plan, new_seed
from course.grading.pool import trusted_pool
from course.grading.results import REFUSED, NotebookResult
from course.labs import Course

JOBS_AHEAD = 8  # per worker: enough that one slow submission does not hold up the others


@dataclass(frozen=True)
class ClassRun:
    """The grading of a class, done while `results` is read: `total` of them, in order."""

    lab: str
    seed: int
    total: int
    results: Iterator[NotebookResult]


def grade_class(
    course: Course,
    lab_name: str,
    *,
    seed: int | None = None,
    workers: int | None = None,
    students: Collection[str] | None = None,
) -> ClassRun:
    """Grade what was handed in for a lab, by all students or the chosen ones.

    `seed` repeats an earlier run; without it a new secret one is drawn. Results come by student
    and notebook, whatever the number of workers, those of refused folders last.

    Raises
    ------
    CourseError
        if there is no such lab or student, or the lab's own files are at fault.
    """
    lab = course.lab(lab_name)
    names = students_of(course, lab, students)
    seed = new_seed() if seed is None else seed
    workers = workers or os.cpu_count() or 1
    plans = {name: make_plan(lab, name, seed, workers=workers) for name in lab.notebooks}
    jobs = (job for name in names for job in jobs_of(course, name, plans))
    refused = [
        nothing_graded(Job(name, plan, None), REFUSED, why)
        for name, why in refused_of(course, lab, students)
        for plan in plans.values()
    ]
    total = len(names) * len(plans) + len(refused)
    return ClassRun(lab.name, seed, total, chain(grade_all(jobs, workers), refused))


def grade_all(jobs: Iterable[Job], workers: int) -> Iterator[NotebookResult]:
    """Grade jobs in parallel and yield their results in order.

    A job that the grader itself fails on has the status "failed".
    """
    remaining = iter(jobs)
    waiting: deque[tuple[Job, Future[NotebookResult]]] = deque()
    with Workers(workers) as pool:
        while True:
            room = workers * JOBS_AHEAD - len(waiting)
            waiting.extend((job, pool.submit(job)) for job in islice(remaining, room))
            if not waiting:
                return
            yield pool.result(*waiting.popleft())


class Workers:
    """Processes that grade: replaced when one dies, one submission never ends the others."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor = trusted_pool(workers)

    def submit(self, job: Job) -> "Future[NotebookResult]":
        """Begin to grade a job."""
        try:
            return self._pool.submit(grade_notebook, job)
        except BrokenProcessPool:
            self._pool.shutdown(wait=False)
            self._pool = trusted_pool(self._workers)
            return self._pool.submit(grade_notebook, job)

    def result(self, job: Job, future: "Future[NotebookResult]") -> NotebookResult:
        """Wait for the result of a job; after the death of its worker try it once more, alone."""
        try:
            return _outcome(job, future)
        except BrokenProcessPool:
            with trusted_pool(1) as alone:
                try:
                    return _outcome(job, alone.submit(grade_notebook, job))
                except BrokenProcessPool:
                    return nothing_graded(job, "failed", "The grader's process ended over it.")

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)


def _outcome(job: Job, future: "Future[NotebookResult]") -> NotebookResult:
    try:
        return future.result()
    except BrokenProcessPool:
        raise
    except Exception as error:  # noqa: BLE001 - the class goes on
        why = f"The grader could not grade it ({type(error).__name__}: {str(error)[:200]})."
        return nothing_graded(job, "failed", why)

"""Worker processes of this machine: replaced when one dies; no submission ends the others."""

import gc
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, wait
from concurrent.futures.process import BrokenProcessPool

from course.grading.grade import nothing_graded
from course.grading.plan import Job, Plan
from course.grading.run.crew import (
    AHEAD,
    Attempt,
    Crew,
    Done,
    Flying,
    Parcel,
    Site,
    grade_parcel,
    outcome,
    parcel_of,
)
from course.grading.run.pool import TrustedPool
from course.grading.sandbox.trust import agreed_level
from course.grading.verdict.results import FAILED, NotebookResult

DEATHS = 2  # of its worker, after which a job is tried alone

_plans: dict[str, Plan] = {}  # of this process, a worker, by notebook


class Workers(Crew):
    """So many processes, each of which is sent the `plans` when it starts."""

    def __init__(self, plans: Iterable[Plan], workers: int) -> None:
        self.plans = {plan.notebook: plan for plan in plans}
        self._workers = workers
        self._pool = self._start(workers)

    def _start(self, workers: int) -> TrustedPool:
        return TrustedPool(workers, _take, self.plans)

    def room(self) -> int:
        """Say how many jobs may be on their way at once."""
        return self._workers * AHEAD

    def submit(self, job: Job) -> "Future[NotebookResult]":
        """Begin to grade a job; in a pool that is broken it fails at once."""
        return _submit(self._pool, job)

    def land(self, flying: Flying, done: Done) -> Iterator[NotebookResult]:
        """Take what is done out of `flying`; after a death that is all, and the rest flies anew."""
        if not any(_is_lost(future) for future in done):
            for future in done:
                yield outcome(flying.pop(future).job, future)
            return
        wait(flying)
        self._pool.end()
        self._pool = self._start(self._workers)
        ended, suspects = dict(flying), []
        flying.clear()
        for future, attempt in ended.items():
            again = Attempt(attempt.job, attempt.deaths + 1)
            if not _is_lost(future):
                yield outcome(attempt.job, future)
            elif again.deaths < DEATHS:
                flying[self.submit(again.job)] = again
            else:
                suspects.append(again.job)
        for job in suspects:
            yield self._alone(job)

    def _alone(self, job: Job) -> NotebookResult:
        """Grade a job in a process of its own."""
        with self._start(1) as pool:
            future = _submit(pool, job)
            if _is_lost(future):
                return nothing_graded(job, FAILED, "The grader's process ended over it.")
            return outcome(job, future)

    def close(self) -> None:
        """End the processes."""
        self._pool.end()

    def __exit__(self, *_: object) -> None:
        self.close()


class Machine(Site):
    """This machine, and how many of its cores to use; None stands for all."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or os.cpu_count() or 1

    def level(self, sandbox: str) -> str:
        """Give the level of that name here, the best for "" if it is a wall."""
        return agreed_level(sandbox)

    def crew(self, plans: Collection[Plan], jobs: int) -> Crew:
        """Give worker processes, no more than there are jobs."""
        return Workers(plans, min(self.workers, jobs))


def _submit(pool: TrustedPool, job: Job) -> "Future[NotebookResult]":
    try:
        return pool.submit(_grade, job.plan.notebook, parcel_of(job))
    except BrokenProcessPool as error:
        lost: Future[NotebookResult] = Future()
        lost.set_exception(error)
        return lost


def _is_lost(future: "Future[NotebookResult]") -> bool:
    """Wait for a job; tell whether its worker died."""
    return isinstance(future.exception(), BrokenProcessPool)


def _take(plans: Mapping[str, Plan]) -> None:
    _plans.update(plans)
    gc.freeze()  # what is loaded by now stays; collections need not look through it


def _grade(notebook: str, parcel: Parcel) -> NotebookResult:
    return grade_parcel(_plans[notebook], parcel)

"""Worker processes of this machine: replaced when one dies; no submission ends the others."""

import gc
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, nullcontext

from course.grading.grade import nothing_graded
from course.grading.plan import Job, Plan
from course.grading.pool import TrustedPool
from course.grading.processes.nursery import nursery
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
from course.grading.sandbox.trust import agreed_level
from course.grading.student.allocator import keep_freed_memory
from course.grading.verdict.references import load_jax
from course.grading.verdict.results import FAILED, NotebookResult

DEATHS = 2  # of its worker, after which a job is tried alone

_plans: dict[str, Plan] = {}  # of this process, a worker, by notebook


class PlanWanted(Exception):
    """A worker was given a job whose plan it has not been sent yet."""


class Workers(Crew):
    """So many processes; each asks for a plan when it first needs it."""

    def __init__(self, workers: int) -> None:
        self.plans: Mapping[str, Plan] = {}
        self._workers = workers
        self._pool = TrustedPool(workers, _warm_up)

    def load(self) -> None:
        """Start all of them, with what it takes to find a class's plan."""
        for _ in range(self._workers):
            self._pool.submit(load_jax)

    def observers(self) -> AbstractContextManager[TrustedPool]:
        """Give these processes themselves."""
        return nullcontext(self._pool)

    def take(self, plans: Mapping[str, Plan]) -> None:
        """Have the plans for whoever asks."""
        self.plans = plans

    def room(self) -> int:
        """Say how many jobs may be on their way at once."""
        return self._workers * AHEAD

    def submit(self, job: Job) -> "Future[NotebookResult]":
        """Begin to grade a job; in a pool that is broken it fails at once."""
        return _submit(self._pool, job, None)

    def land(self, flying: Flying, done: Done) -> Iterator[NotebookResult]:
        """Take what is done out of `flying`; after a death that is all, and the rest flies anew."""
        if any(map(_is_lost, done)):
            wait(flying)
            done = tuple(flying)
            self._pool.end()
            self._pool = TrustedPool(self._workers, _warm_up)
        suspects = []
        for future, attempt in [(future, flying.pop(future)) for future in done]:
            job, deaths = attempt.job, attempt.deaths + _is_lost(future)
            if isinstance(future.exception(), PlanWanted):
                flying[_submit(self._pool, job, self.plans[job.plan.notebook])] = attempt
            elif not _is_lost(future):
                yield outcome(job, future)
            elif deaths < DEATHS:
                flying[self.submit(job)] = Attempt(job, deaths)
            else:
                suspects.append(job)
        for job in suspects:
            yield self._alone(job)

    def _alone(self, job: Job) -> NotebookResult:
        """Grade a job in a process of its own."""
        with TrustedPool(1) as pool:
            future = _submit(pool, job, self.plans[job.plan.notebook])
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
        self._cores = workers or os.cpu_count() or 1
        self._begun: Workers | None = None

    def begin(self, jobs: int) -> None:
        """Let the processes for so many jobs or fewer load already, while this one does too."""
        if jobs:
            self._begun = Workers(min(self._cores, jobs))
            self._begun.load()

    @property
    def cores(self) -> int:
        """How many to use."""
        return self._cores

    def level(self, sandbox: str) -> str:
        """Give the level of that name here, the best for "" if it is a wall."""
        return agreed_level(sandbox)

    def crew(self, jobs: int) -> Crew:
        """Give worker processes: those that were begun, or else no more than there are jobs."""
        begun, self._begun = self._begun, None
        return begun or Workers(min(self._cores, jobs))

    def __exit__(self, *_: object) -> None:
        if self._begun is not None:
            self._begun.close()


def _submit(pool: TrustedPool, job: Job, plan: Plan | None) -> "Future[NotebookResult]":
    try:
        return pool.submit(_grade, job.plan.notebook, parcel_of(job), plan)
    except BrokenProcessPool as error:
        lost: Future[NotebookResult] = Future()
        lost.set_exception(error)
        return lost


def _is_lost(future: "Future[NotebookResult]") -> bool:
    """Wait for a job; tell whether its worker died."""
    return isinstance(future.exception(), BrokenProcessPool)


def _warm_up() -> None:
    """Let the template of student processes load while this process does other things.

    The arrays that a test makes are as large as those of its students.
    """
    keep_freed_memory()
    there = nursery()
    if there is not None:
        there.warm_up()


def _grade(notebook: str, parcel: Parcel, plan: Plan | None) -> NotebookResult:
    if plan is not None:
        _plans[notebook] = plan
        gc.freeze()  # what is loaded by now stays; collections need not look through it
    if notebook not in _plans:
        raise PlanWanted
    return grade_parcel(_plans[notebook], parcel)

"""A Dask cluster that is there already, as the place where a class is graded."""

import os
import pickle
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Any

from course.errors import CourseError
from course.grading.plan import Job, Plan
from course.grading.pool import TrustedPool, trusted_pool
from course.grading.run.crew import (
    AHEAD,
    Crew,
    Done,
    Flying,
    Parcel,
    Site,
    grade_parcel,
    outcome,
    parcel_of,
)
from course.grading.run.store import package_digest
from course.grading.sandbox import level_named
from course.grading.sandbox.trust import refuse_no_wall
from course.grading.verdict.results import NotebookResult

CONNECT_SECONDS = 20


class Cluster(Site):
    """The cluster whose scheduler listens at `address`; pages are made on so many `cores` here."""

    def __init__(self, address: str, cores: int | None = None) -> None:
        self._address = address
        self._cores = cores or os.cpu_count() or 1

    def level(self, sandbox: str) -> str:
        """Give the level that all workers have, once they were found fit to grade."""
        with _client(self._address) as client:
            threads = client.nthreads()
            if not threads:
                raise self._unfit("the cluster has no workers", "Start some: `dask worker`.")
            if set(threads.values()) != {1}:
                raise self._unfit(
                    "a worker of the cluster has more than one thread",
                    "Grading needs a process to itself: `dask worker --nthreads 1 --nworkers N`.",
                )
            told = client.run(_facts, sandbox)
        if {digest for digest, _ in told.values()} != {package_digest()}:
            raise self._unfit(
                "a worker has other code than this machine: of this package, Python, numpy or JAX",
                "Install the same everywhere and start the workers anew.",
            )
        level, *others = sorted({name for _, name in told.values()})
        if others:
            raise self._unfit(
                f"the workers have different sandboxes: {', '.join((level, *others))}",
                "Name one that all of them have with --sandbox.",
            )
        if not sandbox:
            refuse_no_wall(level, self._address)
        return str(level)

    def _unfit(self, what: str, cure: str) -> CourseError:
        return CourseError(what, where=self._address, cure=cure)

    def crew(self, jobs: int) -> Crew:
        """Give the cluster's workers."""
        return ClusterCrew(self._address)

    @property
    def cores(self) -> int:
        """How many to use here."""
        return self._cores

    def __exit__(self, *_: object) -> None:
        pass


class ClusterCrew(Crew):
    """Workers of a cluster; its scheduler sees to those that die, and to new ones."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._client = _client(address)
        self._executor = self._client.get_executor(pure=False)
        self._plans: dict[str, Any] = {}

    def observers(self) -> AbstractContextManager[TrustedPool]:
        """Give processes of this machine: what they find is sent to the cluster."""
        return trusted_pool(os.cpu_count() or 1)

    def take(self, plans: Mapping[str, Plan]) -> None:
        """Send the plans."""
        self._plans |= {notebook: self._send(plan) for notebook, plan in plans.items()}

    def _send(self, plan: Plan) -> Any:
        """Put a plan on the cluster, where each worker gets it once."""
        with warnings.catch_warnings(action="ignore"):  # of its size
            return self._client.submit(pickle.loads, pickle.dumps(plan), pure=False)

    def room(self) -> int:
        """Say how many jobs may be on their way at once."""
        return AHEAD * max(1, len(self._client.nthreads()))

    def submit(self, job: Job) -> "Future[NotebookResult]":
        """Begin to grade a job."""
        plan = self._plans[job.plan.notebook]
        parcel, code = parcel_of(job), package_digest()
        return self._executor.submit(_grade, plan, parcel, code)  # type: ignore[no-any-return]

    def land(self, flying: Flying, done: Done) -> Iterator[NotebookResult]:
        """Take what is done out of `flying` and give its results.

        Raises
        ------
        CourseError
            if the scheduler is gone.
        """
        for future in done:
            job = flying.pop(future).job
            if future.cancelled():
                raise CourseError(
                    "the connection to the cluster is lost",
                    where=self._address,
                    cure="What was graded is kept. Start the scheduler and give the command again.",
                )
            yield outcome(job, future)

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown(wait=False)
        self._client.close()


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise CourseError(
            "Dask is not installed", cure="pip install 'nn-course[dask]', here and on the workers."
        ) from error
    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise CourseError(
            f"no scheduler answers there ({type(error).__name__})",
            where=address,
            cure="Start one with `dask scheduler`; it tells its address.",
        ) from error


def _facts(sandbox: str) -> tuple[str, str]:
    """Tell of a worker what code it has and which level it grades at."""
    return package_digest(), level_named(sandbox).name


def _grade(plan: Plan, parcel: Parcel, code: str) -> NotebookResult:
    """Grade a job on a worker, which may have come when the others had been looked at."""
    if package_digest() != code:
        raise CourseError(
            "a worker came to the cluster that has other code than this machine",
            cure="Install the same everywhere and give the command again.",
        )
    return grade_parcel(plan, parcel)

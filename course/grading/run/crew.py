"""What grades jobs elsewhere: worker processes of this machine, or those of a cluster."""

import signal
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice

from course.errors import CourseError
from course.grading.grade import grade_notebook, nothing_graded
from course.grading.plan import Job, Plan, begin_plan
from course.grading.pool import TrustedPool
from course.grading.submission.data_files import DataFiles
from course.grading.verdict.results import FAILED, NotebookResult
from course.labs import Lab

LOOK_SECONDS = 0.2  # between two looks at whether Ctrl-C was pressed
AHEAD = 2  # jobs per worker: one that it grades and one that waits
Parcel = tuple[str, bytes | None, DataFiles, tuple[str, ...]]  # a job without its plan


@dataclass(frozen=True)
class Attempt:
    """A job that was given away, and how often its worker died."""

    job: Job
    deaths: int = 0


Meanwhile = Callable[[], bool]  # does a little of something else; False where nothing is left of it
Done = Iterable["Future[NotebookResult]"]
Flying = dict["Future[NotebookResult]", Attempt]


def nothing_else() -> bool:
    """Do nothing meanwhile."""
    return False


class Crew(AbstractContextManager["Crew"]):
    """Grades jobs in parallel, each plan sent to each worker once; a context that ends it."""

    def prepare(
        self, lab: Lab, notebooks: Iterable[str], seed: int, sandbox: str, stack: ExitStack
    ) -> Callable[[], Mapping[str, Plan]]:
        """Begin to find what is the same for the whole class; `stack` would end that, too.

        The function that is given waits for it; then all are ready to grade by it.
        """
        observing = stack.enter_context(ExitStack())
        pool = observing.enter_context(self.observers())
        begun = {name: begin_plan(lab, name, seed, pool, sandbox=sandbox) for name in notebooks}

        def finish() -> Mapping[str, Plan]:
            with observing:
                plans = {name: plan() for name, plan in begun.items()}
            self.take(plans)
            return plans

        return finish

    @abstractmethod
    def observers(self) -> AbstractContextManager[TrustedPool]:
        """Give the processes of this machine that find it."""

    @abstractmethod
    def take(self, plans: Mapping[str, Plan]) -> None:
        """Have these plans for the jobs to come, by notebook."""

    @abstractmethod
    def room(self) -> int:
        """Say how many jobs may be on their way at once."""

    @abstractmethod
    def submit(self, job: Job) -> "Future[NotebookResult]":
        """Begin to grade a job."""

    @abstractmethod
    def land(self, flying: Flying, done: Done) -> Iterator[NotebookResult]:
        """Take what is done, which may be nothing, out of `flying` and give its results."""

    def grade(
        self, jobs: Iterable[Job], meanwhile: Meanwhile = nothing_else
    ) -> Iterator[NotebookResult]:
        """Grade jobs and give their results as they come; few jobs are read ahead.

        `meanwhile` is called again and again until a result is there or it has nothing left to do.
        A job that the grader itself fails on has the status "failed". Raises `KeyboardInterrupt`
        where that was asked for, between two results.
        """
        remaining = iter(jobs)
        flying: Flying = {}
        with patient() as interrupted:
            while True:
                for job in islice(remaining, max(0, self.room() - len(flying))):
                    flying[self.submit(job)] = Attempt(job)
                if interrupted():
                    raise KeyboardInterrupt
                if not flying:
                    return
                while not any(map(Future.done, flying)) and not interrupted() and meanwhile():
                    pass
                yield from self.land(flying, wait(flying, LOOK_SECONDS, FIRST_COMPLETED).done)


@contextmanager
def patient() -> Iterator[Callable[[], bool]]:
    """Note Ctrl-C instead of stopping at once; give what tells whether it was pressed.

    An exception that comes in the midst of taking a lock leaves it locked for ever, and what is
    half written down half written.
    """
    pressed: list[bool] = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False  # signals are the main thread's
        return
    before = signal.signal(signal.SIGINT, lambda *_: pressed.append(True))
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


class Site(AbstractContextManager["Site"]):
    """Where a class is graded; a context that leaves nothing running."""

    @abstractmethod
    def level(self, sandbox: str) -> str:
        """Give the name of the level that contains student code there, where `sandbox` is wanted.

        Raises
        ------
        CourseError
            if there is none so named, or no wall and none was asked for.
        """

    @abstractmethod
    def crew(self, jobs: int) -> Crew:
        """Give those who grade so many jobs."""

    @property
    @abstractmethod
    def cores(self) -> int:
        """Say how many of this machine's cores may be used for what is done here all the same."""


def parcel_of(job: Job) -> Parcel:
    """Give what travels with each job."""
    return job.student, job.submission, job.files, job.notes


def grade_parcel(plan: Plan, parcel: Parcel) -> NotebookResult:
    """Grade a job where its plan is."""
    student, submission, files, notes = parcel
    return grade_notebook(Job(student, plan, submission, files, notes))


def outcome(job: Job, future: "Future[NotebookResult]") -> NotebookResult:
    """Give the result of a job that is done, whatever the grader's own code did."""
    error = future.exception()
    if error is None:
        return future.result()
    what = f"{error.what} {error.cure}" if isinstance(error, CourseError) else str(error)
    why = f"The grader could not grade it ({type(error).__name__}: {what[:300]})."
    return nothing_graded(job, FAILED, why)

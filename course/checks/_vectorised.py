"""`check_vectorised`: the batch is worked on as a whole, by the lines run and by the time taken."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course.checks._calls import call, call_counted, fresh, identical, is_elsewhere
from course.checks._errors import CheckFailed
from course.checks._finding import Claim
from course.checks._judge import judge
from course.checks._report import Passed, Report
from course.checks._session import aside, record
from course.checks._tolerance import Tolerance
from course.checks._value import NO_SIZES
from course.checks._values import Array, normal_form

LARGE = 2_500  # samples: beside them, what a call takes anyway, and a print or two, is little
ATTEMPTS = 5  # on a busy machine right code may be slow, but not each time
STEPS, ROUNDS = 100, 6
CLEARLY = 0.5  # of a step: what takes less is no loop, however well the step was measured

MakeArgs = Callable[[int], Sequence[Any]]


def check_vectorised(
    exercise: str,
    function: Callable[..., Any],
    make_args: MakeArgs,
    *,
    truth: Callable[..., Any] | None = None,
    method: str = "",
    sizes: tuple[int, int] = (2, 16),
    see: str = "",
) -> Passed:
    """Hold that the executed Python lines do not grow with the batch, in all and each of them.

    `make_args(B)` gives the arguments for a batch of `B`; `function` is the student's own, or an
    object whose `method` is looked up after that. Fewer lines more than there are samples more is
    no loop. What student code raises is passed on.

    The lines are counted where the student's code runs, which can forge the count. So if `truth`
    is given, and where the time of a call can be told from outside, a batch of 2500 must take less
    processor time per sample than one step of a Python loop that calls numpy once, measured here
    and now: right code takes a third of that if its arrays have few columns, for they are handed
    over, too; plain loops take nearly two such steps or more. The answer must be `truth(*args)`,
    which has to be quick as well. Each attempt has other arguments.

    Raises
    ------
    CheckFailed
        with pattern "loop-over-batch"; as `check_value` does if the large batch comes out wrong.
    """
    job = _Job(exercise, function, method, make_args)
    fact = _growing_lines(job, sizes)
    if not fact and truth is not None:
        with aside():
            fact = _growing_time(job, truth, see)
    record("vectorised", exercise, bool(fact))
    if not fact:
        return Passed(f"as many Python steps for a batch of {sizes[1]} as for one of {sizes[0]}")
    raise CheckFailed(
        Report(
            f"{exercise}: the work is not vectorised over the batch.",
            facts=(fact,),
            pattern="loop-over-batch",
            cause="a loop over the samples: `for`, `while`, a comprehension, `map`, `np.vectorize` "
            "and `np.apply_along_axis` are all loops in Python. Let one matrix product or one sum "
            "over an axis do the whole batch.",
            see=see,
        )
    )


@dataclass(frozen=True)
class _Job:
    """What is called, and with what."""

    exercise: str
    function: Any
    method: str
    make_args: MakeArgs

    def prepare(self, size: int) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Give the function and its arguments for a batch; the former may come with the latter."""
        args = tuple(self.make_args(size))
        return getattr(self.function, self.method) if self.method else self.function, args


def _growing_lines(job: _Job, sizes: tuple[int, int]) -> str:
    """Tell of the lines that were run, if they grow with the batch, else ""."""
    fewer, more = (_hits(job, size) for size in sizes)
    small, large = sum(fewer.values()), sum(more.values())
    hottest = max((more[line] - fewer.get(line, 0) for line in more), default=0)
    if max(large - small, hottest) < sizes[1] - sizes[0]:
        return ""
    few, many = sizes
    return f"executed Python steps: {small} for a batch of {few}, {large} for one of {many}"


def _hits(job: _Job, size: int) -> Mapping[str, int]:
    """Count the lines of a call whose value is that of any other call with the same arguments."""
    function, args = job.prepare(size)
    first, counted = call_counted(function, args)
    if not _same(first, counted.value) and _same(first, call(function, *map(fresh, args)).value):
        raise CheckFailed(
            Report(
                f"{job.exercise}: the function gives another value while its lines are counted.",
                cause="it looks at how it is run (`sys.gettrace`), or changes something outside.",
            )
        )
    return counted.hits or {}


def _same(a: Any, b: Any) -> bool:
    return identical(normal_form(a), normal_form(b))


def _growing_time(job: _Job, truth: Callable[..., Any], see: str) -> str:
    """Tell of the time that a large batch takes, if it is that of a loop each time, else ""."""
    if not is_elsewhere(job.function):
        return ""
    claim = Claim(job.exercise, "value", Tolerance(), NO_SIZES, see, f"for a batch of {LARGE}, ")
    for _ in range(ATTEMPTS):
        function, args = job.prepare(LARGE)  # it may have kept its answer to the last ones
        before, done = step_seconds(1), call(function, *args, measure_time=True)
        if done.seconds is None:
            return ""
        judge(normal_form(done.value), normal_form(truth(*args)), claim)
        each, step = done.seconds / LARGE, min(before, step_seconds(1))
        if each > CLEARLY * step:
            step = min(step, step_seconds(ROUNDS))
        if each < step:
            return ""
    return (
        f"processor time: {1e6 * each:.2f} µs per sample in a batch of {LARGE}, where a whole step "
        f"of a Python loop takes {1e6 * step:.2f} µs"
    )


def step_seconds(rounds: int) -> float:
    """Give the processor time of one step of a loop over rows that calls numpy once.

    It is measured in so many rounds, of which the quickest counts.
    """
    rows = np.zeros((STEPS, 8))
    return min(_round(rows) for _ in range(rounds)) / STEPS


def _round(rows: Array) -> float:
    start = time.thread_time()
    for row in rows:
        np.maximum(row, 0.0)
    return time.thread_time() - start

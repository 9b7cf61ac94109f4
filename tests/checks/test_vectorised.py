"""The second look at whether a batch is worked on as a whole: its time, where that is told."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from course import checks
from course.checks._vectorised import ATTEMPTS, LARGE
from tests.checks.network import failure

QUICK, SLOW = 0.0, 1.0  # seconds; no machine is so slow that 2500 steps take a second


def double(x: Any) -> Any:
    return 2 * x


def batch_of(size: int) -> tuple[Any, ...]:
    return (checks.rng().normal(size=(size, 3)),)


class Elsewhere:
    """A function of another process, whose lines never grow, and whose time is as it is told."""

    def __init__(self, *seconds: float | None, answer: Callable[[Any], Any] = double) -> None:
        self.seconds, self.answer = list(seconds), answer
        self.batches: list[Any] = []

    def __course_call__(
        self, args: Any, kwargs: Any, count_lines: bool, measure_memory: bool, measure_time: bool
    ) -> checks.Call:
        (x,) = args
        self.batches.append(x)
        seconds = self.seconds.pop(0) if measure_time else None
        return checks.Call(self.answer(x), hits={"a:1": 2}, seconds=seconds)

    @property
    def large(self) -> list[Any]:
        return [x for x in self.batches if len(x) == LARGE]


def check(function: Any, **named: Any) -> checks.Passed:
    return checks.check_vectorised("E", function, batch_of, truth=double, **named)


def test_quick_code_passes_at_once() -> None:
    function = Elsewhere(QUICK)
    check(function)
    assert len(function.large) == 1


def test_code_that_is_quick_once_passes() -> None:
    function = Elsewhere(*[SLOW] * (ATTEMPTS - 1), QUICK)
    with checks.session(0, "c") as seen:
        check(function)
    assert [(o.kind, o.value) for o in seen.observations] == [("vectorised", False)]
    assert len({x.tobytes() for x in function.large}) == ATTEMPTS  # no answer can be kept


@pytest.mark.parametrize("seconds", [SLOW, math.inf])
def test_code_that_is_slow_each_time_fails(seconds: float) -> None:
    function = Elsewhere(*[seconds] * ATTEMPTS)
    with checks.session(0, "c") as seen:
        report = failure(check, function, see="Batches")
    assert report.pattern == "loop-over-batch"
    assert f"µs per sample in a batch of {LARGE}" in report.facts[0]
    assert report.see == "Batches"
    assert [(o.kind, o.value) for o in seen.observations] == [("vectorised", True)]


def test_where_no_time_is_told_the_lines_alone_count() -> None:
    function = Elsewhere(None)
    check(function)
    assert len(function.large) == 1


def test_in_the_same_process_there_is_no_large_batch() -> None:
    sizes = []

    def noted(x: Any) -> Any:
        sizes.append(len(x))
        return 2 * x

    check(noted)
    assert max(sizes) == 16


def test_without_truth_there_is_no_large_batch() -> None:
    function = Elsewhere()
    checks.check_vectorised("E", function, batch_of)  # type: ignore[arg-type]
    assert not function.large


@pytest.mark.parametrize(
    "answer", [np.zeros_like, lambda x: 2 * x[:16], lambda x: None, lambda x: object()]
)
def test_what_is_quick_must_be_right(answer: Callable[[Any], Any]) -> None:
    function = Elsewhere(QUICK, answer=lambda x: answer(x) if len(x) == LARGE else double(x))
    report = failure(check, function)
    assert report.headline == f"E: for a batch of {LARGE}, `value` is wrong."


def test_what_is_drawn_later_does_not_depend_on_the_look() -> None:
    def later(function: Any) -> float:
        with checks.session(3, "c"):
            check(function)
            return float(checks.rng().normal())

    slow = Elsewhere(*[SLOW] * (ATTEMPTS - 1), QUICK)
    assert later(double) == later(Elsewhere(QUICK)) == later(slow)


def test_no_large_batch_is_drawn_again_later() -> None:
    with checks.session(3, "c"):
        function = Elsewhere(QUICK, QUICK)
        check(function)
        check(function)
        others = checks.rng().normal(size=5 * LARGE)
    first, second = function.large
    assert not np.intersect1d(first, np.concatenate([second.ravel(), others])).size


def test_a_method_may_come_with_the_call_before_it() -> None:
    class Layer:
        def __call__(self, x: Any) -> None:
            self.grad = lambda g: 2 * x * g

    layer = Layer()

    def gradient_of(size: int) -> tuple[Any, ...]:
        (x,) = batch_of(size)
        layer(x)
        return (x,)

    checks.check_vectorised("E", layer, gradient_of, method="grad")

"""Gradients of an earlier run are used for the same loss, and for no other."""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from course import checks
from course.checks import _gradients as gradients
from tests.checks.network import Problem

AT = np.array([[0.3, -1.2, 0.7], [1.1, 0.4, -0.5]])
UPSTREAM = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]])
RIGHT = UPSTREAM * np.cos(AT)
Loss = Callable[..., Any]


def loss(xp: Any, x: Any) -> Any:
    return (UPSTREAM * xp.sin(x)).sum()


def check(got: Any, of: Loss = loss, at: Any = AT) -> str:
    try:
        return str(checks.check_gradients("E", (got,), of, (at,), names=("gx",)))
    except checks.CheckFailed as failed:
        return str(failed)


def judged(
    *got: Any, of: Loss = loss, at: Any = AT, given: tuple[checks.Reference, ...] = ()
) -> tuple[list[str], checks.Session]:
    with checks.session(5, "c", given) as seen:
        return [check(answer, of, at) for answer in got], seen


@pytest.fixture
def made() -> tuple[checks.Reference, ...]:
    return judged(RIGHT)[1].references


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts how often JAX is asked."""
    count: list[int] = []
    real = gradients.jax_gradient

    def counted(*args: Any) -> Any:
        count.append(1)
        return real(*args)

    monkeypatch.setattr(gradients, "jax_gradient", counted)
    return count


def found_anew(seen: checks.Session, given: tuple[checks.Reference, ...]) -> bool:
    """Tell whether none of the gradients that were given was used."""
    return bool(seen.references) and not set(map(id, seen.references)) & set(map(id, given))


def in_short(verdict: str) -> str:
    """Leave out what an oracle says of itself."""
    return re.sub("(JAX and )?central differences, largest .*;", "", verdict)


@pytest.mark.parametrize("got", [RIGHT, -RIGHT, RIGHT.T, 1.001 * RIGHT, None])
def test_the_verdict_is_the_same_and_jax_is_not_asked(
    made: tuple[checks.Reference, ...], asked: list[int], got: Any
) -> None:
    with_reference, _ = judged(got, given=made)
    assert asked == []
    without, _ = judged(got)
    assert with_reference == without
    assert asked == [1]


def test_references_come_in_the_order_of_the_checks(asked: list[int]) -> None:
    problems = [Problem(), Problem(batch=5)]
    with checks.session(5, "c") as first:
        for problem in problems:
            problem.check(problem.backprop())
    with checks.session(5, "c", first.references) as second:
        for problem in problems:
            problem.check(problem.backprop())
    assert len(asked) == len(first.references) == 2
    assert second.references == first.references


def test_the_same_numbers_are_drawn_afterwards(made: tuple[checks.Reference, ...]) -> None:
    def drawn(given: tuple[checks.Reference, ...]) -> float:
        with checks.session(5, "c", given):
            check(RIGHT)
            return float(checks.rng().normal())

    assert drawn(made) == drawn(())


def of_the_students(mask: Any) -> Loss:
    """A loss that holds something of the student's, as the mask of a dropout layer is."""
    return lambda xp, x: (UPSTREAM * xp.sin(x) * mask).sum()


NOT_AT_THE_POINT = np.zeros_like(AT)
NOT_AT_THE_POINT[0, 0] = 1e-3
OTHERS: dict[str, Loss] = {
    "another mask": of_the_students(np.array([[0.0, 1.0, 1.0], [1.0, 1.0, 1.0]])),
    "a mask that is off by little": of_the_students(1.0 + 1e-9),
    "equal at the point alone": lambda xp, x: loss(xp, x) + (NOT_AT_THE_POINT * (x - AT)).sum(),
    "equal in value and gradient": lambda xp, x: loss(xp, x) + ((x - AT) ** 2).sum(),
}


@pytest.mark.parametrize("other", OTHERS)
def test_another_loss_is_not_given_the_gradient_of_the_reference(
    made: tuple[checks.Reference, ...], asked: list[int], other: str
) -> None:
    """It is measured, and whoever disagrees with the measurement is judged by JAX."""
    for got in (RIGHT, 2 * RIGHT):
        asked.clear()
        ((with_reference,), (alone,)) = (
            judged(got, of=OTHERS[other], given=given)[0] for given in (made, ())
        )
        is_wrong = "wrong" in alone
        assert in_short(with_reference) == in_short(alone)
        assert len(asked) == 1 + is_wrong


def near_a_kink(xp: Any, x: Any) -> Any:
    return xp.where(x > 0, x, 0 * x).sum()


def test_a_right_answer_that_the_measurement_gets_wrong_is_right(
    made: tuple[checks.Reference, ...], asked: list[int]
) -> None:
    """A kink within the step of the differences: JAX is asked, and knows better."""
    at = np.array([[0.5e-5, 1.0], [2.0, -3.0]])
    (right, wrong), _ = judged(
        *np.array([[[1, 1], [1, 0]], [[0.75, 1], [1, 1]]]), of=near_a_kink, at=at, given=made
    )
    assert right.startswith("1 gradient agrees with JAX")
    assert "wrong" in wrong
    assert len(asked) == 2


def test_what_is_too_large_to_measure_is_given_to_jax(
    made: tuple[checks.Reference, ...], asked: list[int]
) -> None:
    at = np.linspace(-1, 1, 300).reshape(20, 15)
    (right,), _ = judged(np.cos(at), of=lambda xp, x: xp.sin(x).sum(), at=at, given=made)
    assert right.startswith("1 gradient agrees with JAX")
    assert asked == [1]


def test_a_loss_that_is_not_finite_is_still_a_fault_of_the_test(
    made: tuple[checks.Reference, ...],
) -> None:
    with pytest.raises(checks.OracleError):
        judged(RIGHT, of=lambda xp, x: loss(xp, x) * np.nan, given=made)


def test_the_last_bit_of_a_parameter_counts(
    made: tuple[checks.Reference, ...], asked: list[int]
) -> None:
    near = AT.copy()
    near[0, 0] = np.nextafter(near[0, 0], 1.0)
    assert found_anew(judged(RIGHT, at=near, given=made)[1], made)
    assert asked == []


def test_a_loss_that_knows_the_point_but_not_the_direction_is_found_out(
    made: tuple[checks.Reference, ...],
) -> None:
    """Values that are right at the point, and right to 1e-9 around it, are not enough."""

    def forged(xp: Any, x: Any) -> Any:
        return loss(xp, x) + 1e-7 * ((x - AT) * UPSTREAM).sum()

    assert found_anew(judged(RIGHT, of=forged, given=made)[1], made)


def test_a_reference_to_something_else_does_no_harm(asked: list[int]) -> None:
    strange = judged(2 * RIGHT, of=of_the_students(2.0))[1].references
    (wrong, right), seen = judged(2 * RIGHT, RIGHT, given=strange)
    assert "wrong" in wrong
    assert right.startswith("1 gradient agrees with")
    assert found_anew(seen, strange)
    assert len(asked) == 2  # for the reference, and for who was wrong


def test_central_differences_are_measured_once_for_the_same_function() -> None:
    asked: list[int] = []

    def f(x: Any) -> Any:
        asked.append(1)
        return (UPSTREAM * np.sin(x)).sum()

    def measured(
        of: Callable[[Any], Any], at: Any, given: tuple[checks.Reference, ...] = (), **eps: float
    ) -> tuple[Any, tuple[checks.Reference, ...], int]:
        asked.clear()
        with checks.session(5, "c", given) as seen:
            found = checks.central_difference(of, at, **eps)
        return found, seen.references, len(asked)

    wide = [np.tile(AT, (2, 1))[:2], AT + 1]

    def g(x: Any) -> Any:
        return f(x[0]) + f(x[1])

    first, made, count = measured(g, wide)
    again, _, few = measured(g, wide, made)
    assert np.allclose(first, [UPSTREAM * np.cos(x) for x in wide], atol=1e-8)
    assert np.array_equal(first, again)
    assert few < count
    assert measured(g, wide, made, eps=1e-4)[2] == count
    assert measured(g, [wide[0], wide[1] + 1e-12], made)[2] == count
    other = measured(lambda x: 2 * g(x), wide, made)
    assert other[2] == count
    assert np.allclose(other[0], 2 * np.array(first), atol=1e-8)


def test_a_function_that_is_not_there_a_little_further_away_is_measured_all_the_same() -> None:
    at = np.full(12, 1e-3)

    def root(x: Any) -> float:
        return sum(math.sqrt(entry) for entry in x)

    with checks.session(5, "c"):
        found = checks.central_difference(root, at)
    assert np.allclose(found, 0.5 / np.sqrt(at), rtol=1e-3)

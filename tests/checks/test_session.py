"""Reproducible inputs and kept observations."""

import contextlib
from typing import Any

import numpy as np
import pytest

from course import checks
from course.checks._session import aside
from tests.checks.network import Problem, failure


def drawn(seed: int, cell: str) -> Any:
    with checks.session(seed, cell):
        return checks.rng().normal(size=3).tolist() + checks.rng().normal(size=3).tolist()


def test_a_cell_draws_the_same_numbers_for_the_same_seed() -> None:
    assert drawn(1, "test-a") == drawn(1, "test-a")
    assert drawn(1, "test-a") != drawn(2, "test-a")
    assert drawn(1, "test-a") != drawn(1, "test-b")
    assert len(set(drawn(1, "test-a"))) == 6
    assert drawn(2**80, "test-a") != drawn(2**80 + 1, "test-a")


def test_outside_a_session_nothing_is_fixed_or_kept() -> None:
    assert checks.rng().normal() != checks.rng().normal()
    checks.record("value", "v", 1.0)
    with checks.session(0, "c") as seen:
        assert seen.observations == ()


def test_sessions_nest_and_end_when_a_check_fails() -> None:
    with checks.session(0, "outer") as outer:
        with pytest.raises(checks.CheckFailed), checks.session(0, "inner") as inner:
            checks.check_value("E", 1.0, 2.0, name="inner")
        checks.check_value("E", 1.0, 1.0, name="outer")
    assert [o.name for o in inner.observations] == ["inner"]
    assert [o.name for o in outer.observations] == ["outer"]


def test_inputs_do_not_depend_on_the_answers() -> None:
    """A wrong answer to one check must not change what the next one draws."""
    problem = Problem()

    def after(got: Any) -> float:
        with checks.session(3, "c"):
            with contextlib.suppress(checks.CheckFailed):
                problem.check(got)
            return float(checks.rng().normal())

    assert after(problem.backprop()) == after(problem.backprop(sign=True)) == after(None)


def test_observations_are_plain_copies_in_normal_form() -> None:
    mine = np.ones(2)
    got = [mine, {"a": 1.5, 2: None}, (object(), "text")]
    with checks.session(0, "c") as seen:
        failure(checks.check_value, "E", got, 1.0, name="v")
    mine[:] = 7
    (observation,) = seen.observations
    array, pairs, others = observation.value
    assert (observation.kind, observation.name) == ("value", "v")
    assert array.tolist() == [1.0, 1.0]
    assert [key for key, _ in pairs] == ["a", 2]
    assert others == ("an object of class object", "text")


def test_gradients_are_recorded_before_they_are_judged() -> None:
    problem = Problem()
    with checks.session(0, "c") as seen:
        failure(problem.check, problem.backprop(sign=True))
        problem.check(problem.backprop())
    assert [(o.kind, o.name) for o in seen.observations] == [("gradients", "grads_w, grads_b")] * 2
    wrong, right = (o.value for o in seen.observations)
    np.testing.assert_array_equal(wrong[0][0], -right[0][0])


def test_nothing_is_left_of_what_is_done_aside() -> None:
    def after(draws: int) -> tuple[float, set[float]]:
        with checks.session(0, "c") as seen:
            generator = checks.rng()
            with aside():
                drawn = {float(generator.normal()) for _ in range(draws)}
                checks.check_value("E", 1.0, 1.0, name="v")
                checks.central_difference(lambda x: (x * x).sum(), np.ones(20))
                assert checks.rng() is generator
            assert not seen.observations
            assert not seen.references
            return float(checks.rng().normal()), drawn

    later, drawn = after(5)
    assert after(0)[0] == later
    assert len(drawn) == 5
    assert later not in drawn
    with aside():  # outside a session, too
        checks.check_value("E", 1.0, 1.0, name="v")

"""The three oracles, each on functions whose gradient is known, and on wrong gradients."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import checks
from tests.checks.network import Problem, failure

X = np.array([[0.3, -1.2, 0.7], [2.0, 0.1, -0.4]])
D = np.array([[0.9, -0.3, 0.2], [0.1, 0.7, -0.4]])


def cubic(x: Any) -> Any:
    return (x**3).sum()


def test_central_differences_reach_their_accuracy() -> None:
    error = checks.central_difference(lambda x: np.tanh(x).sum(), X) - (1 - np.tanh(X) ** 2)
    assert np.abs(error).max() < 1e-9
    coarse = checks.central_difference(cubic, X, eps=1e-2) - 3 * X**2
    np.testing.assert_allclose(coarse, 1e-4, rtol=1e-6)  # eps**2 · f'''/6


def test_gradients_have_the_structure_of_the_point() -> None:
    def f(parameters: Any) -> Any:
        (w, [b, c]) = parameters
        return (w * w).sum() + 3.0 * b + c.sum()

    point = (X, [0.5, np.array([1, 2])])
    for gradient in (checks.central_difference(f, point), checks.jax_gradient(f, point)):
        w, (b, c) = gradient
        np.testing.assert_allclose(w, 2 * X, rtol=1e-8)
        np.testing.assert_allclose(b, 3.0, rtol=1e-8)
        np.testing.assert_allclose(c, [1.0, 1.0], rtol=1e-8)
        assert isinstance(gradient, tuple)
        assert type(w) is np.ndarray
        assert w.dtype == c.dtype == np.float64


def test_the_point_is_left_alone() -> None:
    def greedy(x: Any) -> Any:
        x *= 2
        return x.sum()

    point = X.copy()
    checks.central_difference(greedy, point)
    checks.taylor_slope(greedy, D, point, D)
    np.testing.assert_array_equal(point, X)


def test_jax_works_in_float64_and_leaves_the_global_precision_alone() -> None:
    before = jnp.ones(1).dtype
    gradient = checks.jax_gradient(lambda x: jnp.sin(x).sum(), X)
    np.testing.assert_allclose(gradient, np.cos(X), rtol=1e-14)
    assert jnp.ones(1).dtype == before
    assert not jax.config.jax_enable_x64


def test_a_loss_may_have_any_shape_of_size_one() -> None:
    for shape in ((), (1,), (1, 1)):
        checks.central_difference(lambda x, s=shape: np.reshape(x.sum(), s), X)
        checks.jax_gradient(lambda x, s=shape: x.sum().reshape(s), X)
    for oracle in (checks.central_difference, checks.jax_gradient):
        with pytest.raises(checks.OracleError, match="one real number"):
            oracle(lambda x: x, X)


def test_parameters_must_be_real_arrays() -> None:
    with pytest.raises(checks.OracleError, match="real arrays"):
        checks.central_difference(lambda x: 1.0, [X, "b"])


@given(st.integers(0, 2**32 - 1))
def test_taylor_slope_tells_right_from_wrong(seed: int) -> None:
    problem = Problem((4, 3, 2), 3, seed)
    draw = np.random.default_rng(seed)
    right = problem.backprop()[0]
    direction = [draw.normal(size=w.shape) for w in problem.weights]

    def f(weights: Any) -> Any:
        return problem.loss(np, weights, problem.biases)

    assert checks.taylor_slope(f, right, problem.weights, direction) > 1.8
    wrong = [1.2 * g + 0.01 for g in right]
    assert checks.taylor_slope(f, wrong, problem.weights, direction) < 1.5


def test_taylor_slope_in_its_special_cases() -> None:
    slope = checks.taylor_slope
    assert slope(cubic, 3 * X**2, X, D) == pytest.approx(2, abs=0.02)
    assert slope(cubic, 3.1 * X**2, X, D) == pytest.approx(1, abs=0.1)
    assert slope(lambda x: (x**2).sum(), 2 * X, X, D) == pytest.approx(2, abs=1e-4)
    assert slope(cubic, 0 * X, 0 * X, D) == pytest.approx(3, abs=1e-6)
    assert slope(lambda x: (3 * x).sum(), 0 * X + 3, X, D) == math.inf
    assert slope(lambda x: (3 * x).sum(), 0 * X + 3.01, X, D) == pytest.approx(1)
    assert slope(lambda x: 5.0, 0 * X, X, D) == math.inf
    assert math.isnan(slope(cubic, X * np.nan, X, D))


def test_check_taylor_passes_and_fails() -> None:
    def check(gradient: Any, function: Any = cubic, at: Any = X) -> checks.Passed:
        return checks.check_taylor("E", function, gradient, at, name="grad_x")

    with checks.session(1, "test-taylor") as seen:
        assert "Taylor slope 2.0" in str(check(3 * X**2))
    assert [(o.kind, o.name) for o in seen.observations] == [("taylor", "grad_x")]
    check([2.0 * X, 3.0], lambda p: (p[0] ** 2).sum() + 3 * p[1], [X, 0.5])
    assert failure(check, 3.1 * X**2).pattern == "taylor-slope"
    assert failure(check, 3 * X.T**2).pattern == "transposed-shape"
    assert failure(check, None).pattern == "returns-none"
    assert failure(check, X * np.nan).pattern == "non-finite"
    partly = failure(check, [X, 3.0, 1.0], lambda p: 0.0, [X, 0.5])
    assert partly.pattern == "wrong-length"
    with pytest.raises(checks.OracleError, match="not finite"):
        check(X, lambda x: np.inf)


def test_oracles_that_disagree_blame_the_test() -> None:
    def two_faced(xp: Any, x: Any) -> Any:
        return (xp.sin(x) * (1.0 if xp is np else 1.001)).sum()

    with pytest.raises(checks.OracleError, match="disagree in parameter 0"):
        checks.check_gradients("E", np.cos(X), two_faced, (X,), names=("g",))


def test_a_kink_nearer_than_eps_is_no_disagreement() -> None:
    x = np.array([3e-6, -4e-6, 1.0])
    relu = (x > 0).astype(float)
    checks.check_gradients("E", relu, lambda xp, x: xp.maximum(x, 0.0).sum(), (x,), names=("g",))


def test_without_jax_central_differences_are_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    import course.checks._gradients as gradients

    monkeypatch.setattr(gradients, "has_jax", lambda: False)
    monkeypatch.setattr(gradients, "jax_gradient", None)
    problem = Problem()
    assert "agree with central differences" in str(problem.check(problem.backprop()))
    assert failure(problem.check, problem.backprop(sign=True)).pattern == "ratio-minus-one"

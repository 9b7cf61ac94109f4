"""Gradients that come back through the layers, and measured ones, told by the lines run."""

from typing import Any

import numpy as np
import pytest

from course import checks
from tests.checks.network import failure

DEPTH, WIDTH = 8, 60
WEIGHTS = [np.full((WIDTH, 1), 1 / WIDTH)] + [np.ones((1, 1))] * (DEPTH - 1)


def cost(weights: Any, x: Any) -> Any:
    for w in weights:
        x = np.tanh(x @ w)
    return x.sum()


def walked(x: Any) -> Any:
    inputs = [x]
    for w in WEIGHTS:
        inputs.append(np.tanh(inputs[-1] @ w))
    grads, grad = [], np.ones((1, 1))
    for w, a, z in zip(WEIGHTS[::-1], inputs[-2::-1], inputs[:0:-1], strict=True):
        grads.append(a.T @ (grad * (1 - z**2)))
        grad = (grad * (1 - z**2)) @ w.T
    return grads[::-1]


def by_complex_step(x: Any) -> Any:
    moved = [w.astype(complex) for w in WEIGHTS]
    grads = [np.zeros(w.shape) for w in WEIGHTS]
    for w, grad in zip(moved, grads, strict=True):
        for i in np.ndindex(w.shape):
            w[i] += 1e-30j
            grad[i] = cost(moved, x).imag / 1e-30
            w[i] = w[i].real
    return grads


def check(function: Any, **named: Any) -> checks.Passed:
    way = {"depth": DEPTH, "width": WIDTH, "name": "backprop"} | named
    return checks.check_walk_back("E", function, (np.ones((1, WIDTH)),), **way)


def test_who_walks_back_passes() -> None:
    np.testing.assert_allclose(
        walked(np.ones((1, WIDTH)))[0], by_complex_step(np.ones((1, WIDTH)))[0]
    )
    assert str(check(walked)) == "it walks back through the layers, nothing is measured"


def test_who_measures_does_not() -> None:
    report = failure(lambda: check(by_complex_step, each="weight"))
    assert report.headline.startswith(
        "E: backprop must walk back through the layers once, not move one weight"
    )
    assert "where 8 layers follow 60 units" in report.headline


@pytest.mark.parametrize(("n", "passes"), [(WIDTH - 2, True), (WIDTH, False)])
def test_each_call_of_a_lent_function_counts_as_all_layers(n: int, passes: bool) -> None:
    calls: list[int] = []

    def function(x: Any) -> Any:
        calls.extend(range(n))  # as n calls of a function of the test would
        return x

    if passes:
        check(function, passes=calls)
    else:
        failure(lambda: check(function, passes=calls))


def test_how_many_lines_right_code_runs_is_not_observed() -> None:
    with checks.session(1, "t") as seen:
        check(walked)
        check(lambda x: x)
    assert [one.value for one in seen.observations] == [0, 0]

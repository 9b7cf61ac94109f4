"""The mistakes of backprop and batches, each found and, where its trace is clear, named."""

from typing import Any

import numpy as np
import pytest

from course import checks
from tests.checks.network import Problem, failure


def each(function: Any, grads: Any) -> Any:
    return tuple([function(g) for g in part] for part in grads)


@pytest.mark.parametrize("widths", [(7, 5, 5, 4), (5, 5, 5, 5), (6, 3), (4, 6, 2, 6)])
@pytest.mark.parametrize("batch", [1, 2, 6])
def test_the_right_gradients_pass(widths: tuple[int, ...], batch: int) -> None:
    for seed in range(3):
        problem = Problem(widths, batch, seed)
        with checks.session(seed, "cell"):
            passed = str(problem.check(problem.backprop()))
        assert passed.startswith(f"{2 * len(widths) - 2} gradients agree with JAX and central")
        assert "slope 2.0" in passed or "slope 1.9" in passed


def test_float32_inside_passes() -> None:
    problem = Problem()
    problem.check(problem.backprop(np.float32))
    problem.check(each(lambda g: g.astype(np.float64), problem.backprop(np.float32)))


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"no_mean": True}, "ratio-batch-size"),
    ({"mean_at_each_layer": True}, "earlier-layers"),
    ({"sign": True}, "ratio-minus-one"),
    ({"no_output_slope": True}, ""),
    ({"no_hidden_slope": True}, "earlier-layers"),
    ({"slope_of_activation": True}, "earlier-layers"),
    ({"swapped_factors": True}, "transposed"),
    ({"bias": lambda d: d}, "batch-not-summed"),
    ({"bias": lambda d: d.sum(axis=0, keepdims=True)}, "extra-axis"),
    ({"bias": lambda d: d.sum(axis=1)}, "summed-wrong-axis"),
    ({"bias": lambda d: d.sum()}, "summed-all-axes"),
    ({"bias": lambda d: d[-1]}, "only-vectors"),
    ({"bias": lambda d: d.mean(axis=0)}, "ratio-one-over-batch-size"),
    ({"bias": lambda d: np.zeros(d.shape[1])}, "zeros"),
    ({"bias": lambda d: d.sum(axis=0).astype(int)}, "integer-dtype"),
    ({"bias": lambda d: d.sum(axis=0) * 1.03}, "ratio-constant"),
]


@pytest.mark.parametrize(("wrong", "pattern"), MISTAKES)
def test_a_mistake_in_the_code_is_found(wrong: dict[str, Any], pattern: str) -> None:
    for seed in range(3):
        problem = Problem((7, 5, 5, 4), 6, seed)
        assert failure(problem.check, problem.backprop(**wrong)).pattern == pattern


def test_swapped_factors_show_on_square_layers_too() -> None:
    problem = Problem((5, 5, 5))
    report = failure(problem.check, problem.backprop(swapped_factors=True))
    assert report.pattern == "transposed"
    assert "right: `grads_b[0]`, `grads_b[1]`" in report.render()


@pytest.mark.parametrize("widths", [(7, 5, 5, 4), (5, 5, 5, 5)])
def test_a_wrong_order_is_named_whatever_the_shapes(widths: tuple[int, ...]) -> None:
    problem = Problem(widths)
    grads_w, grads_b = problem.backprop()
    check = problem.check
    assert failure(check, (grads_w[::-1], grads_b[::-1])).pattern == "reversed-layers"
    assert failure(check, (grads_w[::-1], grads_b)).pattern == "reversed-layers"
    assert failure(check, (grads_b, grads_w)).pattern == "swapped-pair"


@pytest.mark.parametrize(
    ("edit", "pattern"),
    [
        (lambda w, b: None, "returns-none"),
        (lambda w, b: w, "wrong-length"),
        (lambda w, b: (w, b, 0.3), "wrong-length"),
        (lambda w, b: ((w, b),), "nested-too-deep"),
        (lambda w, b: (w[:-1], b), "wrong-length"),
        (lambda w, b: (w, [*b[:-1], None]), "none-inside"),
        (lambda w, b: (w, zip(b, b, strict=True)), "iterator"),
        (lambda w, b: (w, [*b[:-1], b[-1] + np.nan]), "non-finite"),
        (lambda w, b: each(lambda g: g / 2, (w, b)), "ratio-half"),
        (lambda w, b: each(lambda g: 2 * g, (w, b)), "ratio-two"),
        (lambda w, b: each(lambda g: g / 6, (w, b)), "ratio-one-over-batch-size"),
        (lambda w, b: ([w[0] / 6, w[1] / 6, w[2]], [b[0] / 6, b[1] / 6, b[2]]),
         "ratio-one-over-batch-size"),
        (lambda w, b: ([w[0].T.copy() + 1, *w[1:]], b), "transposed-shape"),
    ],
)  # fmt: skip
def test_a_wrong_form_is_named(edit: Any, pattern: str) -> None:
    problem = Problem()
    assert failure(problem.check, edit(*problem.backprop())).pattern == pattern


def test_a_three_percent_error_in_one_entry_is_found() -> None:
    problem = Problem()
    grads_w, grads_b = problem.backprop()
    grads_w[1][2, 3] *= 1.03
    report = failure(problem.check, (grads_w, grads_b))
    assert "1 of 25 entries differs" in report.render()
    assert "[2, 3]" in report.render()


def test_a_loose_tolerance_hides_nothing_from_the_taylor_slope() -> None:
    problem = Problem()
    nearly = each(lambda g: 1.03 * g, problem.backprop())
    report = failure(problem.check, nearly, rtol=0.1)
    assert report.pattern == "taylor-slope"
    problem.check(problem.backprop(), rtol=0.1)


def test_a_single_parameter_may_come_bare() -> None:
    z = np.array([0.3, -1.0])
    options: dict[str, Any] = {"names": ("grad_z",)}
    right = np.cos(z)
    for got in (right, (right,), [right]):
        checks.check_gradients("E", got, lambda xp, z: xp.sin(z).sum(), (z,), **options)
    report = failure(
        checks.check_gradients, "E", -right, lambda xp, z: xp.sin(z).sum(), (z,), **options
    )
    assert report.headline == "E: the gradient `grad_z` is wrong."


def test_the_message_reads_as_designed() -> None:
    problem = Problem((3, 4), 8, 1)
    got = each(lambda g: 8 * g, problem.backprop())
    text = failure(problem.check, got, see="Losses over a batch").render().splitlines()
    assert text[0] == "Exercise 6 · backprop: the gradient `grads_w[0]` is wrong."
    assert text[1] == "  shape (3, 4) ok · dtype float64 ok · finite ok"
    assert text[2] == "  12 of 12 entries differ (allowed: 1e-6·max|expected| + 1e-5·|expected|)"
    assert text[3].startswith("  largest at [")
    assert text[4] == "  also wrong: `grads_b[0]`"
    assert text[5] == "  yours / expected = 8 everywhere, and the batch size is 8"
    assert text[6].startswith("Likely cause: the mean over the batch")
    assert text[7] == 'See: "Losses over a batch" in this notebook.'

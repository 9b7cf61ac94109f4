"""Constant ratios: named when they equal something, silent when they do not."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from course import checks
from tests.checks.network import failure

EXPECTED = np.array([[0.5, -0.25, 2.0], [1.5, 3.0, -0.7]])
SIZES = {"batch size": 32, "number of classes": 10}


def report_of(got: Any, expected: Any = EXPECTED, sizes: Any = SIZES) -> checks.Report:
    return failure(checks.check_value, "E", got, expected, name="v", sizes=sizes)


@pytest.mark.parametrize(
    ("ratio", "pattern", "words"),
    [
        (32, "ratio-batch-size", "yours / expected = 32 everywhere, and the batch size is 32"),
        (1 / 32, "ratio-one-over-batch-size", "taken twice"),
        (10, "ratio-number-of-classes", "and the number of classes is 10"),
        (0.1, "ratio-one-over-number-of-classes", "and the number of classes is 10"),
        (2, "ratio-two", "½·x² has"),
        (0.5, "ratio-half", "used twice"),
        (-1, "ratio-minus-one", "sign"),
        (-32, "ratio-constant", "constant factor"),
        (1.03, "ratio-constant", "1.03"),
    ],
)
def test_a_ratio_is_named(ratio: float, pattern: str, words: str) -> None:
    report = report_of(ratio * EXPECTED)
    assert report.pattern == pattern
    assert words in report.render()


def test_float32_hides_no_ratio() -> None:
    assert report_of((32 * EXPECTED).astype(np.float32)).pattern == "ratio-batch-size"


def test_one_ratio_must_hold_in_every_wrong_array() -> None:
    both = [EXPECTED, EXPECTED[0]]
    assert report_of([32 * EXPECTED, 32 * EXPECTED[0]], both).pattern == "ratio-batch-size"
    assert report_of([32 * EXPECTED, 2 * EXPECTED[0]], both).pattern == ""
    partly = report_of([32 * EXPECTED, EXPECTED[0]], both)
    assert "= 32 in every wrong array" in partly.render()


def test_two_readings_are_both_told() -> None:
    report = report_of(2 * EXPECTED, sizes={"batch size": 2})
    assert report.pattern == "ratio-batch-size"
    assert " Or: " in report.cause


def test_a_batch_of_one_explains_nothing() -> None:
    assert report_of(EXPECTED + 1, sizes={"batch size": 1}).pattern == ""


def test_too_few_entries_are_in_a_ratio_by_chance() -> None:
    assert report_of(np.array([0.7, 1.4]), np.array([0.5, 1.0])).pattern == ""
    assert report_of(0.7, 0.5).pattern == ""
    assert report_of(21.0, 42.0).pattern == ""
    assert report_of(0.5 * 1.234, 1.234).pattern == "ratio-half"


def test_zeros_expected_or_given_have_no_ratio() -> None:
    assert report_of(EXPECTED, 0 * EXPECTED).pattern == ""
    assert report_of(0 * EXPECTED).pattern == "zeros"


@given(st.integers(0, 2**32 - 1), st.integers(2, 6), st.integers(2, 6))
def test_independent_answers_have_no_pattern(seed: int, rows: int, columns: int) -> None:
    draw = np.random.default_rng(seed)
    got, expected = draw.normal(size=(2, rows, columns))
    assert report_of(got, expected).pattern == ""


@given(st.floats(-100, 100), st.integers(0, 1000))
def test_a_true_ratio_is_always_seen(ratio: float, seed: int) -> None:
    assume(abs(ratio) > 1e-3 and abs(ratio - 1) > 1e-3)
    expected = np.random.default_rng(seed).normal(size=(3, 4))
    assert report_of(ratio * expected, expected).pattern.startswith("ratio-")

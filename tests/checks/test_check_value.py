"""`check_value`: what passes, what fails, and at which stage."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course import checks
from tests.checks.network import Problem, failure


def check(got: Any, expected: Any, **options: Any) -> checks.Passed:
    return checks.check_value("Exercise 1", got, expected, name="v", **options)


RIGHT = [
    (np.array([1.0, 2.0]), np.array([1.0, 2.0])),
    ([1.0, np.ones(2)], (np.float64(1.0), np.ones(2))),
    (np.ones((2, 3)), [np.ones(3), np.ones(3)]),  # stacked arrays are a sequence of rows
    ({"b": 1.0, "a": [2.0]}, {"a": [2.0], "b": 1.0}),
    (42, 42.0),
    (42.0 + 1e-9, 42),
    (np.int64(3), 3),
    (np.float32(0.1), 0.1),
    (np.array([True, False]), np.array([True, False])),
    ("relu", "relu"),
    (None, None),
    (np.array([np.inf, np.nan, 1.0]), np.array([np.inf, np.nan, 1.0])),
    (np.zeros((0, 3)), np.zeros((0, 3))),
    (np.array([1e-17, -1e-18]), np.zeros(2)),
    (np.ones(2).view(np.recarray), np.ones(2)),
]


@pytest.mark.parametrize(("got", "expected"), RIGHT)
def test_right_values_pass(got: Any, expected: Any) -> None:
    assert str(check(got, expected)).startswith("`v` is right")


WRONG = [
    (None, np.ones(3), "returns-none", "is the `return` missing?"),
    ((1.0, None), (1.0, 2.0), "none-inside", "never filled"),
    (np.ones((3, 1)), np.ones(3), "extra-axis", "shape (3, 1), expected (3,)"),
    (np.ones(3), np.ones((3, 1)), "missing-axis", "keepdims"),
    (np.ones((1, 3)), np.ones(3), "extra-axis", "shape (1, 3), expected (3,)"),
    (1.0, np.ones(3), "", "shape (), expected (3,)"),
    (np.ones(3, dtype=int), np.ones(3), "integer-dtype", "dtype int64, expected float64"),
    (np.ones(3, dtype=bool), np.ones(3), "bool-dtype", "dtype bool, expected float64"),
    (np.ones(3, dtype=complex), np.ones(3), "complex-dtype", "dtype complex128"),
    (np.ones(3), np.ones(3, dtype=int), "float-dtype", "dtype float64, expected an integer"),
    (1, True, "integer-dtype", "dtype int64, expected bool"),
    (np.array([1.0, np.nan]), np.ones(2), "non-finite", "1 of 2 entries is nan"),
    (np.array([-np.inf, np.inf]), np.array([np.inf, 1.0]), "non-finite", "2 of 2 entries are inf"),
    (np.array([1.0, 1.0]), np.array([np.inf, 1.0]), "", "1 of 2 entries differs"),
    (np.array([1, 2, 4]), np.array([1, 2, 3]), "", "allowed: none"),
    (200_001, 200_000, "", "yours 200001, expected 200000"),
    ("relu", "tanh", "", "yours 'relu', expected 'tanh'"),
    ("1.0", 1.0, "", "this is a string, expected a number"),
    ([1.0], {"a": 1.0}, "", "a list or tuple of length 1, expected a dictionary"),
    ({"a": 1.0, "z": 2.0}, {"a": 1.0, "b": 2.0}, "", "keys missing: `b` · keys too many: 1"),
    ([1.0, 2.0], (1.0, 2.0, 3.0), "wrong-length", "too short"),
    ([1.0, 2.0, 4.0, 5.0], (1.5, 2.5, 3.0), "wrong-length", "too long"),
    ((np.ones(3),), np.ones(3), "nested-too-deep", "brackets"),
    ((0.5, np.ones(3)), np.ones(3), "extra-values", "item 1 of yours is right"),
    ([1.0, 2.0, 3.0], np.ones(3), "list-for-array", "np.array"),
    (np.ones((2, 2)), [np.ones((2, 2))], "list-missing", "a list is asked for"),
    ([np.ones(2), np.zeros(2), np.zeros(2)], [np.ones(2)] * 3, "zeros", "right: `v[0]`"),
    (np.array([np.ones(2), np.ones(3)], dtype=object), np.ones(5), "object-dtype", "keep them in"),
    ((z for z in "ab"), [1.0, 2.0], "iterator", "class generator"),
    (zip([1.0], [2.0], strict=True), [(1.0, 2.0)], "iterator", "list(...)"),
    (np.array(["a"]), np.ones(1), "", "an array of <U1"),
    (0.0, 0.7, "", "yours 0, expected 0.7"),  # one number is no array that was never filled
    (0.70002, 0.7, "", "yours 0.70002, expected 0.7 "),
    (10**30, 1.0, "", "an integer of more than 64 bits"),
]


@pytest.mark.parametrize(("got", "expected", "pattern", "words"), WRONG)
def test_wrong_values_fail_with_their_pattern(
    got: Any, expected: Any, pattern: str, words: str
) -> None:
    report = failure(check, got, expected)
    assert report.pattern == pattern
    assert words in report.render()


def test_a_shape_that_would_broadcast_is_wrong() -> None:
    assert "shape (3, 1)" in failure(check, np.ones((3, 1)), np.ones((3, 4))).render()


def test_the_worst_entry_alone_is_shown() -> None:
    expected = np.array([[0.125, 0.25], [0.375, 0.5]])
    got = expected + np.array([[0.001, 0.0], [0.0, 0.3]])
    text = failure(check, got, expected).render()
    assert "2 of 4 entries differ" in text
    assert "largest at [1, 1]: yours 0.8, expected 0.5" in text
    assert "0.125" not in text
    assert "0.375" not in text


def test_the_earliest_stage_is_reported_first() -> None:
    got = [np.ones(2), np.full(3, np.nan), np.ones((2, 2))]
    report = failure(check, got, [np.zeros(2), np.zeros(3), np.zeros(4)])
    assert "`v[2]`" in report.headline
    assert "also wrong: `v[0]`, `v[1]`" in report.render()


def test_keys_and_indices_lead_to_the_leaf() -> None:
    report = failure(check, {"w": [1.0, 2.0]}, {"w": [1.0, 2.5]})
    assert report.headline == "Exercise 1: `v['w'][1]` is wrong."


def test_an_expected_object_is_a_fault_of_the_test() -> None:
    with pytest.raises(checks.OracleError, match="not plain data"):
        check(object(), object())


# --- tolerance -------------------------------------------------------------------------------


@pytest.mark.parametrize("widths", [(7, 5, 4), (784, 30, 10), (30,) * 8])
@pytest.mark.parametrize("batch", [1, 32, 256])
@pytest.mark.parametrize("back_to_float64", [True, False])
def test_float32_inside_is_right(
    widths: tuple[int, ...], batch: int, back_to_float64: bool
) -> None:
    for seed in range(3):
        problem = Problem(widths, batch, seed)
        expected = problem.backprop()
        got = problem.backprop(np.float32)
        if back_to_float64:
            got = tuple([g.astype(np.float64) for g in part] for part in got)  # type: ignore
        check(got, expected)


def test_no_entry_of_weight_is_off_by_three_percent_or_zeroed() -> None:
    expected = np.array([1.0, 1e-2, 1e-4])
    for entry in range(3):
        off = expected.copy()
        off[entry] *= 1.03
        failure(check, off, expected)
    for size in (1e-2, 1e-4, 1e-5, 2e-6):
        failure(check, np.array([1.1, 0.0]), np.array([1.1, size]))


def test_small_gradients_are_not_waved_through() -> None:
    expected = np.array([3e-9, -2e-9])
    check(expected.copy(), expected)
    assert failure(check, np.zeros(2), expected).pattern == "zeros"


def test_float32_gets_more_room_but_not_three_percent() -> None:
    expected = np.array([1.1, 2.2])
    check((expected * (1 + 5e-5)).astype(np.float32), expected)
    failure(check, expected * (1 + 5e-5), expected)
    off = failure(check, (expected * 1.03).astype(np.float32), expected)
    assert "1e-4·|expected| for float32)" in off.render()
    failure(check, (expected + 1e-6).astype(np.float32), expected, rtol=0, atol=0)


# --- properties --------------------------------------------------------------------------------

floats = st.floats(-1e6, 1e6, allow_nan=False)
arrays = hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=floats)
trees = st.recursive(arrays | floats, lambda part: st.lists(part, min_size=1, max_size=3))


def as_tuples(tree: Any) -> Any:
    return tuple(map(as_tuples, tree)) if isinstance(tree, list) else tree


@given(trees)
def test_every_value_equals_itself_as_list_or_tuple(tree: Any) -> None:
    check(tree, tree)
    check(as_tuples(tree), tree)
    check(tree, as_tuples(tree))


@given(trees, trees)
def test_wrong_in_one_direction_is_wrong_in_the_other(a: Any, b: Any) -> None:
    def verdict(got: Any, expected: Any) -> bool:
        try:
            check(got, expected, rtol=0, atol=0)
        except checks.CheckFailed:
            return False
        return True

    # A stacked array counts as its rows, but a list of rows is no array: lists against lists only.
    if isinstance(a, list) == isinstance(b, list):
        forth, back = verdict(a, b), verdict(b, a)
        assert forth == back or _mixes_arrays_and_lists(a, b)


def _mixes_arrays_and_lists(a: Any, b: Any) -> bool:
    if isinstance(a, list) and isinstance(b, list):
        return any(_mixes_arrays_and_lists(x, y) for x, y in zip(a, b, strict=False))
    return isinstance(a, list) or isinstance(b, list)


@given(arrays, st.integers(0, 2**32 - 1))
def test_noise_is_given_no_ratio_and_no_layer(expected: Any, seed: int) -> None:
    scale = np.abs(expected).max()
    assume(scale > 1e-3 and np.count_nonzero(np.abs(expected) > 1e-2 * scale) >= 3)
    noise = 1.0 + np.random.default_rng(seed).normal(size=expected.shape)
    got = expected + scale * np.where(np.abs(noise) < 0.1, 0.1, noise)
    report = failure(check, got, expected, sizes={"batch size": 7})
    assert not report.pattern.startswith("ratio")


def test_whole_numbers_are_no_sign_of_float32() -> None:
    report = failure(checks.check_value, "E", np.array([1.0, 2.0]), np.ones(2), name="v")
    assert "float32" not in report.render()


def test_a_long_name_keeps_its_index() -> None:
    name = f"parameters after a step of an optimiser with {'many ' * 8}options"
    report = failure(checks.check_value, "E", [np.zeros(2)] * 2, [np.ones(2)] * 2, name=name)
    assert "…" in report.render()
    assert "options[0]`" in report.render() or "options[1]`" in report.render()

"""Patterns of the whole answer: what is returned, and in which order."""

from collections.abc import Callable

import numpy as np

from course.checks._compare import Stage, matches
from course.checks._finding import Case, Finding
from course.checks._tolerance import Tolerance
from course.checks._values import OBJECTS, Alien, Node


def returns_none(case: Case) -> Finding | None:
    """Find a missing `return`, or an entry that was never filled."""
    if case.focus.got is not None:
        return None
    if case.got is None:
        return Finding("returns-none", "your function returns None: is the `return` missing?")
    return Finding("none-inside", "this entry is still None: it is never filled.")


def wrapped(case: Case) -> Finding | None:
    """Find the right answer inside a longer or deeper one."""
    got, expected = case.focus.got, case.focus.expected
    if not isinstance(got, tuple):
        return None
    right = [matches(item, expected, case.focus.tolerance) for item in got]
    if right == [True]:
        cause = "one pair of brackets, or a comma at the end of `return`, is too much."
        return Finding("nested-too-deep", cause, "the only item of yours is what is expected")
    if any(right):
        cause = "what is asked for is returned together with something else."
        return Finding("extra-values", cause, f"item {right.index(True)} of yours is right")
    return None


def list_missing(case: Case) -> Finding | None:
    """Find one value where a list with one item belongs."""
    got, expected = case.focus.got, case.focus.expected
    if not isinstance(expected, tuple) or len(expected) != 1:
        return None
    if not matches(got, expected[0], case.focus.tolerance):
        return None
    return Finding("list-missing", "a list is asked for even where it has one item only.")


def no_plain_data(case: Case) -> Finding | None:
    """Say what to do with what is neither array nor list."""
    if not isinstance(case.focus.got, Alien):
        return None
    what = case.focus.got.description
    if what == OBJECTS:
        cause = "arrays of different shapes do not fit into one array: keep them in a list."
        return Finding("object-dtype", cause)
    if what.split()[-1] in ("generator", "zip", "map"):
        return Finding(
            "iterator", "this gives its items only once: `list(...)` makes a list of it."
        )
    return None


def list_for_array(case: Case) -> Finding | None:
    """Find a list where an array belongs."""
    if not isinstance(case.focus.got, tuple) or not isinstance(case.focus.expected, np.ndarray):
        return None
    return Finding(
        "list-for-array", "a list is not an array: `np.array(...)` or `np.stack(...)` makes one."
    )


def wrong_length(case: Case) -> Finding | None:
    """Find sequences that are too short or too long."""
    got, expected = case.focus.got, case.focus.expected
    if not isinstance(got, tuple) or not isinstance(expected, tuple):
        return None
    if case.focus.stage is not Stage.LENGTH:
        return None
    much = "too short: something is left out" if len(got) < len(expected) else "too long"
    return Finding("wrong-length", f"the list or tuple that you return is {much}.")


def swapped_pair(case: Case) -> Finding | None:
    """Find a pair returned in the wrong order."""
    if not isinstance(case.got, tuple) or len(case.got) != 2:
        return None
    if not matches(case.got[::-1], case.expected, case.focus.tolerance):
        return None
    return Finding(
        "swapped-pair",
        "the two results are returned in the wrong order.",
        "each of the two is what the other should be",
    )


def reversed_layers(case: Case) -> Finding | None:
    """Find lists that run from the last layer to the first."""
    if not _right_backwards(case.got, case.expected, case.focus.tolerance):
        return None
    return Finding(
        "reversed-layers",
        "the backward pass meets the last layer first; the list is to start with the first layer.",
        "read backwards, yours is right",
    )


def _right_backwards(got: Node, expected: Node, tolerance: Tolerance) -> bool:
    """Tell whether each innermost list is right, or is right when read backwards."""
    if not isinstance(got, tuple) or not isinstance(expected, tuple) or len(got) != len(expected):
        return False
    if any(isinstance(item, tuple) for item in expected):
        pairs = zip(got, expected, strict=True)
        return all(_right_backwards(mine, theirs, tolerance) for mine, theirs in pairs)
    return matches(got, expected, tolerance) or matches(got[::-1], expected, tolerance)


TREE_PATTERNS: tuple[Callable[[Case], Finding | None], ...] = (
    returns_none,
    swapped_pair,
    reversed_layers,
    wrapped,
    list_missing,
    no_plain_data,
    list_for_array,
    wrong_length,
)

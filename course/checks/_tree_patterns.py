"""Patterns of the whole answer: what is returned, in which order, and which layers are wrong."""

from collections.abc import Callable, Iterator

import numpy as np

from course.checks._compare import Keys, Leaf, Stage, Tolerance, matches
from course.checks._finding import Case, Finding
from course.checks._values import Node


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


def earlier_wrong(case: Case) -> Finding | None:
    """Find lists that are right from the last item back to one, and wrong before it."""
    splits = [_first_right(row) for row in _rows_with_faults(case)]
    if not splits or None in splits:
        return None
    return Finding(
        "earlier-layers",
        "the step on the way back, from one layer to the one before it, or what is done with it.",
        "right at the end of the list, wrong in all items before",
    )


def later_wrong(case: Case) -> Finding | None:
    """Find lists that are right up to an item and wrong from there on."""
    splits = [_first_right(row[::-1]) for row in _rows_with_faults(case)]
    if not splits or None in splits:
        return None
    return Finding(
        "later-layers",
        "the first item that is wrong: what comes after it is made from it.",
        "right at the start of the list, wrong in all items after",
    )


def _rows_with_faults(case: Case) -> Iterator[tuple[Leaf, ...]]:
    """Give the inner lists that hold a wrong array; the outermost one is no list of layers."""
    rows: dict[Keys, list[Leaf]] = {}
    for leaf in case.leaves:
        if len(leaf.keys) > 1 and isinstance(leaf.keys[-1], int):
            rows.setdefault(leaf.keys[:-1], []).append(leaf)
    return (tuple(row) for row in rows.values() if not all(leaf.right for leaf in row))


def _first_right(row: tuple[Leaf, ...]) -> int | None:
    """Give the index from which on all are right, if all before it are wrong."""
    verdicts = [leaf.right for leaf in row]
    split = verdicts.index(True) if True in verdicts else 0
    return split if split and all(verdicts[split:]) else None


def only_weights(case: Case) -> Finding | None:
    """Find wrong matrices beside right vectors, as in gradients of weights and biases."""
    ranks = {
        right: {
            leaf.expected.ndim
            for leaf in case.leaves
            if leaf.right is right and isinstance(leaf.expected, np.ndarray)
        }
        for right in (True, False)
    }
    if ranks == {True: {1}, False: {2}}:
        cause = (
            "the factor that turns a right vector into the matrix: which activations, which axes?"
        )
        return Finding("only-matrices", cause, "every vector is right, every matrix is wrong")
    if ranks == {True: {2}, False: {1}}:
        cause = "how the vectors are summed or averaged over the batch."
        return Finding("only-vectors", cause, "every matrix is right, every vector is wrong")
    return None


TREE_PATTERNS: tuple[Callable[[Case], Finding | None], ...] = (
    returns_none,
    swapped_pair,
    reversed_layers,
    wrapped,
    list_for_array,
    wrong_length,
)
LAYER_PATTERNS: tuple[Callable[[Case], Finding | None], ...] = (
    earlier_wrong,
    later_wrong,
    only_weights,
)

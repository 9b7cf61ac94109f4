"""Patterns in where an answer is wrong: which layers, and whether matrices or vectors."""

from collections.abc import Callable

import numpy as np

from course.checks._compare import Keys, Leaf
from course.checks._finding import Case, Finding


def earlier_wrong(case: Case) -> Finding | None:
    """Find gradients that are right from the last layer back to one, and wrong before it."""
    if not case.of_gradients or not _split(case, backwards=False):
        return None
    return Finding(
        "earlier-layers",
        "the step on the way back, from one layer to the one before it, or what is done with it.",
        "right at the end of the list, wrong in all items before",
    )


def later_wrong(case: Case) -> Finding | None:
    """Find arrays that are right up to a layer and wrong from there on."""
    arrays = all(
        isinstance(leaf.expected, np.ndarray) and leaf.expected.ndim for leaf in case.leaves
    )
    in_lists = all(type(key) is int for leaf in case.leaves for key in leaf.keys)
    if case.of_gradients or not (arrays and in_lists and _split(case, backwards=True)):
        return None
    return Finding(
        "later-layers",
        "the first wrong item of the list: those after it are made from it.",
        "right at the start of the list, wrong in all items after",
    )


def _split(case: Case, backwards: bool) -> bool:
    """Tell whether every list with a wrong array is wrong up to some item, and right after it."""
    rows: dict[Keys, list[Leaf]] = {}
    for leaf in case.leaves:
        # A pair is no list of layers, nor are the parameters that gradients are named after.
        if len(leaf.keys) > 1 or (len(case.leaves) > 2 and not case.of_gradients):
            rows.setdefault(leaf.keys[:-1], []).append(leaf)
    verdicts = [[leaf.right for leaf in (row[::-1] if backwards else row)] for row in rows.values()]
    faulty = [row for row in verdicts if not all(row)]
    return bool(faulty) and all(any(row) and row == sorted(row) for row in faulty)


def one_rank_wrong(case: Case) -> Finding | None:
    """Find wrong matrices beside right vectors, weights beside biases, or the reverse."""
    if not case.of_gradients:
        return None
    ranks = [
        {
            leaf.expected.ndim
            for leaf in case.leaves
            if leaf.right is right and isinstance(leaf.expected, np.ndarray)
        }
        for right in (True, False)
    ]
    if ranks == [{1}, {2}]:
        cause = "what a right vector is multiplied with to give the matrix, activations in a layer."
        return Finding("only-matrices", cause, "every vector is right, every matrix is wrong")
    if ranks == [{2}, {1}]:
        cause = "how the vectors are summed or averaged over the batch."
        return Finding("only-vectors", cause, "every matrix is right, every vector is wrong")
    return None


LAYER_PATTERNS: tuple[Callable[[Case], Finding | None], ...] = (
    one_rank_wrong,
    earlier_wrong,
    later_wrong,
)

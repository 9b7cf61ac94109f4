"""Patterns that one wrong array shows by itself."""

from collections.abc import Callable

import numpy as np

from course.checks._compare import Leaf, Stage, matches
from course.checks._finding import Case, Finding, every_suspect
from course.checks._values import Array


@every_suspect
def wrong_dtype(leaf: Leaf, got: Array, expected: Array, case: Case) -> Finding | None:
    """Say what is lost in a dtype that does not fit."""
    if leaf.stage is not Stage.DTYPE:
        return None
    causes = {
        "i": "an array of integers cuts off every fraction. `np.zeros_like` and `.astype` of an "
        "integer input give such an array, and so does `//`.",
        "b": "these are truth values, as a comparison like `z > 0` gives them, not numbers.",
        "c": "complex numbers come from `np.sqrt` or powers of complex input, or from `1j`.",
        "f": "a count or an index is expected, and this has a fraction.",
    }
    kind = got.dtype.kind.replace("u", "i")
    names = {"i": "integer-dtype", "b": "bool-dtype", "c": "complex-dtype", "f": "float-dtype"}
    return Finding(names[kind], causes[kind])


@every_suspect
def non_finite(leaf: Leaf, got: Array, expected: Array, case: Case) -> Finding | None:
    """Say where nan and infinity come from."""
    if leaf.stage is not Stage.FINITE:
        return None
    if np.isnan(got).any():
        return Finding(
            "non-finite",
            "nan comes from 0/0, inf − inf, inf/inf, or the logarithm of a negative number; most "
            "often after an `exp` that overflowed.",
        )
    return Finding(
        "non-finite", "infinity comes from `exp` of a large number, `log(0)` or a division by 0."
    )


@every_suspect
def zeros(leaf: Leaf, got: Array, expected: Array, case: Case) -> Finding | None:
    """Find results that were never filled."""
    if leaf.stage is not Stage.VALUES or got.any() or got.size < 2:
        return None
    return Finding(
        "zeros",
        "the result is made but never filled, or is multiplied by something that is 0.",
        "yours is 0 everywhere",
    )


@every_suspect
def transposed(leaf: Leaf, got: Array, expected: Array, case: Case) -> Finding | None:
    """Find a matrix whose transpose is right."""
    if got.ndim != 2 or not matches(got.T, expected, leaf.tolerance):
        return None
    return Finding(
        "transposed",
        "the two factors of a product are swapped, or a `.T` stands on the wrong one.",
        "the transpose of yours is right",
    )


@every_suspect
def batch_not_summed(leaf: Leaf, got: Array, expected: Array, case: Case) -> Finding | None:
    """Find a result that still has one entry per sample."""
    if got.shape[1:] != expected.shape or got.ndim != expected.ndim + 1 or len(got) < 2:
        return None
    for reduced, word in ((got.sum(axis=0), "sum"), (got.mean(axis=0), "mean")):
        if matches(np.asarray(reduced), expected, leaf.tolerance):
            return Finding(
                "batch-not-summed",
                f"this holds one result per sample; the {word} over the batch (axis 0) is missing.",
                f"the {word} of yours over axis 0 is right",
            )
    return None


@every_suspect
def extra_axis(leaf: Leaf, got: Array, expected: Array, case: Case) -> Finding | None:
    """Find right values in a shape with an axis of length 1 too many or too few."""
    if got.shape == expected.shape or got.squeeze().shape != expected.squeeze().shape:
        return None
    if not matches(got.reshape(expected.shape), expected, leaf.tolerance):
        return None
    if got.ndim > expected.ndim:
        cause = "an axis of length 1 is left over, as `keepdims=True` or a `(1, n)` row gives it."
        return Finding("extra-axis", cause, "the values are right")
    cause = "an axis of length 1 is lost: `keepdims=True` keeps it in sums and maxima."
    return Finding("missing-axis", cause, "the values are right")


@every_suspect
def wrong_axis(leaf: Leaf, got: Array, expected: Array, case: Case) -> Finding | None:
    """Find a sum over the wrong axis, or over all axes: only the grand total is right."""
    total = got.sum()
    if leaf.stage is not Stage.SHAPE or expected.ndim != 1 or got.ndim > 1 or not total:
        return None
    batch = case.claim.sizes.get("batch size", 0)
    if got.ndim == 1 and len(got) != batch:
        return None
    ratios = (1.0, batch, 1.0 / batch) if batch else (1.0,)
    if not any(np.isclose(total, ratio * expected.sum(), rtol=1e-6, atol=0) for ratio in ratios):
        return None
    if got.ndim:
        cause = "the sum runs over the wrong axis: the batch is axis 0."
        return Finding("summed-wrong-axis", cause, "yours has one entry per sample")
    cause = "the sum runs over all axes: the batch alone is axis 0."
    return Finding("summed-all-axes", cause, "yours is one number")


@every_suspect
def last_sample_only(leaf: Leaf, got: Array, expected: Array, case: Case) -> Finding | None:
    """Find results in which only the batch's last sample counted."""
    if (
        expected.ndim < 2
        or len(expected) != case.claim.sizes.get("batch size", 0)
        or len(expected) < 2
    ):
        return None
    if got.shape == expected.shape:
        alone = not got[:-1].any() and matches(got[-1], expected[-1], leaf.tolerance)
    else:
        alone = matches(got, expected[-1], leaf.tolerance)
    if not alone or not expected[:-1].any():
        return None
    cause = "each step of a loop over the batch overwrites what the step before it found."
    return Finding("last-sample-only", cause, "only the last sample of the batch is right")


@every_suspect
def shape_transposed(leaf: Leaf, got: Array, expected: Array, case: Case) -> Finding | None:
    """Find a transposed shape whose values are wrong as well."""
    if leaf.stage is not Stage.SHAPE or got.ndim < 2 or got.shape != expected.shape[::-1]:
        return None
    cause = "the axes stand in the wrong order; in a product, check which factor comes first."
    return Finding("transposed-shape", cause)


LEAF_PATTERNS: tuple[Callable[[Case], Finding | None], ...] = (
    wrong_dtype,
    non_finite,
    zeros,
    transposed,
    batch_not_summed,
    extra_axis,
    wrong_axis,
    last_sample_only,
    shape_transposed,
)

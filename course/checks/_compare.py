"""Staged comparison, leaf by leaf: kind, shape, dtype, finiteness, values."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from course.checks._tolerance import Tolerance
from course.checks._values import Alien, Array, Node

Keys = tuple[str | int, ...]


class Stage(IntEnum):
    """The first stage that a leaf failed, in the order in which they are looked at."""

    KIND = 1
    LENGTH = 2
    SHAPE = 3
    DTYPE = 4
    FINITE = 5
    VALUES = 6
    RIGHT = 7


@dataclass(frozen=True, eq=False)
class Leaf:
    """The verdict on one leaf; `keys` lead to it from the root.

    `difference` is the largest one relative to the largest expected entry, where it came up.
    """

    keys: Keys
    stage: Stage
    got: Node
    expected: Node
    tolerance: Tolerance
    difference: float | None = None

    @property
    def right(self) -> bool:
        """Whether all stages passed."""
        return self.stage is Stage.RIGHT

    @property
    def exact(self) -> bool:
        """Whether the student's array is in float64."""
        return isinstance(self.got, np.ndarray) and self.got.dtype == np.float64


def compare(got: Node, expected: Node, tolerance: Tolerance, keys: Keys = ()) -> Iterator[Leaf]:
    """Compare two values in normal form; structure that differs is one wrong leaf."""
    if isinstance(expected, tuple):
        yield from _compare_sequence(got, expected, tolerance, keys)
    elif isinstance(expected, dict):
        yield from _compare_dict(got, expected, tolerance, keys)
    elif isinstance(expected, np.ndarray):
        yield _compare_array(got, expected, tolerance, keys)
    else:
        same = type(got) is type(expected) and got == expected and not isinstance(got, Alien)
        yield Leaf(keys, Stage.RIGHT if same else Stage.KIND, got, expected, tolerance)


def matches(got: Node, expected: Node, tolerance: Tolerance) -> bool:
    """Tell whether every leaf is right."""
    return all(leaf.right for leaf in compare(got, expected, tolerance))


def agreeing(got: Array, expected: Array, tolerance: Tolerance) -> Array:
    """Mask of the entries that agree; shapes are equal."""
    with np.errstate(all="ignore"):
        near = np.asarray(np.abs(got - expected) <= tolerance.allowed(expected))
    special = ~np.isfinite(expected)
    return np.where(special, _same_special(got, expected), near) if special.any() else near


def _same_special(got: Array, expected: Array) -> Array:
    return np.asarray((got == expected) | (np.isnan(got) & np.isnan(expected)))


def _compare_sequence(
    got: Node, expected: tuple[Node, ...], tolerance: Tolerance, keys: Keys
) -> Iterator[Leaf]:
    if isinstance(got, np.ndarray) and got.shape[:1] == (len(expected),):
        got = tuple(np.asarray(row) for row in got)  # a stacked array is the sequence of its rows
    if not isinstance(got, tuple):
        yield Leaf(keys, Stage.KIND, got, expected, tolerance)
    elif len(got) != len(expected):
        yield Leaf(keys, Stage.LENGTH, got, expected, tolerance)
    else:
        for i, (mine, theirs) in enumerate(zip(got, expected, strict=True)):
            yield from compare(mine, theirs, tolerance, (*keys, i))


def _compare_dict(
    got: Node, expected: dict[str | int, Node], tolerance: Tolerance, keys: Keys
) -> Iterator[Leaf]:
    if not isinstance(got, dict):
        yield Leaf(keys, Stage.KIND, got, expected, tolerance)
    elif got.keys() != expected.keys():
        yield Leaf(keys, Stage.LENGTH, got, expected, tolerance)
    else:
        for key, theirs in expected.items():
            yield from compare(got[key], theirs, tolerance, (*keys, key))


def _compare_array(got: Node, expected: Array, tolerance: Tolerance, keys: Keys) -> Leaf:
    if not isinstance(got, np.ndarray):
        return Leaf(keys, Stage.KIND, got, expected, tolerance)
    tolerance = tolerance.between(got, expected)
    stage, difference = _array_stage(got, expected, tolerance)
    return Leaf(keys, stage, got, expected, tolerance, difference)


def _array_stage(got: Array, expected: Array, tolerance: Tolerance) -> tuple[Stage, float | None]:
    if got.shape != expected.shape:
        return Stage.SHAPE, None
    if not _dtype_fits(got, expected):
        return Stage.DTYPE, None
    got, expected = widened(got), widened(expected)
    gap, scale = _extent(got, expected)
    if gap <= tolerance.atol * scale < np.inf:  # right even by `atol` alone, as nearly all is
        return Stage.RIGHT, relative(gap, scale)
    special = ~np.isfinite(got)
    if special.any() and np.any(special & ~_same_special(got, expected)):
        return Stage.FINITE, None
    return Stage.RIGHT if agreeing(got, expected, tolerance).all() else Stage.VALUES, None


def _extent(got: Array, expected: Array) -> tuple[float, float]:
    """Give the largest difference and the largest expected entry; nan where there is a nan."""
    if not expected.ndim and expected.dtype.kind == "f":
        number = expected.item()
        return abs(got.item() - number), abs(number)
    with np.errstate(all="ignore"):
        return largest(got - expected), largest(expected)


def largest(array: Array) -> float:
    """Give the largest size of an entry, 0 where there is none."""
    return float(np.abs(array).max(initial=0.0))


def relative(gap: float, scale: float) -> float:
    """Give a difference relative to a scale, which has a floor: all may cancel to zero."""
    return gap / max(scale, 1e-6)


def _dtype_fits(got: Array, expected: Array) -> bool:
    """Tell whether the dtype can hold what is expected; a lone number may be an integer."""
    fitting = {"f": "f", "i": "iu", "u": "iu", "b": "b", "c": "cf"}[expected.dtype.kind]
    lone = "iuf" if got.ndim == 0 and expected.dtype.kind in "iuf" else ""
    return got.dtype.kind in fitting + lone


def widened(array: Array) -> Array:
    """Give the array in float64 (or complex128), the precision of all judgement."""
    kind = np.complex128 if array.dtype.kind == "c" else np.float64
    return array.astype(kind, copy=False)

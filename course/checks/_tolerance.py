"""How near is right."""

from ctypes import c_float
from dataclasses import dataclass

import numpy as np

from course.checks._values import Array


@dataclass(frozen=True)
class Tolerance:
    """An entry is right when `|got - expected| <= atol·max|expected| + rtol·|expected|`.

    `atol` is relative to the largest entry of the leaf: rounding errors scale with the terms of a
    sum, not with what is left of them after they cancel, while a fixed bound would wave through
    any gradient that is small altogether. Work in float32 is right: in a layer of 784 inputs with
    weights of variance 1, where `1 - a` cancels in saturated units, it was seen to be off by 5e-6
    of the largest entry, and by less than 3e-7 with weights scaled to the layer.
    """

    rtol: float = 1e-5
    atol: float = 1e-6
    why: str = ""

    def between(self, got: Array, expected: Array) -> "Tolerance":
        """Widen for float32 results, unless `rtol` is 0; whole numbers must be equal."""
        if got.dtype.kind in "biu" and expected.dtype.kind in "biu":
            return Tolerance(0.0, 0.0)
        if self.rtol and _is_float32(got):
            return Tolerance(max(self.rtol, 1e-4), max(self.atol, 1e-5), " for float32")
        return self

    def allowed(self, expected: Array) -> Array:
        """Largest right difference, entry by entry."""
        size = np.abs(expected)
        if not np.isfinite(size).all():
            size = np.where(np.isfinite(size), size, 0.0)
        # The floor lets rounding pass where all expected entries cancel to zero.
        largest = max(float(size.max(initial=0.0)), 1e-6)
        return np.asarray(self.atol * largest + self.rtol * size)

    def __str__(self) -> str:
        if not self.rtol and not self.atol:
            return "none"
        return f"{_short(self.atol)}·max|expected| + {_short(self.rtol)}·|expected|{self.why}"


def _is_float32(array: Array) -> bool:
    """Tell whether the numbers are float32's, whatever dtype holds them now."""
    if array.dtype.kind != "f" or not _first_fits(array):
        return False
    if array.dtype.itemsize >= 8 and (array.ndim == 0 or np.array_equal(array, np.rint(array))):
        return False  # one number is too often a short one, like 0.5; whole ones are always exact
    with np.errstate(over="ignore"):
        return bool(np.all(array == array.astype(np.float32)))


def _first_fits(array: Array) -> bool:
    """Tell by the first number, which settles nearly every case, whether all may be float32's."""
    first = float(array.flat[0]) if array.size else 0.0
    return bool(c_float(first).value == first)


def _short(number: float) -> str:
    return f"{number:.0e}".replace("e-0", "e-") if number else "0"

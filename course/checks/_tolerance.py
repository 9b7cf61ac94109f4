"""How near is right."""

from dataclasses import dataclass

import numpy as np

from course.checks._values import Array


@dataclass(frozen=True)
class Tolerance:
    """An entry is right when `|got - expected| <= atol·max|expected| + rtol·|expected|`.

    `atol` is relative to the largest entry of the leaf: rounding errors scale with the terms of a
    sum, not with what is left of them after they cancel, while a fixed bound would wave through
    any gradient that is small altogether. The default of 1e-6 admits float32 arithmetic inside
    (measured: below 3e-7 for nets of up to 8 layers and batches of 256), and lets no entry above a
    millionth of the largest be zeroed.
    """

    rtol: float = 1e-5
    atol: float = 1e-6

    def between(self, got: Array, expected: Array) -> "Tolerance":
        """Widen for float32 results, unless `rtol` is 0; whole numbers must be equal."""
        if got.dtype.kind in "biu" and expected.dtype.kind in "biu":
            return Tolerance(0.0, 0.0)
        if got.dtype.kind == "f" and got.dtype.itemsize < 8 and self.rtol:
            return Tolerance(max(self.rtol, 1e-4), max(self.atol, 1e-5))
        return self

    def allowed(self, expected: Array) -> Array:
        """Largest right difference, entry by entry."""
        size = np.abs(np.where(np.isfinite(expected), expected, 0.0))
        # The floor lets rounding pass where all expected entries cancel to zero.
        largest = max(float(size.max(initial=0.0)), 1e-6)
        return np.asarray(self.atol * largest + self.rtol * size)

    def __str__(self) -> str:
        if not self.rtol and not self.atol:
            return "none"
        return f"{_short(self.atol)}·max|expected| + {_short(self.rtol)}·|expected|"


def _short(number: float) -> str:
    return f"{number:.0e}".replace("e-0", "e-") if number else "0"

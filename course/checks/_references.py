"""What was found beforehand: values of a test's functions, and gradients with what they belong to.

Importing JAX and tracing a loss cost far more than all else in a check, and the gradient is the
same for the whole class. A reference is used only for the very function that it was made for: the
same parameters bit for bit, and, at points that are drawn at random and that no student knows, the
same values of the loss. A function with these values has the same gradient along that direction,
which is all that the Taylor remainder can tell; any other function is given to JAX.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np

from course.checks._session import current_session
from course.checks._values import Array

_ROUNDING = 1e-13  # of a sum of the same numbers, on another processor


@dataclass(frozen=True, eq=False)
class Reference:
    """The gradient of one loss, `parts` array by array, and what the loss is known by.

    `at` is a digest of the parameters; `values` are those of the loss there and at the points of
    the Taylor remainder; `oracle` says how the gradient was found.
    """

    at: bytes
    values: Array
    parts: tuple[Array, ...]
    oracle: str

    def fits(self, at: bytes, values: Array) -> bool:
        """Tell whether a loss with these values is the one that the gradient belongs to."""
        if self.at != at or not np.isfinite(self.values).all():
            return False
        near = np.abs(values - self.values) <= _ROUNDING * np.abs(self.values)
        return bool(near.all())


@dataclass(frozen=True, eq=False)
class Found:
    """What a function of a test gave; `at` is a digest of it and of its arguments."""

    at: bytes
    value: Any


Known = Reference | Found


def digest(leaves: list[Array]) -> bytes:
    """Give what tells float64 arrays from all others, to the last bit."""
    made = blake2b(digest_size=16)
    for leaf in leaves:
        made.update(f"{leaf.shape}".encode() + leaf.tobytes())
    return made.digest()


def recall(
    leaves: list[Array], values: Array, find: Callable[[], tuple[list[Array], str]]
) -> Reference:
    """Give the gradient of a loss: the session's reference for this check, else what `find` gives.

    In a session the answer is kept, so that another run of the same cell can be given it.
    """
    current, at = current_session(), digest(leaves)
    known = current.known() if current else None
    if not isinstance(known, Reference) or not known.fits(at, values):
        parts, oracle = find()
        known = Reference(at, values, tuple(parts), oracle)
    if current:
        current.found.append(known)
    return known

"""Mini-batches for one epoch."""

from collections.abc import Iterator
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray


def minibatches(
    x: NDArray[Any], y: NDArray[Any], batch_size: int, rng: np.random.Generator
) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    """Give the examples of one epoch in random order, each exactly once.

    Parameters
    ----------
    x, y : examples and their labels, the same number along the first axis.
    batch_size : examples per mini-batch; the last mini-batch holds what is left.
    rng : where the order comes from; the same state gives the same mini-batches.

    Raises
    ------
    TypeError, ValueError
        at the call, if an argument cannot be used.
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng is a generator such as np.random.default_rng(0), not {rng!r}")
    if not isinstance(batch_size, Integral) or batch_size < 1:
        raise ValueError(f"batch_size is a whole number of at least 1, not {batch_size!r}")
    if len(x) != len(y):
        raise ValueError(f"{len(x)} examples in x, but {len(y)} labels in y")
    order = rng.permutation(len(x))
    starts = range(0, len(x), batch_size)
    return ((x[order[s : s + batch_size]], y[order[s : s + batch_size]]) for s in starts)

"""Parameters as lists of float64 arrays: taken apart, put together, moved along a direction."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course.checks._errors import OracleError
from course.checks._values import Array, Node, normal_form


def flatten(tree: Any) -> list[Array]:
    """Give the arrays of nested lists and tuples in order, as float64 copies."""
    return list(_leaves(normal_form(tree)))


def _leaves(node: Node) -> Iterator[Array]:
    if isinstance(node, tuple):
        for item in node:
            yield from _leaves(item)
    elif isinstance(node, np.ndarray) and node.dtype.kind in "biuf":
        yield node.astype(np.float64)
    else:
        raise OracleError("parameters must be real arrays, or lists and tuples of them")


def rebuild(tree: Any, leaves: list[Any]) -> Any:
    """Put leaves into the structure of `tree`; the inverse of `flatten`."""
    remaining = iter(leaves)

    def put(part: Any) -> Any:
        if isinstance(part, (list, tuple)):
            return type(part)([put(item) for item in part])
        return next(remaining)

    return put(tree)


def on_leaves(function: Callable[[Any], Any], tree: Any) -> Callable[[list[Any]], float]:
    """Make a scalar function of `tree` one of its list of arrays, with a float as value."""
    return lambda leaves: as_scalar(function(rebuild(tree, leaves)))


def as_scalar(value: Any) -> float:
    """Read one number, whether it comes as `()`, `(1,)` or `(1, 1)`.

    Raises
    ------
    OracleError
        if the function that a test differentiates gives anything else.
    """
    array = np.asarray(value)
    if array.size != 1 or array.dtype.kind not in "biuf":
        raise OracleError(f"a loss must be one real number, not an array of shape {array.shape}")
    return float(array.reshape(()))

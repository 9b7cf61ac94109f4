"""The normal form of a student's value: plain data that is safe to judge.

Nothing here or later calls a method that student code could have supplied: types are tested with
`type(x)`, never `isinstance` (which `__class__` can fool), and whatever is not plain data becomes
an `Alien` that carries a description only.
"""

import sys
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Node: TypeAlias = "Array | str | Alien | tuple[Node, ...] | dict[str | int, Node] | None"

MAX_DEPTH = 32
MAX_ITEMS = 100_000
OBJECTS = "an array of Python objects"
_NUMBERS = frozenset({bool, int, float, complex}) | frozenset(
    kind for kind in np.sctypeDict.values() if issubclass(kind, np.number | np.bool_)
)


@dataclass(frozen=True)
class Alien:
    """Something that is no plain data; `description` completes "this is …"."""

    description: str


class _UnreadableError(Exception):
    """A value too deep or too large to look at."""


def normal_form(value: Any) -> Node:
    """Turn a value into nested tuples and dicts of plain arrays, strings and None.

    Numbers become arrays of shape `()`; arrays are copied, in the machine's byte order; subclasses
    of ndarray, list, tuple and dict become plain.
    What is deeper than `MAX_DEPTH` or has more than `MAX_ITEMS` items becomes an `Alien`. What is
    in normal form already stays so.
    """
    try:
        return _Reader().read(value, 0)
    except _UnreadableError as fault:
        return Alien(str(fault))


def as_data(node: Node) -> Any:
    """Give a node as an observation keeps it: tuples of arrays and strings, dicts as pairs."""
    if isinstance(node, Alien):
        return node.description
    if isinstance(node, tuple):
        return tuple(as_data(item) for item in node)
    if isinstance(node, dict):
        return tuple((key, as_data(item)) for key, item in node.items())
    return "None" if node is None else node


def holds_alien(node: Node) -> bool:
    """Tell whether anything in a node is no plain data."""
    if isinstance(node, tuple | dict):
        return any(map(holds_alien, node.values() if isinstance(node, dict) else node))
    return isinstance(node, Alien)


def describe(node: Node) -> str:
    """Say what a node is, to complete "this is …"."""
    if isinstance(node, Alien):
        return node.description
    if isinstance(node, tuple):
        return f"a list or tuple of length {len(node)}"
    if isinstance(node, dict):
        return f"a dictionary with {len(node)} entries"
    if isinstance(node, np.ndarray):
        return f"an array of shape {node.shape}" if node.ndim else "a number"
    return "None" if node is None else "a string"


def is_sequence(value: Any) -> bool:
    """Tell whether a value is a list or a tuple, or of a class that derives from one."""
    return issubclass(type(contents(value)), list | tuple)


def contents(value: Any) -> Any:
    """Give what a list, tuple or dict, or an object of a derived class, holds, as one of these.

    All else is given as it is. What the class says of itself does not count. A type that has
    `__course_contents__(self)` stands for an object elsewhere, whose contents that gives.
    """
    kind = type(value)
    hook = getattr(kind, "__course_contents__", None)
    if hook is not None:
        return hook(value)
    if issubclass(kind, list):
        return list(list.__iter__(value))
    if issubclass(kind, tuple):
        return tuple(tuple.__iter__(value))
    return dict(dict.items(value)) if issubclass(kind, dict) else value


class _Reader:
    def __init__(self) -> None:
        self.items = 0

    def read(self, value: Any, depth: int) -> Node:
        self.items += 1
        if depth > MAX_DEPTH:
            raise _UnreadableError(f"something nested deeper than {MAX_DEPTH} levels")
        if self.items > MAX_ITEMS:
            raise _UnreadableError(f"something with more than {MAX_ITEMS} items")
        kind = type(value)
        if kind is list or kind is tuple:
            return tuple(self.read(item, depth + 1) for item in value)
        if kind is dict:
            return self.read_dict(value, depth)
        if value is None or kind is str or kind is Alien:
            return value  # type: ignore[no-any-return]
        leaf = _leaf(value)
        if isinstance(leaf, Alien) and (inside := contents(value)) is not value:
            return self.read(inside, depth + 1)
        return leaf

    def read_dict(self, value: dict[Any, Any], depth: int) -> Node:
        if not all(type(key) is str or type(key) is int for key in value):
            return Alien("a dictionary with keys other than strings and integers")
        return {key: self.read(item, depth + 1) for key, item in value.items()}


def _leaf(value: Any) -> Array | Alien:
    kind = type(value)
    if kind is int and not -(2**63) <= value < 2**63:
        return Alien("an integer of more than 64 bits")
    if kind not in _NUMBERS and not issubclass(kind, np.ndarray) and not _is_jax(kind):
        return Alien(_describe_object(value))
    try:
        array = np.array(value, subok=False)
    except Exception as error:  # noqa: BLE001 - a JAX tracer or deleted buffer, by many types
        return Alien(f"an array that cannot be read ({type(error).__name__})")
    if array.dtype.kind not in "biufc":
        return Alien(OBJECTS if array.dtype.kind == "O" else f"an array of {str(array.dtype)[:40]}")
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _is_jax(kind: type) -> bool:
    jax = sys.modules.get("jax")
    return jax is not None and hasattr(jax, "Array") and issubclass(kind, jax.Array)


def _describe_object(value: Any) -> str:
    # A proxy stands for an object that it alone can name.
    speak = getattr(type(value), "__course_describe__", None)
    return str(speak(value))[:100] if speak else f"an object of class {type(value).__name__[:60]}"

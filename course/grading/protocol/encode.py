"""Values to msgpack.

None, booleans, 64-bit integers, floats, strings and bytes stand for themselves; all else is a
list that begins with a tag. The bytes of arrays follow the msgpack part in the order in which the
arrays stand in it, so that an array's length is never told twice.
"""

from collections.abc import Callable
from typing import Any

import msgpack
import numpy as np

from course.grading.protocol.bounds import BIG_INT_BYTES, Bounds, Unsendable
from course.grading.protocol.references import Node
from course.grading.protocol.shared import (
    DTYPES,
    NAMEABLE,
    NAMES_OF_DTYPES,
    from_jax,
    name_of,
)

Refer = Callable[[Any], Node]
SEQUENCES: dict[type, str] = {list: "list", tuple: "tuple", set: "set", frozenset: "frozenset"}
_NARROWER = {"g": "<f8", "G": "<c16"}  # long double: as precise as it is judged
PLAIN = frozenset({type(None), bool, float, str, bytes})
_ARRAYS = (np.ndarray, np.generic)
_PACKER = msgpack.Packer()  # to make one takes longer than to pack a message
# Of no other type does anything travel by value, but for JAX's arrays.
_BY_VALUE = (*_ARRAYS, np.dtype, int, complex, slice, range, *NAMEABLE)
_SCALARS = {dtype.type: name for name, dtype in DTYPES.items()}


class Encoder:
    """Makes the body of one message: first nodes of its values, then bytes of all.

    `refer` gives the node of what does not travel by value. `blobs` are the bytes of the arrays so
    far, and `_referred` types that were seen of which nothing does.
    """

    __slots__ = ("_bounds", "_bytes_left", "_nodes_left", "_refer", "_referred", "blobs")

    def __init__(self, refer: Refer, bounds: Bounds) -> None:
        self.blobs: list[bytes] = []
        self._refer, self._bounds = refer, bounds
        self._referred: set[type] = set()
        self._nodes_left = bounds.structure_bytes
        self._bytes_left = bounds.value_bytes

    def body(self, node: Any) -> bytes:
        """Give the bytes of a node and of the arrays that stand in it.

        Raises
        ------
        Unsendable
            if it is too large, or holds text that is not Unicode.
        """
        try:
            structure: bytes = _PACKER.pack(node)
        except UnicodeEncodeError:
            raise Unsendable("it holds text that is not valid Unicode") from None
        limit = self._bounds.structure_bytes
        if len(structure) > limit:
            raise Unsendable(f"it takes more than {limit} bytes, arrays aside")
        return b"".join((len(structure).to_bytes(4, "big"), structure, *self.blobs))

    def node(self, value: Any, depth: int) -> Any:
        """Give the node of a value; raises `Unsendable` if it is nested deeper or too large."""
        kind = type(value)
        if kind in self._referred:
            return self._refer(value)
        if kind in PLAIN or (kind is int and -(2**63) <= value < 2**64):
            return value
        if kind is np.ndarray and (name := NAMES_OF_DTYPES.get(value.dtype)):
            return self._array(value, name)
        tag = SEQUENCES.get(kind)
        if tag is not None or kind is dict:
            return self._container(value, tag, depth)
        if kind in _SCALARS:
            return ["scalar", _SCALARS[kind], value.tobytes()]
        if issubclass(kind, _BY_VALUE):
            return self._number(value) or self._other(value, depth)
        array = from_jax(value)
        if array is not None:
            return self._number(array) or self._refer(value)
        self._referred.add(kind)
        return self._refer(value)

    def _container(self, value: Any, tag: str | None, depth: int) -> list[Any]:
        if depth <= 0:
            raise Unsendable("it is nested too deep, or holds itself")
        if tag is None:
            tag = "dict"
            value = [part for item in value.items() for part in item]
        self._nodes_left -= len(value)
        if self._nodes_left < 0:
            raise Unsendable("it holds too many items")
        node, depth = self.node, depth - 1
        return [tag, *[v if type(v) in PLAIN else node(v, depth) for v in value]]

    def _number(self, value: Any) -> list[Any] | None:
        """Encode what has a number format; None where `value` has none that travels."""
        if not isinstance(value, _ARRAYS):
            return _plain_number(value)
        name = _format_of(value.dtype)
        if name is None:
            return None
        if isinstance(value, np.generic):
            return ["scalar", name, np.asarray(value, dtype=name).tobytes()]
        return self._array(np.asarray(value, dtype=name), name)

    def _array(self, plain: Any, name: str) -> list[Any]:
        self._bytes_left -= plain.nbytes
        if self._bytes_left < 0:
            raise Unsendable(f"its arrays take more than {self._bounds.value_bytes} bytes")
        self.blobs.append(plain.tobytes())
        return ["array", name, *plain.shape]

    def _other(self, value: Any, depth: int) -> list[Any]:
        name = name_of(value)
        if name is not None:
            return ["named", name]
        if type(value) in (slice, range):
            parts = (value.start, value.stop, value.step)
            return [type(value).__name__, *[self.node(part, depth - 1) for part in parts]]
        return self._refer(value)


def _format_of(dtype: Any) -> str | None:
    name = NAMES_OF_DTYPES.get(dtype)
    if name is None:  # of another byte order, a long double, or none that travels
        name = _NARROWER.get(dtype.char) or dtype.newbyteorder("<").str
    return name if name in DTYPES else None


def _plain_number(value: Any) -> list[Any] | None:
    if type(value) is int:
        return _big_int(value)
    if type(value) is complex:
        return ["complex", value.real, value.imag]
    if isinstance(value, np.dtype) and value.str in DTYPES:
        return ["dtype", value.str]
    return None


def _big_int(value: int) -> list[Any] | None:
    size = value.bit_length() // 8 + 1
    if size > BIG_INT_BYTES:
        return None
    return ["int", value.to_bytes(size, "little", signed=True)]

"""Values to msgpack.

None, booleans, 64-bit integers, floats, strings and bytes stand for themselves; all else is a
list that begins with a tag. The bytes of arrays follow the msgpack part in the order in which the
arrays stand in it, so that an array's length is never told twice.
"""

from collections.abc import Callable
from typing import Any

import msgpack
import numpy as np

from course.grading.protocol.bounds import BIG_INT_BYTES, TYPE_NAME_CHARS, Bounds, Unsendable
from course.grading.protocol.references import Mine, Reference
from course.grading.protocol.shared import DTYPES, from_jax, name_of

Refer = Callable[[Any], Reference]
SEQUENCES: dict[type, str] = {list: "list", tuple: "tuple", set: "set", frozenset: "frozenset"}
_NARROWER = {"g": "<f8", "G": "<c16"}  # long double: as precise as it is judged
PLAIN = frozenset({type(None), bool, float, str, bytes})


def encode(value: Any, refer: Refer, bounds: Bounds) -> bytes:
    """Encode `value`; `refer` gives the reference for what does not travel by value.

    Raises
    ------
    Unsendable
        if the value is too large, nested too deep, or holds text that is not Unicode.
    """
    encoder = _Encoder(refer, bounds)
    node = encoder.node(value, bounds.depth)
    try:
        structure = msgpack.packb(node)
    except UnicodeEncodeError:
        raise Unsendable("it holds text that is not valid Unicode") from None
    if len(structure) > bounds.structure_bytes:
        raise Unsendable(f"it takes more than {bounds.structure_bytes} bytes, arrays aside")
    return b"".join([len(structure).to_bytes(4, "big"), structure, *encoder.blobs])


class _Encoder:
    def __init__(self, refer: Refer, bounds: Bounds) -> None:
        self.blobs: list[bytes] = []
        self._refer = refer
        self._nodes_left = bounds.structure_bytes
        self._bytes_left = self._limit = bounds.value_bytes

    def node(self, value: Any, depth: int) -> Any:
        self._nodes_left -= 1
        if self._nodes_left < 0:
            raise Unsendable("it holds too many items")
        kind = type(value)
        if kind in PLAIN:
            return value
        if kind is int and -(2**63) <= value < 2**64:
            return value
        if kind in SEQUENCES or kind is dict:
            return self._container(value, kind, depth)
        return self._number(value) or self._other(value, depth)

    def _container(self, value: Any, kind: type, depth: int) -> list[Any]:
        if depth <= 0:
            raise Unsendable("it is nested too deep, or holds itself")
        if kind is dict:
            value = [part for item in value.items() for part in item]
        return [SEQUENCES.get(kind, "dict"), *[self.node(item, depth - 1) for item in value]]

    def _number(self, value: Any) -> list[Any] | None:
        """Encode what has a number format; None where `value` has none that travels."""
        if type(value) is int:
            return _big_int(value)
        if type(value) is complex:
            return ["complex", value.real, value.imag]
        if isinstance(value, np.dtype):
            return ["dtype", value.str] if value.str in DTYPES else None
        if not isinstance(value, np.ndarray | np.generic):
            value = from_jax(value)
        if value is None:
            return None
        name = _NARROWER.get(value.dtype.char) or value.dtype.newbyteorder("<").str
        if name not in DTYPES:
            return None
        if isinstance(value, np.generic):
            return ["scalar", name, np.asarray(value, dtype=name).tobytes()]
        return self._array(value, name)

    def _array(self, value: Any, name: str) -> list[Any]:
        plain = np.asarray(value, dtype=name)
        self._bytes_left -= plain.nbytes
        if self._bytes_left < 0:
            raise Unsendable(f"its arrays take more than {self._limit} bytes")
        self.blobs.append(plain.tobytes())
        return ["array", name, *plain.shape]

    def _other(self, value: Any, depth: int) -> list[Any]:
        name = name_of(value)
        if name is not None:
            return ["named", name]
        if type(value) in (slice, range):
            parts = (value.start, value.stop, value.step)
            return [type(value).__name__, *[self.node(part, depth - 1) for part in parts]]
        reference = self._refer(value)
        if isinstance(reference, Mine):
            return ["mine", reference.number, reference.type_name[:TYPE_NAME_CHARS]]
        return ["yours", reference.number]


def _big_int(value: int) -> list[Any] | None:
    size = value.bit_length() // 8 + 1
    if size > BIG_INT_BYTES:
        return None
    return ["int", value.to_bytes(size, "little", signed=True)]

"""msgpack to values, trusting nothing: every tag, type, length and number is checked."""

from collections.abc import Callable
from typing import Any

import msgpack
import numpy as np

from course.grading.protocol.bounds import (
    BIG_INT_BYTES,
    KEYS,
    TYPE_NAME_CHARS,
    Bounds,
    Malformed,
)
from course.grading.protocol.encode import PLAIN
from course.grading.protocol.references import Resolver
from course.grading.protocol.shared import DTYPES, NAMED

NUMPY_DIMENSIONS = 32
READY = PLAIN | {int}
NATIVE = {dtype: dtype.newbyteorder("=") for dtype in DTYPES.values()}


class Decoder:
    """Reads the body of one message: its `node`, and then the values of nodes in it.

    `resolver` finds what references stand for. Raises `Malformed` wherever something
    is not exactly what `Encoder` makes of values within `bounds`.
    """

    __slots__ = ("_keys_left", "_resolver", "_rest", "node")

    def __init__(self, body: bytes, resolver: Resolver, bounds: Bounds) -> None:
        end = 4 + int.from_bytes(body[:4], "big")
        if len(body) < end or end > bounds.structure_bytes + 4:
            raise Malformed("the structure is longer than its frame or its limit")
        try:
            self.node = msgpack.unpackb(body[4:end], max_map_len=0, max_ext_len=0)
        except (ValueError, msgpack.UnpackException) as error:
            raise Malformed(f"not msgpack: {type(error).__name__}") from None
        self._rest = memoryview(body)[end:] if len(body) > end else b""
        self._resolver = resolver
        self._keys_left = KEYS

    def count_keys(self, count: int) -> None:
        """Hear of so many keys more."""
        self._keys_left -= count
        if self._keys_left < 0:
            raise Malformed("too many keys")

    def end(self) -> None:
        """Hear that all values were read."""
        if self._rest:
            raise Malformed("bytes are left over")

    def value(self, node: Any, depth: int) -> Any:
        """Give the value of a node, nested no deeper than `depth`."""
        if type(node) in READY:
            return node
        try:
            form = _FORMS[node[0]]
        except (LookupError, TypeError):
            raise Malformed("a value without a tag, or with an unknown one") from None
        if depth < 0:
            raise Malformed("values are nested too deep")
        return form(self, node[1:], depth)

    def _items(self, parts: list[Any], depth: int) -> list[Any]:
        if depth <= 0:
            raise Malformed("values are nested too deep")
        value, depth = self.value, depth - 1
        return [part if type(part) in READY else value(part, depth) for part in parts]

    def _tuple(self, parts: list[Any], depth: int) -> tuple[Any, ...]:
        return tuple(self._items(parts, depth))

    def _set(self, parts: list[Any], depth: int) -> set[Any]:
        return set(self._members(parts, depth))

    def _frozenset(self, parts: list[Any], depth: int) -> frozenset[Any]:
        return frozenset(self._members(parts, depth))

    def _slice(self, parts: list[Any], depth: int) -> slice:
        return slice(*self._three(parts, depth))

    def _members(self, parts: list[Any], depth: int) -> list[Any]:
        self.count_keys(len(parts))
        members = self._items(parts, depth)
        try:
            distinct = len(set(members)) == len(members)
            nan = any(member != member for member in members)
        except (TypeError, ValueError):
            raise Malformed("a key that cannot be one") from None
        if nan or not distinct:
            raise Malformed("keys are not distinct")
        return members

    def _dict(self, parts: list[Any], depth: int) -> dict[Any, Any]:
        if len(parts) % 2:
            raise Malformed("a key without a value")
        # keys first is the order of the bytes too, because no key holds an array
        keys = self._members(parts[::2], depth)
        return dict(zip(keys, self._items(parts[1::2], depth), strict=True))

    def _three(self, parts: list[Any], depth: int) -> list[Any]:
        if len(parts) != 3:
            raise Malformed("a slice or range has three parts")
        return self._items(parts, depth)

    def _range(self, parts: list[Any], depth: int) -> range:
        start, stop, step = self._three(parts, depth)
        if not all(type(part) is int for part in (start, stop, step)) or step == 0:
            raise Malformed("not a range")
        made = range(start, stop, step)
        try:
            len(made)
        except OverflowError:
            raise Malformed("a range that is longer than Python can tell") from None
        return made

    def _array(self, parts: list[Any], _: int) -> Any:
        dtype, shape = _dtype(parts[0] if parts else None), parts[1:]
        size = dtype.itemsize
        for length in shape:
            if type(length) is not int or length < 0 or len(shape) > NUMPY_DIMENSIONS:
                raise Malformed("not the shape of an array")
            size *= length
        if size > len(self._rest):
            raise Malformed("an array is longer than its bytes")
        raw, self._rest = self._rest[:size], self._rest[size:]
        native = NATIVE[dtype]
        try:
            return np.ndarray(shape, dtype, raw).astype(native) if size else np.empty(shape, native)
        except ValueError:
            raise Malformed("not the shape of an array") from None

    def _mine(self, parts: list[Any], _: int) -> Any:
        if len(parts) != 2 or type(parts[0]) is not int or type(parts[1]) is not str:
            raise Malformed("not a reference")
        return self._resolver.theirs(parts[0], parts[1][:TYPE_NAME_CHARS])

    def _yours(self, parts: list[Any], _: int) -> Any:
        if len(parts) != 1 or type(parts[0]) is not int:
            raise Malformed("not a reference")
        return self._resolver.ours(parts[0])


def _only(parts: list[Any], kind: type) -> Any:
    if len(parts) != 1 or type(parts[0]) is not kind:
        raise Malformed(f"not exactly one {kind.__name__}")
    return parts[0]


def _big_int(_: Decoder, parts: list[Any], __: int) -> int:
    data = _only(parts, bytes)
    if len(data) > BIG_INT_BYTES:
        raise Malformed("an integer is too long")
    return int.from_bytes(data, "little", signed=True)


def _complex(_: Decoder, parts: list[Any], __: int) -> complex:
    if len(parts) != 2 or not all(type(part) is float for part in parts):
        raise Malformed("not a complex number")
    return complex(*parts)


def _scalar(_: Decoder, parts: list[Any], __: int) -> Any:
    if len(parts) != 2 or type(parts[1]) is not bytes:
        raise Malformed("not a numpy scalar")
    dtype = _dtype(parts[0])
    if len(parts[1]) != dtype.itemsize:
        raise Malformed("a numpy scalar of the wrong length")
    return np.frombuffer(parts[1], dtype)[0]


def _dtype(name: Any) -> Any:
    dtype = DTYPES.get(name) if type(name) is str else None
    if dtype is None:
        raise Malformed("an unknown number format")
    return dtype


def _named(_: Decoder, parts: list[Any], __: int) -> Any:
    name = _only(parts, str)
    if name not in NAMED:
        raise Malformed("an unknown name")
    return NAMED[name]


def _number_format(_: Decoder, parts: list[Any], __: int) -> Any:
    return _dtype(_only(parts, str))


_FORMS: dict[str, Callable[[Decoder, list[Any], int], Any]] = {
    "list": Decoder._items,
    "tuple": Decoder._tuple,
    "set": Decoder._set,
    "frozenset": Decoder._frozenset,
    "dict": Decoder._dict,
    "slice": Decoder._slice,
    "range": Decoder._range,
    "int": _big_int,
    "complex": _complex,
    "array": Decoder._array,
    "scalar": _scalar,
    "dtype": _number_format,
    "named": _named,
    "mine": Decoder._mine,
    "yours": Decoder._yours,
}

"""Reading `mnist.pkl.gz` without trusting it: the pickle is parsed, and nothing in it is called.

Where a pickle asks for a function, it gets a name; where it calls the function, the call is noted
down. What numpy would have been told is then read from these notes. Opcodes that arrays do not need
are unknown. The Python unpickler is used because the one in C clears memory for any number of memo
entries that a pickle claims to have.
"""

import io
import math
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mnist_utils._files import TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS
from mnist_utils.errors import DataError

# four-byte pixels take 220 MB, and four times that as text, which the oldest protocol writes
MAX_BYTES = 2**30
FUNCTIONS = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("_codecs", "encode"),
    *((f"numpy.{core}.multiarray", "_reconstruct") for core in ("core", "_core")),
    *((f"numpy.{core}.numeric", "_frombuffer") for core in ("core", "_core")),
}
NUMBERS = {"u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f4", "f8"}
OPCODES = (
    *(pickle.PROTO, pickle.FRAME, pickle.STOP, pickle.MARK, pickle.POP),
    *(pickle.NONE, pickle.NEWTRUE, pickle.NEWFALSE),
    *(pickle.INT, pickle.BININT, pickle.BININT1, pickle.BININT2, pickle.LONG, pickle.LONG1),
    *(pickle.STRING, pickle.BINSTRING, pickle.SHORT_BINSTRING),
    *(pickle.UNICODE, pickle.BINUNICODE, pickle.SHORT_BINUNICODE, pickle.BINUNICODE8),
    *(pickle.BINBYTES, pickle.SHORT_BINBYTES, pickle.BINBYTES8, pickle.BYTEARRAY8),
    *(pickle.EMPTY_TUPLE, pickle.TUPLE, pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3),
    *(pickle.EMPTY_LIST, pickle.LIST, pickle.APPEND, pickle.APPENDS),
    *(pickle.GLOBAL, pickle.STACK_GLOBAL, pickle.REDUCE, pickle.BUILD),
    *(pickle.PUT, pickle.BINPUT, pickle.LONG_BINPUT, pickle.MEMOIZE),
    *(pickle.GET, pickle.BINGET, pickle.LONG_BINGET),
)


def parse_pickle(data: bytes, *, where: str) -> Mapping[str, NDArray[Any]]:
    """Give the arrays of the three splits by the key of their idx file; dev is joined to train.

    Raises
    ------
    DataError
        if this is anything else than three pairs (images, labels) of numpy arrays.
    """
    try:
        (x_train, y_train), (x_dev, y_dev), (x_test, y_test) = _Notes(data).load()
        return {
            TRAIN_IMAGES: np.concatenate([_array(x_train), _array(x_dev)]),
            TRAIN_LABELS: np.concatenate([_array(y_train), _array(y_dev)]),
            TEST_IMAGES: _array(x_test),
            TEST_LABELS: _array(y_test),
        }
    except Exception as error:
        raise DataError(
            f"not a pickle of three pairs of arrays: {str(error)[:200] or type(error).__name__}",
            where=where,
            cure="mnist.pkl.gz holds (images, labels) for train, dev and test. Nothing was run.",
        ) from error


@dataclass
class _Call:
    """A call that the pickle asked for, and the state it then gave to the result."""

    function: str
    args: Any
    state: Any = None


class _Notes(pickle._Unpickler):
    """An unpickler that notes calls down."""

    stack: list[Any]
    dispatch: ClassVar[dict[int, Callable[..., None]]] = {
        code[0]: pickle._Unpickler.dispatch[code[0]] for code in OPCODES
    }

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data), encoding="bytes")

    def find_class(self, module: str, name: str) -> str:
        if (module, name) not in FUNCTIONS:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return name

    def load_reduce(self) -> None:
        args = self.stack.pop()
        self.stack[-1] = _Call(self.stack[-1], args)

    def load_build(self) -> None:
        state = self.stack.pop()
        if not isinstance(self.stack[-1], _Call):
            raise pickle.UnpicklingError("it sets the state of something that is no array")
        self.stack[-1].state = state

    dispatch[pickle.REDUCE[0]] = load_reduce
    dispatch[pickle.BUILD[0]] = load_build


def _array(node: Any) -> NDArray[Any]:
    match node:
        case _Call("_reconstruct", _, (_, shape, dtype, fortran, raw)):
            order = "F" if fortran else "C"
        case _Call("_frombuffer", (raw, dtype, shape, order)):
            pass
        case _:
            raise ValueError("an array is missing")
    kind, data = _dtype(dtype), _bytes(raw)
    if min(shape) < 0 or math.prod(shape) * kind.itemsize != len(data):
        raise ValueError(f"{len(data)} bytes for an array of shape {shape}")
    return np.frombuffer(data, kind).reshape(shape, order="F" if order == "F" else "C")


def _dtype(node: Any) -> np.dtype[Any]:
    match node:
        case _Call("dtype", (code, *_), (_, byte_order, *_)):
            code, byte_order = _text(code), _text(byte_order)
            if code in NUMBERS and byte_order in ("<", ">", "|"):  # "|": one byte has no order
                return np.dtype(byte_order + code)
    raise ValueError("an array that does not hold plain numbers")


def _bytes(node: Any) -> bytes:
    match node:
        case bytes() | bytearray():
            return bytes(node)
        case _Call("encode", (str() as text, "latin1")):
            return text.encode("latin1")
    raise ValueError("an array without bytes")


def _text(node: Any) -> str:
    return node.decode("ascii") if isinstance(node, bytes) else str(node)

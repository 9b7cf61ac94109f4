"""The idx format: two zero bytes, a type code, the number of dimensions, their sizes, the entries.

Source: http://yann.lecun.com/exdb/mnist/ ("the IDX file format").
"""

import math
import struct

import numpy as np
from numpy.typing import NDArray

from mnist_utils.errors import DataError

MAGIC = b"\x00\x00\x08"  # 0x08: unsigned bytes, the only type that MNIST uses


def parse_idx(data: bytes, *, where: str) -> NDArray[np.uint8]:
    """Read an idx file of unsigned bytes with 1 (labels) or 3 (images) dimensions.

    Raises
    ------
    DataError
        if the magic number is another one, bytes are missing, or bytes are left over.
    """
    if data[:3] != MAGIC or len(data) < 4 or data[3] not in (1, 3):
        raise DataError(
            f"not an idx file of images or labels: it begins with {data[:4].hex(' ') or 'nothing'}",
            where=where,
            cure="An idx file of MNIST begins with 00 00 08 03 (images) or 00 00 08 01 (labels).",
        )
    dimensions = data[3]
    start = 4 + 4 * dimensions
    if len(data) < start:
        raise DataError("truncated: the idx header is not complete", where=where)
    shape = struct.unpack(f">{dimensions}I", data[4:start])
    missing = math.prod(shape) - (len(data) - start)
    if missing:
        fault = f"truncated: {missing} bytes are missing" if missing > 0 else "bytes are left over"
        raise DataError(f"{fault} (the header says {shape})", where=where)
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def dump_idx(array: NDArray[np.uint8]) -> bytes:
    """Write unsigned bytes in the idx format."""
    header = MAGIC + bytes([array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.tobytes()

"""Reading `mnist.npz`: four arrays in a zip file, each looked at before it is read."""

import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from mnist_utils._files import TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS
from mnist_utils.errors import DataError

KEYS = {
    TRAIN_IMAGES: "x_train",
    TRAIN_LABELS: "y_train",
    TEST_IMAGES: "x_test",
    TEST_LABELS: "y_test",
}


def read_npz(path: Path, limit: int) -> Mapping[str, NDArray[Any]]:
    """Give the arrays of `mnist.npz` by the key of their idx file, each of at most `limit` bytes.

    Raises
    ------
    DataError
        if the file is damaged, an array is missing, too large, or not one of plain numbers.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return {
                key: _member(archive, f"{name}.npy", limit, f"{path}[{name}]")
                for key, name in KEYS.items()
            }
    except DataError:
        raise
    except KeyError as error:
        raise DataError(
            f"an array is missing: {error.args[0]}",
            where=str(path),
            cure=f"mnist.npz holds {', '.join(KEYS.values())}.",
        ) from error
    except Exception as error:
        raise DataError(f"damaged: {error}", where=str(path), cure="Download it again.") from error


def _member(archive: zipfile.ZipFile, name: str, limit: int, where: str) -> NDArray[Any]:
    claimed = archive.getinfo(name).file_size  # and no more than that is unpacked
    if claimed > limit:
        raise DataError(f"claims {claimed} bytes, {limit} are the most", where=where)
    with archive.open(name) as stream:
        shape, fortran, dtype = _header(stream)
        if dtype.kind not in "uif":
            raise DataError(f"holds {dtype} and not plain numbers: it is not read", where=where)
        size = math.prod(shape) * dtype.itemsize
        data = stream.read(size + 1)
        if len(data) != size:
            raise DataError(f"{len(data)} bytes for an array of shape {shape}", where=where)
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = npy.read_magic(stream)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    return read(stream)

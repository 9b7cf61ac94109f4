"""Images and labels as people store them, brought to unsigned bytes as MNIST has them."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist_utils.errors import DataError

# what white is in files found in the wild, less one: mnist.pkl.gz divides by 256, most by 255
SCALES = (256, 255, 1)
N_CLASSES = 10


def as_images(array: NDArray[Any], *, where: str) -> NDArray[np.uint8]:
    """Give images `(N, side, side)` from flat or square ones with pixels in [0, 255] or [0, 1].

    Raises
    ------
    DataError
        if these are no grey square images.
    """
    if array.ndim == 1:
        raise DataError("labels stand where images belong: are the two swapped?", where=where)
    side = math.isqrt(math.prod(array.shape[1:]))
    if array.shape[1:] not in ((side, side), (side * side,)):
        raise DataError(f"no square images: the array has shape {array.shape}", where=where)
    return _as_bytes(array, where=where).reshape(-1, side, side)


def as_labels(array: NDArray[Any], *, where: str) -> NDArray[np.uint8]:
    """Give labels `(N,)` in 0..9 from numbers of any type.

    Raises
    ------
    DataError
        if these are no labels.
    """
    if array.ndim != 1:
        raise DataError(
            f"labels have one dimension, these {array.ndim}: are images and labels swapped?",
            where=where,
        )
    if array.size and not (array.min() >= 0 and array.max() < N_CLASSES):
        raise DataError(f"labels are 0 to 9, these {array.min()} to {array.max()}", where=where)
    if not np.array_equal(array, np.rint(array)):
        raise DataError("labels are whole numbers, these are not", where=where)
    return array.astype(np.uint8)


def _as_bytes(array: NDArray[Any], *, where: str) -> NDArray[np.uint8]:
    for scale in (1,) if array.dtype.kind in "ui" else SCALES:
        grey = np.rint(scale * array)
        in_range = grey.size == 0 or (grey.min() >= 0 and grey.max() <= 255)
        if in_range and np.allclose(grey, scale * array, rtol=0, atol=1e-3):
            return np.asarray(grey, np.uint8)
    raise DataError("the pixels are not grey values in [0, 255] or [0, 1]", where=where)

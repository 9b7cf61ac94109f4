"""Digits as the labs need them: flat float images, one-hot labels."""

import gzip
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mnist_utils import _cache
from mnist_utils._files import COMPLETE
from mnist_utils._idx import parse_idx
from mnist_utils._normal import N_CLASSES

DEV_PART = 6  # the last sixth of the training images, as in mnist.pkl.gz: 10,000 of 60,000


class Digits(NamedTuple):
    """Images `x (N, 784)` in [0, 1] and one-hot labels `y (N, 10)`, both float64."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]


class Mnist(NamedTuple):
    """Digits to train on and digits to test on."""

    train: Digits
    test: Digits


class MnistSplits(NamedTuple):
    """Digits to train on, to choose hyper-parameters on, and to test on."""

    train: Digits
    dev: Digits
    test: Digits


def load_mnist(*, complete: bool = False) -> Mnist:
    """Give real digits: `(x_train, y_train), (x_test, y_test) = load_mnist()`.

    Without arguments these are the 12,000 + 2,000 digits that the package carries: offline, in a
    fixed order in which every ten neighbours are ten different digits. With `complete=True` they
    are all 60,000 + 10,000 in their original order, once `fetch` or `import_path` has brought them.

    Raises
    ------
    DataError
        if the complete set is asked for and not in the cache.
    """
    arrays = [_cache.read(file) for file in COMPLETE] if complete else _carried()
    x_train, y_train, x_test, y_test = arrays
    return Mnist(_digits(x_train, y_train), _digits(x_test, y_test))


def load_mnist_splits(*, complete: bool = False) -> MnistSplits:
    """Give the same digits in three splits; dev is the last sixth of the training digits.

    10,000 + 2,000 + 2,000 digits, every split class-balanced; 50,000 + 10,000 + 10,000 with
    `complete=True`, the splits of `mnist.pkl.gz`. Raises as `load_mnist` does.
    """
    (x, y), test = load_mnist(complete=complete)
    border = len(x) - len(x) // DEV_PART
    return MnistSplits(Digits(x[:border], y[:border]), Digits(x[border:], y[border:]), test)


def _carried() -> list[NDArray[np.uint8]]:
    folder = files("mnist_utils") / "data"
    arrays = []
    for file in COMPLETE:
        entry = folder / f"{file.name}.gz"
        data = gzip.decompress(entry.read_bytes())
        arrays.append(parse_idx(data, where=str(entry)))
    return arrays


def _digits(images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> Digits:
    return Digits(images.reshape(len(images), -1) / 255.0, np.eye(N_CLASSES)[labels])

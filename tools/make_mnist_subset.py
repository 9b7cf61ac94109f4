"""Make the class-balanced subset that `mnist_utils` carries, from the four complete files.

    python tools/make_mnist_subset.py SOURCE_DIR [TARGET_DIR]

The choice depends on SEED alone: raw numbers of a bit generator, whose stream numpy never changes.
Every ten neighbours in the result are ten different digits, so that each stretch of it is balanced.
"""

import argparse
import gzip
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mnist_utils._bounded import read_bounded
from mnist_utils._cache import is_genuine
from mnist_utils._files import COMPLETE, IdxFile
from mnist_utils._idx import dump_idx, parse_idx

SEED = 1998
PER_CLASS = {"train": 1200, "t10k": 200}
TARGET = Path(__file__).resolve().parent.parent / "mnist_utils" / "data"


def choose(labels: NDArray[np.uint8], per_class: int, seed: int) -> NDArray[np.intp]:
    """Give positions of `per_class` examples of each class, ten different classes at a time."""
    stream = np.random.PCG64(seed)
    shuffled = np.argsort(stream.random_raw(len(labels)), kind="stable")
    by_class = [shuffled[labels[shuffled] == digit][:per_class] for digit in range(10)]
    tens = np.stack(by_class, axis=1)
    order = np.argsort(stream.random_raw(tens.size).reshape(tens.shape), axis=1, kind="stable")
    return np.take_along_axis(tens, order, axis=1).ravel()


def read(folder: Path, file: IdxFile) -> NDArray[np.uint8]:
    """Read one of the complete files and make sure that it is MNIST's."""
    path = folder / f"{file.name}.gz"
    data = read_bounded(path, file.idx_bytes)
    if not is_genuine(file, data):
        raise SystemExit(f"{path}: this is not MNIST's file")
    return parse_idx(data, where=str(path))


def main() -> None:
    """Write the four compressed files of the subset."""
    parser = argparse.ArgumentParser(description="Make the subset of MNIST that is carried.")
    parser.add_argument("source", type=Path, metavar="SOURCE_DIR")
    parser.add_argument("target", type=Path, metavar="TARGET_DIR", nargs="?", default=TARGET)
    options = parser.parse_args()
    arrays = {file.name: read(options.source, file) for file in COMPLETE}
    for part, per_class in PER_CLASS.items():
        chosen = choose(arrays[f"{part}-labels-idx1-ubyte"], per_class, SEED)
        for name in (f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"):
            packed = gzip.compress(dump_idx(arrays[name][chosen]), compresslevel=9, mtime=0)
            (options.target / f"{name}.gz").write_bytes(packed)


if __name__ == "__main__":
    main()

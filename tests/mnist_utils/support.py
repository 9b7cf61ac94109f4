"""A small set with the form of MNIST, and ways to look at it and at folders."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnist_utils import load_mnist
from mnist_utils._files import COMPLETE, IdxFile
from mnist_utils._idx import dump_idx

N_TRAIN, N_TEST = 60, 20


@dataclass(frozen=True)
class SmallSet:
    """Real digits in four files: what they are, their arrays, and their bytes on a mirror."""

    files: tuple[IdxFile, ...]
    arrays: Mapping[str, np.ndarray]
    packed: Mapping[str, bytes]

    def __getitem__(self, key: str) -> IdxFile:
        return next(file for file in self.files if file.key == key)

    def write(self, folder: Path) -> Path:
        folder.mkdir(exist_ok=True)
        for name, data in self.packed.items():
            (folder / name).write_bytes(data)
        return folder


def small_set() -> SmallSet:
    (x_train, y_train), (x_test, y_test) = load_mnist()
    arrays = {
        "train-images": _images(x_train[:N_TRAIN]),
        "train-labels": y_train[:N_TRAIN].argmax(1).astype(np.uint8),
        "t10k-images": _images(x_test[:N_TEST]),
        "t10k-labels": y_test[:N_TEST].argmax(1).astype(np.uint8),
    }
    files = tuple(_described(file.key, arrays[file.key]) for file in COMPLETE)
    packed = {f"{f.name}.gz": pack(arrays[f.key]) for f in files}
    return SmallSet(files, arrays, packed)


def pack(array: np.ndarray) -> bytes:
    return gzip.compress(dump_idx(array), mtime=0)


def content(folder: Path) -> dict[str, bytes]:
    """Give every file below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def _images(x: np.ndarray) -> np.ndarray:
    return np.rint(255 * x).astype(np.uint8).reshape(-1, 28, 28)


def _described(key: str, array: np.ndarray) -> IdxFile:
    packed = pack(array)
    return IdxFile(
        key=key,
        shape=array.shape,
        sha256=hashlib.sha256(dump_idx(array)).hexdigest(),
        gz_bytes=len(packed),
        gz_md5=hashlib.md5(packed).hexdigest(),
    )

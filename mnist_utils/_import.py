"""Digits from files that somebody already has, verified and put into the cache."""

import os
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist_utils import _cache
from mnist_utils._bounded import first_bytes, read_bounded
from mnist_utils._files import COMPLETE, IdxFile
from mnist_utils._idx import MAGIC, dump_idx, parse_idx
from mnist_utils._normal import as_images, as_labels
from mnist_utils._npz import read_npz
from mnist_utils._pickled import MAX_BYTES, parse_pickle
from mnist_utils.errors import DataError

Found = list[tuple[IdxFile, NDArray[np.uint8], str]]  # which file, its content, where it was found


def import_path(
    path: str | os.PathLike[str], *, files: Sequence[IdxFile] = COMPLETE
) -> tuple[str, ...]:
    """Put the digits found at `path` into the cache, and name the idx files that they fill.

    Parameters
    ----------
    path : `mnist.npz`, `mnist.pkl.gz`, one idx file (compressed or not), or a folder of idx files.
        What a file is, its content says; an idx file must also be what its name says.
    files : the set that the digits must be: their content is held against its sha256.

    Raises
    ------
    DataError
        if anything is truncated, damaged, swapped, hostile or not MNIST: the cache stays as it was.
    """
    found = _found(Path(path).expanduser(), files)
    contents = {file: _verified(file, array, where, files) for file, array, where in found}
    _cache.store(contents)
    return tuple(file.name for file in contents)


def _found(path: Path, files: Sequence[IdxFile]) -> Found:
    try:
        if path.is_dir():
            return _from_folder(path, files)
        if path.is_file():
            return _from_file(path, files)
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", where=str(path)) from error
    raise DataError("no such file or folder", where=str(path), cure="Check its spelling.")


def _from_folder(folder: Path, files: Sequence[IdxFile]) -> Found:
    paths = [path for path in sorted(folder.iterdir()) if _named(path, files) and path.is_file()]
    if not paths:
        raise DataError(
            "no idx files in this folder",
            where=str(folder),
            cure=f"They are called {', '.join(file.name for file in files)}, with or without .gz.",
        )
    return [_from_idx(path, files) for path in paths]


def _from_file(path: Path, files: Sequence[IdxFile]) -> Found:
    most = max(file.idx_bytes for file in files)
    if zipfile.is_zipfile(path):
        # eight-byte numbers at most, and a header
        return _from_arrays(read_npz(path, limit=8 * most + 2**16), files, path)
    if first_bytes(path, len(MAGIC)) == MAGIC or _named(path, files):
        return [_from_idx(path, files)]
    return _from_arrays(parse_pickle(read_bounded(path, MAX_BYTES), where=str(path)), files, path)


def _from_idx(path: Path, files: Sequence[IdxFile]) -> tuple[IdxFile, NDArray[np.uint8], str]:
    most = max(file.idx_bytes for file in files)
    array = parse_idx(read_bounded(path, most), where=str(path))
    file = _named(path, files) or _shaped(array, files)
    if file is None:
        raise DataError(f"no file of MNIST has the shape {array.shape}", where=str(path))
    return file, array, str(path)


def _from_arrays(arrays: Mapping[str, NDArray[Any]], files: Sequence[IdxFile], path: Path) -> Found:
    return [
        (file, normal(arrays[file.key], where=where), where)
        for file in files
        for where in [f"{path} ({file.key})"]
        for normal in [as_labels if len(file.shape) == 1 else as_images]
    ]


def _verified(
    file: IdxFile, array: NDArray[np.uint8], where: str, files: Sequence[IdxFile]
) -> bytes:
    if array.shape != file.shape:
        other = _shaped(array, files)
        raise DataError(
            f"holds {_described(array.shape)}, but {file.key} of MNIST are "
            + _described(file.shape),
            where=where,
            cure=f"These look like {other.key}: are files swapped?" if other else "",
        )
    idx = dump_idx(array)
    if not _cache.is_genuine(file, idx):
        raise DataError(
            f"has the size of MNIST's {file.key}, but not its content",
            where=where,
            cure="The file was altered, reordered, or is another set of this shape "
            "(Fashion-MNIST, KMNIST). `course data fetch` brings the original.",
        )
    return idx


def _named(path: Path, files: Sequence[IdxFile]) -> IdxFile | None:
    """Tell by its name which file this is; `.idx3-ubyte` is a common spelling of `-idx3-ubyte`."""
    plain = path.name.removesuffix(".gz").replace(".idx", "-idx")
    return next((file for file in files if file.name == plain), None)


def _shaped(array: NDArray[np.uint8], files: Sequence[IdxFile]) -> IdxFile | None:
    return next((file for file in files if file.shape == array.shape), None)


def _described(shape: tuple[int, ...]) -> str:
    return f"{shape[0]} labels" if len(shape) == 1 else f"{shape[0]} images of {shape[1:]} pixels"

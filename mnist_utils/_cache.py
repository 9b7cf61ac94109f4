"""Where the complete set lies: four idx files in a folder, each known by its content."""

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mnist_utils._files import COMPLETE, IdxFile
from mnist_utils._idx import parse_idx
from mnist_utils.errors import DataError

VARIABLE = "MNIST_UTILS_CACHE"


def cache_folder() -> Path:
    """Give the folder of the complete set: `$MNIST_UTILS_CACHE`, else one in the user's cache."""
    if named := os.environ.get(VARIABLE):
        return Path(named).expanduser()
    return _user_cache() / "mnist_utils"


def missing(files: Iterable[IdxFile] = COMPLETE) -> tuple[str, ...]:
    """Name the files of the complete set that are not in the cache, or damaged there."""
    return tuple(file.name for file in files if not holds(file))


def holds(file: IdxFile) -> bool:
    """Say whether the cache has this file, with the right content."""
    try:
        return is_genuine(file, (cache_folder() / file.name).read_bytes())
    except OSError:
        return False


def is_genuine(file: IdxFile, idx: bytes) -> bool:
    """Say whether `idx` is the content of this file of MNIST."""
    return hashlib.sha256(idx).hexdigest() == file.sha256


def read(file: IdxFile) -> NDArray[np.uint8]:
    """Give one file of the cache as an array of `file.shape`.

    Raises
    ------
    DataError
        if it is missing or damaged.
    """
    path = cache_folder() / file.name
    try:
        idx = path.read_bytes()
    except OSError as error:
        raise _lacking("the complete set is not here", path) from error
    if not is_genuine(file, idx):
        raise _lacking("this file of the complete set is damaged", path)
    return parse_idx(idx, where=str(path))


def store(contents: Mapping[IdxFile, bytes]) -> None:
    """Put verified idx files into the cache: all are written before the first one takes its place.

    Raises
    ------
    DataError
        if the folder cannot be written; the files in it stay as they were.
    """
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as waiting:
            for file, content in contents.items():
                (Path(waiting) / file.name).write_bytes(content)
            for file in contents:
                (Path(waiting) / file.name).replace(folder / file.name)
    except OSError as error:
        raise unwritable(folder, error) from error


def unwritable(folder: Path, error: OSError) -> DataError:
    """Say that the cache cannot be written."""
    return DataError(
        f"the cache cannot be written ({error.strerror})",
        where=str(folder),
        cure=f"Make room or give the right to write, or set {VARIABLE} to another folder.",
    )


def _lacking(what: str, path: Path) -> DataError:
    return DataError(
        what,
        where=str(path),
        cure="Run `course data fetch`, or `course data import PATH` if you have the files.",
    )


def _user_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")

"""A submission's other files: data for the student's code, read without trusting them."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from course.grading.tree import walk

DataFiles = tuple[tuple[str, bytes], ...]  # path in the folder, with slashes, and content

FILES = 200
NOT_DATA = (".ipynb",)
STAMP = "timestamp.txt"  # nbgrader's
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def read_data_files(folder: Path, size: int) -> DataFiles:
    """Read plain files below `folder`, never links or devices: at most 200, `size` bytes in all."""
    found: list[tuple[str, bytes]] = []
    for path in islice(_files(folder), FILES):
        data = _read(path, size)
        if data is None:
            continue
        if len(data) > size:
            break
        size -= len(data)
        found.append((path.relative_to(folder).as_posix(), data))
    return tuple(found)


def write_data_files(files: DataFiles, folder: Path) -> None:
    """Write the files below `folder`, so that another user may read them, whatever the umask."""
    for name, data in files:
        place = folder / name
        with suppress(OSError):  # a path that is too long here
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
    for above, _, names in walk(folder):
        os.chmod(above, 0o755)
        for name in names:
            os.chmod(Path(above, name), 0o644)


def _files(folder: Path) -> Iterator[Path]:
    for above, _, files in walk(folder):
        for name in files:
            path = Path(above, name)
            if path.suffix not in NOT_DATA and path != folder / STAMP and _is_text(str(path)):
                yield path


def _read(path: Path, size: int) -> bytes | None:
    """Read one byte more than `size` at most; None where there is nothing to read."""
    with suppress(OSError):
        number = os.open(path, _OPEN | getattr(os, "O_BINARY", 0))
        with open(number, "rb") as file:
            if stat.S_ISREG(os.fstat(number).st_mode):
                return file.read(size + 1)
    return None


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True

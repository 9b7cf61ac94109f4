"""A folder that somebody else filled: walked and removed without trusting it."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

DEEPEST = 50  # folders within folders


class Hidden(OSError):
    """A folder cannot be looked into, or lies too deep."""


def walk(top: Path, *, strict: bool = False) -> Iterator[tuple[Path, list[str], list[str]]]:
    """Yield each folder below `top` with the names of its folders and of what else is in it.

    Links are not followed. Names come in order; of the folders those are looked into that are still
    in the list when the walk goes on. What cannot be looked into is passed over, as is what lies
    deeper than `DEEPEST`.

    Raises
    ------
    Hidden
        if `strict`, instead of passing over what is there and cannot be looked into.
    """
    todo = [(top, 0)]
    while todo:
        above, depth = todo.pop()
        try:
            folders, others = _listed(above, depth)
        except FileNotFoundError:
            continue
        except OSError as error:
            if strict:
                raise Hidden(f"{above}: {error.strerror or error}") from None
            continue
        yield above, folders, others
        todo += [(above / name, depth + 1) for name in reversed(folders)]


def _listed(folder: Path, depth: int) -> tuple[list[str], list[str]]:
    if depth > DEEPEST:
        raise Hidden("it lies too deep")
    folders: list[str] = []
    others: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            (folders if _is_folder(entry) else others).append(entry.name)
    return sorted(folders), sorted(others)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def is_file(path: Path) -> bool:
    """Tell whether a path is that of a regular file and can be looked at; links are none."""
    return stat.S_ISREG(mode_of(path))


def mode_of(path: Path) -> int:
    """Give the type and rights of what lies there, 0 where nobody tells."""
    try:
        return os.lstat(path).st_mode
    except OSError:
        return 0


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it, however deep and whatever its rights."""
    with suppress(OSError, RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    for command in (("chmod", "-R", "u+rwX"), ("rm", "-rf")):  # these mind neither depth nor length
        if folder.exists() and shutil.which(command[0]):
            subprocess.run([*command, "--", folder], capture_output=True, check=False)

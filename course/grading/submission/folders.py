"""Folders of submissions: those that can be graded, and why others cannot."""

import os
import stat
from pathlib import Path

from course.grading.tree import is_file, walk

MAX_NAME = 128  # the gradebook's
_PATTERN = frozenset("*?[]")  # nbgrader takes such a name for a pattern


def obstacle(folder: Path, lab: str) -> str | None:
    """Say why a student's folder cannot be graded: "" if it can, None if it holds no such lab."""
    try:
        mode = os.lstat(folder / lab).st_mode
    except PermissionError:
        return "The folder cannot be opened: permission denied."
    except OSError:
        return None
    if not is_name(folder.name):
        return (
            "The folder has a name that cannot be graded. Rename it: a name has no more than "
            f"{MAX_NAME} characters, begins with no dot or blank, ends with no blank, and holds no "
            "control characters and none of * ? [ ]."
        )
    if not stat.S_ISDIR(os.lstat(folder).st_mode):
        return "The folder is a link, and links are not followed. Put a copy in its place."
    if not stat.S_ISDIR(mode):
        return f"`{lab}` is a file or a link where a folder with the notebook belongs."
    if not os.access(folder / lab, os.R_OK | os.X_OK):
        return f"The folder `{lab}` cannot be opened: permission denied."
    return ""


def unfit_file(folder: Path, max_bytes: int) -> str:
    """Name the first thing below that cannot be copied as a file, "" if there is none.

    Links, pipes and devices cannot, nor a file of more bytes than that, nor what lies too deep or
    cannot be looked into.
    """
    try:
        for above, _, files in walk(folder, strict=True):
            for path in (above / name for name in files):
                if not is_file(path) or path.lstat().st_size > max_bytes:
                    return shown(path.relative_to(folder).as_posix())
    except OSError as error:
        return shown(str(error))[-MAX_NAME:]
    return ""


def is_name(name: str) -> bool:
    """Tell whether nbgrader and its gradebook can work with a student of this name."""
    is_plain = name.isprintable() and name == name.strip() and name[:1] not in (".", "")
    return is_plain and len(name) <= MAX_NAME and not _PATTERN & set(name)


def shown(name: str) -> str:
    """Write a name so that any terminal and any file can show it."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in name)

"""Pairing of `<notebook>.py`, which people write, with `<notebook>.ipynb`, which Jupyter opens.

The notebook remembers a digest of the content on which both last agreed. A side whose content has
another digest has changed; file times mean nothing, so a fresh clone knows as much as any.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.authoring._content import Content, content_of, differences, digest, notebook_of
from course.authoring._percent import read_percent, write_percent
from course.errors import CourseError
from course.labs import Course, Lab, dump_notebook, load_notebook

NOT_NOTEBOOKS = ("mistakes", "alternatives")


@dataclass(frozen=True)
class Change:
    """One file that `sync` wrote, or would write: where it is, and why."""

    path: Path
    why: str

    def __str__(self) -> str:
        return f"{self.path}: {self.why}"


def sync(course: Course, lab_name: str = "", *, check: bool = False) -> tuple[Change, ...]:
    """Bring every pair of one lab, or of all, in line; with `check` only say what differs.

    Raises
    ------
    CourseError
        if both sides of a pair changed, or one cannot be read.
    """
    labs = (course.lab(lab_name),) if lab_name else course.labs
    return tuple(change for lab in labs for change in sync_lab(lab, check=check))


def sync_lab(lab: Lab, *, check: bool = False) -> tuple[Change, ...]:
    """Bring the pairs of one lab in line; see `sync`."""
    wanted = [file for name in _pairs(lab) for file in _wanted(lab.folder, name)]
    if not check:
        for file in wanted:
            _write(file.change.path, file.text)
    return tuple(file.change for file in wanted)


@dataclass(frozen=True)
class _File:
    change: Change
    text: str


def _pairs(lab: Lab) -> list[str]:
    files = [*lab.folder.glob("*.py"), *lab.folder.glob("*.ipynb")]
    return sorted({p.stem for p in files if p.stem.split("_")[0] not in NOT_NOTEBOOKS})


def _wanted(folder: Path, name: str) -> Iterator[_File]:
    """Yield the files of a pair that are not as they should be, with the text they should have."""
    source, notebook = folder / f"{name}.py", folder / f"{name}.ipynb"
    content, why, keep_source = _agree(source, notebook)
    if not keep_source:
        before = _read_text(source) if source.is_file() else ""
        text = write_percent(content, where=str(notebook), like=before)
        yield _File(Change(source, why), text)
    text = dump_notebook(notebook_of(content))
    if not notebook.is_file() or notebook.read_text("utf-8") != text:
        yield _File(Change(notebook, why), text)


def _agree(source: Path, notebook: Path) -> tuple[Content, str, bool]:
    """Find the content that holds, why a file must change, and whether the source may stay."""
    if not notebook.is_file():
        return _read_source(source), f"missing; made from {source.name}", True
    node = _read_notebook(notebook)
    theirs = content_of(node, where=str(notebook))
    if not source.is_file():
        return theirs, f"missing; made from {notebook.name}", False
    ours = _read_source(source)
    if ours == theirs:
        return ours, "outputs, cell ids or notebook metadata are not in normal form", True
    agreed = node.metadata.get("course", {}).get("synced")
    if agreed == digest(theirs):
        return ours, f"{source.name} was edited: {_list(ours, theirs)}", True
    if agreed == digest(ours):
        return theirs, f"{notebook.name} was edited: {_list(ours, theirs)}", False
    raise CourseError(
        f"both sides changed since they last agreed; they differ in {_list(ours, theirs)}",
        where=f"{source} and {notebook}",
        cure="Carry the edit that you want over into one of them, delete the other, "
        "and run `course sync`, which makes it anew.",
    )


def _list(ours: Content, theirs: Content) -> str:
    names = differences(ours, theirs)
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return ", ".join(names[:8]) + more


def _read_source(path: Path) -> Content:
    return read_percent(_read_text(path), where=str(path))


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(
            f"the notebook source cannot be read ({error})",
            where=str(path),
            cure="Save it as UTF-8 text.",
        ) from error


def _read_notebook(path: Path) -> Any:
    try:
        return load_notebook(path)
    except CourseError as error:
        raise CourseError(
            error.what,
            where=error.where,
            cure="Mend it, or delete it and run `course sync`, which makes it anew from the .py.",
        ) from error


def _write(path: Path, text: str) -> None:
    """Replace the file as a whole, so that an interruption never leaves half of it."""
    half = path.with_name(f".{path.name}.half")
    half.write_text(text, "utf-8", newline="\n")
    os.replace(half, path)

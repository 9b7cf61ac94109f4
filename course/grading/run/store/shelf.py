"""Results as they lie on disk, one file each, and the record of the last run of a lab."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from course.grading.record.files import write_text
from course.grading.run.store.digests import digest_of
from course.grading.verdict.results import CellResult, NotebookResult, Status
from course.labs import Course

T = TypeVar("T")
Key = tuple[str, str]  # a student and a notebook


@dataclass(frozen=True)
class Entry:
    """A result that was recorded; `run` is the run that found it.

    `digest` is that of the submission and of all that decided the verdict but the seed, `notebook`
    that of the graded notebook, whose text is not kept here.
    """

    digest: str
    run: str
    notebook: str
    result: NotebookResult


@dataclass(frozen=True)
class Run:
    """A run that was begun: what it was to grade, under which seed, in which state of the lab."""

    id: str
    seed: int
    lab: str
    todo: tuple[Key, ...] = ()


class Shelf:
    """The files of one lab in `.course/`; one that cannot be read is as good as none."""

    def __init__(self, course: Course, lab_name: str) -> None:
        self._folder = course.root / ".course" / "grading" / lab_name

    def entry(self, key: Key) -> Entry | None:
        """Give the entry of a student's notebook, None where there is none that can be read."""
        return _read(self._place(key), _entry)

    def put(self, key: Key, entry: Entry) -> None:
        """Keep an entry in the place of the last one."""
        _write(self._place(key), asdict(entry))

    def run(self) -> Run | None:
        """Give the run that was begun last, None where there is none that can be read."""
        return _read(self._folder / "run.json", _run)

    def begin(self, run: Run) -> None:
        """Keep the record of a run."""
        _write(self._folder / "run.json", asdict(run))

    def _place(self, key: Key) -> Path:
        student, notebook = key
        return self._folder / "students" / student / f"{notebook}.json"


def _write(path: Path, content: dict[str, Any]) -> None:
    """Write one line of content below its digest."""
    body = json.dumps(content)
    write_text(path, f"{digest_of([body])}\n{body}\n")


def _read(path: Path, make: Callable[[dict[str, Any]], T]) -> T | None:
    try:
        digest, _, body = path.read_text("utf-8").removesuffix("\n").partition("\n")
    except (OSError, ValueError):
        return None
    try:
        return make(json.loads(body)) if digest == digest_of([body]) else None
    except (TypeError, KeyError):  # of another version of this package
        return None


def _entry(content: dict[str, Any]) -> Entry:
    return Entry(**{**content, "result": _result(content["result"])})


def _run(content: dict[str, Any]) -> Run:
    todo = tuple((student, notebook) for student, notebook in content["todo"])
    return Run(content["id"], content["seed"], content["lab"], todo)


def _result(content: dict[str, Any]) -> NotebookResult:
    cells = (CellResult(**{**cell, "status": Status(cell["status"])}) for cell in content["cells"])
    return NotebookResult(**{**content, "cells": tuple(cells), "notes": tuple(content["notes"])})

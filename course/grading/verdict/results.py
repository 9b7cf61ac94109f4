"""What grading says: one frozen result per cell and per notebook."""

from dataclasses import dataclass, replace
from enum import StrEnum
from textwrap import shorten
from typing import Any

GRADED = "graded"
FAILED = "failed"  # the grader's own fault
REFUSED = "refused"  # the folder cannot be graded, nor its student be in the gradebook
MAX_REASON = 200  # characters


class Status(StrEnum):
    """How a test cell ended."""

    PASSED = "passed"
    FAILED = "failed"  # a check said no
    ERROR = "error"  # student code raised
    BLANK = "blank"  # the stub still stands
    TIMEOUT = "timeout"  # student code did not answer in time
    DIED = "died"  # the student process ended
    MANUAL = "manual"  # a person grades this cell
    NOT_RUN = "not_run"  # nothing could be run


@dataclass(frozen=True)
class CellResult:
    """The verdict on one cell that carries points.

    `diagnosis` is the id of the mistake or pattern that explains a failure, "" where none does;
    `message` is what the student reads, `output` what the test cell printed.
    """

    grade_id: str
    points: float
    max_points: float
    status: Status
    diagnosis: str = ""
    message: str = ""
    output: str = ""


@dataclass(frozen=True)
class NotebookResult:
    """The verdict on one submitted notebook.

    `status` is "graded" or says why nothing could be: "unreadable", "missing", "failed", "refused".
    `notes` tell what was odd about the submission. `notebook_json` is the autograded notebook.
    `seed` is that of the run that gave this verdict.
    """

    student: str
    notebook: str
    status: str
    cells: tuple[CellResult, ...]
    notes: tuple[str, ...] = ()
    notebook_json: str = ""
    seed: int = 0

    @property
    def points(self) -> float:
        """Sum of the points given by tests."""
        return sum(cell.points for cell in self.cells)

    @property
    def max_points(self) -> float:
        """Sum of the points that tests and people can give."""
        return sum(cell.max_points for cell in self.cells)

    @property
    def in_short(self) -> str:
        """Say the points, or why there are none."""
        if self.status == GRADED:
            return f"{self.points:g} points"
        if not self.notes:
            return self.status
        return f"{self.status} ({shorten(self.notes[-1], MAX_REASON, placeholder=' …')})"

    def lean(self) -> "NotebookResult":
        """Leave out what only the graded notebook needs to hold: it may be large."""
        cells = tuple(replace(cell, output="") for cell in self.cells)
        return replace(self, cells=cells, notebook_json="")

    def as_dict(self) -> dict[str, Any]:
        """Give the entry of this notebook in `course grade --json`."""
        return {
            "student": self.student,
            "notebook": self.notebook,
            "seed": self.seed,
            "points": self.points,
            "max_points": self.max_points,
            "status": self.status,
            "notes": list(self.notes),
            "cells": [
                {
                    "grade_id": cell.grade_id,
                    "points": cell.points,
                    "max_points": cell.max_points,
                    "status": cell.status.value,
                    "diagnosis": cell.diagnosis or None,
                    "message": cell.message,
                }
                for cell in self.cells
            ],
        }

"""What the gradebook must know of a lab, and of a student's answers."""

import copy
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from nbformat.notebooknode import from_dict
from nbformat.v4.rwbase import rejoin_lines
from nbgrader.api import Base, Gradebook
from nbgrader.dbutil import ALEMBIC_DIR
from nbgrader.preprocessors import ComputeChecksums, SaveCells
from sqlalchemy import create_engine

from course.errors import CourseError
from course.grading.record.patience import without_password
from course.grading.submission.matching import WRITTEN_BY_STUDENTS, squeeze
from course.grading.verdict.results import FAILED, CellResult, NotebookResult, Status
from course.labs import Lab, cells_of, release_cell_source

SQLITE = "sqlite:///"


def open_gradebook(url: str, course_id: str) -> Gradebook:
    """Open the gradebook; a new SQLite file comes into being whole or not at all."""
    path = Path(url.removeprefix(SQLITE))
    if url.startswith(SQLITE) and not path.exists():
        unfinished = path.with_name(f".{path.name}.part")
        unfinished.unlink(missing_ok=True)
        _make_tables(f"{SQLITE}{unfinished}")
        os.replace(unfinished, path)
    return Gradebook(url, course_id)


def _make_tables(url: str) -> None:
    """Make nbgrader's tables and note their version, without which they could not be upgraded.

    nbgrader starts a program to find the version, which takes seconds.
    """
    engine = create_engine(url)
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        MigrationContext.configure(connection).stamp(ScriptDirectory(ALEMBIC_DIR), "head")
    engine.dispose()


def register(gradebook: Gradebook, db_url: str, lab: Lab) -> None:
    """Enter the lab's notebooks and cells as `nbgrader generate_assignment` does.

    Raises
    ------
    CourseError
        if cells were added or taken away since submissions were graded.
    """
    gradebook.update_or_create_assignment(lab.name)
    for name in lab.notebooks:
        where = {"notebook": name, "assignment": lab.name, "db_url": db_url}
        notebook, resources = ComputeChecksums().preprocess(
            _without_solutions(lab.source(name)), {"nbgrader": where}
        )
        try:
            SaveCells().preprocess(notebook, resources)
        except RuntimeError as error:
            raise CourseError(
                f"graded cells of {lab.name}/{name} changed after submissions were graded",
                where=without_password(db_url),
                cure="Take the change back, or remove the assignment with `nbgrader db`.",
            ) from error


def _without_solutions(source: Any) -> Any:
    notebook = copy.deepcopy(source)
    for cell, node in zip(cells_of(source), notebook.cells, strict=True):
        if cell.kind in WRITTEN_BY_STUDENTS:
            node.source = release_cell_source(node)
    return notebook


@dataclass(frozen=True)
class Answers:
    """The student's texts of one graded notebook by grade_id, and which are still the stub."""

    texts: Mapping[str, str]
    blank: frozenset[str]

    def text(self, grade_id: str) -> str | None:
        """Give the text of one cell, None where it is not the student's."""
        return self.texts.get(grade_id)


def stubs_of(source: Any) -> dict[str, str]:
    """Give what students were handed in each cell of a source notebook, by grade_id."""
    return {
        cell.grade_id: squeeze(release_cell_source(node))
        for cell, node in zip(cells_of(source), source.cells, strict=True)
    }


def answers_in(notebook_json: str, stubs: Mapping[str, str]) -> Answers:
    """Read what the student wrote from an autograded notebook, which is of our own making."""
    cells = json.loads(notebook_json)["cells"]
    # all of them as nbformat's nodes would take three times as long
    some = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("solution")]
    graded = rejoin_lines(from_dict({"cells": some}))
    texts = {c.grade_id: c.source for c in cells_of(graded) if c.kind in WRITTEN_BY_STUDENTS}
    blank = {name for name, text in texts.items() if squeeze(text) == stubs.get(name)}
    return Answers(texts, frozenset(blank))


def score_of(cell: CellResult, result: NotebookResult, answers: Answers) -> float | None:
    """Give the points, None where a person must look."""
    if result.status == FAILED:
        return None
    is_open = cell.status is Status.MANUAL and cell.grade_id not in answers.blank
    return None if is_open else cell.points

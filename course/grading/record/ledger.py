"""One lab in the gradebook: each result is one transaction, its rows found by index."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.utils import parse_utc
from sqlalchemy import bindparam, insert, select, update

from course.errors import CourseError
from course.grading.record.gradebook import Answers, score_of
from course.grading.record.patience import OnWait, patiently
from course.grading.verdict.results import NotebookResult

NO_RESPONSE = "No response."  # nbgrader's own words


def _of_notebook(table: Any, *columns: Any) -> Any:
    """Ask for the rows of a notebook's cells, by cell; the index begins with the cells."""
    query = select(table.cell_id, table.id, *columns)
    query = query.where(table.cell_id.in_(bindparam("cells", expanding=True)))
    return query.where(table.notebook_id == bindparam("notebook"))


# Questions are put together once: that takes longer than to answer them.
_STUDENT = select(Student.id).where(Student.id == bindparam("student"))
_SUBMISSION = select(SubmittedAssignment.id).where(
    SubmittedAssignment.assignment_id == bindparam("lab"),
    SubmittedAssignment.student_id == bindparam("student"),
)
_NOTEBOOK = select(SubmittedNotebook.id).where(
    SubmittedNotebook.assignment_id == bindparam("submission"),
    SubmittedNotebook.notebook_id == bindparam("notebook"),
)
_GRADES = _of_notebook(Grade, Grade.auto_score, Grade.manual_score, Grade.needs_manual_grade)
_COMMENTS = _of_notebook(Comment)


@dataclass
class Sheet:
    """A notebook of the lab: the ids of its graded cells and of its solutions, by name."""

    id: str
    graded: dict[str, str] = field(default_factory=dict)
    solutions: dict[str, str] = field(default_factory=dict)


class Ledger:
    """The rows of one lab; nbgrader's own queries slow down as a gradebook grows."""

    def __init__(
        self, gradebook: Gradebook, lab_name: str, on_wait: OnWait = lambda _: None
    ) -> None:
        self._db, self._url = gradebook.db, str(gradebook.engine.url)
        self._lab, self._on_wait = lab_name, on_wait
        self._id = self._db.scalar(select(Assignment.id).where(Assignment.name == lab_name))
        self._sheets = self._read_sheets()
        self._db.rollback()

    def _read_sheets(self) -> dict[str, Sheet]:
        notebooks = select(Notebook.name, Notebook.id).where(Notebook.assignment_id == self._id)
        sheets = {name: Sheet(id_) for name, id_ in self._db.execute(notebooks)}
        for sheet in sheets.values():
            cells = select(BaseCell.name, BaseCell.id, BaseCell.type)
            for name, cell, kind in self._db.execute(cells.where(BaseCell.notebook_id == sheet.id)):
                (sheet.solutions if kind == "SolutionCell" else sheet.graded)[name] = cell
        return sheets

    def recorded(self) -> frozenset[tuple[str, str]]:
        """Give which students' notebooks are in the gradebook."""
        names = {sheet.id: name for name, sheet in self._sheets.items()}
        rows = (
            select(SubmittedAssignment.student_id, SubmittedNotebook.notebook_id)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .where(SubmittedAssignment.assignment_id == self._id)
        )
        found = frozenset((student, names[id_]) for student, id_ in self._db.execute(rows))
        self._db.rollback()
        return found

    def save(
        self, result: NotebookResult, now: Answers, before: Answers | None = None, stamp: str = ""
    ) -> None:
        """Write the verdicts as scores; `before` is what the last grading saw, if that is known.

        A score that a person gave stays; it comes up for review unless what it was given for is
        the same as before. `stamp` is when the lab was handed in.

        Raises
        ------
        CourseError
            if the gradebook cannot be written, or does not know the notebook's cells.
        """

        def write() -> None:
            try:
                self._write(result, now, before, stamp)
                self._db.commit()
            finally:
                self._db.rollback()

        patiently(write, self._url, self._on_wait)

    def _write(
        self, result: NotebookResult, now: Answers, before: Answers | None, stamp: str
    ) -> None:
        sheet = self._sheets.get(result.notebook, Sheet(""))
        if not {cell.grade_id for cell in result.cells} <= sheet.graded.keys():
            raise CourseError(
                f"the gradebook does not know the cells of {self._lab}/{result.notebook}",
                where=self._url,
                cure=f"Enter them: nbgrader generate_assignment {self._lab}",
            )
        notebook = self._notebook(self._submission(result.student, stamp), sheet)
        self._db.execute(update(Grade), list(self._grades(notebook, sheet, result, now, before)))
        comments = list(self._comments(notebook, sheet, now))
        if comments:
            self._db.execute(update(Comment), comments)

    def _submission(self, student: str, stamp: str) -> str:
        """Find or make the submission of a student, with rows for all cells of the lab."""
        time = {"timestamp": parse_utc(stamp)} if stamp else {}
        found = self._db.scalar(_SUBMISSION, {"lab": self._id, "student": student})
        if found is not None:
            if time:
                self._db.execute(update(SubmittedAssignment), [{"id": found, **time}])
            return str(found)
        if self._db.scalar(_STUDENT, {"student": student}) is None:
            self._db.execute(insert(Student), [{"id": student}])
        row = {"assignment_id": self._id, "student_id": student, **time}
        made = self._insert(SubmittedAssignment, row)
        for sheet in self._sheets.values():
            self._notebook(made, sheet)
        return made

    def _notebook(self, submission: str, sheet: Sheet) -> str:
        """Find or make a notebook of a submission, with rows for its cells."""
        found = self._db.scalar(_NOTEBOOK, {"submission": submission, "notebook": sheet.id})
        if found is not None:
            return str(found)
        made = self._insert(
            SubmittedNotebook, {"assignment_id": submission, "notebook_id": sheet.id}
        )
        for table, cells in ((Grade, sheet.graded), (Comment, sheet.solutions)):
            rows = [{"notebook_id": made, "cell_id": cell} for cell in cells.values()]
            if rows:
                self._db.execute(insert(table), rows)
        return made

    def _insert(self, table: Any, row: dict[str, Any]) -> str:
        return str(self._db.scalar(insert(table).returning(table.id), [row]))

    def _grades(
        self,
        notebook: str,
        sheet: Sheet,
        result: NotebookResult,
        now: Answers,
        before: Answers | None,
    ) -> Iterator[dict[str, Any]]:
        """Yield what changes in the rows of grades."""
        rows = self._rows(_GRADES, notebook, sheet.graded)
        for cell in result.cells:
            id_, old, given, needed = rows[sheet.graded[cell.grade_id]]
            score = score_of(cell, result, now)
            same = before is not None and now.text(cell.grade_id) == before.text(cell.grade_id)
            review = score is None if given is None else needed or not same or score != old
            yield {"id": id_, "auto_score": score, "needs_manual_grade": review}

    def _comments(self, notebook: str, sheet: Sheet, now: Answers) -> Iterator[dict[str, Any]]:
        """Yield what changes in the rows of comments."""
        rows = self._rows(_COMMENTS, notebook, sheet.solutions)
        for name in now.texts.keys() & sheet.solutions.keys():
            (id_,) = rows[sheet.solutions[name]]
            yield {"id": id_, "auto_comment": NO_RESPONSE if name in now.blank else None}

    def _rows(
        self, query: Any, notebook: str, cells: Mapping[str, str]
    ) -> dict[str, tuple[Any, ...]]:
        """Read the rows of a notebook's cells, by cell: the first of the columns."""
        asked = {"notebook": notebook, "cells": list(cells.values())}
        return {cell: tuple(rest) for cell, *rest in self._db.execute(query, asked)}

"""Scores and comments on their way from the gradebook to a page."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import GetGrades
from sqlalchemy import bindparam, select

# Questions are put together once: that takes longer than to answer them.
_NOTEBOOK = (
    select(SubmittedNotebook.id, SubmittedNotebook.late_submission_penalty)
    .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
    .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
    .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
    .where(Notebook.name == bindparam("name"), Assignment.name == bindparam("lab"))
    .where(SubmittedAssignment.student_id == bindparam("student"))
)


def _of_cells(kind: Any, *columns: Any) -> Any:
    """Ask at once for what the grades or comments of a notebook say, after their cells' names."""
    query = select(BaseCell.name, *columns).select_from(kind)
    query = query.join(BaseCell, kind.cell_id == BaseCell.id)
    return query.where(kind.notebook_id == bindparam("notebook"))


_SCORES = _of_cells(Grade, Grade.score, Grade.max_score, Grade.needs_manual_grade)
_COMMENTS = _of_cells(Comment, Comment.comment)


class GetMarks(GetGrades):  # type: ignore[misc]
    """nbgrader's `GetGrades`, which asks the gradebook for each cell anew, with few questions."""

    _scores: Mapping[str, tuple[float, float]] = {}  # by cell, and how many there are to get
    _comments: Mapping[str, str | None] = {}
    _gradebook: Gradebook | None = None
    _db_url = ""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Put scores and comments into the cells, the sum and what is unread into the resources."""
        where = resources["nbgrader"]
        with self._reading(where["db_url"]) as gradebook:
            names = where["notebook"], where["assignment"], where["student"]
            notebook, penalty = _found(gradebook, *names)
            scores = [*gradebook.db.execute(_SCORES, {"notebook": notebook})]
            self._scores = {name: (score, most) for name, score, most, _ in scores}
            comments = gradebook.db.execute(_COMMENTS, {"notebook": notebook})
            self._comments = dict(map(tuple, comments))
            for index, cell in enumerate(nb.cells):
                if "nbgrader" in cell.metadata:
                    self.preprocess_cell(cell, resources, index)
            where["score"] = sum(score for score, _ in self._scores.values()) - penalty
            where["max_score"] = sum(most for _, most in self._scores.values())
            where["late_penalty"] = penalty
            where["unread"] = [name for name, *_, is_unread in scores if is_unread]
        return nb, resources

    @contextmanager
    def _reading(self, db_url: str) -> Iterator[Gradebook]:
        """Give the gradebook as it is now; it stays open, for each one compiles its questions."""
        if self._gradebook is None or self._db_url != db_url:
            self._gradebook, self._db_url = Gradebook(db_url), db_url
        try:
            yield self._gradebook
        finally:
            self._gradebook.db.rollback()

    def _get_comment(self, cell: Any, resources: Any) -> None:
        name = cell.metadata.nbgrader["grade_id"]
        cell.metadata.nbgrader["comment"] = self._comments[name]

    def _get_score(self, cell: Any, resources: Any) -> None:
        score, most = self._scores[cell.metadata.nbgrader["grade_id"]]
        cell.metadata.nbgrader |= {"score": score, "points": most}


def _found(gradebook: Gradebook, name: str, lab: str, student: str) -> tuple[str, float]:
    """Give the id of a submitted notebook and its penalty, but none of the sums that go with it."""
    asked = {"name": name, "lab": lab, "student": student}
    found = gradebook.db.execute(_NOTEBOOK, asked).first()
    if found is None:
        raise MissingEntry(f"the gradebook has no {lab}/{name} of {student}")
    notebook, penalty = found
    return notebook, penalty or 0.0

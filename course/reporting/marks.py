"""Scores and comments on their way from the gradebook to a page."""

from collections.abc import Mapping
from typing import Any

from nbgrader.api import BaseCell, Comment, Grade, Gradebook, SubmittedNotebook
from nbgrader.preprocessors import GetGrades


class GetMarks(GetGrades):  # type: ignore[misc]
    """nbgrader's `GetGrades`, which asks the gradebook for each cell anew, with few questions."""

    _marks: Mapping[tuple[type, str], Any] = {}

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Put scores and comments into the cells, and the sum into the resources."""
        where = resources["nbgrader"]
        with Gradebook(where["db_url"]) as gradebook:
            notebook = gradebook.find_submission_notebook(
                where["notebook"], where["assignment"], where["student"]
            )
            self._marks = {
                (kind, name): mark
                for kind in (Grade, Comment)
                for mark, name in _marks(gradebook, kind, notebook)
            }
            for index, cell in enumerate(nb.cells):
                self.preprocess_cell(cell, resources, index)
            penalty = notebook.late_submission_penalty or 0
            where |= {"score": notebook.score - penalty, "max_score": notebook.max_score}
            where["late_penalty"] = penalty
        return nb, resources

    def _get_comment(self, cell: Any, resources: Any) -> None:
        name = cell.metadata.nbgrader["grade_id"]
        cell.metadata.nbgrader["comment"] = self._marks[Comment, name].comment

    def _get_score(self, cell: Any, resources: Any) -> None:
        grade = self._marks[Grade, cell.metadata.nbgrader["grade_id"]]
        cell.metadata.nbgrader |= {"score": grade.score, "points": grade.max_score}


def _marks(gradebook: Gradebook, kind: Any, notebook: SubmittedNotebook) -> Any:
    """Ask for all grades or comments of a notebook, with the names of their cells."""
    query = gradebook.db.query(kind, BaseCell.name).join(BaseCell, kind.cell_id == BaseCell.id)
    return query.filter(kind.notebook_id == notebook.id)

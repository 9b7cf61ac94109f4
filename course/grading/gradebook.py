"""What the gradebook must hold, written through nbgrader's own interface."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.preprocessors import ComputeChecksums, SaveCells

from course.errors import CourseError
from course.grading.matching import WRITTEN_BY_STUDENTS, squeeze
from course.grading.results import CellResult, NotebookResult, Status
from course.labs import Lab, cells_of, parse_notebook, release_cell_source

NO_RESPONSE = "No response."  # nbgrader's own words


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
                where=db_url,
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


def answers_in(notebook_json: str, source: Any) -> Answers:
    """Read what the student wrote from an autograded notebook."""
    graded = parse_notebook(notebook_json.encode(), where="autograded")
    texts = {c.grade_id: c.source for c in cells_of(graded) if c.kind in WRITTEN_BY_STUDENTS}
    stubs = {
        cell.grade_id: squeeze(release_cell_source(node))
        for cell, node in zip(cells_of(source), source.cells, strict=True)
    }
    blank = {name for name, text in texts.items() if squeeze(text) == stubs.get(name)}
    return Answers(texts, frozenset(blank))


def save_result(
    gradebook: Gradebook,
    lab_name: str,
    result: NotebookResult,
    now: Answers,
    before: Answers | None = None,
) -> None:
    """Write the verdicts as scores; `before` is what the last grading saw, if that is known.

    A score that a person gave stays; it comes up for review unless what it was given for is the
    same as before.
    """
    where = (result.notebook, lab_name, result.student)
    for cell in result.cells:
        grade = gradebook.find_grade(cell.grade_id, *where)
        score = _score(cell, result, now)
        same = before is not None and now.texts.get(cell.grade_id) == before.texts.get(
            cell.grade_id
        )
        same = same and score == grade.auto_score
        grade.auto_score = score
        grade.needs_manual_grade = score is None if grade.manual_score is None else not same
    for name in now.texts:
        comment = gradebook.find_comment(name, *where)
        comment.auto_comment = NO_RESPONSE if name in now.blank else None
    gradebook.db.commit()


def _score(cell: CellResult, result: NotebookResult, answers: Answers) -> float | None:
    """Give the points, None where a person must look."""
    if result.status == "failed":
        return None
    is_open = cell.status is Status.MANUAL and cell.grade_id not in answers.blank
    return None if is_open else cell.points

"""Solutions other than the reference: known mistakes, and right ones written differently."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from course.errors import CourseError
from course.labs._cells import cells_of

Edits = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Mistake:
    """One known wrong solution: an edit of the reference solution of one exercise.

    Parameters
    ----------
    id : short and unique in the lab: `batch-mean-missing`.
    exercise : grade_id of the solution cell that the edit changes.
    title : what is wrong, as a sentence that a student understands.
    hint : a question or a thought that leads to the cure, without giving it away.
    edits : pairs (old text, new text); each old text stands exactly once in the cell.
    see : heading of the section of the notebook that explains it.
    """

    id: str
    exercise: str
    title: str
    hint: str
    edits: Edits
    see: str = ""


@dataclass(frozen=True)
class Alternative:
    """One right solution written differently, which must earn every point.

    `cells` maps the grade_id of a solution cell to its new text; `extra` maps a grade_id to the
    text of a code cell put right before that cell; `moved` lists pairs (grade_id, grade_id of the
    cell that it is moved behind), as a student who drags cells about would.
    """

    id: str
    title: str
    cells: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    moved: tuple[tuple[str, str], ...] = ()


def apply_mistake(notebook: Any, mistake: Mistake) -> Any:
    """Give a copy of the reference `notebook` with the mistake made in it.

    Raises
    ------
    CourseError
        if the exercise is missing or an edit does not fit the solution exactly once.
    """
    result = copy.deepcopy(notebook)
    node = result.cells[_index(result, mistake.exercise, f"mistake {mistake.id}")]
    for old, new in mistake.edits:
        if node.source.count(old) != 1:
            raise CourseError(
                f"the edit {old!r} fits {node.source.count(old)} times, not once",
                where=f"mistake {mistake.id}, cell {mistake.exercise}",
                cure="Bring the edit in mistakes.py in line with the reference solution.",
            )
        node.source = node.source.replace(old, new)
    return result


def apply_alternative(notebook: Any, alternative: Alternative) -> Any:
    """Give a copy of the reference `notebook` solved as `alternative` solves it."""
    result = copy.deepcopy(notebook)
    who = f"alternative {alternative.id}"
    for grade_id, text in alternative.cells.items():
        result.cells[_index(result, grade_id, who)].source = text
    for grade_id, text in alternative.extra.items():
        helper: dict[str, Any] = {
            "cell_type": "code",
            "source": text,
            "outputs": [],
            "execution_count": None,
        }
        node = type(result.cells[0])(helper, metadata=type(result.cells[0])(), id=f"x-{grade_id}")
        result.cells.insert(_index(result, grade_id, who), node)
    for grade_id, behind in alternative.moved:
        node = result.cells.pop(_index(result, grade_id, who))
        result.cells.insert(_index(result, behind, who) + 1, node)
    return result


def _index(notebook: Any, grade_id: str, who: str) -> int:
    for cell in cells_of(notebook):
        if cell.grade_id == grade_id:
            return cell.index
    raise CourseError(f"the notebook has no cell {grade_id!r}", where=who)

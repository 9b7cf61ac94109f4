"""The step of nbgrader's `generate_assignment` that puts stubs in place of solutions."""

from typing import Any

from nbgrader.preprocessors import ClearSolutions
from nbgrader.utils import is_solution

from course.errors import CourseError
from course.labs import clear_solution


class ClearSolutionsWithStub(ClearSolutions):  # type: ignore[misc]
    """Replace each solution region by an error that says what the student must write.

    The text is the cell's `course.stub`. Written answers and misplaced regions are left to
    nbgrader's own `ClearSolutions`.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Clear every cell, and drop what only authors need to know about the notebook."""
        nb, resources = super().preprocess(nb, resources)
        nb.metadata.pop("course", None)
        return nb, resources

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
        """Clear one cell."""
        stub = cell.metadata.pop("course", {}).get("stub", "")
        if cell.cell_type == "code" and is_solution(cell):
            cell.source = _clear(cell, stub)
            return cell, resources
        cell, resources = super().preprocess_cell(cell, resources, index)
        return cell, resources


def _clear(cell: Any, stub: Any) -> str:
    try:
        return clear_solution(cell.source, stub)
    except CourseError as error:
        name = cell.metadata["nbgrader"].get("grade_id", cell.get("id", ""))
        raise CourseError(
            error.what,
            where=f"cell {name}",
            cure="Each ### BEGIN SOLUTION needs its ### END SOLUTION and its stub.",
        ) from error

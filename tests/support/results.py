"""Results, laid out for tests."""

from course.grading.verdict.results import CellResult, NotebookResult


def by_id(result: NotebookResult) -> dict[str, CellResult]:
    """Map grade_id to verdict."""
    return {cell.grade_id: cell for cell in result.cells}

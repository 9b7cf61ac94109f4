"""What a cell is for, told from its nbgrader metadata and tags."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

EXPERIMENT_TAG = "experiment"
TEST_PREFIX = "test-"
BONUS = "bonus_"
HIDDEN_BEGIN = "### BEGIN HIDDEN TESTS"


class Kind(Enum):
    """The kinds of cell in a lab."""

    SOLUTION = "solution"
    TEST = "test"
    MANUAL = "manual"
    GIVEN = "given"
    EXPERIMENT = "experiment"
    TEXT = "text"
    PLAIN = "plain"


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook, read only.

    `index` is its position, `grade_id` is "" where nbgrader does not know the cell.
    """

    index: int
    id: str
    grade_id: str
    kind: Kind
    source: str
    points: float
    is_code: bool


def cells_of(notebook: Any) -> Iterator[Cell]:
    """Yield every cell of an nbformat notebook in order."""
    for index, node in enumerate(notebook.cells):
        yield cell_of(node, index)


def cell_of(node: Any, index: int) -> Cell:
    """Give the cell at a place of an nbformat notebook."""
    meta = _nbgrader(node)
    return Cell(
        index=index,
        id=str(node.get("id", "")),
        grade_id=str(meta.get("grade_id", "")) if meta else "",
        kind=_kind(node, meta),
        source=node.source,
        points=_points(meta),
        is_code=node.cell_type == "code",
    )


def exercise_of(grade_id: str) -> str:
    """Name the exercise that a test cell belongs to: `test-backprop-hidden` -> `backprop`."""
    return grade_id.removeprefix(TEST_PREFIX).split("-", 1)[0]


def is_bonus(grade_id: str) -> bool:
    """Tell whether a test cell's points come on top of the lab's."""
    return exercise_of(grade_id).startswith(BONUS)


def _nbgrader(node: Any) -> dict[str, Any]:
    meta = node.get("metadata", {}).get("nbgrader", {})
    return meta if isinstance(meta, dict) else {}


def _points(meta: dict[str, Any]) -> float:
    if not meta.get("grade"):
        return 0.0
    try:
        return float(meta.get("points", 0))
    except (TypeError, ValueError):
        return 0.0


def _kind(node: Any, meta: dict[str, Any]) -> Kind:
    if meta.get("grade") and meta.get("solution"):
        return Kind.MANUAL
    if meta.get("grade"):
        return Kind.TEST
    if meta.get("solution"):
        return Kind.SOLUTION
    tags = node.get("metadata", {}).get("tags", [])
    if isinstance(tags, list) and EXPERIMENT_TAG in tags:
        return Kind.EXPERIMENT
    if node.cell_type != "code":
        return Kind.TEXT
    return Kind.GIVEN if meta.get("locked") else Kind.PLAIN

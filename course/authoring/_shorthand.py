"""Cell metadata in a word: what nbgrader must know about a cell follows from its `grade_id`.

In a notebook a cell carries nbgrader's full metadata. In the `.py` source its marker holds
`grade_id`, `points` and `stub`, and the table below says the rest.
"""

from collections.abc import Mapping
from typing import Any

from course.errors import CourseError

Metadata = dict[str, Any]

GRADED = ("test", "question")
_FLAGS = {
    "test": {"grade": True, "locked": True, "solution": False},
    "question": {"grade": True, "locked": False, "solution": True},
    "given": {"grade": False, "locked": True, "solution": False},
    "solution": {"grade": False, "locked": False, "solution": True},
}


def role_of(grade_id: str) -> str:
    """Tell a cell's role from its `grade_id`: test, question, given or solution."""
    prefix, dash, _ = grade_id.partition("-")
    return prefix if dash and prefix in _FLAGS else "solution"


def nbgrader_metadata(grade_id: str, points: float | None = None) -> Metadata:
    """Give nbgrader's metadata (schema 3) of the cell that is named `grade_id`."""
    worth = {} if points is None else {"points": points}
    named = {"grade_id": grade_id, "schema_version": 3, "task": False}
    return _FLAGS[role_of(grade_id)] | named | worth


def expand(marker: Mapping[str, Any], *, where: str) -> Metadata:
    """Turn the metadata of a cell marker into that of the notebook's cell.

    Raises
    ------
    CourseError
        if points stand on a cell that tests nothing and asks nothing.
    """
    metadata = {key: value for key, value in marker.items() if key not in _SHORT}
    grade_id, points = marker.get("grade_id"), marker.get("points")
    if points is not None and (grade_id is None or role_of(str(grade_id)) not in GRADED):
        raise CourseError(
            "only tests and questions carry points",
            where=where,
            cure='Name the cell grade_id="test-<exercise>" or "question-<name>", or drop points.',
        )
    if grade_id is not None:
        metadata["nbgrader"] = nbgrader_metadata(str(grade_id), points)
    if "stub" in marker:
        metadata["course"] = {**metadata.get("course", {}), "stub": marker["stub"]}
    return metadata


def contract(metadata: Mapping[str, Any]) -> Metadata:
    """Turn a notebook cell's metadata into that of its marker: the inverse of `expand`.

    Metadata of nbgrader's that departs from the table is kept as it is.
    """
    rest = dict(metadata)
    short: Metadata = {}
    nbgrader = rest.get("nbgrader", {})
    grade_id, points = nbgrader.get("grade_id"), nbgrader.get("points")
    if grade_id is not None and nbgrader == nbgrader_metadata(grade_id, points):
        del rest["nbgrader"]
        short = {"grade_id": grade_id} | ({} if points is None else {"points": points})
    course = dict(rest.pop("course", {}))
    if "stub" in course:
        short["stub"] = course.pop("stub")
    return short | rest | ({"course": course} if course else {})


_SHORT = ("grade_id", "points", "stub")

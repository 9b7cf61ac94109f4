"""What a submission may contribute: text and pictures, read without trusting their form."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from course.grading.harmless import safe_pictures


@dataclass(frozen=True)
class SubmittedCell:
    """One cell of a submission, reduced to what may matter; anything absurd reads as empty."""

    grade_id: str
    id: str
    is_code: bool
    source: str
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)


def read_cells(notebook: Any) -> Iterator[SubmittedCell]:
    """Yield the cells of a parsed submission in order."""
    for node in notebook.cells:
        nbgrader = _mapping(_mapping(node.get("metadata")).get("nbgrader"))
        yield SubmittedCell(
            grade_id=_text(nbgrader.get("grade_id")),
            id=_text(node.get("id")),
            is_code=node.get("cell_type") == "code",
            source=_text(node.get("source")),
            pictures=_pictures(node.get("attachments")),
        )


def _text(value: object) -> str:
    """Read text that may be a list of lines; what UTF-8 cannot hold is replaced."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode("utf-8")


def _mapping(value: object) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _pictures(attachments: object) -> dict[str, dict[str, str]]:
    found = {}
    for name, bundle in _mapping(attachments).items():
        kept = safe_pictures(_mapping(bundle))
        if kept:
            found[_text(name)] = kept
    return found

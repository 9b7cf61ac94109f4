"""What a submission may contribute: text and pictures, read without trusting their form."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from course.errors import CourseError
from course.grading.record.harmless import safe_pictures
from course.grading.submission.decoding import SAVE_AGAIN, read_object

MAX_CELLS = 2_000
_NO_CODE = ("markdown", "raw", "heading", "html")


@dataclass(frozen=True)
class SubmittedCell:
    """One cell of a submission, reduced to what may matter; anything absurd reads as empty."""

    grade_id: str
    id: str
    is_code: bool
    source: str
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Submission:
    """The cells of a submitted notebook, and what was odd about its file."""

    cells: tuple[SubmittedCell, ...]
    notes: tuple[str, ...] = ()


def read_submission(data: bytes) -> Submission:
    """Read the file of a submission, of any nbformat version: what it claims to be is not asked.

    Raises
    ------
    CourseError
        if it is no notebook, or one of too many cells; what it says is meant for the student.
    """
    raw, notes = read_object(data)
    if isinstance(raw.get("cells"), list):
        nodes: Iterator[Any] = iter(raw["cells"])
    elif isinstance(raw.get("worksheets"), list):  # before nbformat 4
        nodes = chain.from_iterable(_list(_mapping(s).get("cells")) for s in raw["worksheets"])
    else:
        raise CourseError("this file has no cells", cure=SAVE_AGAIN)
    cells = tuple(_cell(node) for node in islice(nodes, MAX_CELLS + 1))
    if len(cells) > MAX_CELLS:
        raise CourseError(
            f"this notebook has more than {MAX_CELLS} cells",
            cure="Delete those that you do not need and hand it in again.",
        )
    return Submission(cells, notes)


def read_cells(notebook: Any) -> tuple[SubmittedCell, ...]:
    """Give the cells of a parsed notebook in order."""
    return tuple(_cell(node) for node in notebook.cells)


def _cell(node: object) -> SubmittedCell:
    node = _mapping(node)
    nbgrader = _mapping(_mapping(node.get("metadata")).get("nbgrader"))
    return SubmittedCell(
        grade_id=_text(nbgrader.get("grade_id")),
        id=_text(node.get("id")),
        is_code=_is_code(node),
        source=_text(node.get("source", node.get("input"))),  # "input" before nbformat 4
        pictures=_pictures(node.get("attachments")),
    )


def _is_code(node: dict[Any, Any]) -> bool:
    """Tell by the type, or where it is lost by the place for outputs."""
    kind = node.get("cell_type")
    return kind == "code" or (kind not in _NO_CODE and "outputs" in node)


def _text(value: object) -> str:
    """Read text that may be a list of lines; what UTF-8 cannot hold is replaced."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    if not isinstance(value, str):
        return ""
    return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")


def _mapping(value: object) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _pictures(attachments: object) -> dict[str, dict[str, str]]:
    found = {}
    for name, bundle in _mapping(attachments).items():
        kept = safe_pictures(_mapping(bundle))
        if kept:
            found[_text(name)] = kept
    return found

"""What a submission may contribute: text and pictures, read without trusting their form."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from course.errors import CourseError
from course.grading.harmless import safe_pictures

MAX_CELLS = 2_000


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


def without_extras(data: bytes) -> bytes:
    """Reduce the file of a submission to what it may contribute; the rest could take gigabytes.

    What is no JSON object comes back as it is: reading it says what is wrong. Raises `CourseError`
    where there are too many cells.
    """
    try:
        raw = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return data
    if not isinstance(raw, dict):
        return data
    kept: dict[str, Any] = {k: raw[k] for k in _VERSION if type(raw.get(k)) is int}
    kept["metadata"] = {}
    if isinstance(raw.get("cells"), list):
        kept["cells"] = _lean_cells(raw["cells"])
    if "worksheets" in raw:  # before nbformat 4
        sheets = (_mapping(sheet).get("cells") for sheet in _list(raw["worksheets"])[:MAX_CELLS])
        kept["worksheets"] = [{"cells": _lean_cells(cells), "metadata": {}} for cells in sheets]
    return json.dumps(kept).encode()


_VERSION = ("nbformat", "nbformat_minor")
_TEXTS = ("cell_type", "id", "source", "input", "language")


def _lean_cells(nodes: object) -> list[dict[str, Any]]:
    nodes = _list(nodes)
    if len(nodes) > MAX_CELLS:
        raise CourseError(
            f"this notebook has more than {MAX_CELLS} cells",
            cure="Delete those that you do not need and hand it in again.",
        )
    return [_lean_cell(_mapping(node)) for node in nodes]


def _lean_cell(node: dict[Any, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {key: _text(node[key]) for key in _TEXTS if key in node}
    grade_id = _text(_mapping(_mapping(node.get("metadata")).get("nbgrader")).get("grade_id"))
    kept["metadata"] = {"nbgrader": {"grade_id": grade_id}} if grade_id else {}
    pictures = _pictures(node.get("attachments"))
    if pictures:
        kept["attachments"] = pictures
    if kept.get("cell_type") == "code":
        kept |= {"outputs": [], "execution_count": None}
    return kept


def _text(value: object) -> str:
    """Read text that may be a list of lines; what UTF-8 cannot hold is replaced."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode("utf-8")


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

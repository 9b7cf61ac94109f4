"""What the two files of a pair agree on: the cells, without outputs, ids and other byways."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import nbformat

from course.errors import CourseError

# written by Jupyter while a notebook is used, or by nbgrader while it makes a release
_PASSING = frozenset({"ExecuteTime", "collapsed", "execution", "scrolled", "trusted"})
_COMPUTED = frozenset({"cell_type", "checksum"})


@dataclass(frozen=True)
class CellContent:
    """One cell: its type (code, markdown or raw), its text, its metadata as sorted JSON."""

    type: str
    source: str
    metadata_json: str

    @classmethod
    def make(cls, type_: str, source: str, metadata: Mapping[str, Any]) -> "CellContent":
        """Give the cell in normal form."""
        text = source.replace("\r\n", "\n").rstrip("\n")
        return cls(type_, text, json.dumps(_normal(metadata), sort_keys=True, ensure_ascii=False))

    @property
    def metadata(self) -> dict[str, Any]:
        """Give the metadata of the notebook's cell."""
        return dict(json.loads(self.metadata_json))

    @property
    def grade_id(self) -> str:
        """Name of the cell, "" where it has none."""
        return str(self.metadata.get("nbgrader", {}).get("grade_id", ""))


Content = tuple[CellContent, ...]

_NEW = {
    "code": nbformat.v4.new_code_cell,
    "markdown": nbformat.v4.new_markdown_cell,
    "raw": nbformat.v4.new_raw_cell,
}


def node_of(cell: CellContent, metadata: Mapping[str, Any], **fields: Any) -> Any:
    """Make the nbformat cell of this type and text with `metadata`."""
    return _NEW[cell.type](cell.source, metadata=dict(metadata), **fields)


def content_of(notebook: Any, *, where: str) -> Content:
    """Take the content out of an nbformat notebook.

    Raises
    ------
    CourseError
        if a cell has an attachment, which a `.py` file cannot hold, or metadata is not valid.
    """
    return tuple(_cell_content(cell, where, n) for n, cell in enumerate(notebook.cells, 1))


def must_be_valid(cell: CellContent, *, where: str) -> CellContent:
    """Give the cell back; raises `CourseError` where its metadata is not what Jupyter expects."""
    try:
        node_of(cell, cell.metadata)
        if not all(isinstance(cell.metadata.get(k, {}), dict) for k in ("nbgrader", "course")):
            raise nbformat.ValidationError("`nbgrader` and `course` must be mappings")
    except nbformat.ValidationError as error:
        raise CourseError(
            f"the cell's metadata is not valid: {str(error).splitlines()[0]}",
            where=where,
            cure="Mend the cell's marker in the .py source, or its metadata in Jupyter.",
        ) from error
    return cell


def digest(content: Content) -> str:
    """Give a short name for the content, the same wherever the same content is."""
    cells = [(cell.type, cell.source, cell.metadata_json) for cell in content]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()[:32]


def notebook_of(content: Content) -> Any:
    """Make the nbformat notebook: no outputs, derived cell ids, the project's kernel."""
    notebook = nbformat.v4.new_notebook(
        metadata={
            "course": {"synced": digest(content)},
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    notebook.cells = [
        node_of(cell, cell.metadata, id=id_)
        for cell, id_ in zip(content, _ids(content), strict=True)
    ]
    return notebook


def differences(left: Content, right: Content) -> tuple[str, ...]:
    """Name the cells in which two contents differ, in order."""
    names: list[str] = []
    for tag, i, j, k, m in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag != "equal":
            names += [label(cell, n) for n, cell in enumerate(left[i:j], i + 1)]
            names += [label(cell, n) for n, cell in enumerate(right[k:m], k + 1)]
    return tuple(dict.fromkeys(names))


def label(cell: CellContent, number: int) -> str:
    """Name a cell for people: its grade_id, else its position and how it begins."""
    if cell.grade_id:
        return cell.grade_id
    first = cell.source.strip().split("\n", 1)[0][:40]
    return f"cell {number} ({first!r})"


def _cell_content(cell: Any, where: str, number: int) -> CellContent:
    content = CellContent.make(cell.cell_type, cell.source, cell.metadata)
    must_be_valid(content, where=f"{where}, cell {number}")
    if cell.get("attachments"):
        raise CourseError(
            "the cell holds an attached picture, which the .py source cannot",
            where=f"{where}, {label(content, number)}",
            cure="Save the picture in figures/ and show it with ![what it shows](figures/...).",
        )
    return content


def _normal(metadata: Mapping[str, Any]) -> dict[str, Any]:
    kept = {k: v for k, v in metadata.items() if k not in _PASSING and v not in ({}, [])}
    if isinstance(kept.get("nbgrader"), Mapping):
        kept["nbgrader"] = {
            k: _number(v) for k, v in kept["nbgrader"].items() if k not in _COMPUTED
        }
    return kept


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _ids(content: Iterable[CellContent]) -> Iterator[str]:
    """Name each cell by its grade_id, or by how far it stands behind the last cell that has one.

    So an added cell changes the ids up to the next graded cell and no further.
    """
    taken: set[str] = set()
    anchor, steps = "start", 0
    for cell in content:
        name = re.sub(r"[^A-Za-z0-9_-]", "-", cell.grade_id)[:50]
        if name:
            anchor, steps = name, 0
        else:
            steps += 1
            name = f"{anchor}--{steps}"
        yield _free(name, taken)


def _free(name: str, taken: set[str]) -> str:
    """Give `name`, or `name` and a number where that is taken."""
    number = 2
    candidate = name
    while candidate in taken:
        candidate, number = f"{name}-{number}", number + 1
    taken.add(candidate)
    return candidate

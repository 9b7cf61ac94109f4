"""The `.py` source of a notebook: jupytext's py:percent, with cell markers in short form."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import jupytext
import nbformat
from jupytext.magics import is_magic

from course.authoring._content import CellContent, Content, label, must_be_valid, node_of
from course.authoring._shorthand import contract, expand
from course.errors import CourseError

_FORMAT = "py:percent"
# what jupytext notes about blank lines; the layout of the .py is the author's
_LAYOUT = frozenset({"lines_to_next_cell", "lines_to_end_of_cell_marker", "cell_marker"})
# what jupytext makes of a marker whose metadata it cannot read
_MISREAD = ("title", "cell_depth", "region_name")
_CONFLICT = re.compile(r"^(<<<<<<<|>>>>>>>)( |$)", re.MULTILINE)

Layout = Mapping[CellContent, Mapping[str, Any]]
_NEXT = CellContent.make("code", "0", {})  # a string that is not closed shows in the next cell


def read_percent(text: str, *, where: str) -> Content:
    """Read the `.py` source of a notebook.

    Raises
    ------
    CourseError
        if a cell marker cannot be understood, or a merge was left unfinished.
    """
    conflict = _CONFLICT.search(text)
    if conflict:
        line = text.count("\n", 0, conflict.start()) + 1
        raise CourseError(
            "a merge was left unfinished here",
            where=f"{where}, line {line}",
            cure="Resolve the conflict, delete the .ipynb beside it and run `course sync`.",
        )
    try:
        cells = jupytext.reads(text, fmt=_FORMAT).cells
    except Exception as error:
        raise CourseError(
            f"this cannot be read as a notebook source ({str(error).splitlines()[0]})",
            where=where,
            cure="docs/authoring.md shows how cells are written.",
        ) from error
    return tuple(_read_cell(cell, where, number) for number, cell in enumerate(cells, 1))


def write_percent(content: Content, *, where: str, like: str = "") -> str:
    """Write the `.py` source of a notebook, the same text for the same content.

    Cells that stand in `like`, the source as it was, keep their blank lines.

    Raises
    ------
    CourseError
        if a cell holds what py:percent cannot: it would not come back as it is.
    """
    text = _write(content, _layout_of(like) if like else {})
    if not _comes_back(text, content):
        pairs = [(cell, _NEXT) for cell in content]
        alone = (n for n, pair in enumerate(pairs) if not _comes_back(_write(pair), pair))
        number = next(alone, 0)
        raise CourseError(
            "the cell cannot be written in the .py source: it would not come back as it is",
            where=f"{where}, {label(content[number], number + 1)}",
            cure="Look for a line of text or a comment that begins with `%%`, a string that is "
            "not closed, or a form feed, and write it otherwise.",
        )
    return text


def _write(content: Content, layout: Layout = MappingProxyType({})) -> str:
    notebook = nbformat.v4.new_notebook(
        cells=[_write_cell(cell, layout.get(cell, {})) for cell in content],
        metadata={"jupytext": {"notebook_metadata_filter": "-all", "cell_metadata_filter": "all"}},
    )
    return _unescape(str(jupytext.writes(notebook, fmt=_FORMAT)))


def _comes_back(text: str, content: Content) -> bool:
    try:
        return read_percent(text, where="") == content
    except CourseError:
        return False


def _read_cell(cell: Any, where: str, number: int) -> CellContent:
    marker = {key: value for key, value in cell.metadata.items() if key not in _LAYOUT}
    place = f"{where}, {marker.get('grade_id') or f'cell {number}'}"
    for key in _MISREAD:
        if key in marker:
            raise CourseError(
                f"the cell marker is not understood at {marker[key]!r}",
                where=place,
                cure='Write `# %% grade_id="name" points=5`: name=value pairs, strings in quotes.',
            )
    content = CellContent.make(cell.cell_type, cell.source, expand(marker, where=place))
    return must_be_valid(content, where=place)


def _layout_of(text: str) -> Layout:
    nodes = jupytext.reads(text, fmt=_FORMAT).cells
    return {
        content: {key: node.metadata[key] for key in _LAYOUT & set(node.metadata)}
        for content, node in zip(read_percent(text, where=""), nodes, strict=True)
    }


def _write_cell(cell: CellContent, layout: Mapping[str, Any]) -> Any:
    metadata = {**contract(cell.metadata), **layout}
    if cell.type != "code":
        cell = replace(cell, source="\n".join(map(_keep_heading, cell.source.split("\n"))))
    return node_of(cell, metadata)


def _keep_heading(line: str) -> str:
    """Add a `# ` to a heading that looks like a commented magic: jupytext takes one off."""
    return f"# {line}" if line.startswith("#") and is_magic(line, "python") else line


def _unescape(text: str) -> str:
    """Write `σ` in cell markers as itself, where JSON has `\\u03c3`."""
    escapes = re.compile(r"(?<!\\)(?:\\u[0-9a-f]{4})+")
    marker = re.compile(r"^# %%.*$", re.MULTILINE)
    return marker.sub(
        lambda line: escapes.sub(lambda run: str(json.loads(f'"{run.group()}"')), line.group()),
        text,
    )

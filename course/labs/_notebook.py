"""Notebooks as nbformat nodes: from bytes, from files, to text that never changes by itself."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat

from course.errors import CourseError

NB_VERSION = 4
_ENCODER = json.JSONEncoder(ensure_ascii=False)


def parse_notebook(data: bytes, *, where: str) -> Any:
    """Read a notebook of any nbformat version and upgrade it to version 4.

    Raises
    ------
    CourseError
        if `data` is not a notebook.
    """
    try:
        node = nbformat.reads(data.decode("utf-8-sig"), as_version=NB_VERSION)
        for cell in node.cells:
            cell.source, cell.cell_type  # noqa: B018 - touch what every cell must have
    except Exception as error:
        raise CourseError(
            f"this is not a notebook that can be read ({type(error).__name__}: {str(error)[:200]})",
            where=where,
            cure="Open it in Jupyter, save it again, and check that it is the .ipynb file.",
        ) from error
    return node


@lru_cache(maxsize=16)
def parsed_source(text: str) -> Any:
    """Read an instructor's notebook once for all who ask; nobody may change what it gives."""
    return parse_notebook(text.encode(), where="source")


def load_notebook(path: Path) -> Any:
    """Read the notebook file `path`; raises `CourseError` where there is none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(
            f"the notebook cannot be opened ({error.strerror})",
            where=str(path),
            cure="Check the name; `course sync` makes a notebook from its .py source.",
        ) from error
    return parse_notebook(data, where=str(path))


def dump_notebook(node: Any) -> str:
    """Give the notebook as JSON text, the same text for the same content."""
    return str(nbformat.writes(node, version=NB_VERSION)).rstrip("\n") + "\n"


def dump_by_cells(node: Any) -> str:
    """Give a notebook of the present version as JSON text, each cell on a line of its own.

    It takes a fiftieth of the time of `dump_notebook`, which splits and checks every cell.
    """
    cells = ",\n".join(map(_ENCODER.encode, node.cells))
    rest = json.dumps({key: value for key, value in node.items() if key != "cells"})
    return f'{{"cells": [\n{cells}\n],\n{rest[1:]}\n'

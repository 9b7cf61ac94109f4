"""The notebook that is graded: the instructor's, with the student's solutions and added cells."""

from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode, v4

from course.grading.submission.matching import WRITTEN_BY_STUDENTS, match_cells
from course.grading.submission.submitted import Submission, SubmittedCell, read_cells
from course.labs import Cell, Kind, cells_of, release_cell_source

NEVER_RUN = (Kind.EXPERIMENT, Kind.TEXT, Kind.MANUAL)


@dataclass(frozen=True)
class Step:
    """One code cell to run: a test in the referee, any other in the student process.

    `key` is the grade_id, or the cell's id where it has none; `index` is its place in the rebuilt
    notebook.
    """

    key: str
    kind: Kind
    source: str
    points: float
    index: int


@dataclass(frozen=True)
class Rebuilt:
    """What to run, the notebook it stands in, and what was odd, in sentences for the student."""

    cells: tuple[Step, ...]
    notebook: Any
    notes: tuple[str, ...]


def rebuild(source: Any, submitted: Any) -> Rebuilt:
    """Put the student's text into the instructor's notebook.

    `submitted` is a notebook or a `Submission`. Solution and manually graded cells take the
    student's text, or the stub where there is none. Cells that the student added keep their place
    after the instructor's cell before them. Everything else, order, metadata, tags and kernel
    included, is the instructor's.
    """
    is_read = isinstance(submitted, Submission)
    match = match_cells(source, submitted.cells if is_read else read_cells(submitted))
    notebook = _copied(source)  # and its cells when they are filled: all else stays as it is
    nodes = [_added_node(cell, n) for n, cell in enumerate(match.added.get(-1, ()))]
    for cell, node in zip(cells_of(source), source.cells, strict=True):
        nodes.append(_filled(node, cell, match.texts.get(cell.index)))
        nodes += [
            _added_node(c, len(nodes) + n) for n, c in enumerate(match.added.get(cell.index, ()))
        ]
    notebook.cells = nodes
    return Rebuilt(steps_of(notebook), notebook, match.notes)


def steps_of(notebook: Any) -> tuple[Step, ...]:
    """List the cells of a rebuilt notebook that run."""
    return tuple(
        Step(cell.grade_id or f"cell-{cell.index}", cell.kind, cell.source, cell.points, cell.index)
        for cell in cells_of(notebook)
        if cell.is_code and cell.kind not in NEVER_RUN
    )


def _filled(source: Any, cell: Cell, submitted: SubmittedCell | None) -> Any:
    """Give a source cell with the student's text, or what the release says, and no outputs."""
    if cell.kind is Kind.TEXT:
        return source
    node = _copied(source)
    if cell.kind in WRITTEN_BY_STUDENTS:
        node.source = submitted.source if submitted else release_cell_source(node)
        if submitted and submitted.pictures and not cell.is_code:
            node.attachments = submitted.pictures
    if cell.is_code:
        node.outputs, node.execution_count = [], None
    return node


def _copied(node: Any) -> Any:
    """Copy a node, but not what it holds; `copy.copy` takes ten times as long."""
    made = NotebookNode()
    dict.update(made, node)
    return made


def _added_node(cell: SubmittedCell, number: int) -> Any:
    make = v4.new_code_cell if cell.is_code else v4.new_markdown_cell
    node = make(cell.source, id=f"added-{number}", metadata={"course": {"added": True}})
    if cell.pictures and not cell.is_code:
        node.attachments = cell.pictures
    return node

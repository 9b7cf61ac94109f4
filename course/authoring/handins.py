"""What a verified lab is tried on: the reference, the blank release, mistakes, alternatives."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.errors import CourseError
from course.labs import (
    Alternative,
    Kind,
    Lab,
    apply_alternative,
    apply_mistake,
    cells_of,
    dump_notebook,
    release_cell_source,
)

REFERENCE, BLANK, MISTAKE, ALTERNATIVE = "reference", "blank", "mistake", "alternative"


@dataclass(frozen=True)
class HandIn:
    """One notebook as a student would hand it in.

    `id` is that of the mistake or alternative, `exercise` where the mistake is.
    """

    kind: str
    id: str
    notebook: str
    data: bytes
    exercise: str = ""


@dataclass(frozen=True)
class Sheet:
    """One notebook of a lab, and all hand-ins to try it on.

    `worth` gives the points of each test cell by grade_id, `stubs` the texts of all stubs.
    """

    notebook: str
    source_json: str
    worth: Mapping[str, float]
    stubs: tuple[str, ...]
    hand_ins: tuple[HandIn, ...]


def sheets_of(lab: Lab, release: Path) -> tuple[Sheet, ...]:
    """Make every hand-in of every notebook of the lab; `release` is the folder of its release.

    Raises
    ------
    CourseError
        if a mistake or an alternative does not fit the reference.
    """
    sheets = tuple(_sheet(lab, release, name) for name in lab.notebooks)
    tried = {hand_in.id for sheet in sheets for hand_in in sheet.hand_ins}
    for known in [m.id for m in lab.mistakes] + [a.id for a in lab.alternatives]:
        if known not in tried:
            raise CourseError(
                f"no notebook of the lab has a cell that {known!r} changes",
                where=str(lab.folder),
                cure="Bring mistakes.py and alternatives.py in line with the lab's grade_ids.",
            )
    return sheets


def submission_of(solved: Any) -> bytes:
    """Give what a student hands in whose solutions are those of the notebook `solved`.

    Solutions stand without their markers; all other cells are as the release has them.
    """
    notebook = copy.deepcopy(solved)
    for cell, node in zip(cells_of(solved), notebook.cells, strict=True):
        is_written = cell.kind in (Kind.SOLUTION, Kind.MANUAL)
        node.source = _without_markers(node.source) if is_written else release_cell_source(node)
        node.metadata.pop("course", None)
    notebook.metadata.pop("course", None)
    return dump_notebook(notebook).encode()


def _without_markers(text: str) -> str:
    markers = ("### BEGIN SOLUTION", "### END SOLUTION")
    return "\n".join(line for line in text.split("\n") if line.strip() not in markers)


def _sheet(lab: Lab, release: Path, name: str) -> Sheet:
    source = lab.source(name)
    cells = tuple(cells_of(source))
    blank = HandIn(BLANK, "", name, (release / f"{name}.ipynb").read_bytes())
    solved = _solved(lab, name, source, {cell.grade_id for cell in cells})
    return Sheet(
        notebook=name,
        source_json=dump_notebook(source),
        worth={cell.grade_id: cell.points for cell in cells if cell.kind is Kind.TEST},
        stubs=tuple(text for node in source.cells for text in _stubs(node)),
        hand_ins=(blank, *solved),
    )


def _stubs(node: Any) -> list[str]:
    stub = node.metadata.get("course", {}).get("stub", [])
    return [stub] if isinstance(stub, str) else stub


def _solved(lab: Lab, name: str, source: Any, grade_ids: set[str]) -> Iterator[HandIn]:
    yield HandIn(REFERENCE, "", name, submission_of(source))
    for mistake in lab.mistakes:
        if mistake.exercise in grade_ids:
            wrong = apply_mistake(source, mistake)
            yield HandIn(MISTAKE, mistake.id, name, submission_of(wrong), mistake.exercise)
    for alternative in lab.alternatives:
        if _touched(alternative) & grade_ids:
            other = apply_alternative(source, alternative)
            yield HandIn(ALTERNATIVE, alternative.id, name, submission_of(other))


def _touched(alternative: Alternative) -> set[str]:
    moved = {grade_id for pair in alternative.moved for grade_id in pair}
    return {*alternative.cells, *alternative.extra, *moved}

"""A sample class: right, blank and wrong submissions, handed in to a course folder of its own."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from course.authoring.build import build
from course.authoring.handins import MISTAKE, HandIn, sheets_of
from course.errors import CourseError
from course.labs import Course, Kind, Lab, cells_of, dump_notebook, parse_notebook

MARKER = ".course-demo"
CONFIG = "nbgrader_config.py"
SYNTAX_ERROR = "def unfinished(:\n    return"
ENDLESS_LOOP = "while True:\n    pass"


def make_demo(course: Course, lab_name: str, folder: Path) -> Course:
    """Make `folder` a course with a built release and a class that has handed in one lab.

    An earlier demo in `folder` is replaced; anything else in it is left alone.

    Raises
    ------
    CourseError
        if `folder` holds something that is not a demo, or the lab cannot be built.
    """
    lab = course.lab(lab_name)
    _clear(folder)
    shutil.copytree(lab.folder, folder / "source" / lab.name)
    if (course.root / CONFIG).is_file():
        shutil.copy(course.root / CONFIG, folder / CONFIG)
    demo = Course(folder)
    release = build(demo, lab.name)
    for student, files in _class(lab, release).items():
        place = demo.submitted / student / lab.name
        place.mkdir(parents=True)
        for name, data in files.items():
            (place / f"{name}.ipynb").write_bytes(data)
    return demo


def _clear(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).is_file():
        raise CourseError(
            "this folder is in use and is not a demo",
            where=str(folder),
            cure="Name another one with --dir, or move it away.",
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARKER).write_text("`course demo` made this folder and will replace it.\n", "utf-8")


def _class(lab: Lab, release: Path) -> Mapping[str, Mapping[str, bytes]]:
    """Give each student's notebooks by name; what a student leaves alone is the reference's."""
    students: dict[str, dict[str, bytes]] = {}
    for sheet in sheets_of(lab, release):
        kinds = {hand_in.kind: hand_in for hand_in in sheet.hand_ins}
        for student, data in _notebooks(sheet.hand_ins, kinds["reference"].data):
            students.setdefault(student, {})[sheet.notebook] = data
        for files in students.values():
            files.setdefault(sheet.notebook, kinds["reference"].data)
    return students


def _notebooks(hand_ins: tuple[HandIn, ...], reference: bytes) -> Iterator[tuple[str, bytes]]:
    for hand_in in hand_ins:
        if hand_in.kind == MISTAKE:
            yield f"mistake-{hand_in.id}", hand_in.data
        elif not hand_in.id:
            yield hand_in.kind, hand_in.data
    yield "syntax-error", _with_solution(reference, SYNTAX_ERROR)
    yield "endless-loop", _with_solution(reference, ENDLESS_LOOP)
    yield "corrupted-file", reference[: len(reference) // 2]


def _with_solution(reference: bytes, text: str) -> bytes:
    """Give the reference with `text` at the end of its first solution cell."""
    notebook: Any = parse_notebook(reference, where="the reference")
    first = next(cell for cell in cells_of(notebook) if cell.kind is Kind.SOLUTION)
    notebook.cells[first.index].source += f"\n\n{text}"
    return dump_notebook(notebook).encode()

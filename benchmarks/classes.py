"""Classes to measure: a lab's reference, alternatives and mistakes, handed in again and again."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from course.authoring.build import build
from course.authoring.handins import BLANK, HandIn, sheets_of
from course.labs import Course, Lab

ROOT = Path(__file__).parents[1]
CONFIG = "nbgrader_config.py"
Files = Mapping[str, HandIn]  # by notebook


def chosen_labs(names: list[str] | None) -> tuple[Lab, ...]:
    """Give the named labs of this course, or all."""
    course = Course(ROOT)
    return tuple(course.lab(name) for name in names) if names else course.labs


def make_course(lab: Lab, root: Path) -> tuple[Course, tuple[Files, ...]]:
    """Make a course folder with the lab and its release; give it and all hand-ins to draw from.

    A hand-in has every notebook of the lab; the first is the reference.
    """
    shutil.copytree(lab.folder, root / "source" / lab.name)
    shutil.copy(ROOT / CONFIG, root)
    course = Course(root)
    release = build(course, lab.name)
    return course, tuple(_hand_ins(course.lab(lab.name), release))


def _hand_ins(lab: Lab, release: Path) -> Iterator[Files]:
    columns = {
        sheet.notebook: sorted(
            (h for h in sheet.hand_ins if h.kind != BLANK), key=lambda h: h.kind != "reference"
        )
        for sheet in sheets_of(lab, release)
    }
    for row in range(max(map(len, columns.values()))):
        yield {name: column[row % len(column)] for name, column in columns.items()}


def spread(hand_ins: tuple[Files, ...], count: int) -> Iterator[tuple[str, Files]]:
    """Name `count` students, and spread what they hand in evenly over what there is."""
    step = max(1.0, len(hand_ins) / count)
    for number in range(count):
        yield f"student{number:04}", hand_ins[int(number * step) % len(hand_ins)]


def hand_in(course: Course, lab: str, students: Iterator[tuple[str, Files]]) -> None:
    """Write submissions into the course folder."""
    for student, files in students:
        folder = course.submitted / student / lab
        folder.mkdir(parents=True)
        for name, one in files.items():
            (folder / f"{name}.ipynb").write_bytes(one.data)

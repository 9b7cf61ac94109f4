"""The student release of a lab: checked, made by nbgrader, searched for leaks, put in place."""

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from course.authoring._nbgrader import generate_assignment
from course.authoring.leaks import leaks_in
from course.authoring.lint import lint_lab
from course.authoring.sync import sync_lab
from course.errors import CourseError
from course.grading.settings import load_config
from course.labs import Course, Lab

SHOWN = 12


def build(course: Course, lab_name: str) -> Path:
    """Make `release/<lab>/` and the assignment in the gradebook; give the release's folder.

    The release that stands is replaced as a whole, and only by one in which no leak is found.

    Raises
    ------
    CourseError
        if the pairs are out of step, lint finds something, nbgrader refuses, or a leak is found.
    """
    lab = course.lab(lab_name)
    _refuse(lab, "the notebooks are out of step", sync_lab(lab, check=True), "Run `course sync`.")
    _refuse(lab, "the lab cannot be released", lint_lab(lab), "Mend what is named above.")
    with tempfile.TemporaryDirectory(dir=course.root, prefix=".release-") as draft:
        generate_assignment(course, lab_name, Path(draft), load_config(course))
        made = Path(draft) / lab_name
        _refuse(lab, "the release would leak", leaks_in(made, lab), "Nothing was released.")
        return _put(made, course.release / lab_name, Path(draft) / "before")


def _refuse(lab: Lab, what: str, reasons: Iterable[object], cure: str) -> None:
    lines = [str(reason) for reason in reasons]
    if lines:
        more = [f"... and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        listed = "\n  ".join([what + ":", *lines[:SHOWN], *more])
        raise CourseError(listed, where=str(lab.folder), cure=cure)


def _put(made: Path, place: Path, before: Path) -> Path:
    """Move the new release into its place by two renames."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        shutil.move(place, before)
    shutil.move(made, place)
    return place

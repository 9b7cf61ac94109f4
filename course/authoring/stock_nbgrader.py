"""Hand-ins graded by `nbgrader autograde` as it comes, in a course folder made for the purpose."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook

from course.authoring._nbgrader import generate_assignment
from course.authoring.handins import HandIn
from course.errors import CourseError
from course.grading.settings import load_config, nbgrader_environment
from course.labs import Course, Lab

Earned = dict[str, float]


@dataclass(frozen=True)
class StockCourse:
    """A course folder with one lab and its release, and nothing of ours in its settings."""

    course: Course
    lab: str

    @property
    def release(self) -> Path:
        """Folder of the lab's release."""
        return self.course.release / self.lab


def make_stock_course(course: Course, lab: Lab, root: Path) -> StockCourse:
    """Copy the lab below `root` and make its release there, with the settings of `course`."""
    stock = Course(root)
    shutil.copytree(
        lab.folder, stock.source / lab.name, ignore=shutil.ignore_patterns("__pycache__", ".*")
    )
    generate_assignment(stock, lab.name, stock.release, load_config(course))
    return StockCourse(stock, lab.name)


def autograde(stock: StockCourse, hand_ins: Iterable[tuple[str, HandIn]]) -> dict[str, Earned]:
    """Grade hand-ins, each named as a student; give each one's points by grade_id.

    nbgrader runs with its own preprocessors and its own limits, but for experiments, which it
    skips. What tests draw from `checks.rng()` is seeded by the system: nothing seeds it here.

    Raises
    ------
    CourseError
        if nbgrader itself fails.
    """
    students = []
    for student, hand_in in hand_ins:
        folder = stock.course.submitted / student / stock.lab
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{hand_in.notebook}.ipynb").write_bytes(hand_in.data)
        students.append(student)
    _run_nbgrader(stock)
    with Gradebook(stock.course.gradebook_url) as gradebook:
        return {
            student: {
                grade.name: float(grade.auto_score or 0.0)
                for notebook in gradebook.find_submission(stock.lab, student).notebooks
                for grade in notebook.grades
            }
            for student in dict.fromkeys(students)
        }


def _run_nbgrader(stock: StockCourse) -> None:
    root = str(stock.course.root)
    command = [sys.executable, "-m", "nbgrader", "autograde", stock.lab, f"--course-dir={root}"]
    command += ["--create", "--Execute.skip_cells_with_tag=experiment"]
    with nbgrader_environment():
        settings = {"JUPYTER_CONFIG_DIR": f"{root}/settings", "MPLBACKEND": "Agg"}
        done = subprocess.run(
            command,
            cwd=root,
            env={**os.environ, **settings, "IPYTHONDIR": f"{root}/ipython"},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise CourseError(
            f"stock nbgrader fails: {said[-1] if said else f'exit status {done.returncode}'}",
            where=stock.lab,
            cure="The lab must work without this project's plug-ins too; see docs/authoring.md.",
        )

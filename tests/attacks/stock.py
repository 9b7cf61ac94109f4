"""What attacks gain of stock nbgrader, each in a cage and a course folder of its own."""

import json
import shutil
import sqlite3
from pathlib import Path

from course.authoring.stock_nbgrader import make_stock_course
from course.errors import CourseError
from course.labs import Course
from tests.attacks import battle, cage, evidence, lab
from tests.attacks.corpus import Attack
from tests.attacks.evidence import Gain
from tests.attacks.honest import HONEST
from tests.attacks.lab import LAB, NOTEBOOK
from tests.attacks.stock_run import VICTIM

SECONDS = 150.0
LIMITS = ("--fsize=300000000", "--as=8000000000")  # of the cage: this machine stays whole


def prepare(root: Path) -> Course:
    """Make the course folder that every attack gets a copy of, released by nbgrader."""
    course = lab.make_attacked_course(root / "ours")
    stock = make_stock_course(course, course.lab(LAB), root / "stock").course
    shutil.copy(course.root / "instructor-notes.txt", stock.root)
    return stock


def fight_stock(attack: Attack, prepared: Course, scratch: Path) -> tuple[Gain, str]:
    """Let stock nbgrader grade the attack; give what it gained, and what it did to the class."""
    if not cage.works():
        raise CourseError("without bubblewrap stock nbgrader would be attacked on this machine")
    env = battle.environment(scratch)
    shutil.copytree(prepared.root, scratch / "course")
    course = Course(scratch / "course")
    before = evidence.snapshot(course.source, scratch / "home")
    error = cage.run("stock_run", [attack.id, str(scratch)], scratch, env, SECONDS, LIMITS)
    left_file = scratch / "left.json"
    left = json.loads(left_file.read_text("utf-8")) if left_file.is_file() else {}
    graded = course.autograded / attack.folder / LAB / f"{NOTEBOOK}.ipynb"
    shown = evidence.outputs_of(graded.read_text("utf-8")) if graded.is_file() else ""
    page = course.feedback / attack.folder / LAB / f"{NOTEBOOK}.html"
    scores = _scores(course.root / "gradebook.db")
    gain = Gain(
        points=scores.get(attack.folder, 0.0),
        secrets=evidence.secrets_in(shown),
        files=_files(attack, course, scratch, left.get("files", []), before),
        processes=left.get("processes", []),
        calls=evidence.marked_calls(scratch / "heard").get(attack.id, []),
        active=evidence.active_in(page, attack.marker),
        told=evidence.told_in(attack.id, shown),
        status="graded" if graded.is_file() else "failed",
    )
    return gain, _harm(attack, scores, error)


def _files(
    attack: Attack, course: Course, scratch: Path, left: list[str], before: dict[str, str]
) -> list[str]:
    marked = evidence.marked_files(course.source, scratch / "home", course.submitted / VICTIM)
    after = evidence.snapshot(course.source, scratch / "home")
    usual = (".ipython", ".cache", ".local/share", ".jupyter")  # nbgrader's own traces
    changed = [
        path
        for path in evidence.differences(before, after)
        if not path.startswith(tuple(str(scratch / "home" / name) for name in usual))
    ]
    return sorted({*marked.get(attack.id, []), *left, *changed})


def _harm(attack: Attack, scores: dict[str, float], error: str) -> str:
    """Say what became of the student who came after; "" where all went well."""
    if "not finished" in error:
        return "held up the class"
    if error:
        return "ended the grader"
    if attack.aim == "marks":
        return ""
    score = scores.get(VICTIM)
    if score is None:
        return "stopped the class"
    return "" if score == HONEST[VICTIM] else f"another's mark became {score:g}"


def _scores(database: Path) -> dict[str, float]:
    """Read every student's sum out of the gradebook, whatever state it is in."""
    query = """
        select submitted_assignment.student_id,
               sum(coalesce(grade.manual_score, grade.auto_score, 0))
        from submitted_assignment
        join submitted_notebook on submitted_notebook.assignment_id = submitted_assignment.id
        join grade on grade.notebook_id = submitted_notebook.id
        group by submitted_assignment.student_id
    """
    try:
        with sqlite3.connect(database) as connection:
            return dict(connection.execute(query).fetchall())
    except sqlite3.Error:
        return {}

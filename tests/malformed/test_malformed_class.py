"""A class of malformed submissions, and some honest ones among them, graded by the real command."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from course.authoring.handins import submission_of
from course.grading.submission.folders import shown
from course.labs import Course, apply_mistake
from tests.malformed.generate import Case, cases
from tests.malformed.mutation import Outcome
from tests.support.toylab import LAB, NOTEBOOK, TEST_POINTS, make_course, source_notebook, submit

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("MALFORMED_SEED", "20261128"))
COUNT = int(os.environ.get("MALFORMED_COUNT", "300"))
CONFIG = Path(__file__).parents[2] / "nbgrader_config.py"
HONEST = {"honest-right": TEST_POINTS, "honest-doubled": 6.0, "honest-mean": 10.0}
JARGON = re.compile(r"\w(?:Error|Exception)\b|None|Traceback|0x[0-9a-f]{6}|[\x00-\x09\x0b-\x1f]")


def fill(root: Path, class_: tuple[Case, ...]) -> Course:
    """Hand in for all; the endless mistake is left out, it only takes time."""
    course = make_course(root)
    mistakes = course.source / LAB / "mistakes.py"
    text = mistakes.read_text("utf-8")
    mistakes.write_text(f"{text}\nMISTAKES = [m for m in MISTAKES if 'endless' not in m.id]\n")
    shutil.copy(CONFIG, root)
    source = source_notebook()
    right = submission_of(source)
    known = {mistake.id: mistake for mistake in course.lab(LAB).mistakes}
    submit(course, "honest-right", right)
    for student, mistake in {"doubled": "squares-doubled", "mean": "mean-missing"}.items():
        wrong = apply_mistake(source, known[mistake])
        submit(course, f"honest-{student}", submission_of(wrong))
    for case in class_:
        case.hand_in(course.submitted, LAB, NOTEBOOK, right)
    return course


def run(course: Course, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=course.root,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


@pytest.fixture(scope="module")
def class_() -> tuple[Case, ...]:
    return cases(COUNT, SEED)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, class_: tuple[Case, ...]) -> Iterator[Course]:
    course = fill(tmp_path_factory.mktemp("malformed"), class_)
    yield course
    for case in class_:  # what pytest could not remove
        for path in (course.submitted / case.student, course.submitted / case.student / LAB):
            if not path.is_symlink() and path.is_dir():
                path.chmod(0o755)


@pytest.fixture(scope="module")
def graded(course: Course) -> subprocess.CompletedProcess[str]:
    return run(course, "course", "grade", LAB, "--json", "results.json")


@pytest.fixture(scope="module")
def results(course: Course, graded: subprocess.CompletedProcess[str]) -> Mapping[str, Any]:
    assert graded.returncode == 0, graded.stderr[-3000:]
    entries = json.loads((course.root / "results.json").read_text("utf-8"))["submissions"]
    return {entry["student"]: entry for entry in entries}


def complaint(case: Case, entry: Any) -> str:
    """Say what is wrong with the result of a case, "" if nothing."""
    if entry is None:
        return "has no result"
    is_graded, notes = entry["status"] == "graded", " ".join(entry["notes"])
    if entry["status"] == "failed":
        return f"the grader failed: {notes}"
    if not is_graded and (not notes or JARGON.search(notes)):
        return f"is not told why: {notes!r}"
    if case.outcome is Outcome.KEEPS and entry["points"] != TEST_POINTS:
        return f"has {entry['points']} points ({entry['status']}): {notes}"
    if case.outcome is Outcome.GRADED and not is_graded:
        return f"is {entry['status']}: {notes}"
    if case.outcome is Outcome.REFUSED and is_graded:
        return "was graded"
    return ""


def test_each_submission_gets_what_it_is_worth_or_a_plain_account(
    class_: tuple[Case, ...], results: Mapping[str, Any]
) -> None:
    told = {case.story: complaint(case, results.get(shown(case.student))) for case in class_}
    assert {story: words for story, words in told.items() if words} == {}
    assert len(results) == len(class_) + len(HONEST)


def test_honest_students_have_their_marks(results: Mapping[str, Any]) -> None:
    assert {student: results[student]["points"] for student in HONEST} == HONEST


def test_the_instructor_reads_no_traceback(
    course: Course, graded: subprocess.CompletedProcess[str], results: Mapping[str, Any]
) -> None:
    report = (course.root / "reports" / f"{LAB}.html").read_text("utf-8")
    for text in (graded.stdout, graded.stderr, report):
        assert "Traceback" not in text
        assert "<script>alert" not in text.split("<body", 1)[-1] or text is not report


def test_every_graded_submission_has_its_page(course: Course, results: Mapping[str, Any]) -> None:
    recorded = {name for name, entry in results.items() if entry["status"] != "refused"}
    pages = {p.parent.parent.name: p for p in course.feedback.rglob(f"{NOTEBOOK}.html")}
    assert pages.keys() == recorded
    for page in pages.values():
        assert str(Path("course", "grading")) not in page.read_text("utf-8")

"""The command line as people use it: what it prints, writes and exits with."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from course.authoring.handins import submission_of
from course.grading.sandbox import best_level
from course.labs import Course
from tests.authoring.conftest import make_course

pytestmark = pytest.mark.slow

LAB = "tiny"


def run(*arguments: object, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "course", *map(str, arguments)]
    ran = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return make_course(tmp_path / "course")


def test_without_a_course_folder_the_cure_is_named(tmp_path: Path) -> None:
    ran = run("lint", cwd=tmp_path)
    assert ran.returncode == 2
    assert "--root DIR" in ran.stderr


def test_an_unknown_lab_names_those_that_are(course: Course) -> None:
    ran = run("build", "nosuch", "--root", course.root)
    assert ran.returncode == 2
    assert LAB in ran.stderr


def test_root_may_stand_before_the_command_too(course: Course) -> None:
    assert run("--root", course.root, "sync", "--check").returncode == 0


def test_sync_check_fails_when_a_side_was_edited(course: Course) -> None:
    path = course.source / LAB / f"{LAB}.py"
    path.write_text(path.read_text("utf-8").replace("Twice x.", "Two x."), "utf-8")
    assert run("sync", "--check", "--root", course.root).returncode == 1
    assert run("sync", "--root", course.root).returncode == 0
    assert run("sync", "--check", "--root", course.root).returncode == 0


def test_a_file_that_is_not_data_is_refused_plainly(tmp_path: Path) -> None:
    bad = tmp_path / "mnist.npz"
    bad.write_bytes(b"not a zip")
    ran = run("data", "import", bad)
    assert ran.returncode == 2
    assert "error" in ran.stderr


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, dict[str, Any], str]:
    """A class of three that `course grade` has graded: the course, the JSON, what was printed."""
    course = make_course(tmp_path_factory.mktemp("graded"))
    reference = submission_of(course.lab(LAB).source(LAB))
    wrong = reference.replace(b"2 * x", b"3 * x")
    hand_ins = {"ann": reference, "bob": wrong, "cem": b"{"}
    for student, data in hand_ins.items():
        folder = course.submitted / student / LAB
        folder.mkdir(parents=True)
        (folder / f"{LAB}.ipynb").write_bytes(data)
    file = course.root / "out.json"
    options = ("--root", course.root, "--json", file, "--seed", 5, "--sandbox", best_level().name)
    ran = run("grade", LAB, *options, "--workers", 1)
    assert ran.returncode == 0, ran.stderr
    assert all(f"{number}/3 " in ran.stderr for number in (1, 2, 3))
    assert "cem: unreadable (It cannot be graded: " in ran.stderr
    again = run("grade", LAB, *options)
    assert "unchanged since they were graded: 3; to grade: 0" in again.stderr
    assert again.stdout == ran.stdout
    return course, json.loads(file.read_text("utf-8")), ran.stdout


def test_grade_writes_results_for_machines(graded: tuple[Course, dict[str, Any], str]) -> None:
    _, result, _ = graded
    assert (result["lab"], result["seed"]) == (LAB, 5)
    points = {entry["student"]: entry["points"] for entry in result["submissions"]}
    assert points == {"ann": 90, "bob": 30, "cem": 0}
    assert {entry["max_points"] for entry in result["submissions"]} == {100}
    ann, bob, cem = result["submissions"]
    assert (ann["status"], cem["status"]) == ("graded", "unreadable")
    assert {"grade_id", "points", "max_points", "status", "diagnosis", "message"} <= set(
        bob["cells"][0]
    )


def test_grade_writes_everything_that_people_read(
    graded: tuple[Course, dict[str, Any], str],
) -> None:
    course, _, printed = graded
    assert "bob" in printed
    assert (course.root / "gradebook.db").is_file()
    assert (course.root / "reports" / f"{LAB}.html").is_file()
    for student in ("ann", "bob", "cem"):
        assert (course.autograded / student / LAB / f"{LAB}.ipynb").is_file()
        assert (course.feedback / student / LAB / f"{LAB}.html").is_file()


def test_feedback_holds_no_hidden_test(graded: tuple[Course, dict[str, Any], str]) -> None:
    course, _, _ = graded
    for page in course.feedback.rglob("*.html"):
        assert "-7.5" not in page.read_text("utf-8")


def test_what_cannot_be_written_is_told_plainly(course: Course, tmp_path: Path) -> None:
    folder = course.submitted / "ada" / LAB
    folder.mkdir(parents=True)
    (folder / f"{LAB}.ipynb").write_bytes(b"{}")
    grade = ("grade", LAB, "--root", course.root, "--sandbox", best_level().name)
    for place in (tmp_path, tmp_path / "gone" / "results.json"):
        ran = run(*grade, "--json", place)
        assert (ran.returncode, "no file can be written there" in ran.stderr) == (2, True)
    (course.root / "gradebook.db").write_text("garbage")
    ran = run(*grade)
    assert (ran.returncode, "the gradebook is broken" in ran.stderr) == (2, True)
    (course.root / "gradebook.db").unlink()
    (course.root / "autograded").write_text("a file")
    ran = run(*grade)
    assert (ran.returncode, "autograded" in ran.stderr) == (2, True)


def test_a_library_that_is_not_there_is_named(tmp_path: Path) -> None:
    code = "import sys; sys.modules['jupytext'] = None; import course.cli; course.cli.main()"
    command = [sys.executable, "-c", code, "sync", "--root", str(tmp_path)]
    (tmp_path / "source" / LAB).mkdir(parents=True)
    (tmp_path / "source" / LAB / f"{LAB}.ipynb").write_text("{}")
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "`jupytext` is not installed" in ran.stderr
    assert "pip install 'nn-course[instructor]'" in ran.stderr


def test_a_demo_folder_in_use_is_left_alone(course: Course, tmp_path: Path) -> None:
    precious = tmp_path / "thesis"
    precious.mkdir()
    (precious / "thesis.tex").write_text("chapter 1")
    ran = run("demo", "--root", course.root, "--dir", precious)
    assert ran.returncode == 2
    assert (precious / "thesis.tex").read_text() == "chapter 1"

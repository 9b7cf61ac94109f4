"""A class in worker processes: slow, because each of them starts afresh."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from course.errors import CourseError
from course.grading.run.driver import grade_class
from course.grading.run.workers import Machine
from course.grading.sandbox import best_level, trust
from course.grading.verdict.results import NotebookResult
from course.labs import Course, apply_mistake
from tests.support.toylab import LAB, TEST_POINTS, make_course, submit

LEVEL = best_level().name


@pytest.fixture
def course(tmp_path: Path, source: Any) -> Course:
    """Three students; of the mistakes, the endless one is left out: it only takes time."""
    course = make_course(tmp_path)
    path = course.source / LAB / "mistakes.py"
    text = path.read_text("utf-8")
    path.write_text(f"{text}\nMISTAKES = [m for m in MISTAKES if 'endless' not in m.id]\n", "utf-8")
    doubled = course.lab(LAB).mistakes[0]
    submit(course, "carl", source)
    submit(course, "ada", apply_mistake(source, doubled))
    submit(course, "bob", b"{")
    return course


def graded(course: Course, **options: Any) -> list[NotebookResult]:
    with grade_class(course, LAB, sandbox=LEVEL, **options) as run:
        assert run.total == 3
        return sorted(run.results(), key=lambda result: result.student)


@pytest.mark.slow
def test_results_do_not_depend_on_the_workers(course: Course) -> None:
    first, second = (graded(course, seed=3, site=Machine(n)) for n in (1, 2))
    assert [(r.student, r.status, r.points) for r in first] == [
        ("ada", "graded", 6.0),
        ("bob", "unreadable", 0.0),
        ("carl", "graded", TEST_POINTS),
    ]
    assert first == second
    assert first[0].cells[0].diagnosis == "squares-doubled"
    assert {result.seed for result in first} == {3}


@pytest.mark.slow
def test_chosen_students_only(course: Course) -> None:
    with grade_class(course, LAB, students=["bob"], sandbox=LEVEL, site=Machine(1)) as run:
        assert [result.student for result in run.results()] == ["bob"]
    with pytest.raises(CourseError, match="nobody"):
        grade_class(course, LAB, students=["nobody"], sandbox=LEVEL)


def test_a_class_that_handed_in_nothing_is_an_error(course: Course) -> None:
    for folder in course.submitted.iterdir():
        shutil.rmtree(folder)
    with pytest.raises(CourseError, match=f"no submission of {LAB}") as caught:
        grade_class(course, LAB, sandbox=LEVEL)
    assert f"submitted/<student>/{LAB}/" in caught.value.cure


def test_without_a_wall_a_class_is_graded_only_if_that_is_said_in_words(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = Machine().level("limits")
    assert limits == "limits"
    monkeypatch.setattr(trust, "level_named", lambda _: type("Level", (), {"name": "limits"}))
    with pytest.raises(CourseError, match="no sandbox") as refusal:
        grade_class(course, LAB)
    assert "bubblewrap" in refusal.value.cure
    assert "--sandbox limits" in refusal.value.cure
    assert grade_class(course, LAB, sandbox="limits").total == 3

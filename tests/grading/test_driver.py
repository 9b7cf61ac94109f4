"""A class in worker processes: slow, because each of them starts afresh."""

import os
from pathlib import Path
from typing import Any

import pytest

from course.errors import CourseError
from course.grading.driver import Workers, grade_all, grade_class
from course.grading.plan import Job, Plan
from course.labs import Course, apply_mistake, dump_notebook
from tests.support.toylab import LAB, TEST_POINTS, make_course, submit

pytestmark = pytest.mark.slow


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


def test_results_come_in_order_and_do_not_depend_on_the_workers(course: Course) -> None:
    one = grade_class(course, LAB, seed=3, workers=1)
    two = grade_class(course, LAB, seed=3, workers=2)
    first, second = list(one.results), list(two.results)
    assert [(r.student, r.status, r.points) for r in first] == [
        ("ada", "graded", 6.0),
        ("bob", "unreadable", 0.0),
        ("carl", "graded", TEST_POINTS),
    ]
    assert first == second
    assert first[0].cells[0].diagnosis == "squares-doubled"
    assert (one.seed, one.total) == (3, 3)


def test_chosen_students_only(course: Course) -> None:
    run = grade_class(course, LAB, workers=1, students=["bob"])
    assert [result.student for result in run.results] == ["bob"]
    with pytest.raises(CourseError, match="nobody"):
        grade_class(course, LAB, students=["nobody"])


class Deadly:
    """Pickles to something that ends the process that reads it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (9,)


def test_the_death_of_a_worker_is_one_result_and_the_class_goes_on(plan: Plan, source: Any) -> None:
    good = dump_notebook(source).encode()
    jobs = [Job("ada", plan, good), Job("bob", plan, Deadly()), Job("carl", plan, good)]  # type: ignore[arg-type]
    results = list(grade_all(jobs, 1))
    assert [r.status for r in results] == ["graded", "failed", "graded"]
    assert results[1].points == 0
    assert "process ended" in results[1].notes[0]


def test_a_fault_of_the_grader_is_one_result(plan: Plan) -> None:
    with Workers(1) as workers:
        job = Job("ada", plan, 3)  # type: ignore[arg-type]
        result = workers.result(job, workers.submit(job))
    assert result.status == "failed"
    assert "TypeError" in result.notes[0]

import os
from pathlib import Path

import pytest

from course.errors import CourseError
from course.grading.collect import jobs_of, students_of
from course.grading.plan import Job, Plan
from course.labs import Course
from tests.support.toylab import LAB, NOTEBOOK, make_course, submit


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return make_course(tmp_path)


def only_job(course: Course, plan: Plan, student: str = "ada") -> Job:
    (job,) = jobs_of(course, student, {NOTEBOOK: plan})
    return job


def test_students_are_those_who_handed_the_lab_in_by_name(course: Course) -> None:
    for name in ("eve", "ada"):
        submit(course, name, b"{}")
    (course.submitted / "bob" / "other").mkdir(parents=True)
    (course.submitted / "file").write_text("")
    lab = course.lab(LAB)
    assert students_of(course, lab) == ("ada", "eve")
    assert students_of(course, lab, ["eve"]) == ("eve",)
    with pytest.raises(CourseError, match="bob"):
        students_of(course, lab, ["bob", "eve"])


def test_no_submissions_is_no_error(course: Course) -> None:
    assert students_of(course, course.lab(LAB)) == ()


def test_bytes_are_taken_as_they_are(course: Course, plan: Plan) -> None:
    submit(course, "ada", b"\x00anything")
    job = only_job(course, plan)
    assert (job.submission, job.files, job.notes) == (b"\x00anything", (), ())


def test_a_notebook_under_another_name_is_taken_if_it_is_the_only_one(
    course: Course, plan: Plan
) -> None:
    submit(course, "ada", b"mine", name="lines (1)")
    job = only_job(course, plan)
    assert job.submission == b"mine"
    assert job.notes == ("You handed in `lines (1).ipynb`; it was graded as `lines.ipynb`.",)
    submit(course, "ada", b"another", name="draft")
    assert only_job(course, plan).submission is None


def test_other_files_come_along(course: Course, plan: Plan) -> None:
    folder = submit(course, "ada", b"{}")
    (folder / "timestamp.txt").write_text("2026-01-01 00:00:00 UTC")
    assert only_job(course, plan).files == ()
    (folder / "data.csv").write_text("1")
    assert only_job(course, plan).files == (("data.csv", b"1"),)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX")
def test_links_and_pipes_are_not_followed(course: Course, plan: Plan) -> None:
    secret = course.root / "secret.ipynb"
    secret.write_text("secret")
    folder = course.submitted / "ada" / LAB
    folder.mkdir(parents=True)
    path = folder / f"{NOTEBOOK}.ipynb"
    path.symlink_to(secret)
    job = only_job(course, plan)
    assert job.submission is None
    assert "not a regular file" in job.notes[0]
    path.unlink()
    os.mkfifo(path)
    assert only_job(course, plan).submission is None
    (course.submitted / "eve").symlink_to(course.submitted / "ada")
    assert students_of(course, course.lab(LAB)) == ("ada",)

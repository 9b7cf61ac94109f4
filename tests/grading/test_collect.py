import os
from dataclasses import replace
from pathlib import Path

import pytest

from course.errors import CourseError
from course.grading.plan import Job, Plan
from course.grading.submission.collect import jobs_of, refused_of, students_of
from course.grading.submission.folders import unfit_file
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
    submit(course, "ada", b"another", name="lines (2)")
    assert only_job(course, plan).submission is None


def test_a_notebook_that_is_not_graded_is_named(course: Course, plan: Plan) -> None:
    for name in ("lines", "lines (1)", "notes", "._lines"):
        submit(course, "ada", b"mine", name=name)
    job = only_job(course, plan)
    assert job.notes == ("You also handed in `lines (1).ipynb`; what was graded is `lines.ipynb`.",)


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


def test_other_obstacles_are_told(course: Course) -> None:
    submit(course, "ada", b"{}")
    (course.submitted / "bob").mkdir()
    (course.submitted / "bob" / LAB).write_text("")
    (course.submitted / "eve").symlink_to(course.submitted / "ada")
    lab = course.lab(LAB)
    assert students_of(course, lab) == ("ada",)
    told = dict(refused_of(course, lab))
    assert "is a file or a link" in told["bob"]
    assert "The folder is a link" in told["eve"]
    assert refused_of(course, lab, ["ada"]) == ()


def renamed(course: Course, plan: Plan, *names: str) -> tuple[bytes | None, tuple[str, ...]]:
    """Hand in notebooks of these names, each with its name as its content, as the whole class."""
    folder = course.submitted / "ada" / LAB
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    job = only_job(course, plan)
    return job.submission, job.notes


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        (("lines.ipynb", "lines (1).ipynb", "old/lines.ipynb"), "lines.ipynb"),
        (("LINES.IPYNB", "draft.ipynb"), "LINES.IPYNB"),
        (("toy/lines.ipynb", "toy/draft.ipynb"), "toy/lines.ipynb"),
        (("my lines.ipynb", "old/lines.ipynb"), "my lines.ipynb"),
        (("solved.ipynb", ".ipynb_checkpoints/lines.ipynb", "._lines.ipynb"), "solved.ipynb"),
        (("lines.ipynb/lines.ipynb",), "lines.ipynb/lines.ipynb"),
    ],
)
def test_the_notebook_is_found(
    course: Course, plan: Plan, names: tuple[str, ...], taken: str
) -> None:
    data, notes = renamed(course, plan, *names)
    assert data == taken.encode()
    assert notes == () or f"`{taken}`" in notes[0]


def test_what_is_no_notebook_is_named(course: Course, plan: Plan) -> None:
    data, notes = renamed(course, plan, "lines.zip", "timestamp.txt")
    assert data is None
    assert notes[0] == "You handed in `lines.zip`, but no notebook `lines.ipynb`."
    assert notes[1].startswith("`timestamp.txt` holds no time")


def test_what_cannot_be_told_apart_is_named(course: Course, plan: Plan) -> None:
    data, notes = renamed(course, plan, "a.ipynb", "b.ipynb")
    assert data is None
    assert notes == (
        "You handed in `a.ipynb`, `b.ipynb`. Which one is `lines.ipynb`? Give it that name.",
    )


def test_of_two_notebooks_of_a_lab_none_is_taken_for_the_other(course: Course, plan: Plan) -> None:
    folder = submit(course, "ada", b"first", name="lines")
    (folder / "circles final.ipynb").write_text("second")
    plans = {"lines": plan, "circles": plan, "squares": plan}
    jobs = list(jobs_of(course, "ada", plans))
    assert [job.submission for job in jobs] == [b"first", b"second", None]


@pytest.mark.parametrize("names", [("circles", "lines"), ("part1", "part2"), ("lines (1)", "mine")])
def test_what_two_notebooks_hold_tells_which_is_which(
    course: Course, plan: Plan, names: tuple[str, str]
) -> None:
    other = replace(plan, source_json=plan.source_json.replace('"squares"', '"circles"'))
    folder = submit(course, "ada", plan.source_json.encode(), name=names[0])
    (folder / f"{names[1]}.ipynb").write_text(other.source_json)
    jobs = list(jobs_of(course, "ada", {"lines": plan, "circles": other}))
    assert [job.submission for job in jobs] == [
        plan.source_json.encode(),
        other.source_json.encode(),
    ]
    assert jobs[0].notes == (f"You handed in `{names[0]}.ipynb`; it was graded as `lines.ipynb`.",)


def test_a_copy_is_not_taken_for_a_notebook_that_lost_its_metadata(
    course: Course, plan: Plan
) -> None:
    other = replace(plan, source_json=plan.source_json.replace('"squares"', '"circles"'))
    folder = submit(course, "ada", b"mine", name="lines")
    (folder / "old.ipynb").write_text(plan.source_json)
    jobs = list(jobs_of(course, "ada", {"lines": plan, "circles": other}))
    assert jobs[0].submission == b"mine"


def test_what_cannot_be_copied_is_named(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "data.csv").write_bytes(b"12345")
    assert unfit_file(tmp_path, 5) == ""
    assert unfit_file(tmp_path, 4) == "sub/data.csv"
    (tmp_path / "a\nb").symlink_to("nowhere")
    assert unfit_file(tmp_path, 5) == "a\\nb"

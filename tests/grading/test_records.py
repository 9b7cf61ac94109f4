import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import text

from course.errors import CourseError
from course.grading.record.gradebook import open_gradebook
from course.grading.record.records import Recorder
from course.grading.settings import nbgrader_environment
from course.grading.verdict.results import NotebookResult
from course.labs import Course, dump_notebook
from tests.support.toylab import LAB, NOTEBOOK, POINTS, TEST_POINTS, cell, make_course, submit

pytestmark = pytest.mark.slow
Grade = Callable[..., NotebookResult]
WHERE = (NOTEBOOK, LAB, "ada")


@pytest.fixture(scope="module")
def empty_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new gradebook file; nbgrader takes seconds to make one."""
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    with nbgrader_environment(), Gradebook(f"sqlite:///{path}"):
        return path


@pytest.fixture
def course(tmp_path: Path, source: Any, empty_gradebook: Path) -> Course:
    course = make_course(tmp_path)
    shutil.copy(empty_gradebook, tmp_path)
    submit(course, "ada", source)
    return course


@pytest.fixture
def gradebook(course: Course) -> Iterator[Gradebook]:
    with nbgrader_environment(), Gradebook(course.gradebook_url) as gradebook:
        yield gradebook


def record(course: Course, *results: NotebookResult) -> None:
    with Recorder(course, course.lab(LAB)) as recorder:
        for result in results:
            recorder.add(result)


def test_a_gradebook_comes_into_being_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    with monkeypatch.context() as killed:
        killed.setattr("alembic.runtime.migration.MigrationContext.stamp", stop)
        with nbgrader_environment(), pytest.raises(KeyboardInterrupt):
            open_gradebook(url, "course")
    assert not (tmp_path / "gradebook.db").exists()
    with nbgrader_environment(), open_gradebook(url, "course") as gradebook:
        assert gradebook.db.execute(text("SELECT version_num FROM alembic_version")).scalar()
    assert [path.name for path in tmp_path.iterdir()] == ["gradebook.db"]


def stop(*_: object) -> None:
    raise KeyboardInterrupt


def test_points_reach_the_gradebook(
    course: Course, gradebook: Gradebook, grade: Grade, source: Any
) -> None:
    cell(source, "line").source = "class Line:\n    pass"
    result = grade(source)
    record(course, result)
    submission = gradebook.find_submission_notebook(*WHERE)
    assert submission.score == result.points == 10
    assert submission.max_score == POINTS
    assert submission.failed_tests
    assert submission.needs_manual_grade
    assert gradebook.find_grade("test-line", *WHERE).auto_score == 0
    question = gradebook.find_grade("question-mean", *WHERE)
    assert (question.auto_score, question.needs_manual_grade) == (None, True)


def test_the_autograded_notebook_and_the_timestamp_are_written(
    course: Course, gradebook: Gradebook, grade: Grade, source: Any
) -> None:
    stamp = course.submitted / "ada" / LAB / "timestamp.txt"
    stamp.write_text("2026-01-02 03:04:05 UTC")
    result = grade(source)
    record(course, result)
    folder = course.autograded / "ada" / LAB
    assert (folder / f"{NOTEBOOK}.ipynb").read_text("utf-8") == result.notebook_json
    assert sorted(path.name for path in folder.iterdir()) == ["lines.ipynb", "timestamp.txt"]
    assert gradebook.find_submission(LAB, "ada").timestamp.year == 2026


def test_an_unanswered_question_needs_no_marking(
    course: Course, gradebook: Gradebook, grade: Grade, release: Any
) -> None:
    record(course, grade(release))
    grade_of = gradebook.find_grade("question-mean", *WHERE)
    assert (grade_of.auto_score, grade_of.needs_manual_grade) == (0, False)
    assert gradebook.find_comment("squares", *WHERE).auto_comment == "No response."


@pytest.mark.parametrize(("data", "status"), [(b"{", "unreadable"), (None, "missing")])
def test_nothing_to_grade_is_zero_and_no_work_for_anybody(
    course: Course, gradebook: Gradebook, grade: Grade, data: bytes | None, status: str
) -> None:
    result = grade(data)
    assert result.status == status
    record(course, result)
    submission = gradebook.find_submission_notebook(*WHERE)
    assert (submission.score, submission.needs_manual_grade) == (0, False)


def test_a_fault_of_the_grader_is_left_to_a_person(
    course: Course, gradebook: Gradebook, grade: Grade, source: Any
) -> None:
    record(course, replace(grade(None), status="failed"))
    assert gradebook.find_grade("test-line", *WHERE).needs_manual_grade


def test_a_persons_score_stays_and_comes_up_when_its_ground_changed(
    course: Course, gradebook: Gradebook, grade: Grade, source: Any
) -> None:
    record(course, grade(source))
    for name, score in (("question-mean", 3.0), ("test-line", 5.0)):
        given = gradebook.find_grade(name, *WHERE)
        given.manual_score, given.needs_manual_grade = score, False
    gradebook.db.commit()

    def state(name: str) -> tuple[float, bool]:
        gradebook.db.expire_all()
        given = gradebook.find_grade(name, *WHERE)
        return given.manual_score, given.needs_manual_grade

    record(course, grade(source))
    assert state("question-mean") == (3.0, False)
    assert state("test-line") == (5.0, False)
    cell(source, "question-mean").source = "Another answer."
    cell(source, "line").source = "class Line:\n    pass"
    record(course, grade(source))
    assert state("question-mean") == (3.0, True)
    assert state("test-line") == (5.0, True)


def test_a_score_that_waits_for_review_goes_on_waiting(
    course: Course, gradebook: Gradebook, grade: Grade, source: Any
) -> None:
    """Also if the grader was killed between gradebook and graded notebook and graded once more."""
    record(course, grade(source))
    given = gradebook.find_grade("test-line", *WHERE)
    given.manual_score, given.needs_manual_grade = 5.0, False
    gradebook.db.commit()
    cell(source, "line").source = "class Line:\n    pass"
    changed = grade(source)
    for _ in range(2):
        record(course, changed)
        gradebook.db.expire_all()
        assert gradebook.find_grade("test-line", *WHERE).needs_manual_grade


def test_recording_twice_changes_nothing(
    course: Course, gradebook: Gradebook, grade: Grade, source: Any
) -> None:
    result = grade(source)
    record(course, result)
    record(course, result, result)
    assert [s.id for s in gradebook.students] == ["ada"]
    assert gradebook.find_submission(LAB, "ada").score == TEST_POINTS


def test_cells_that_changed_after_grading_are_refused(
    course: Course, grade: Grade, source: Any
) -> None:
    record(course, grade(source))
    source.cells.remove(cell(source, "test-line"))
    (course.source / LAB / f"{NOTEBOOK}.ipynb").write_text(dump_notebook(source), "utf-8")
    with pytest.raises(CourseError, match="changed after submissions were graded"):
        record(course)


def test_the_labs_pictures_lie_beside_the_graded_notebook(
    course: Course, grade: Grade, source: Any
) -> None:
    figures = course.source / LAB / "figures"
    figures.mkdir()
    (figures / "line.svg").write_text("<svg/>")
    record(course, grade(source))
    folder = course.autograded / "ada" / LAB
    assert (folder / "figures" / "line.svg").read_text() == "<svg/>"
    names = {path.name for path in folder.rglob("*") if path.is_file()}
    assert names == {f"{NOTEBOOK}.ipynb", "line.svg"}

"""The gradebook on a real Postgres server, against the same class on SQLite."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from course.grading.run.workers import Machine
from course.grading.sandbox import best_level
from course.grading.settings import nbgrader_environment
from course.labs import Course, apply_mistake
from course.reporting.grading_run import GradingRun, grade_and_record
from tests.support.toylab import LAB, NOTEBOOK, make_course, source_notebook, submit

if not sys.platform.startswith("win"):
    from tests.support.postgres import postgres, programs

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform.startswith("win") or programs() is None,
        reason="needs a Postgres server (Debian: apt-get install postgresql)",
    ),
]
CONFIG = """from course.grading.settings import configure

c = get_config()
configure(c)
c.CourseDirectory.db_url = "{url}"
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = make_course(tmp_path_factory.mktemp("sqlite"))
    mistakes = course.source / LAB / "mistakes.py"
    text = mistakes.read_text("utf-8")
    mistakes.write_text(f"{text}\nMISTAKES = MISTAKES[:2]\n", "utf-8")
    source = source_notebook()
    submit(course, "right", source)
    folder = submit(course, "wrong", apply_mistake(source, course.lab(LAB).mistakes[0]))
    (folder / "timestamp.txt").write_text("2026-01-02 03:04:05 UTC")
    submit(course, "broken", b"{")
    grade(course, seed=5)
    return course


@pytest.fixture(scope="module")
def on_postgres(
    on_sqlite: Course, url: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Course, GradingRun]:
    folder = tmp_path_factory.mktemp("postgres") / "course"
    folder.mkdir()
    for name in ("source", "submitted"):
        shutil.copytree(on_sqlite.root / name, folder / name)
    (folder / "nbgrader_config.py").write_text(CONFIG.format(url=url))
    return Course(folder), grade(Course(folder), seed=5)


def grade(course: Course, **options: Any) -> GradingRun:
    return grade_and_record(course, LAB, site=Machine(1), sandbox=best_level().name, **options)


def rows(url: str) -> set[tuple[Any, ...]]:
    """Read every submission, grade and comment."""
    found: set[tuple[Any, ...]] = set()
    with nbgrader_environment(), Gradebook(url) as gradebook:
        for submission in gradebook.assignment_submissions(LAB):
            student = submission.student.id
            found.add((student, submission.timestamp, submission.score, submission.max_score))
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    scores = (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                    found.add((student, "grade", grade.name, *scores))
                for comment in notebook.comments:
                    found.add((student, "comment", comment.name, comment.auto_comment))
    return found


def test_both_gradebooks_agree_cell_by_cell(
    on_sqlite: Course, on_postgres: tuple[Course, GradingRun], url: str
) -> None:
    course, _ = on_postgres
    assert not (course.root / "gradebook.db").exists()
    assert rows(url) == rows(on_sqlite.gradebook_url)
    assert {row[0] for row in rows(url)} == {"right", "wrong", "broken"}


def test_grading_again_keeps_a_persons_marks(
    on_postgres: tuple[Course, GradingRun], url: str
) -> None:
    course, first = on_postgres
    where = (NOTEBOOK, LAB, "right")
    with nbgrader_environment(), Gradebook(url) as gradebook:
        given = gradebook.find_grade("question-mean", *where)
        given.manual_score, given.needs_manual_grade = 3.0, False
        gradebook.db.commit()
    second = grade(course, force=True, seed=5, students=["right"])
    assert second.results == tuple(r for r in first.results if r.student == "right")
    with nbgrader_environment(), Gradebook(url) as gradebook:
        given = gradebook.find_grade("question-mean", *where)
        assert (given.manual_score, given.needs_manual_grade) == (3.0, False)


def test_nbgrader_export_reads_it(on_postgres: tuple[Course, GradingRun]) -> None:
    course, _ = on_postgres
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "export"],
        cwd=course.root,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = (course.root / "grades.csv").read_text("utf-8").splitlines()
    assert len(lines) == 4
    assert sum("right" in line for line in lines) == 1

"""A gradebook that another program has locked."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook, InvalidEntry
from sqlalchemy.exc import OperationalError

from course.errors import CourseError
from course.grading.record import patience
from course.grading.record.gradebook import answers_in, register, stubs_of
from course.grading.record.ledger import Ledger
from course.grading.record.patience import patiently, without_password
from course.grading.settings import nbgrader_environment
from course.grading.verdict.results import NotebookResult
from tests.support.toylab import LAB, NOTEBOOK, make_course

LOCKED = OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked"))


def failing(*errors: Exception) -> Callable[[], str]:
    left = list(errors)

    def action() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return action


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []
    monkeypatch.setattr(patience.time, "sleep", slept.append)
    return slept


def test_a_lock_is_waited_for_longer_and_longer(pauses: list[float]) -> None:
    locks = [LOCKED] * 7 + [InvalidEntry("(sqlite3.OperationalError) database is locked")]
    assert patiently(failing(*locks), "sqlite:///x") == "done"
    assert pauses == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]


def test_a_lock_that_stays_ends_in_a_plain_error() -> None:
    with pytest.raises(CourseError, match="keeps the gradebook locked") as refusal:
        patiently(failing(*[LOCKED] * 9), "postgresql://me:secret@host/db", seconds=-1)
    assert "secret" not in str(refusal.value)
    assert "postgresql://me:***@host/db" in str(refusal.value)


def test_a_lock_that_stays_longer_than_a_moment_is_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    seconds = iter(range(100))
    monkeypatch.setattr(patience.time, "monotonic", lambda: next(seconds))
    assert (
        patiently(failing(*[LOCKED] * 3), "postgresql://me:secret@host/db", said.append) == "done"
    )
    assert said == []  # three seconds are a moment
    assert (
        patiently(failing(*[LOCKED] * 9), "postgresql://me:secret@host/db", said.append) == "done"
    )
    assert said == ["Another program keeps the gradebook locked: postgresql://me:***@host/db"]


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("INSERT", {}, sqlite3.OperationalError("disk I/O error")),
        ModuleNotFoundError("No module named 'psycopg'"),
    ],
)
def test_other_faults_are_told_at_once(error: Exception, pauses: list[float]) -> None:
    with pytest.raises(CourseError, match="cannot be used"):
        patiently(failing(error), "sqlite:///x")
    assert pauses == []


def test_passwords_are_not_shown() -> None:
    assert without_password("postgresql://me:pass@host/db") == "postgresql://me:***@host/db"
    assert without_password("sqlite:////tmp/a:b/c") == "sqlite:////tmp/a:b/c"


@pytest.mark.slow
def test_a_result_is_written_as_soon_as_another_writer_is_done(
    tmp_path: Path,
    grade: Callable[..., NotebookResult],
    source: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    course = make_course(tmp_path)
    result = grade(None)
    now = answers_in(result.notebook_json, stubs_of(source))
    with nbgrader_environment(), Gradebook(course.gradebook_url) as gradebook:
        register(gradebook, course.gradebook_url, course.lab(LAB))
        said: list[str] = []
        ledger = Ledger(gradebook, LAB, on_wait=said.append)
        other = sqlite3.connect(tmp_path / "gradebook.db", check_same_thread=False)
        other.execute("BEGIN EXCLUSIVE")
        threading.Timer(7, other.rollback).start()  # SQLite itself waits for five seconds
        ledger.save(result, now)
        assert said == [f"Another program keeps the gradebook locked: {course.gradebook_url}"]
        assert ledger.recorded() == {("ada", NOTEBOOK)}
        assert gradebook.find_submission(LAB, "ada").score == 0

"""A student process that is killed from outside, and one that kills itself."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from course.errors import CourseError
from course.grading import grade as grade_module
from course.grading.processes.memory import descendants
from course.grading.verdict.results import NotebookResult, Status
from course.grading.wall.connection import CellRun, Student, StudentCell
from tests.support.results import by_id
from tests.support.toylab import cell

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc"),
]
Grade = Callable[..., NotebookResult]


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Collect the runs of notebooks that are begun."""
    begun: list[object] = []
    original = grade_module._run

    def counted(*arguments: Any) -> Any:
        begun.append(None)
        return original(*arguments)

    monkeypatch.setattr(grade_module, "_run", counted)
    return begun


@pytest.fixture
def kill(monkeypatch: pytest.MonkeyPatch, runs: list[object]) -> Callable[[int, int], None]:
    """Say before which cell of each of the first runs the student process is killed."""

    def arm(cell_number: int, times: int) -> None:
        original = Student.run
        counts: dict[int, int] = {}

        def run(student: Student, step: StudentCell) -> CellRun:
            counts[len(runs)] = counts.get(len(runs), 0) + 1
            if counts[len(runs)] == cell_number and len(runs) <= times:
                student._ready()
                assert student._process is not None
                for pid in list(descendants(*student._process.roots)):
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            return original(student, step)

        monkeypatch.setattr(Student, "run", run)

    return arm


@pytest.mark.parametrize("cell_number", [1, 2, 3])
def test_killed_once_it_is_graded_as_if_nothing_had_been(
    grade: Grade,
    source: Any,
    runs: list[object],
    kill: Callable[[int, int], None],
    cell_number: int,
) -> None:
    undisturbed = grade(source)
    runs.clear()
    kill(cell_number, 1)
    assert grade(source) == undisturbed
    assert len(runs) == 2


def test_killed_twice_the_second_result_stands(
    grade: Grade, source: Any, runs: list[object], kill: Callable[[int, int], None]
) -> None:
    kill(3, 2)
    verdicts = by_id(grade(source))
    assert verdicts["test-line"].points == 0
    assert verdicts["test-squares"].status is Status.PASSED
    assert len(runs) == 2


def test_what_kills_itself_gains_one_more_try_and_nothing_else(
    grade: Grade, source: Any, runs: list[object]
) -> None:
    text = "import os\n\ndef squares(x):\n    os.kill(os.getpid(), 9)"
    cell(source, "squares").source = text
    verdicts = by_id(grade(source))
    assert verdicts["test-squares"].status is Status.DIED
    assert verdicts["test-line"].status is Status.PASSED
    assert len(runs) == 2


def test_killed_as_it_starts_is_no_fault_of_the_grader(
    grade: Grade, source: Any, runs: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Student._start

    def start(student: Student) -> Any:
        if len(runs) == 1:
            raise CourseError("it cannot be started: the process ended (killed by signal 9)")
        return original(student)

    monkeypatch.setattr(Student, "_start", start)
    assert grade(source).status == "graded"
    assert len(runs) == 2
    monkeypatch.setattr(Student, "_start", lambda _: start_fails())
    with pytest.raises(CourseError, match="no bwrap"):
        grade(source)
    assert len(runs) == 3


def start_fails() -> None:
    raise CourseError("no bwrap")

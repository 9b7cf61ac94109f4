"""What a hostile or unlucky submission tries, end to end; each case was a hole once."""

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from course.grading.connection import CellRun, Student, StudentCell
from course.grading.faults import ProtocolFault, StudentDied, StudentFault, StudentTimeout
from course.grading.limits import Limits

QUICK = Limits(cell_seconds=2.0, call_seconds=2.0)
AGENT = """
import gc
agent = next(o for o in gc.get_objects() if type(o).__name__ == "Agent")
"""


@pytest.fixture
def student() -> Iterator[Student]:
    with Student(QUICK) as student:
        yield student


def run(student: Student, source: str, key: str = "a") -> CellRun:
    return student.run(StudentCell(key, source))


KEEPER = """
kept = []
def keep(f):
    kept.append(f)
    return f(3)
def answer(x):
    return kept[0](x)
"""


def test_a_tests_function_cannot_be_called_after_its_test(student: Student) -> None:
    run(student, KEEPER)
    with student.within(30):
        assert student.lookup("keep")(lambda x: x + 1) == 4
        assert student.lookup("answer")(1) == 2
    with student.within(30), pytest.raises(ProtocolFault, match="no object number"):
        student.lookup("answer")(1)
    assert run(student, "1").status == "ok"


def test_a_tests_function_cannot_be_called_from_a_later_cell(student: Student) -> None:
    run(student, KEEPER)
    calls = []
    with student.within(30):
        student.lookup("keep")(calls.append)
    assert run(student, "kept[0](4)").status == "died"
    assert calls == [3]


def test_a_tests_function_does_not_come_back_as_the_students(student: Student) -> None:
    run(student, KEEPER)
    with student.within(30):
        student.lookup("keep")(lambda x: x + 1)
    run(student, "solution = kept[0]")
    with student.within(30), pytest.raises(StudentFault):
        student.lookup("solution")(1)

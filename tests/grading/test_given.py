"""What the instructor gives for tests stays what it was given as."""

from collections.abc import Iterator
from typing import Any

import pytest
from nbformat import v4

from course.grading.submission.given import given_definitions
from course.grading.wall.connection import Student, StudentCell

GIVEN = '''%matplotlib inline
import functools


def double(x):
    """Twice x."""
    return 2 * x


@functools.cache
def quadruple(x, by=double):
    return double(by(x))


def template():
    return """a
%s
"""


class Tally:
    calls = 0


class Node:
    pass
'''
SOLUTION = "class Mine(Node):\n    pass"
TEST = "print(template(), double(1), quadruple(1), Tally(), Node(), Mine(), answer(), twin(1))"


def notebook() -> Any:
    def cell(source: str, grade_id: str, **flags: bool) -> Any:
        kinds = {"grade": False, "solution": False, "locked": False, **flags}
        return v4.new_code_cell(source, metadata={"nbgrader": {**kinds, "grade_id": grade_id}})

    return v4.new_notebook(
        cells=[
            cell(GIVEN, "given", locked=True),
            cell("def answer(): return 42\ndef twin(x): return x", "given-more", locked=True),
            cell("def twin(x): return -x", "given-again", locked=True),
            v4.new_code_cell("def open_to_all(): return 1"),
            cell(SOLUTION, "mine", solution=True),
            cell(f"{TEST}\nopen_to_all()", "test-mine", grade=True, locked=True),
        ]
    )


def test_what_is_given_once_and_used_by_tests_is_made_anew() -> None:
    definitions = given_definitions(notebook())
    assert set(definitions) == {"double", "quadruple", "template", "Tally", "answer"}
    assert [key for key, _ in definitions["answer"]] == ["given-more"]
    texts = [text.strip().splitlines()[0] for _, text in definitions["quadruple"]]
    assert texts == ["def double(x):", "@functools.cache"]  # what it uses comes first
    assert definitions["double"][0][1].index("def double") == 4  # its line in the cell


@pytest.fixture
def student() -> Iterator[Student]:
    with Student(definitions=given_definitions(notebook())) as student:
        assert student.run(StudentCell("given", GIVEN)).status == "ok"
        yield student


def test_a_name_means_what_was_given(student: Student) -> None:
    cell = "double = quadruple = lambda *args: 7\nTally.calls = 3\nclass Node: number = 5"
    assert student.run(StudentCell("change", cell)).status == "ok"
    assert student.lookup("double")(1) == 2
    assert student.lookup("quadruple")(1) == 4
    assert student.lookup("Tally").calls == 0
    assert student.lookup("template")() == "a\n%s\n"
    assert student.lookup("Node").number == 5  # of which others make subclasses


@pytest.mark.parametrize("change", ["del double", "double.__code__ = (lambda x: 7).__code__"])
def test_a_function_is_made_again_where_it_was_changed(student: Student, change: str) -> None:
    assert student.run(StudentCell("change", change)).status == "ok"
    assert student.lookup("double")(1) == 2


def test_a_function_that_is_as_it_was_given_is_the_same(student: Student) -> None:
    cell = "known = {double: 'twice'}\ndef name(function): return known[function]"
    assert student.run(StudentCell("know", cell)).status == "ok"
    assert student.lookup("name")(student.lookup("double")) == "twice"

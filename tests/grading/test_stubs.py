import nbformat.v4 as v4
import pytest

from course.errors import CourseError
from course.labs import clear_solution, release_cell_source

SOURCE = """def f(x):
    y = 1
    ### BEGIN SOLUTION
    return x + y
    ### END SOLUTION
"""


def code(source: str, stub: object = "", **nbgrader: object) -> object:
    return v4.new_code_cell(source, metadata={"nbgrader": nbgrader, "course": {"stub": stub}})


def test_the_stub_takes_the_place_and_the_indentation_of_the_region() -> None:
    cleared = clear_solution(SOURCE, "Exercise 2: return x + 1, shape (B, n)")
    assert cleared == (
        "def f(x):\n    y = 1\n"
        '    raise NotImplementedError("Exercise 2: return x + 1, shape (B, n)")\n'
    )


def test_quotes_and_backslashes_survive_in_the_stub() -> None:
    text = 'say "∂L/∂w" and \\n'
    with pytest.raises(NotImplementedError) as raised:
        exec(clear_solution("### BEGIN SOLUTION\n### END SOLUTION", text))
    assert str(raised.value) == text


def test_each_region_gets_its_own_stub() -> None:
    cleared = clear_solution(SOURCE + SOURCE, ["first", "second"])
    assert cleared.index('"first"') < cleared.index('"second"')
    with pytest.raises(CourseError, match="1 stubs are given for 2"):
        clear_solution(SOURCE + SOURCE, ["first"])


def test_a_cell_without_region_is_a_solution_as_a_whole() -> None:
    assert clear_solution("x = 1", "say x") == 'raise NotImplementedError("say x")'


@pytest.mark.parametrize("source", ["### BEGIN SOLUTION\nx", "### BEGIN SOLUTION\n" + SOURCE])
def test_regions_that_do_not_match_are_refused(source: str) -> None:
    with pytest.raises(CourseError):
        clear_solution(source, "stub")


def test_release_cell_source_reads_the_stub_of_the_cell() -> None:
    assert 'Error("do it")' in release_cell_source(code(SOURCE, "do it", solution=True))
    assert release_cell_source(code(SOURCE.replace("SOLUTION", "X"), locked=True)).count("X") == 2


def test_release_cell_source_leaves_out_hidden_tests_and_mark_schemes() -> None:
    hidden = "assert f\n### BEGIN HIDDEN TESTS\nassert g\n### END HIDDEN TESTS"
    assert release_cell_source(code(hidden, grade=True)) == "assert f"
    question = "Why?\n### BEGIN MARK SCHEME\nbecause\n### END MARK SCHEME\n"
    cell = v4.new_markdown_cell(question)
    assert "because" not in release_cell_source(cell)
    cell.metadata["nbgrader"] = {"solution": True, "grade": True}
    assert release_cell_source(cell) == "YOUR ANSWER HERE"

import copy
from typing import Any

import pytest
from nbformat import v4

from course.grading.submission.rebuild import Rebuilt, rebuild
from course.labs import Kind
from tests.support.toylab import SQUARES, cell

MINE = "def squares(x):\n    return x * x  # mine"


def texts(rebuilt: Rebuilt) -> dict[str, str]:
    return {step.key: step.source for step in rebuilt.cells}


def order(rebuilt: Rebuilt) -> list[str]:
    return [step.key for step in rebuilt.cells]


def test_the_student_gives_solutions_and_answers_and_nothing_else(
    source: Any, release: Any
) -> None:
    cell(release, "squares").source = MINE
    cell(release, "question-mean").source = "It scales."
    cell(release, "test-squares").source = "print('passed')"
    cell(release, "given-column").source = "np = None"
    release.cells[0].source = "# My title"
    rebuilt = rebuild(source, release)
    assert texts(rebuilt)["squares"] == MINE
    assert cell(rebuilt.notebook, "question-mean").source == "It scales."
    for grade_id in ("test-squares", "given-column"):
        assert cell(rebuilt.notebook, grade_id).source == cell(source, grade_id).source
    assert rebuilt.notebook.cells[0].source == source.cells[0].source
    assert "The cell `test-squares` was changed; the original was used." in rebuilt.notes


def test_the_hidden_test_is_put_back_without_a_word(source: Any, release: Any) -> None:
    rebuilt = rebuild(source, release)
    assert "secret" in texts(rebuilt)["test-squares-hidden"]
    assert rebuilt.notes == ()


def test_no_solution_is_left_in_the_notebook(source: Any, release: Any) -> None:
    release.cells = []
    rebuilt = rebuild(source, release)
    text = "\n".join(node.source for node in rebuilt.notebook.cells)
    assert "x**2\n    ### END" not in text
    assert "does not grow" not in text
    assert "SOLUTION" not in text
    assert "The cell `squares` is missing; it counts as not written." in rebuilt.notes


def test_the_notebook_of_another_lab_is_told(source: Any, release: Any) -> None:
    release.cells = [v4.new_code_cell(f"print({number})") for number in range(5)]
    *_, strange = rebuild(source, release).notes
    assert "Is this the notebook of another lab?" in strange
    assert "put back." not in " ".join(rebuild(source, release).notes[:-1])


def test_experiments_never_run_and_kinds_are_told(source: Any, release: Any) -> None:
    rebuilt = rebuild(source, release)
    assert not any("experiment" in text for text in texts(rebuilt).values())
    kinds = {step.key: step.kind for step in rebuilt.cells}
    assert kinds["test-line"] is Kind.TEST
    assert kinds["line"] is Kind.SOLUTION


def test_metadata_tags_kernel_and_outputs_come_from_the_instructor(
    source: Any, release: Any
) -> None:
    release.metadata = {"kernelspec": {"name": "evil"}}
    test = cell(release, "test-squares")
    test.metadata["tags"] = ["skip-execution"]
    test.metadata.nbgrader["points"] = 1000
    test.outputs = [v4.new_output("stream", text="full marks")]
    rebuilt = rebuild(source, release)
    assert rebuilt.notebook.metadata == source.metadata
    assert cell(rebuilt.notebook, "test-squares") == cell(source, "test-squares")


def test_an_added_cell_keeps_its_place(source: Any, release: Any) -> None:
    release.cells.insert(2, v4.new_code_cell("helper = 1"))
    release.cells.insert(0, v4.new_code_cell("first = 1"))
    rebuilt = rebuild(source, release)
    sources = [step.source for step in rebuilt.cells]
    assert sources[0] == "first = 1"
    assert sources.index("helper = 1") == order(rebuilt).index("given-column") + 1
    assert [rebuilt.notebook.cells[step.index].source for step in rebuilt.cells] == sources


def test_moved_cells_run_in_the_instructors_order_and_helpers_stay(
    source: Any, release: Any
) -> None:
    line = release.cells.pop(6)
    release.cells.insert(1, line)
    release.cells.insert(3, v4.new_code_cell("helper = 1"))
    rebuilt = rebuild(source, release)
    assert [key for key in order(rebuilt) if not key.startswith("cell-")] == [
        "given-column", "squares", "test-squares", "test-squares-hidden", "line", "test-line",
    ]  # fmt: skip
    assert rebuilt.cells[1].source == "helper = 1"


def test_a_split_solution_cell_runs_whole(source: Any, release: Any) -> None:
    stub = cell(release, "squares")
    rest = copy.deepcopy(stub)
    stub.source, rest.source, rest.id = "def helper(x):\n    return x * x", MINE, "other"
    release.cells.insert(3, rest)
    rebuilt = rebuild(source, release)
    sources = [step.source for step in rebuilt.cells]
    assert sources[1:3] == [stub.source, MINE]
    assert rebuilt.notes == ("Your notebook has 2 cells `squares`; they were run in your order.",)


def test_a_copy_of_the_stub_does_not_win_over_the_solution(source: Any, release: Any) -> None:
    mine = copy.deepcopy(cell(release, "squares"))
    mine.source, mine.id = MINE, "other"
    release.cells.insert(3, mine)
    rebuilt = rebuild(source, release)
    assert texts(rebuilt)["squares"] == MINE
    assert [step.source for step in rebuilt.cells].count(MINE) == 1
    assert "NotImplementedError" not in texts(rebuilt)["squares"]


def test_a_solution_in_a_new_cell_is_found_by_what_it_defines(source: Any, release: Any) -> None:
    release.cells.remove(cell(release, "squares"))
    release.cells.insert(2, v4.new_code_cell(MINE))
    rebuilt = rebuild(source, release)
    assert texts(rebuilt)["squares"] == MINE
    assert "the cell that defines `squares` was graded in its place" in rebuilt.notes[0]


def test_a_renamed_cell_is_found_by_its_id(source: Any, release: Any) -> None:
    node = cell(release, "squares")
    node.metadata.nbgrader["grade_id"] = "Squares2"
    node.source = MINE
    assert texts(rebuild(source, release))["squares"] == MINE


def test_metadata_stripped_by_an_editor_costs_nothing(source: Any, release: Any) -> None:
    cell(release, "squares").source = SQUARES
    for number, node in enumerate(release.cells):
        node.metadata, node.id = {}, f"new-{number}"
    rebuilt = rebuild(source, release)
    assert texts(rebuilt)["squares"] == SQUARES
    assert len(rebuilt.cells) == 6


def test_an_edited_open_cell_runs_beside_the_original(source: Any, release: Any) -> None:
    source.cells.insert(1, v4.new_code_cell("import math", id="open"))
    release.cells.insert(1, v4.new_code_cell("import math\nimport cmath", id="open"))
    sources = [step.source for step in rebuild(source, release).cells]
    assert sources[:2] == ["import math", "import math\nimport cmath"]


def test_a_solution_turned_to_markdown_still_runs(source: Any, release: Any) -> None:
    node = cell(release, "squares")
    node.cell_type, node.source = "markdown", MINE
    rebuilt = rebuild(source, release)
    assert texts(rebuilt)["squares"] == MINE
    assert cell(rebuilt.notebook, "squares").cell_type == "code"
    assert "not a code cell" in rebuilt.notes[0]


def test_pictures_of_an_answer_are_kept_and_other_attachments_are_not(
    source: Any, release: Any
) -> None:
    answer = cell(release, "question-mean")
    answer.attachments = {
        "a.png": {"image/png": "iVBOR", "text/html": "<script>"},
        "b": {"text/html": "<script>"},
        "c": 3,
    }
    rebuilt = rebuild(source, release)
    kept = cell(rebuilt.notebook, "question-mean").attachments
    assert kept == {"a.png": {"image/png": "iVBOR"}}


@pytest.mark.parametrize(
    "absurd", [None, 3, [], "x", {"nbgrader": 7}, {"nbgrader": {"grade_id": []}}]
)
def test_absurd_metadata_reads_as_none(source: Any, release: Any, absurd: Any) -> None:
    cell(release, "squares").source = MINE
    for node in release.cells:
        node.metadata = absurd
        node.id = absurd
    assert texts(rebuild(source, release))["squares"] == MINE


@pytest.mark.parametrize("absurd", [None, 3, {"a": 1}, ["x", 4], "\ud800"])
def test_absurd_sources_read_as_text(source: Any, release: Any, absurd: Any) -> None:
    cell(release, "squares").source = absurd
    texts(rebuild(source, release))["squares"].encode("utf-8")


def test_neither_argument_is_changed(source: Any, release: Any) -> None:
    before = copy.deepcopy((source, release))
    rebuild(source, release)
    assert (source, release) == before

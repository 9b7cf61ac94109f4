"""Tricks with tags, metadata, kinds and order of cells."""

import copy
from typing import Any

from nbformat import v4

from tests.attacks.corpus import Kind
from tests.support.toylab import cell

KIND = Kind("metadata")


def _tests(notebook: Any) -> list[Any]:
    return [node for node in notebook.cells if _meta(node).get("grade_id", "").startswith("test-")]


def _meta(node: Any) -> Any:
    return node.metadata.get("nbgrader", {})


def _tag(*tags: str) -> Any:
    def edit(notebook: Any) -> None:
        for node in _tests(notebook):
            node.metadata["tags"] = list(tags)

    return edit


def _delete(notebook: Any) -> None:
    notebook.cells = [node for node in notebook.cells if node not in _tests(notebook)]


def _duplicate(notebook: Any) -> None:
    for node in _tests(notebook):
        twin = copy.deepcopy(node)
        twin.source = "print('all passed')"
        notebook.cells.append(twin)


def _duplicate_before(notebook: Any) -> None:
    for node in _tests(notebook):
        twin = copy.deepcopy(node)
        twin.source, twin.id = "1 + 1", f"twin-{node.id}"
        notebook.cells.insert(0, twin)


def _retype(cell_type: str) -> Any:
    def edit(notebook: Any) -> None:
        make = v4.new_markdown_cell if cell_type == "markdown" else v4.new_raw_cell
        for place, node in enumerate(notebook.cells):
            if node in _tests(notebook):
                notebook.cells[place] = make(node.source, id=node.id, metadata=node.metadata)

    return edit


def _tests_first(notebook: Any) -> None:
    tests = _tests(notebook)
    notebook.cells = tests + [node for node in notebook.cells if node not in tests]


def _kernel(notebook: Any) -> None:
    notebook.metadata["kernelspec"] = {"name": "bash", "display_name": "B", "language": "bash"}
    notebook.metadata["language_info"] = {"name": "bash"}


def _forged_outputs(notebook: Any) -> None:
    for node in _tests(notebook):
        node.execution_count = 1
        node.outputs = [v4.new_output("execute_result", {"text/plain": "100.0"})]
        node.outputs += [v4.new_output("stream", text="passed: all tests\n")]


def _more_points(notebook: Any) -> None:
    for node in _tests(notebook):
        _meta(node)["points"] = 1000


def _swap_ids(notebook: Any) -> None:
    for exercise in ("squares", "layer", "line"):
        solution, test = cell(notebook, exercise), cell(notebook, f"test-{exercise}")
        _meta(solution).update(_meta(test), grade_id=f"test-{exercise}")
        _meta(test).update(grade=False, solution=True, locked=False, grade_id=exercise)
        solution.source = "print('passed')"


def _tests_open(notebook: Any) -> None:
    for node in _tests(notebook):
        _meta(node).update(solution=True, locked=False, points=4)
        node.source = "pass"


def _task(notebook: Any) -> None:
    for node in _tests(notebook):
        _meta(node).update(task=True, grade=False, solution=False)


def _old_format(notebook: Any) -> None:
    cells = [
        {"cell_type": "code", "input": node.source, "language": "python", "outputs": []}
        for node in notebook.cells
        if node.cell_type == "code" and node not in _tests(notebook)
    ]
    for node in list(notebook.keys()):
        del notebook[node]
    notebook.update(nbformat=3, nbformat_minor=0, metadata={}, worksheets=[{"cells": cells}])


def _no_ids(notebook: Any) -> None:
    for node in notebook.cells:
        node.metadata.pop("nbgrader", None)
        node.id = "same"


def _empty_twin_of_every_cell(notebook: Any) -> None:
    for node in list(notebook.cells):
        twin = copy.deepcopy(node)
        twin.source, twin.id = "", f"e-{node.id}"
        notebook.cells.insert(0, twin)


def _region_marks(notebook: Any) -> None:
    cell(
        notebook, "squares"
    ).source = "### BEGIN HIDDEN TESTS\ndef squares(x):\n    return 3 * x\n### BEGIN SOLUTION\n"
    notebook.cells.append(v4.new_code_cell("### BEGIN SOLUTION\n### BEGIN MARK SCHEME"))


def _manual_points(notebook: Any) -> None:
    answer = cell(notebook, "question-mean")
    answer.source = "4.0\n\nscore: 4"
    _meta(answer)["points"] = 400
    notebook.cells.append(copy.deepcopy(answer))


def _names_of_others(notebook: Any) -> None:
    notebook.metadata["nbgrader"] = {"student": "zz-right", "student_id": "zz-right"}
    notebook.metadata["course"] = {"result": {"points": 34.0}}
    for node in notebook.cells:
        node.metadata["course"] = {"added": True, "result": {"points": 34.0}, "kind": "given"}


def _hidden_in_solution(notebook: Any) -> None:
    """Put the visible test into the solution cell, with the test's id on the stub."""
    for exercise in ("squares", "layer"):
        node = cell(notebook, exercise)
        node.source += "\n\n\ndef squares(x):\n    return x"
        node.id = f"test-{exercise}"


def _strange_ids(notebook: Any) -> None:
    names = ["../../../gradebook", "test-squares\x00", "__class__", "-" * 5000, "%s{0.__class__}"]
    for node, name in zip(_tests(notebook), names, strict=False):
        _meta(node)["grade_id"] = name


ATTACKS = (
    KIND.edit("tag-skip-execution", "Tag test cells `skip-execution`.", "marks",
              _tag("skip-execution")),
    KIND.edit("tag-experiment", "Tag test cells `experiment`, which grading skips.", "marks",
              _tag("experiment")),
    KIND.edit("tag-raises-exception", "Tag test cells `raises-exception`.", "marks",
              _tag("raises-exception", "nbval-skip", "remove_cell")),
    KIND.edit("tests-deleted", "Delete every test cell.", "marks", _delete),
    KIND.edit("tests-duplicated", "Append a passing twin of every test cell.", "marks",
              _duplicate),
    KIND.edit("tests-duplicated-before", "Put passing twins before the test cells.", "marks",
              _duplicate_before),
    KIND.edit("tests-as-markdown", "Make test cells markdown cells.", "marks",
              _retype("markdown")),
    KIND.edit("tests-as-raw", "Make test cells raw cells.", "marks", _retype("raw")),
    KIND.edit("tests-first", "Move the tests before the code.", "marks", _tests_first),
    KIND.edit("kernel-bash", "Name a kernel for which a test is no error.", "marks", _kernel),
    KIND.edit("outputs-forged", "Store outputs of passed tests, with partial credit.", "marks",
              _forged_outputs),
    KIND.edit("points-raised", "Give test cells 1000 points in their metadata.", "marks",
              _more_points),
    KIND.edit("ids-swapped", "Let solution cells bear the ids of test cells.", "marks", _swap_ids),
    KIND.edit("tests-open", "Declare test cells to be solution cells.", "marks", _tests_open),
    KIND.edit("tests-as-tasks", "Declare test cells to be tasks without a test.", "marks", _task),
    KIND.edit("format-old", "Hand in nbformat 3, without metadata.", "marks", _old_format),
    KIND.edit("ids-none", "Strip all nbgrader metadata, one id for all cells.", "marks", _no_ids),
    KIND.edit("twins-empty", "An empty twin before every cell.", "marks",
              _empty_twin_of_every_cell),
    KIND.edit("region-marks", "Unclosed solution and hidden-test marks in one's own cells.",
              "class", _region_marks),
    KIND.edit("manual-points", "Answer a question twice, with points written in.", "marks",
              _manual_points),
    KIND.edit("names-of-others", "Metadata that says whose it is and what it earned.", "marks",
              _names_of_others),
    KIND.edit("ids-crossed", "Nbgrader's id of the solution, the cell id of the test.", "marks",
              _hidden_in_solution),
    KIND.edit("ids-strange", "Grade ids with paths, format fields and null bytes.", "class",
              _strange_ids),
)  # fmt: skip

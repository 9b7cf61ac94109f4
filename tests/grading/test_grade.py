"""One submission through the real two processes."""

import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nbformat import v4

from course.grading.grade import grade_notebook
from course.grading.plan import Job, Plan
from course.grading.submission.data_files import read_data_files
from course.grading.verdict.results import NotebookResult, Status
from course.labs import Lab, apply_alternative, apply_mistake, dump_notebook, parse_notebook
from tests.support.results import by_id
from tests.support.toylab import POINTS, TEST_POINTS, cell

Grade = Callable[..., NotebookResult]
WRONG = "def squares(x):\n    return x + 1\n"


def test_the_reference_earns_every_test_point(grade: Grade, source: Any) -> None:
    result = grade(source)
    assert (result.status, result.points, result.max_points) == ("graded", TEST_POINTS, POINTS)
    assert by_id(result)["question-mean"].status is Status.MANUAL
    assert result.notes == ()


def test_the_blank_release_earns_nothing_and_hears_what_to_write(
    grade: Grade, release: Any
) -> None:
    result = grade(release)
    assert result.points == 0
    messages = {key: c.message for key, c in by_id(result).items() if c.status is Status.BLANK}
    assert messages.keys() == {"test-squares", "test-squares-hidden", "test-line"}
    assert "Exercise 1: return x squared, shape of x" in messages["test-squares"]


@pytest.mark.parametrize(
    "name", ["squares-doubled", "squares-sum", "squares-crash", "mean-missing", "bias-missing"]
)
def test_a_known_mistake_loses_points_in_its_exercise_and_is_named(
    grade: Grade, source: Any, lab: Lab, name: str
) -> None:
    (mistake,) = (m for m in lab.mistakes if m.id == name)
    cells = by_id(grade(apply_mistake(source, mistake)))
    for key, verdict in cells.items():
        if key.startswith(f"test-{mistake.exercise}"):
            assert verdict.points == 0
            assert verdict.diagnosis == name
            assert f"Likely cause: {mistake.title} {mistake.hint}" in verdict.message
        elif key.startswith("test-"):
            assert verdict.points == verdict.max_points


def test_an_unknown_fault_is_not_named(grade: Grade, source: Any) -> None:
    cell(source, "squares").source = WRONG
    verdict = by_id(grade(source))["test-squares"]
    assert verdict.status is Status.FAILED
    assert verdict.diagnosis not in {"squares-doubled", "squares-sum"}
    assert "`squares(x)` is wrong" in verdict.message


@pytest.mark.parametrize("number", [0, 1])
def test_other_right_solutions_earn_everything(
    grade: Grade, source: Any, lab: Lab, number: int
) -> None:
    result = grade(apply_alternative(source, lab.alternatives[number]))
    assert result.points == TEST_POINTS


def test_a_syntax_error_costs_its_own_exercise_only(grade: Grade, source: Any) -> None:
    cell(source, "line").source = "class Line:\n    def (:"
    cells = by_id(grade(source))
    assert cells["test-squares"].status is Status.PASSED
    assert cells["test-line"].message == (
        "`Line` is not defined: the cell `line` stopped with SyntaxError: invalid syntax (line 2)"
    )


def test_a_cell_that_never_ends_is_named_by_the_test_that_needs_it(
    grade: Grade, source: Any
) -> None:
    cell(source, "line").source = "while True: pass\nclass Line: pass"
    result = grade(source)
    verdict = by_id(result)["test-line"]
    assert verdict.status is Status.TIMEOUT
    assert verdict.message == "`Line` is not defined: the cell `line` did not end in time"
    (note,) = result.notes
    assert note.startswith("The cell `line` did not come to its end in time and was stopped")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("while True: pass", Status.TIMEOUT),
        ("import os; os._exit(0)", Status.DIED),
        ("import sys; sys.exit(0)", Status.ERROR),
        ("raise KeyboardInterrupt", Status.ERROR),
        ("raise AssertionError", Status.ERROR),
        ("return None", Status.FAILED),
        ("return object()", Status.FAILED),
    ],
)
def test_whatever_a_solution_does_later_tests_still_count(
    grade: Grade, source: Any, body: str, status: Status
) -> None:
    cell(source, "squares").source = f"def squares(x):\n    {body}\n"
    cells = by_id(grade(source))
    assert cells["test-squares"].status is status
    assert cells["test-squares"].points == 0
    assert cells["test-line"].status is Status.PASSED


@pytest.mark.parametrize("data", [None, b"", b"{", b"[]", b"\xff\xfe", b"[" * 10**5])
def test_what_cannot_be_read_gets_a_plain_account(grade: Grade, data: bytes | None) -> None:
    result = grade(data)
    assert result.status == ("missing" if data is None else "unreadable")
    assert (result.points, result.max_points) == (0, POINTS)
    assert len(result.notes) == 1
    assert "Traceback" not in result.notes[0]
    text = parse_notebook(result.notebook_json.encode(), where="").cells[0].source
    assert result.notes[0] in text


def test_a_huge_file_is_refused_unread(grade: Grade) -> None:
    assert grade(b" " * (64 * 2**20 + 1)).status == "unreadable"


def test_the_same_seed_gives_the_same_result_and_another_other_inputs(
    plan: Plan, source: Any
) -> None:
    cell(source, "squares").source = WRONG
    data = dump_notebook(source).encode()
    first, again = (grade_notebook(Job("ada", plan, data)) for _ in range(2))
    assert first == again
    other = grade_notebook(Job("ada", replace(plan, seed=8), data))
    assert other.points == first.points
    assert by_id(other)["test-squares"].message != by_id(first)["test-squares"].message


def test_when_the_time_for_the_notebook_is_over_the_rest_is_not_run(
    plan: Plan, source: Any
) -> None:
    short = replace(plan, limits=replace(plan.limits, notebook_seconds=0.0))
    result = grade_notebook(Job("ada", short, dump_notebook(source).encode()))
    assert {c.status for c in result.cells} == {Status.NOT_RUN, Status.MANUAL}
    assert result.points == 0


def test_job_and_result_travel(plan: Plan, grade: Grade, source: Any) -> None:
    job = Job("ada", plan, b"{")
    assert pickle.loads(pickle.dumps(job)).plan.notebook == plan.notebook
    result = grade(source)
    assert pickle.loads(pickle.dumps(result)) == result
    json.dumps(result.as_dict())


def test_the_autograded_notebook_shows_messages_and_what_tests_said(
    grade: Grade, source: Any
) -> None:
    cell(source, "squares").source = WRONG
    notebook = parse_notebook(grade(source).notebook_json.encode(), where="")
    (output,) = cell(notebook, "test-squares").outputs
    assert output.output_type == "error"
    assert output.traceback[0] == "Exercise 1 · squares: `squares(x)` is wrong."
    (output,) = cell(notebook, "test-line").outputs
    assert "gradient" in output.text


def test_notes_stand_first_in_the_autograded_notebook(grade: Grade, source: Any) -> None:
    source.cells.remove(cell(source, "test-squares"))
    result = grade(source, notes=("You handed in `x`.",))
    notebook = parse_notebook(result.notebook_json.encode(), where="")
    assert notebook.cells[0].source == (
        "**About your submission**\n\n- You handed in `x`.\n"
        "- The cell `test-squares` is missing; it was put back."
    )


# What passes in stock nbgrader and must not pass here: each takes a notebook with a wrong
# `squares` and changes it.


def skip_tag(notebook: Any) -> None:
    for node in notebook.cells:
        node.metadata["tags"] = ["skip-execution"]


def ast_transformer(notebook: Any) -> None:
    text = """
import ast
class Pass(ast.NodeTransformer):
    def visit_Module(self, node):
        node.body = []
        return node
get_ipython().ast_transformers.append(Pass())
"""
    notebook.cells.insert(0, v4.new_code_cell(text))


def equal_to_all(notebook: Any) -> None:
    cell(notebook, "squares").source = """
import numpy as np
class Yes(np.ndarray):
    def __eq__(self, other): return True
    def __array_ufunc__(self, *args, **kwargs): return True
    shape = property(lambda self: (3, 4))
def squares(x):
    return np.zeros(1).view(Yes)
"""


def patched_numpy(notebook: Any) -> None:
    text = "import numpy as np\nnp.allclose = np.array_equal = lambda *a, **k: True"
    notebook.cells.insert(0, v4.new_code_cell(text))


def patched_checks(notebook: Any) -> None:
    text = "from course import checks\nchecks.check_value = checks.check_pure = lambda *a, **k: 1"
    notebook.cells.insert(0, v4.new_code_cell(text))


def no_tests(notebook: Any) -> None:
    notebook.cells = [n for n in notebook.cells if "test-squares" not in n.id]


def retyped_tests(notebook: Any) -> None:
    for node in notebook.cells:
        if node.id.startswith("test-squares"):
            node.cell_type = "markdown"


def duplicated_tests(notebook: Any) -> None:
    copies = [
        v4.new_code_cell("pass", metadata=n.metadata)
        for n in notebook.cells
        if "nbgrader" in n.metadata
    ]
    notebook.cells += copies


def forged_outputs(notebook: Any) -> None:
    for node in notebook.cells:
        if node.cell_type == "code":
            node.outputs = [v4.new_output("execute_result", data={"text/plain": "1000"})]


def wrong_kernel(notebook: Any) -> None:
    notebook.metadata = {"kernelspec": {"name": "bash", "language": "bash", "display_name": "sh"}}


def redefined_tests(notebook: Any) -> None:
    cell(notebook, "test-squares").source = "squares = None"
    notebook.cells.append(v4.new_code_cell("raise SystemExit"))


def more_points(notebook: Any) -> None:
    cell(notebook, "test-line").metadata.nbgrader["points"] = 1000


@pytest.mark.parametrize(
    "attack",
    [
        skip_tag, ast_transformer, equal_to_all, patched_numpy, patched_checks, no_tests,
        retyped_tests, duplicated_tests, forged_outputs, wrong_kernel, redefined_tests, more_points,
    ],
)  # fmt: skip
def test_an_attack_gains_nothing(grade: Grade, source: Any, attack: Callable[[Any], None]) -> None:
    cell(source, "squares").source = WRONG
    attack(source)
    cells = by_id(grade(source))
    assert cells["test-squares"].points == cells["test-squares-hidden"].points == 0
    assert sum(c.points for c in cells.values()) <= cells["test-line"].max_points == 6


def test_a_module_beside_the_notebook_is_not_imported(
    grade: Grade, source: Any, tmp_path: Path
) -> None:
    cell(source, "squares").source = WRONG
    (tmp_path / "numpy.py").write_text("raise SystemExit")
    (tmp_path / "course.py").write_text("raise SystemExit")
    cells = by_id(grade(source, files=read_data_files(tmp_path, 10_000)))
    assert cells["test-squares"].points == 0
    assert cells["test-line"].status is Status.PASSED


def test_rich_output_of_students_cannot_act(grade: Grade, source: Any) -> None:
    text = """
from IPython.display import HTML, display
display(HTML("<script>alert(1)</script>"))
print("\\x1b[31mhello")
"""
    source.cells.append(v4.new_code_cell(text))
    notebook = parse_notebook(grade(source).notebook_json.encode(), where="")
    outputs = json.dumps(notebook.cells[-1].outputs)
    assert "<script>" not in outputs
    assert "hello" in outputs
    assert "u001b" not in outputs


def test_an_exercise_that_uses_a_wrong_one_points_to_it(grade, release):
    cell(release, "squares").source = "def squares(x):\n    return 2 * x\n"
    cell(release, "line").source = (
        "class Line:\n"
        "    def __init__(self, w, b):\n        self.w, self.b = w, b\n"
        "    def predict(self, x):\n        return x @ self.w + self.b + squares(x).sum()\n"
        "    def gradient(self, x, y):\n        return x.T @ (self.predict(x) - y) / len(x)\n"
    )
    cells = by_id(grade(release))
    assert cells["test-squares"].diagnosis == "squares-doubled"
    assert "uses `squares`, which fails its own tests" in cells["test-line"].message


def test_a_name_in_a_docstring_is_not_used(grade, release):
    cell(release, "squares").source = "def squares(x):\n    return 2 * x\n"
    cell(release, "line").source = (
        "class Line:\n"
        '    """Unlike squares, a line."""\n'
        "    def __init__(self, w, b):\n        self.w, self.b = w, b\n"
        "    def predict(self, x):\n        return x @ self.w\n"
        "    def gradient(self, x, y):\n        return x.T @ (self.predict(x) - y) / len(x)\n"
    )
    assert "fails its own tests" not in by_id(grade(release))["test-line"].message


def test_a_solution_that_uses_an_unwritten_one_is_not_called_unwritten(grade, release):
    cell(release, "line").source = (
        "class Line:\n"
        "    def __init__(self, w, b):\n        self.w, self.b = w, b\n"
        "    def predict(self, x):\n        return squares(x) @ self.w\n"
        "    def gradient(self, x, y):\n        return x.T @ (self.predict(x) - y) / len(x)\n"
    )
    cells = by_id(grade(release))
    assert cells["test-squares"].status is Status.BLANK
    assert cells["test-line"].status is Status.ERROR
    assert cells["test-line"].message == "Your solution uses `squares`, which is not written yet."

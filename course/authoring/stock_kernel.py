"""Runs a hand-in as stock nbgrader does: tests beside the student's code, in one kernel.

A kernel for each of many hand-ins costs seconds, most of them spent on imports. Here one process
keeps IPython's shell warm and gives each hand-in a namespace of its own; what a test cell is worth
is nbgrader's own judgement of the outputs.
"""

import io
import os
import warnings
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from nbformat import v4
from nbgrader.utils import determine_grade

from course.authoring.handins import HandIn
from course.checks import session
from course.grading.verdict.references import NO_REFERENCES, References
from course.grading.verdict.time_limit import time_limit
from course.labs import Cell, Kind, cells_of, exercise_of, parse_notebook

RUNS = (Kind.GIVEN, Kind.SOLUTION, Kind.TEST, Kind.PLAIN)


def earned_in_one_kernel(
    hand_in: HandIn,
    source_json: str,
    seed: int,
    seconds: float,
    references: References = NO_REFERENCES,
) -> dict[str, float]:
    """Run a hand-in in this process; give the points of each test cell by grade_id.

    Of a mistake only the tests of its own exercise are run: the others would say nothing of it.
    Locked cells are the source's, with the hidden tests, as nbgrader's `OverwriteCells` puts them
    back. Experiments are skipped. `seconds` bounds each cell; `references` are gradients that need
    not be found again.
    """
    source = parse_notebook(source_json.encode(), where="source")
    locked = {c.grade_id: c.source for c in cells_of(source) if c.kind in (Kind.TEST, Kind.GIVEN)}
    notebook = parse_notebook(hand_in.data, where=hand_in.id or hand_in.kind)
    shell = _shell()
    shell.reset(new_session=False)
    earned = {}
    with warnings.catch_warnings():  # shows each warning anew
        for cell in cells_of(notebook):
            if not cell.is_code or cell.kind not in RUNS or _beside(cell, hand_in):
                continue
            node = notebook.cells[cell.index]
            node.source = locked.get(cell.grade_id, cell.source)
            with session(seed, cell.grade_id, references.get(cell.grade_id, ())):
                node.outputs = _outputs(shell, node.source, seconds)
            if cell.kind is Kind.TEST:
                earned[cell.grade_id] = float(determine_grade(node)[0])
    return earned


def _beside(cell: Cell, hand_in: HandIn) -> bool:
    """Tell whether the cell tests another exercise than the one where the mistake is."""
    is_test = cell.kind is Kind.TEST and hand_in.exercise != ""
    return is_test and exercise_of(cell.grade_id) != hand_in.exercise


@cache
def _shell() -> InteractiveShell:
    os.environ.setdefault("MPLBACKEND", "Agg")
    shell = InteractiveShell()
    shell.history_manager.enabled = False
    return shell


def _outputs(shell: InteractiveShell, source: str, seconds: float) -> list[Any]:
    """Run one cell; give the outputs that nbgrader judges by."""
    stderr = io.StringIO()
    with redirect_stdout(io.StringIO()), redirect_stderr(stderr), time_limit(seconds):
        result = shell.run_cell(source, store_history=False)
    outputs = []
    if stderr.getvalue():
        outputs.append(v4.new_output("stream", name="stderr", text=stderr.getvalue()))
    if not result.success:
        error = result.error_before_exec or result.error_in_exec
        outputs.append(v4.new_output("error", ename=type(error).__name__, evalue=str(error)))
    elif result.result is not None:
        data, _ = shell.display_formatter.format(result.result)
        outputs.append(v4.new_output("execute_result", data=data))
    return outputs

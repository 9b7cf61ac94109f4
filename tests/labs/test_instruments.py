"""What a lab gives to measure with, spoilt by a later cell: the tests do not believe it."""

from pathlib import Path
from typing import Any

import pytest
from nbformat import v4

from course.grading.grade import grade_notebook
from course.grading.plan import Job, Plan
from course.labs import Course, apply_mistake, dump_notebook

LAB = Course(Path(__file__).parents[2]).lab("lab3_checkpointing")
EMPTY = """class Empty(dict):
    __len__ = lambda self: 0
    __setitem__ = lambda self, key, value: None
"""
SPOILT = {
    "renamed": "class Meter:\n    peak = left = 0\n    def __init__(self, net): pass",
    "what it uses": f"{EMPTY}class weakref: WeakValueDictionary = Empty",
    "what it uses, in place": f"{EMPTY}weakref.WeakValueDictionary = Empty",
}


def handed_in(spoil: str) -> Any:
    mistake = next(m for m in LAB.mistakes if m.id == "whole-kept-afterwards")
    notebook = apply_mistake(LAB.source("checkpointing"), mistake)
    ids = [node.metadata.get("nbgrader", {}).get("grade_id") for node in notebook.cells]
    notebook.cells.insert(ids.index("given-instruments") + 1, v4.new_code_cell(spoil))
    return notebook


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_a_meter_that_lies_earns_nothing(spoil: str) -> None:
    text = dump_notebook(LAB.source("checkpointing"))
    data = dump_notebook(handed_in(spoil)).encode()
    result = grade_notebook(Job("ada", Plan(LAB.name, "checkpointing", text, 7), data))
    lost = {cell.grade_id for cell in result.cells if cell.status.value == "failed"}
    assert lost == {"test-backprop-memory", "test-backprop-memory-hidden"}

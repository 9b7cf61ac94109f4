"""Each notebook runs from top to bottom as it is released, with the reference typed in.

Experiments run too, and none of it writes a warning. Labs that use PyTorch where it is installed
run with it and without it.
"""

import importlib.util

import pytest
from nbclient import NotebookClient

from course.authoring.handins import submission_of
from course.labs import parse_notebook
from tests.labs.conftest import COURSE

WITHOUT = "--IPKernelApp.exec_lines=import sys; sys.modules.update(torch=None, torchvision=None)"
NOTEBOOKS = [(lab, name) for lab in COURSE.labs for name in lab.notebooks]
needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None, reason="PyTorch is not installed"
)


def runs():
    for lab, name in NOTEBOOKS:
        yield pytest.param(lab, name, [WITHOUT], id=f"{name}-without-torch")
        if "import torch" in "".join(cell.source for cell in lab.source(name).cells):
            yield pytest.param(lab, name, [], id=f"{name}-with-torch", marks=needs_torch)


def streams(notebook, name):
    return [
        output.text
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == name
    ]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("lab", "name", "kernel_arguments"), list(runs()))
def test_the_notebook_runs_through_and_shows_its_plots(lab, name, kernel_arguments):
    notebook = parse_notebook(submission_of(lab.source(name)), where=name)
    NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": lab.folder}},
        extra_arguments=kernel_arguments,
    ).execute()
    assert streams(notebook, "stderr") == []
    assert streams(notebook, "stdout")
    last_lines = [c.source.rsplit("\n", 1)[-1] for c in notebook.cells if "plots." in c.source]
    pictures = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert len(pictures) >= sum(line.startswith("plots.") for line in last_lines)

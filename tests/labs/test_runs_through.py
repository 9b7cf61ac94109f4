"""Each source notebook runs from top to bottom, experiments included, without a warning."""

import pytest
from nbclient import NotebookClient


def streams(notebook, name):
    return [
        output.text
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == name
    ]


@pytest.mark.slow
def test_the_notebook_runs_through_and_shows_its_plots(lab):
    for name in lab.notebooks:
        notebook = lab.source(name)
        NotebookClient(
            notebook,
            timeout=120,
            kernel_name="python3",
            resources={"metadata": {"path": lab.folder}},
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
        assert len(pictures) == sum(line.startswith("plots.") for line in last_lines)

"""The notebook of `autograded/`: what was run, with what came out of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from nbformat import v4

from course.grading.record.harmless import error_output, safe_outputs, text_output
from course.grading.submission.rebuild import Rebuilt
from course.grading.verdict.judging import line
from course.grading.verdict.referee import Trial
from course.grading.verdict.results import Status
from course.grading.wall.connection import CellRun
from course.labs import dump_by_cells

NOTES_ID = "about-this-submission"


def autograded_notebook(
    rebuilt: Rebuilt,
    runs: Mapping[str, CellRun],
    trials: Mapping[str, Trial],
    notes: Sequence[str],
) -> str:
    """Give the graded notebook as JSON text; its first cell holds the notes, if there are any."""
    notebook = rebuilt.notebook
    for step in rebuilt.cells:
        node = notebook.cells[step.index]
        if step.key in trials:
            node.outputs = _trial_outputs(trials[step.key])
        elif step.key in runs:
            node.outputs = _run_outputs(runs[step.key])
    if notes:
        text = "**About your submission**\n\n" + "\n".join(f"- {note}" for note in notes)
        notebook.cells.insert(0, v4.new_markdown_cell(text, id=NOTES_ID))
    return dump_by_cells(notebook)


def _trial_outputs(trial: Trial) -> list[Any]:
    outputs = [text_output(trial.output)] if trial.output else []
    if trial.status is not Status.PASSED:
        outputs.append(error_output(trial.status.value, trial.message))
    return outputs


def _run_outputs(run: CellRun) -> list[Any]:
    outputs = safe_outputs(run.outputs)
    if run.status != "ok" and not any(output.output_type == "error" for output in outputs):
        outputs.append(error_output(run.status, line(run.error) if run.error else run.status))
    return outputs

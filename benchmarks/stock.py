"""`nbgrader autograde` on a class, with nbgrader's own preprocessors."""

import os
import sys
from pathlib import Path

from benchmarks.tree import measure
from course.grading.settings import nbgrader_environment

FIRST = "Creating/updating student"


def autograde(root: Path, lab: str) -> tuple[float, float]:
    """Give the seconds that the command takes, and those from its first submission to its end.

    Experiments are skipped. The folder's own settings stay out: they are ours.
    """
    command = [sys.executable, "-m", "nbgrader", "autograde", lab, f"--course-dir={root}"]
    command += ["--create", "--Execute.skip_cells_with_tag=experiment"]
    settings = {"JUPYTER_CONFIG_DIR": f"{root}/settings", "IPYTHONDIR": f"{root}/ipython"}
    with nbgrader_environment():
        taken = measure(command, cwd=root, env={**os.environ, **settings, "MPLBACKEND": "Agg"})
    begin = min(second for second, line in taken.lines if FIRST in line)
    return taken.seconds, taken.seconds - begin

"""A lab's notebook as an otter-grader assignment: the same solution cells, the same tests."""

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from course.labs import Kind, cells_of, dump_notebook, parse_notebook

TEST_FILE = """\
OK_FORMAT = False

from otter.test_files import test_case

name = {name!r}
points = {points!r}


@test_case(points={points!r})
def test_cell(env):
    exec(compile({source!r}, {name!r}, "exec"), dict(env))
"""


def make_autograder(source: Any, folder: Path) -> Path:
    """Write each test cell of the source as a test file, and let otter make its zip of them."""
    tests = folder / "tests"
    tests.mkdir(parents=True)
    for cell in cells_of(source):
        if cell.kind is Kind.TEST:
            name = cell.grade_id.replace("-", "_")
            text = TEST_FILE.format(name=name, points=cell.points, source=cell.source)
            (tests / f"{name}.py").write_text(text, "utf-8")
    path = folder / "autograder.zip"
    run(["generate", "-t", tests, "-o", path, "--no-config", "--no-requirements"], folder)
    return path


def submission(data: bytes, path: Path) -> Path:
    """Write a hand-in for otter: its tests stand in the zip, and experiments are left out."""
    notebook = copy.deepcopy(parse_notebook(data, where="a hand-in"))
    leave = (Kind.TEST, Kind.EXPERIMENT)
    kinds = [cell.kind for cell in cells_of(notebook)]
    notebook.cells = [n for n, kind in zip(notebook.cells, kinds, strict=True) if kind not in leave]
    path.write_text(dump_notebook(notebook), "utf-8")
    return path


def points_in(folder: Path) -> dict[str, float]:
    """Read the points by test from what `otter run` wrote."""
    told = json.loads((folder / "results.json").read_text("utf-8"))["tests"]
    return {test["name"]: float(test["score"]) for test in told if "score" in test}


def run(arguments: list[Any], folder: Path) -> None:
    """Run otter; raises `RuntimeError` with its last words if it fails."""
    command = [sys.executable, "-m", "otter", *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])

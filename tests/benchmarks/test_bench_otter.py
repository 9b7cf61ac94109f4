"""The otter assignment made of a lab; otter itself is not needed for it."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks import otter_lab
from course.authoring.handins import submission_of
from course.labs import Kind, cells_of, load_notebook
from tests.support.toylab import source_notebook


def test_otter_gets_the_tests_of_the_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[Any] = []
    monkeypatch.setattr(otter_lab, "run", lambda arguments, _: called.append(arguments))
    source = source_notebook()
    path = otter_lab.make_autograder(source, tmp_path)
    assert called[0][:3] == ["generate", "-t", tmp_path / "tests"]
    assert path in called[0]
    tests = {cell.grade_id: cell for cell in cells_of(source) if cell.kind is Kind.TEST}
    files = {file.stem: file.read_text("utf-8") for file in (tmp_path / "tests").iterdir()}
    assert files.keys() == {name.replace("-", "_") for name in tests}
    hidden = files["test_squares_hidden"]
    assert "points = 6.0" in hidden
    assert repr(tests["test-squares-hidden"].source) in hidden
    compile(hidden, "test file", "exec")


def test_a_hand_in_for_otter_has_no_test_and_no_experiment(tmp_path: Path) -> None:
    path = otter_lab.submission(submission_of(source_notebook()), tmp_path / "n.ipynb")
    kinds = {cell.kind for cell in cells_of(load_notebook(path))}
    assert kinds == {Kind.TEXT, Kind.GIVEN, Kind.SOLUTION, Kind.MANUAL}

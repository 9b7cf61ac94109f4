"""The examples of docs/authoring.md do what the text says."""

import re
from pathlib import Path

import pytest

from course.authoring.lint import lint
from course.authoring.sync import sync
from course.labs import Course, apply_mistake, cells_of

GUIDE = Path(__file__).parents[2] / "docs" / "authoring.md"
LAB, MISTAKES = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)


@pytest.fixture
def example(tmp_path):
    folder = tmp_path / "source" / "lab"
    folder.mkdir(parents=True)
    (folder / "nb.py").write_text(LAB, "utf-8")
    (folder / "mistakes.py").write_text(MISTAKES, "utf-8")
    sync(Course(tmp_path))
    return Course(tmp_path)


def test_the_lab_comes_back_as_it_is_written(example):
    source = example.source / "lab" / "nb.py"
    source.unlink()
    sync(example)
    assert source.read_text("utf-8") == LAB


def test_the_lab_breaks_no_rule(example):
    assert lint(example) == ()


def test_the_mistake_fits_the_lab(example):
    lab = example.lab("lab")
    (mistake,) = lab.mistakes
    wrong = apply_mistake(lab.source("nb"), mistake)
    (cell,) = [cell for cell in cells_of(wrong) if cell.grade_id == "sigmoid_prime"]
    assert "return a\n" in cell.source

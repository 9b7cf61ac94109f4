"""What JAX found once is enough for a whole class: who grades right solutions never imports it."""

import sys
from pathlib import Path

import pytest

from course.grading.grade import grade_notebook
from course.grading.plan import Job, Plan
from course.grading.pool import trusted_pool
from course.grading.verdict.references import References, references_of
from course.labs import Course, Lab, cells_of, dump_notebook
from tests.support.toylab import LAB, NOTEBOOK, cell, make_course, source_notebook

LABS = {lab.name: lab for lab in Course(Path(__file__).parents[2]).labs}
NOTEBOOKS = [(name, notebook) for name, lab in LABS.items() for notebook in lab.notebooks]
GRADIENT = """
from course import checks

x = checks.rng().normal(size=3)
names = ("gradient of the cubes",)
checks.check_gradients("E", 3 * squares(x), lambda xp, x: (x**3).sum(), (x,), names=names)
"""


def found(source_json: str) -> References:
    with trusted_pool(1) as pool:
        return pool.submit(references_of, source_json, 7, 60.0).result()


def graded(plan: Plan, submission: str) -> tuple[float, bool]:
    """Give the points, and whether JAX is there now."""
    result = grade_notebook(Job("ada", plan, submission.encode()))
    return sum(cell.points for cell in result.cells), "jax" in sys.modules


def graded_alone(plan: Plan, submission: str) -> tuple[float, bool]:
    with trusted_pool(1) as pool:
        return pool.submit(graded, plan, submission).result()


@pytest.fixture
def source() -> str:
    """The toy lab with a test that needs a gradient."""
    notebook = source_notebook()
    cell(notebook, "test-squares").source = GRADIENT
    return dump_notebook(notebook)


@pytest.mark.slow
def test_jax_is_imported_where_there_is_no_reference_only(source: str) -> None:
    references = found(source)
    assert {key: len(value) for key, value in references.items()} == {"test-squares": 1}
    with_references = Plan(LAB, NOTEBOOK, source, 7, references=references)
    points, imported = graded_alone(with_references, source)
    assert not imported
    assert graded_alone(with_references, source.replace("return x**2", "return x")) == (
        points - 10,
        False,
    )
    assert graded_alone(Plan(LAB, NOTEBOOK, source, 7), source) == (points, True)


def test_references_of_another_seed_are_not_used(source: str) -> None:
    plan = Plan(LAB, NOTEBOOK, source, 8, references=references_of(source, 7, 60.0))
    assert graded(plan, source) == graded(Plan(LAB, NOTEBOOK, source, 8), source)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "notebook"), NOTEBOOKS)
def test_no_lab_needs_jax_to_grade_right_solutions(name: str, notebook: str) -> None:
    lab: Lab = LABS[name]
    node = lab.source(notebook)
    source = dump_notebook(node)
    plan = Plan(name, notebook, source, 7, references=found(source))
    points = sum(c.points for c in cells_of(node) if c.grade_id.startswith("test-"))
    assert graded_alone(plan, source) == (points, False)


def test_a_lab_without_gradients_has_no_references(tmp_path: Path) -> None:
    lab = make_course(tmp_path).lab(LAB)
    assert references_of(dump_notebook(lab.source(NOTEBOOK)), 7, 60.0) == {}

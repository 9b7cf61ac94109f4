import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from course.grading.grade import grade_notebook
from course.grading.limits import Limits
from course.grading.plan import Job, Plan
from course.grading.verdict.catalogue import Catalogue, sightings_of
from course.grading.verdict.results import NotebookResult
from course.labs import Lab, dump_notebook, release_cell_source
from tests.support.toylab import LAB, NOTEBOOK, make_course, source_notebook

SEED = 7
LIMITS = replace(Limits(), cell_seconds=2.0, call_seconds=2.0, test_seconds=4.0)


@pytest.fixture
def source() -> Any:
    return source_notebook()


@pytest.fixture
def release(source: Any) -> Any:
    """The notebook as students get it."""
    notebook = copy.deepcopy(source)
    for node in notebook.cells:
        node.source = release_cell_source(node)
    return notebook


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return make_course(tmp_path_factory.mktemp("course")).lab(LAB)


@pytest.fixture(scope="session")
def plan(lab: Lab) -> Plan:
    """The toy lab's plan; the endless mistake is left out, it only takes time."""
    text = dump_notebook(source_notebook())
    known = tuple(mistake for mistake in lab.mistakes if mistake.id != "squares-endless")
    seen = {mistake.id: sightings_of(text, mistake, SEED, 10) for mistake in known}
    return Plan(LAB, NOTEBOOK, text, SEED, LIMITS, lab.forbidden_modules, Catalogue(known, seen))


@pytest.fixture
def grade(plan: Plan) -> Callable[..., NotebookResult]:
    """Grade a notebook (a node, bytes or None) in the real two processes."""

    def run(notebook: Any, **job: Any) -> NotebookResult:
        is_node = notebook is not None and not isinstance(notebook, bytes)
        data = dump_notebook(notebook).encode() if is_node else notebook
        return grade_notebook(Job("ada", plan, data, **job))

    return run

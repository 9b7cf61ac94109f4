from pathlib import Path

import pytest

from course.labs import Course, Kind, cells_of

COURSE = Course(Path(__file__).parents[2])


def namespace_of(notebook):
    """Run the given and the solution cells of a notebook, as a student's kernel would."""
    namespace = {"__name__": "__main__"}
    for cell in cells_of(notebook):
        if cell.kind in (Kind.GIVEN, Kind.SOLUTION):
            exec(cell.source, namespace)
    return namespace


@pytest.fixture(params=COURSE.labs, ids=lambda lab: lab.name)
def lab(request):
    return request.param


@pytest.fixture(scope="session")
def lab1():
    return namespace_of(COURSE.lab("lab1_backprop").source("backprop"))

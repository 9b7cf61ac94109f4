"""Errors for people keep their three parts, through a process pool as well."""

import pickle

import pytest

from course.errors import CourseError
from mnist_utils import DataError


@pytest.mark.parametrize("kind", [CourseError, DataError])
def test_an_error_survives_the_way_between_processes(kind: type[CourseError]) -> None:
    error = pickle.loads(pickle.dumps(kind("it is wrong", where="here", cure="mend it")))
    assert type(error) is kind
    assert str(error) == "here: it is wrong\n  mend it"

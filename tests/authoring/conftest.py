"""A tiny lab in a course folder of its own."""

from pathlib import Path

import pytest

from course.authoring.sync import sync
from course.labs import Course

TINY = '''\
# %% [markdown]
# # A tiny lab
#
# For $a = \\sigma(z)$ of shape `(B, n)`.

# %% grade_id="given-imports"
import numpy as np


# %% grade_id="double" stub="Return an array of the shape of x, (B, n): twice x."
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    result = 2 * x
    return result
    ### END SOLUTION


# %% grade_id="test-double" points=30
import numpy as np

assert np.allclose(double(np.ones(3)), 2.0), "double: every entry must be doubled"
print("double ok")

# %% grade_id="test-double-hidden" points=30
### BEGIN HIDDEN TESTS
import numpy as np

secret = np.array([3.0, -7.5])
assert np.allclose(double(secret), 2 * secret)
### END HIDDEN TESTS

# %% grade_id="half" stub="Return an array of the shape of x, (B, n): half of x."
def half(x):
    ### BEGIN SOLUTION
    return 0.5 * x
    ### END SOLUTION


# %% grade_id="test-half" points=30
import numpy as np

assert np.allclose(half(np.ones((2, 3))), 0.5)
print("half ok")

# %% [markdown] grade_id="question-why" points=10
# Why two?
#
# ### BEGIN SOLUTION
# Because one is not enough.
# ### END SOLUTION

# %% tags=["experiment"]
raise RuntimeError("grading must not run this")
'''


def make_course(root: Path) -> Course:
    """Make a course folder that holds the tiny lab, in sync."""
    path = root / "source" / "tiny" / "tiny.py"
    path.parent.mkdir(parents=True)
    path.write_text(TINY, "utf-8")
    sync(Course(root))
    return Course(root)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course folder that holds the tiny lab, in sync."""
    return make_course(tmp_path)


@pytest.fixture
def source(course: Course) -> Path:
    """The .py source of the tiny lab."""
    return course.source / "tiny" / "tiny.py"

"""The lab that is attacked: the toy lab and what it lacks, with marker strings as secrets."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import v4

from course.labs import Course, dump_notebook
from tests.support import toylab
from tests.support.toylab import LAB, NOTEBOOK

HIDDEN = "CANARY-HIDDEN-q7f3"
REFERENCE = "CANARY-REFERENCE-x2k9"
OTHER = "CANARY-OTHER-m4t8"
COURSE = "CANARY-COURSE-z6w1"
HOME = "CANARY-HOME-p5r7"
ENVIRONMENT = "CANARY-ENVIRONMENT-c3v2"
SEED = 7_316_549_028_143
SECRETS = (HIDDEN, REFERENCE, OTHER, COURSE, HOME, ENVIRONMENT, str(SEED))

LAYER = '''def layer(x, w):
    """Give tanh(x @ w), shape (B, n_out)."""
    ### BEGIN SOLUTION
    return np.tanh(x @ w)
    ### END SOLUTION


def layer_gradient(x, w, g):
    """Give the gradient of sum(layer(x, w) * g) with respect to w."""
    ### BEGIN SOLUTION
    return x.T @ (g * (1 - np.tanh(x @ w) ** 2))
    ### END SOLUTION
'''

TEST_LAYER = """import numpy as np

from course import checks

rng = checks.rng()
x, w = rng.normal(size=(4, 3)), rng.normal(size=(3, 2))
checks.check_value("Exercise 3", layer(x, w), np.tanh(x @ w), name="layer(x, w)")
w = rng.normal(size=(6, 4))


def batch_of(size):
    return rng.normal(size=(size, 6)), w


def truth(x, w):
    return np.tanh(x @ w)


print(checks.check_vectorised("Exercise 3", layer, batch_of, truth=truth))
"""

HIDDEN_LAYER = f"""### BEGIN HIDDEN TESTS
from course import checks

secret = "{HIDDEN}"
rng = checks.rng()
x, w, g = rng.normal(size=(5, 3)), rng.normal(size=(3, 2)), rng.normal(size=(5, 2))


def loss(xp, w):
    return (xp.tanh(xp.asarray(x) @ w) * g).sum()


checks.check_gradients("Exercise 3", (layer_gradient(x, w, g),), loss, (w,), names=("w",))
### END HIDDEN TESTS
"""

TWICE = '''def twice(f, x):
    """Give f(f(x))."""
    ### BEGIN SOLUTION
    return f(f(x))
    ### END SOLUTION
'''

GIVEN_TALLY = '''class Tally:
    """A function that counts its calls."""

    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, value):
        self.calls += 1
        return self.function(value)


def calls_made(x):
    """How often `twice` calls its function at x."""
    counts = []

    def counting(value):
        counts.append(value)
        return value + 1

    twice(counting, x)
    return len(counts)
'''

HIDDEN_TWICE = f"""### BEGIN HIDDEN TESTS
from course import checks

secret = "{HIDDEN}"


def secret_step(value, hidden="{HIDDEN}"):
    \"\"\"{HIDDEN}\"\"\"
    return value * (2.5 if secret else 0) + 1.25


x = float(checks.rng().normal())
expected = 6.25 * x + 4.375
checks.check_value("Exercise 4", twice(secret_step, x), expected, name="twice(f, x)")
checks.check_value("Exercise 4", calls_made(x), 2, name="calls of f")
tally = Tally(abs)
twice(tally, x)
checks.check_value("Exercise 4", tally.calls, 2, name="calls of the tally")
### END HIDDEN TESTS
"""

FOLD = '''def fold(x, n):
    """Give the gradient of sum(sin(sin(... x))), n times, while holding few arrays at once."""
    ### BEGIN SOLUTION
    grad = np.ones_like(x)
    for k in reversed(range(n)):
        y = x.copy()
        for _ in range(k):
            np.sin(y, out=y)
        np.cos(y, out=y)
        grad *= y
    return grad
    ### END SOLUTION
'''

HIDDEN_FOLD = """### BEGIN HIDDEN TESTS
import numpy as np

from course import checks

x = checks.rng().normal(size=700_000)
call = checks.call(fold, x, 12, measure_memory=True)
expected, y = np.ones_like(x), x
for _ in range(12):
    expected, y = expected * np.cos(y), np.sin(y)
checks.check_value("Exercise 5", call.value, expected, name="fold(x, n)")
checks.check_true("Exercise 5", call.peak_bytes < 7 * x.nbytes, "too many arrays are held")
### END HIDDEN TESTS
"""

# the toy lab's test takes w from the student's object; this one keeps its own
TEST_LINE = toylab.TEST_LINE.replace(
    "line = Line(rng.normal(size=(2, 1)), 0.5)", "w = rng.normal(size=(2, 1))\nline = Line(w, 0.5)"
).replace("line.w", "w")

POINTS = {
    "test-squares": 4.0,
    "test-squares-hidden": 6.0,
    "test-line": 6.0,
    "test-layer": 4.0,
    "test-layer-hidden": 6.0,
    "test-twice-hidden": 4.0,
    "test-fold-hidden": 4.0,
}
FULL = sum(POINTS.values())

SOLUTIONS = {
    "squares": "def squares(x):\n    return x**2",
    "line": (
        "class Line:\n    def __init__(self, w, b):\n        self.w, self.b = w, b\n\n"
        "    def predict(self, x):\n        return x @ self.w + self.b\n\n"
        "    def gradient(self, x, y):\n        return x.T @ (self.predict(x) - y) / len(x)"
    ),
    "layer": (
        "def layer(x, w):\n    return np.tanh(x @ w)\n\n\n"
        "def layer_gradient(x, w, g):\n    return x.T @ (g * (1 - np.tanh(x @ w) ** 2))"
    ),
    "twice": "def twice(f, x):\n    return f(f(x))",
    "fold": (
        "def fold(x, n):\n    grad = np.ones_like(x)\n    for k in reversed(range(n)):\n"
        "        y = x.copy()\n        for _ in range(k):\n            np.sin(y, out=y)\n"
        "        np.cos(y, out=y)\n        grad *= y\n    return grad"
    ),
}


@dataclass(frozen=True)
class Target:
    """What an attacker may know or guess of the machine: paths and addresses."""

    course: Path
    home: Path
    port: int
    abstract: str
    socket: Path


def make_attacked_course(root: Path) -> Course:
    """Write the course folder with its secrets, the honest students not yet in it."""
    course = toylab.make_course(root)
    folder = course.source / LAB
    (folder / f"{NOTEBOOK}.ipynb").write_text(dump_notebook(source_notebook()), "utf-8")
    quick = [
        part for part in toylab.MISTAKES.split("    Mistake(") if "squares-endless" not in part
    ]
    (folder / "mistakes.py").write_text(f"# {COURSE}\n" + "    Mistake(".join(quick), "utf-8")
    (root / "instructor-notes.txt").write_text(f"{COURSE}\n", "utf-8")
    return course


def source_notebook() -> Any:
    """Make the instructor's notebook."""
    notebook = toylab.source_notebook()
    squares = toylab.cell(notebook, "squares")
    squares.source = squares.source.replace("return x**2", f"return x**2  # {REFERENCE}")
    hidden = toylab.cell(notebook, "test-squares-hidden")
    hidden.source = hidden.source.replace("import numpy", f"canary = '{HIDDEN}'\nimport numpy")
    toylab.cell(notebook, "test-line").source = TEST_LINE.rstrip("\n")
    notebook.cells += [
        _solution(LAYER, "layer", ["Exercise 3: return tanh(x @ w)", "Exercise 3: return dJ/dw"]),
        _test(TEST_LAYER, "test-layer"),
        _test(HIDDEN_LAYER, "test-layer-hidden"),
        _code(GIVEN_TALLY, "given-tally", locked=True),
        _solution(TWICE, "twice", "Exercise 4: return f(f(x))"),
        _test(HIDDEN_TWICE, "test-twice-hidden"),
        _solution(FOLD, "fold", "Exercise 5: return dJ/dx, shape of x"),
        _test(HIDDEN_FOLD, "test-fold-hidden"),
    ]
    return notebook


def _solution(source: str, grade_id: str, stub: object) -> Any:
    node = _code(source, grade_id, solution=True)
    node.metadata["course"] = {"stub": stub}
    return node


def _test(source: str, grade_id: str) -> Any:
    return _code(source, grade_id, grade=True, locked=True, points=int(POINTS[grade_id]))


def _code(source: str, grade_id: str, **flags: object) -> Any:
    squares = toylab.cell(toylab.source_notebook(), "given-column").metadata["nbgrader"]
    meta = {**squares, "locked": False, **flags, "grade_id": grade_id}
    return v4.new_code_cell(source.rstrip("\n"), id=grade_id, metadata={"nbgrader": meta})

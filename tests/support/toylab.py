"""A made-up course folder: one small lab with everything that a lab can have."""

from pathlib import Path
from typing import Any

from nbformat import v4

from course.labs import Course, dump_notebook

LAB = "toy"
NOTEBOOK = "lines"
POINTS = 20.0
TEST_POINTS = 16.0

GIVEN = """import numpy as np


def column(values):
    return np.asarray(values, dtype=float).reshape(-1, 1)
"""

SQUARES = '''def squares(x):
    """Square every entry of x, an array of any shape."""
    ### BEGIN SOLUTION
    return x**2
    ### END SOLUTION
'''

TEST_SQUARES = """import numpy as np

from course import checks

x = checks.rng().normal(size=(3, 4))
print(checks.check_value("Exercise 1 · squares", squares(x), x * x, name="squares(x)"))
"""

HIDDEN_SQUARES = """### BEGIN HIDDEN TESTS
import numpy as np

from course import checks

secret = checks.rng().normal(size=5)
checks.check_value("Exercise 1 · squares", squares(secret), secret**2, name="squares(x)")
checks.check_pure("Exercise 1 · squares", squares, secret)
### END HIDDEN TESTS
"""

LINE = '''class Line:
    """A line y = x @ w + b, fitted to a batch."""

    def __init__(self, w, b):
        self.w, self.b = w, b

    def predict(self, x):
        ### BEGIN SOLUTION
        return x @ self.w + self.b
        ### END SOLUTION

    def gradient(self, x, y):
        """Gradient of half the mean squared error with respect to w."""
        ### BEGIN SOLUTION
        error = self.predict(x) - y
        return x.T @ error / len(x)
        ### END SOLUTION
'''

TEST_LINE = """import numpy as np

from course import checks

rng = checks.rng()
x, y = rng.normal(size=(6, 2)), rng.normal(size=(6, 1))
line = Line(rng.normal(size=(2, 1)), 0.5)
checks.check_value("Exercise 2 · line", line.predict(x), x @ line.w + 0.5, name="predict(x)")
expected = x.T @ (x @ line.w + 0.5 - y) / 6
print(
    checks.check_value(
        "Exercise 2 · line",
        line.gradient(x, y),
        expected,
        name="gradient(x, y)",
        sizes={"batch size": 6},
    )
)
"""

EXPERIMENT = """raise RuntimeError("an experiment never runs when it is graded")
"""

MISTAKES = """from course.labs import Mistake

MISTAKES = (
    Mistake(
        "squares-doubled", "squares", "x is doubled, not squared.", "What is the square of 3?",
        (("x**2", "2 * x"),), see="Squares",
    ),
    Mistake(
        "squares-sum", "squares", "The squares are summed.", "What shape should come back?",
        (("x**2", "(x**2).sum()"),),
    ),
    Mistake(
        "squares-crash", "squares", "There is no function np.sqare.", "How is it spelled?",
        (("x**2", "np.sqare(x)"),),
    ),
    Mistake(
        "squares-endless", "squares", "The loop never ends.", "What ends it?",
        (("return x**2", "while True:\\n        pass"),),
    ),
    Mistake(
        "mean-missing", "line", "The gradient is not averaged over the batch.", "What is a mean?",
        ((" / len(x)", ""),), see="Lines",
    ),
    Mistake(
        "bias-missing", "line", "The bias is left out.", "What is the value at x = 0?",
        ((" + self.b", ""),),
    ),
)
"""

ALTERNATIVES = """from course.labs import Alternative

ALTERNATIVES = (
    Alternative(
        "multiply", "squares by multiplication, with a helper",
        cells={"squares": "def squares(x):\\n    return times(x, x)\\n"},
        extra={"squares": "def times(a, b):\\n    return a * b\\n"},
    ),
    Alternative("moved", "the first exercise comes last", moved=(("squares", "line"),)),
)
"""


def make_course(root: Path) -> Course:
    """Write the course folder below `root`, with no submission yet."""
    folder = root / "source" / LAB
    folder.mkdir(parents=True)
    (folder / f"{NOTEBOOK}.ipynb").write_text(dump_notebook(source_notebook()), "utf-8")
    (folder / "mistakes.py").write_text(MISTAKES, "utf-8")
    (folder / "alternatives.py").write_text(ALTERNATIVES, "utf-8")
    return Course(root)


def submit(course: Course, student: str, notebook: Any, name: str = NOTEBOOK) -> Path:
    """Hand in a notebook (a node, or bytes as they are) for `student`."""
    folder = course.submitted / student / LAB
    folder.mkdir(parents=True, exist_ok=True)
    data = notebook if isinstance(notebook, bytes) else dump_notebook(notebook).encode()
    (folder / f"{name}.ipynb").write_bytes(data)
    return folder


def cell(notebook: Any, grade_id: str) -> Any:
    """Find a cell by its grade_id."""
    return next(node for node in notebook.cells if _meta(node).get("grade_id") == grade_id)


def source_notebook() -> Any:
    """Make the source notebook, with solutions."""
    cells = [
        v4.new_markdown_cell("# Lines\n\n## Squares\nSquare every entry."),
        _code(GIVEN, "given-column", locked=True),
        _code(SQUARES, "squares", solution=True, stub="Exercise 1: return x squared, shape of x"),
        _code(TEST_SQUARES, "test-squares", grade=True, locked=True, points=4),
        _code(HIDDEN_SQUARES, "test-squares-hidden", grade=True, locked=True, points=6),
        v4.new_markdown_cell("## Lines"),
        _code(
            LINE,
            "line",
            solution=True,
            stub=["Exercise 2: return x @ w + b, shape (B, 1)", "Exercise 2: return dJ/dw, (2, 1)"],
        ),
        _code(TEST_LINE, "test-line", grade=True, locked=True, points=6),
        _question("Because the mean does not grow with the batch.", "question-mean", points=4),
        v4.new_code_cell(EXPERIMENT, metadata={"tags": ["experiment"]}),
    ]
    for number, node in enumerate(cells):
        node.id = _meta(node).get("grade_id", f"cell-{number}")
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _code(source: str, grade_id: str, *, stub: object = None, **flags: object) -> Any:
    metadata: dict[str, Any] = {"nbgrader": _nbgrader(grade_id, "code", flags)}
    if stub:
        metadata["course"] = {"stub": stub}
    return v4.new_code_cell(source.rstrip("\n"), metadata=metadata)


def _question(answer: str, grade_id: str, points: int) -> Any:
    flags = {"grade": True, "solution": True, "points": points}
    text = f"Why a mean?\n\n### BEGIN SOLUTION\n{answer}\n### END SOLUTION"
    return v4.new_markdown_cell(text, metadata={"nbgrader": _nbgrader(grade_id, "markdown", flags)})


def _nbgrader(grade_id: str, cell_type: str, flags: dict[str, Any]) -> dict[str, Any]:
    defaults = {"grade": False, "solution": False, "locked": False, "task": False}
    return {**defaults, **flags, "grade_id": grade_id, "cell_type": cell_type, "schema_version": 3}


def _meta(node: Any) -> Any:
    return node.metadata.get("nbgrader", {})

"""What cells may do and hold: test cells, experiments, given cells, pictures, outputs."""

import ast
import re

from course.authoring.rules._names import parse
from course.authoring.rules._registry import Broken, View, rule
from course.labs import Kind

EXPERIMENT = "experiment"
_IMAGE = re.compile(r"!\[[^\]]*\]\(\s*<?([^)>\s]+)|<img[^>]*?\bsrc=[\"']([^\"']+)")


@rule("python", "Mend the cell: run it in Jupyter.")
def is_python(view: View) -> Broken:
    """A code cell cannot be parsed."""
    for place in view.places:
        if place.cell.is_code and parse(place.cell.source) is None:
            yield place, "the cell is not valid Python"


@rule("test-last-value", "Print it: nbgrader would take the value for partial credit.")
def test_last_value(view: View) -> Broken:
    """A test cell ends in a bare value, which nbgrader takes for partial credit."""
    for place in view.of(Kind.TEST):
        last = _last(place.cell.source)
        if isinstance(last, ast.Expr) and not _is_silent(last.value):
            yield place, f"the cell ends in the bare value `{ast.unparse(last)[:60]}`"


@rule("test-says-nothing", "End it with `print(checks.check_...(...))`.")
def test_says_nothing(view: View) -> Broken:
    """A visible test prints nothing, so that a student cannot tell that it passed."""
    for place in view.of(Kind.TEST):
        shown = re.sub(
            r"### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS", "", place.cell.source, flags=re.DOTALL
        )
        if shown.strip() and "print" not in _called(shown):
            yield place, "a passed test tells the student nothing"


@rule("experiment-graded", "Drop the tag or the grade_id: grading never runs an experiment.")
def experiment_graded(view: View) -> Broken:
    """An experiment has nbgrader metadata."""
    for place in view.places:
        if EXPERIMENT in place.tags and place.nbgrader:
            yield place, "the cell is an experiment and is graded too"


@rule("given-locked", 'Name it `grade_id="given-<name>"`, or tag it `experiment`.')
def given_locked(view: View) -> Broken:
    """Code that is neither locked nor an experiment: a student could change what tests need."""
    for place in view.of(Kind.PLAIN):
        if place.cell.source.strip():
            yield place, "the cell is neither given code, nor a solution, test or experiment"


@rule("outputs", "Run `course sync`, which drops them.")
def outputs(view: View) -> Broken:
    """A source notebook holds outputs."""
    for place in view.places:
        if place.node.get("outputs") or place.node.get("execution_count") is not None:
            yield place, "the cell holds outputs or an execution count"


@rule("image-missing", "Put the file there, or mend the path (`make figures` makes figures/).")
def image_missing(view: View) -> Broken:
    """The text shows a picture that is not there."""
    for place in view.places:
        if place.node.cell_type == "markdown":
            for match in _IMAGE.finditer(place.cell.source):
                path = match.group(1) or match.group(2)
                if ":" not in path and not (view.folder / path).is_file():
                    yield place, f"there is no picture {path!r}"


def _last(source: str) -> ast.stmt | None:
    if source.rstrip().endswith(";"):
        return None
    tree = parse(source)
    return tree.body[-1] if tree and tree.body else None


def _is_silent(value: ast.expr) -> bool:
    """Tell whether IPython shows nothing for the expression: print gives None."""
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "print"


def _called(source: str) -> set[str]:
    tree = parse(source)
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call)) if tree else ()
    return {ast.unparse(call.func) for call in calls}

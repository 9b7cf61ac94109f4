"""Names in test cells: what they use is the student's, or they import it themselves."""

from course.authoring.rules._names import bound, free, imported, modules
from course.authoring.rules._registry import Broken, View, rule
from course.labs import Kind

# what every author writes without thinking, and what it is imported as
USUAL = {
    "np": "import numpy as np",
    "jnp": "import jax.numpy as jnp",
    "jax": "import jax",
    "plt": "import matplotlib.pyplot as plt",
    "checks": "from course import checks",
}


@rule("test-imports", "A test cell imports what it uses: it runs without the student's imports.")
def test_imports(view: View) -> Broken:
    """A test cell uses a module that it does not import."""
    for place in view.of(Kind.TEST):
        for name in sorted(free(place.cell.source) & _imports(view)):
            line = f"; write `{USUAL[name]}`" if name in USUAL else ""
            yield place, f"{name!r} is used and not imported in this cell{line}"


@rule("test-free-name", "Define it in a solution or given cell before the test, or in the test.")
def test_free_name(view: View) -> Broken:
    """A test cell uses a name that no solution or given cell before it defines."""
    for place in view.of(Kind.TEST):
        known = _imports(view).union(
            *(
                bound(other.cell.source)
                for other in view.before(place)
                if other.cell.kind in (Kind.SOLUTION, Kind.GIVEN)
            )
        )
        for name in sorted(free(place.cell.source) - known):
            yield place, f"no solution or given cell before this test defines {name!r}"


@rule("forbidden-module", "Move it to an experiment or a test cell, or allow it in lab.toml.")
def forbidden_module(view: View) -> Broken:
    """A cell that runs in the student process imports what the lab forbids there."""
    forbidden = frozenset(view.lab.forbidden_modules)
    for place in view.of(Kind.SOLUTION, Kind.GIVEN, Kind.PLAIN):
        for name in sorted(modules(place.cell.source) & forbidden):
            yield place, f"the lab forbids {name!r} in cells that run with the student's code"


def _imports(view: View) -> frozenset[str]:
    """Names that are imported: the usual ones, and those that any code cell of the lab imports."""
    cells = (place.cell for place in view.places if place.cell.is_code)
    return frozenset(USUAL).union(*(imported(cell.source) for cell in cells))

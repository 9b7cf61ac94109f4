"""Randomness in test cells: it comes from `checks.rng()`, whose seed students do not know."""

import ast
from collections.abc import Iterator

from course.authoring.rules._names import parse
from course.authoring.rules._registry import Broken, View, rule
from course.labs import Kind

SEEDED = ("default_rng", "RandomState", "key", "PRNGKey", "seed", "manual_seed")
GENERATORS = ("default_rng", "RandomState", "Generator", "SeedSequence", "Random")
CURE = "Draw inputs from `rng = checks.rng()`: its seed is secret and new for each grading run."


@rule("fixed-seed", CURE)
def fixed_seed(view: View) -> Broken:
    """A test cell seeds a generator with a constant."""
    for place in view.of(Kind.TEST):
        for call in _calls(place.cell.source):
            seeds = [*call.args, *(keyword.value for keyword in call.keywords)]
            constant = seeds and all(isinstance(seed, ast.Constant) for seed in seeds)
            if constant and _last_name(call) in SEEDED:
                yield place, f"`{ast.unparse(call)}` is a fixed seed"


@rule("global-random", CURE)
def global_random(view: View) -> Broken:
    """A test cell draws from the global generator of numpy or of the standard library."""
    for place in view.of(Kind.TEST):
        for call in _calls(place.cell.source):
            name = ast.unparse(call.func)
            is_global = name.startswith(("np.random.", "numpy.random.", "random."))
            if is_global and _last_name(call) not in GENERATORS:
                yield place, f"`{name}` uses a global generator"


def _last_name(call: ast.Call) -> str:
    return ast.unparse(call.func).split(".")[-1]


def _calls(source: str) -> Iterator[ast.Call]:
    tree = parse(source)
    if tree is not None:
        yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))

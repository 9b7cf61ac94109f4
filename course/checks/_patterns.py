"""Pattern diagnosis: what a wrong answer looks like, and what usually makes it look so.

Each pattern is a function of the `Case` that gives a `Finding` or None. They are asked in order and
the first that speaks is believed, so each must be silent rather than wrong.
"""

from collections.abc import Callable

from course.checks._finding import Case, Finding
from course.checks._layer_patterns import LAYER_PATTERNS
from course.checks._leaf_patterns import LEAF_PATTERNS
from course.checks._ratio_pattern import constant_ratio
from course.checks._tree_patterns import TREE_PATTERNS

PATTERNS: tuple[Callable[[Case], Finding | None], ...] = (
    *TREE_PATTERNS,
    *LEAF_PATTERNS,
    constant_ratio,
    *LAYER_PATTERNS,
)


def diagnose(case: Case) -> Finding:
    """Name the pattern that a wrong answer follows; an empty finding if there is none."""
    for pattern in PATTERNS:
        finding = pattern(case)
        if finding:
            return finding
    return Finding()

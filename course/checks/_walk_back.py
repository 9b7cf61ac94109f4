"""`check_walk_back`: gradients come back through the layers and are not measured."""

from collections.abc import Callable, Sequence
from typing import Any

from course.checks._calls import call
from course.checks._errors import CheckFailed
from course.checks._report import Passed, Report
from course.checks._session import record


def check_walk_back(
    exercise: str,
    function: Callable[..., Any],
    args: Sequence[Any],
    *,
    depth: int,
    width: int,
    name: str,
    each: str = "parameter",
    passes: Sequence[Any] = (),
    see: str = "",
) -> Passed:
    """Hold that a function runs fewer Python lines than `depth * width` in one call.

    `args` belong to a network in which `depth` layers follow `width` units. Whoever measures goes
    through the layers anew for `each` of those, one line per layer at least; whoever walks back
    takes some hundred lines in all. `passes` collects what a lent function was called with that
    goes through all layers: each call of it counts as `depth` lines.

    Raises
    ------
    CheckFailed
        if there are as many. How many there were is observed then, and only then: right code does
        not always run the same number.
    """
    lines = call(function, *args, count_lines=True).lines
    assert lines is not None  # it was asked for
    steps = lines + depth * len(passes)
    walks = steps < depth * width
    record("walk back", exercise, 0 if walks else steps)
    if walks:
        return Passed("it walks back through the layers, nothing is measured")
    raise CheckFailed(
        Report(
            f"{exercise}: {name} must walk back through the layers once, not move one {each} after "
            f"the other: where {depth} layers follow {width} units, it takes too many steps of "
            "Python",
            see=see,
        )
    )

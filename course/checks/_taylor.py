"""`check_taylor`: the order of the Taylor remainder judges a gradient by itself."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from course.checks._compare import Stage
from course.checks._errors import CheckFailed, OracleError
from course.checks._finding import Claim
from course.checks._judge import judge
from course.checks._oracles import remainder_slope, values_along
from course.checks._report import Passed, Report
from course.checks._session import record, rng
from course.checks._tolerance import Tolerance
from course.checks._trees import flatten, on_leaves, rebuild
from course.checks._value import NO_SIZES
from course.checks._values import Array, as_data, normal_form

RIGHT_SLOPE = 1.8


def check_taylor(
    exercise: str,
    function: Callable[[Any], Any],
    gradient: Any,
    at: Any,
    *,
    name: str,
    see: str = "",
) -> Passed:
    """Hold that the Taylor remainder of `function` falls as h**2 with the student's gradient.

    `function` is the test's own and gives one number for what `at` is, an array or nested lists of
    arrays; `gradient` is the student's gradient at `at`, of the same structure. The slope is the
    median over three random directions; it needs no other gradient to compare with.

    Raises
    ------
    CheckFailed
        if the gradient has not the form of `at` or its slope is below 1.8.
    OracleError
        if `function` is not finite near `at`.
    """
    node = normal_form(gradient)
    record("taylor", name, as_data(node))
    form = normal_form(rebuild(at, flatten(at)))
    claim = Claim(exercise, name, Tolerance(), NO_SIZES, see, "the gradient ")
    leaves = judge(node, form, claim, last=Stage.FINITE)
    point, mine, scalar = (
        flatten(at),
        flatten([leaf.got for leaf in leaves]),
        on_leaves(function, at),
    )
    ways = [random_way(point, rng()) for _ in range(3)]
    slopes = [remainder_slope(values_along(scalar, point, way), mine, way) for way in ways]
    slope = float(np.median(slopes))
    if math.isnan(slope):
        raise OracleError("the function is not finite near the point where it is tested")
    if slope < RIGHT_SLOPE:
        raise CheckFailed(slope_report(exercise, f"`{name}`", slope, see))
    return Passed(f"`{name}` is right: Taylor slope {slope:.2f}")


def random_way(leaves: list[Array], draw: np.random.Generator) -> list[Array]:
    """Draw a direction of norm 1 in the space of all parameters, array by array."""
    parts = [draw.normal(size=leaf.shape) for leaf in leaves]
    norm = math.sqrt(sum(float((part**2).sum()) for part in parts)) or 1.0
    return [part / norm for part in parts]


def slope_report(exercise: str, names: str, slope: float, see: str) -> Report:
    """Say that the remainder falls too slowly."""
    return Report(
        f"{exercise}: the gradient {names} is wrong.",
        facts=(f"slope of the Taylor remainder {slope:.2f}, expected 2",),
        pattern="taylor-slope",
        cause="the gradient is near the right one, but not equal to it.",
        see=see,
    )

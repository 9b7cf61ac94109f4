"""`check_gradients` and `check_taylor`: a student's gradient against three oracles."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course.checks._compare import Leaf, Stage, Tolerance
from course.checks._errors import CheckFailed, OracleError
from course.checks._judge import Claim, judge
from course.checks._oracles import (
    EPS,
    central_difference,
    difference_at,
    has_jax,
    jax_gradient,
    taylor_slope,
)
from course.checks._report import Passed, Report
from course.checks._session import record, rng
from course.checks._trees import flatten, on_leaves, rebuild
from course.checks._value import NO_SIZES, largest_difference
from course.checks._values import as_data, normal_form

_SAMPLED = 12  # entries per parameter that central differences look at
_AGREE = Tolerance(rtol=1e-5, atol=1e-6)
_ROUNDING = 100 * float(np.finfo(np.float64).eps)
_RIGHT_SLOPE, _WRONG_SLOPE = 1.8, 1.5


def check_gradients(
    exercise: str,
    got: Any,
    loss: Callable[..., Any],
    at: tuple[Any, ...],
    *,
    names: tuple[str, ...],
    sizes: Mapping[str, int] = NO_SIZES,
    rtol: float = Tolerance.rtol,
    atol: float = Tolerance.atol,
    see: str = "",
) -> Passed:
    """Compare the student's gradients of a loss with JAX, central differences and Taylor.

    Parameters
    ----------
    exercise : headline, "Exercise 6 · backprop".
    got : the student's gradients, a tuple of the structure of `at` (for a single array in `at`, the
        gradient may come bare).
    loss : independent forward pass, `loss(xp, *at)` gives one number for `xp = numpy` and for
        `xp = jax.numpy`.
    at : parameters, each an array or a list of arrays.
    names : one name per entry of `at`.
    sizes, rtol, atol, see : as in `check_value`.

    Raises
    ------
    CheckFailed
        if a gradient is wrong, or if its Taylor slope is 1.
    OracleError
        if JAX and central differences disagree: the test is at fault.
    """
    node = normal_form(got)
    if len(at) == 1 and isinstance(node, np.ndarray):
        node = (node,)
    record("gradients", ", ".join(names), as_data(node))

    def f(parameters: Any) -> Any:
        return loss(np, *parameters)

    expected = _expected(loss, f, at)
    direction = _direction(at)
    claim = Claim(exercise, tuple(names), Tolerance(rtol, atol), sizes, see, "the gradient ")
    leaves = judge(node, normal_form(expected), claim)
    slope = taylor_slope(f, _got(leaves, at), at, direction)
    # A loose tolerance hides what the slope shows. Near a kink the right gradient's slope is off as
    # well and says nothing; float32 results are left to the comparison.
    if (
        slope < _WRONG_SLOPE
        and all(leaf.exact for leaf in leaves)
        and taylor_slope(f, expected, at, direction) > _RIGHT_SLOPE
    ):
        listed = ", ".join(f"`{name}`" for name in names)
        raise CheckFailed(_slope_report(exercise, listed, slope, see))
    oracles = "JAX and central differences" if has_jax() else "central differences"
    return Passed(
        f"{len(leaves)} gradients agree with {oracles}{largest_difference(leaves)}; "
        f"Taylor slope {slope:.2f}"
    )


def _expected(loss: Callable[..., Any], f: Callable[[Any], Any], at: tuple[Any, ...]) -> Any:
    if not has_jax():
        return central_difference(f, at)
    import jax.numpy as jnp

    gradient = jax_gradient(lambda parameters: loss(jnp, *parameters), at)
    _confirm(gradient, f, at)
    return gradient


def _confirm(gradient: Any, f: Callable[[Any], Any], at: tuple[Any, ...]) -> None:
    """Hold a sample of entries of each gradient against central differences."""
    leaves, scalar, draw = flatten(at), on_leaves(f, at), rng()
    value = scalar(leaves)
    for k, expected in enumerate(flatten(gradient)):
        allowed = _AGREE.allowed(expected)
        for i in map(int, draw.permutation(expected.size)[:_SAMPLED]):
            # A kink closer than eps spoils a difference; a smaller step then clears it.
            if not any(
                abs(difference_at(scalar, leaves, k, i, eps) - expected.flat[i])
                <= allowed.flat[i] + _ROUNDING * abs(value) / eps
                for eps in (EPS, EPS / 100)
            ):
                raise OracleError(
                    f"JAX and central differences disagree in parameter {k}, entry {i}: is the "
                    "loss the same for numpy and jax.numpy, in float64, and away from kinks?"
                )


def _direction(at: Any) -> Any:
    """Draw a direction of norm 1 in the space of all parameters."""
    draw = rng()
    parts = [draw.normal(size=leaf.shape) for leaf in flatten(at)]
    norm = math.sqrt(sum(float((part**2).sum()) for part in parts)) or 1.0
    return rebuild(at, [part / norm for part in parts])


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
    directions = [_direction(at) for _ in range(3)]
    slope = float(np.median([taylor_slope(function, _got(leaves, at), at, d) for d in directions]))
    if math.isnan(slope):
        raise OracleError("the function is not finite near the point where it is tested")
    if slope < _RIGHT_SLOPE:
        raise CheckFailed(_slope_report(exercise, f"`{name}`", slope, see))
    return Passed(f"`{name}` is right: Taylor slope {slope:.2f}")


def _got(leaves: tuple[Leaf, ...], at: Any) -> Any:
    return rebuild(at, [leaf.got for leaf in leaves])


def _slope_report(exercise: str, names: str, slope: float, see: str) -> Report:
    return Report(
        f"{exercise}: the gradient {names} is wrong.",
        facts=(f"slope of the Taylor remainder {slope:.2f}, expected 2",),
        pattern="taylor-slope",
        cause="the gradient is near the right one, but not equal to it.",
        see=see,
    )

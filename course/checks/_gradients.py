"""`check_gradients`: a student's gradient against three oracles."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from course.checks._errors import CheckFailed, OracleError
from course.checks._finding import Claim
from course.checks._judge import judge
from course.checks._oracles import (
    EPS,
    difference_at,
    differences,
    has_jax,
    jax_gradient,
    remainder_slope,
    values_along,
)
from course.checks._references import recall
from course.checks._report import Passed
from course.checks._session import current_session, record, rng
from course.checks._taylor import RIGHT_SLOPE, random_way, slope_report
from course.checks._tolerance import Tolerance
from course.checks._trees import flatten, on_leaves, rebuild
from course.checks._value import NO_SIZES, largest_difference
from course.checks._values import Array, as_data, normal_form

_SAMPLED = 12  # entries per parameter that central differences look at
_FEW = 100  # entries of all parameters that are measured sooner than JAX compiles
_MEASURED = "central differences"
_AGREE = Tolerance(rtol=1e-5, atol=1e-6)
_ROUNDING = 100 * float(np.finfo(np.float64).eps)
_WRONG_SLOPE = 1.5


def check_gradients(
    exercise: str,
    got: Any,
    loss: Callable[..., Any],
    at: tuple[Any, ...],
    *,
    names: tuple[str, ...],
    sizes: Mapping[str, float] = NO_SIZES,
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

    found = _found(loss, at)
    claim = Claim(exercise, tuple(names), Tolerance(rtol, atol), sizes, see, "the gradient ")
    try:
        return _judged(node, at, found, claim)
    except CheckFailed:
        if found.asked is None:
            raise
    return _judged(node, at, found.asked(), claim)


@dataclass(frozen=True, eq=False)
class _Found:
    """What is known of a loss: its gradient array by array, and its values along a direction.

    `asked` asks JAX, too, where the gradient was only measured.
    """

    parts: tuple[Array, ...]
    oracle: str
    values: Array
    way: list[Array]
    asked: "Callable[[], _Found] | None" = None


def _judged(node: Any, at: tuple[Any, ...], found: _Found, claim: Claim) -> Passed:
    """Hold the student's gradient, in normal form, against what is known of the loss."""
    leaves = judge(node, normal_form(rebuild(at, list(found.parts))), claim)
    mine = flatten([leaf.got for leaf in leaves])
    slope = remainder_slope(found.values, mine, found.way)
    # A loose tolerance hides what the slope shows. Near a kink the right gradient's slope is off as
    # well and says nothing; float32 results are left to the comparison.
    if (
        slope < _WRONG_SLOPE
        and all(leaf.exact for leaf in leaves)
        and remainder_slope(found.values, list(found.parts), found.way) > RIGHT_SLOPE
    ):
        listed = ", ".join(f"`{name}`" for name in claim.names)
        raise CheckFailed(slope_report(claim.exercise, listed, slope, claim.see))
    count = "1 gradient agrees" if len(leaves) == 1 else f"{len(leaves)} gradients agree"
    return Passed(
        lambda: f"{count} with {found.oracle}{largest_difference(leaves)}; Taylor slope {slope:.2f}"
    )


def _found(loss: Callable[..., Any], at: tuple[Any, ...]) -> _Found:
    """Look at a loss near `at`; its gradient comes from a reference or from the oracles.

    One number is drawn of the session's generator, whatever is then drawn to know the loss by.
    A small loss that the class's references do not have, because it depends on what the student
    wrote, is measured first: JAX takes a hundred times longer to compile it, and is asked where
    student and measurement disagree.
    """
    draw = np.random.default_rng(rng().integers(2**63))
    leaves = flatten(at)
    scalar = on_leaves(lambda parameters: loss(np, *parameters), at)
    way = random_way(leaves, draw)
    values = values_along(scalar, leaves, way)

    def measure() -> tuple[list[Array], str]:
        return differences(scalar, leaves), _MEASURED

    def ask() -> tuple[list[Array], str]:
        gradient = _by_jax(loss, at)
        _confirm(gradient, scalar, leaves, draw)
        return gradient, "JAX and central differences"

    def asked() -> _Found:
        parts, oracle = ask()
        return _Found(tuple(parts), oracle, values, way)

    known = recall(leaves, values, ask if _is_worth_jax(leaves) else measure)
    again = asked if known.oracle == _MEASURED and has_jax() else None
    return _Found(known.parts, known.oracle, values, way, again)


def _is_worth_jax(leaves: list[Array]) -> bool:
    current = current_session()
    is_special = current is not None and bool(current.given)
    return has_jax() and not (is_special and sum(leaf.size for leaf in leaves) <= _FEW)


def _by_jax(loss: Callable[..., Any], at: tuple[Any, ...]) -> list[Array]:
    import jax.numpy as jnp

    return flatten(jax_gradient(lambda parameters: loss(jnp, *parameters), at))


def _confirm(
    gradient: list[Array],
    scalar: Callable[[list[Array]], float],
    leaves: list[Array],
    draw: np.random.Generator,
) -> None:
    """Hold a sample of entries of each gradient against central differences."""
    value = scalar(leaves)
    for k, expected in enumerate(gradient):
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

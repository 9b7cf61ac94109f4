"""Three independent ways to know a gradient: central differences, JAX, the Taylor remainder."""

import importlib.util
import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from typing import Any

import numpy as np

from course.checks._trees import as_scalar, flatten, on_leaves, rebuild
from course.checks._values import Array

EPS = 1e-5
_STEPS = 1e-2 * 0.5 ** np.arange(6)
_NOISE = 1e3 * np.finfo(np.float64).eps


def differences(
    scalar: Callable[[list[Array]], float], leaves: list[Array], eps: float = EPS
) -> list[Array]:
    """Give the central difference in each entry of each leaf."""
    return [
        np.array(
            [difference_at(scalar, leaves, k, i, eps) for i in range(leaf.size)], dtype=np.float64
        ).reshape(leaf.shape)
        for k, leaf in enumerate(leaves)
    ]


def difference_at(
    scalar: Callable[[list[Array]], float], leaves: list[Array], k: int, i: int, eps: float = EPS
) -> float:
    """Give the central difference in entry `i` (flat) of leaf `k`."""

    def value(step: float) -> float:
        moved = [leaf.copy() for leaf in leaves]
        moved[k].flat[i] += step
        return scalar(moved)

    return (value(eps) - value(-eps)) / (2 * eps)


@cache
def has_jax() -> bool:
    """Tell whether JAX can be imported."""
    return importlib.util.find_spec("jax") is not None


def jax_gradient(f: Callable[[Any], Any], x: Any) -> Any:
    """Give the gradient of `f` at `x` by JAX in float64, as numpy arrays.

    `f` takes what `x` is, with JAX arrays in place of numpy's, and gives one number. JAX's global
    precision stays as it is.

    Raises
    ------
    ImportError
        if JAX is not installed.
    OracleError
        if `f` does not give one number.
    """
    import jax

    def scalar(leaves: list[Any]) -> Any:
        value = jax.numpy.asarray(f(rebuild(x, leaves)))
        if value.size != 1:
            as_scalar(np.zeros(value.shape))
        return value.reshape(())

    with _x64():
        leaves = [jax.numpy.asarray(leaf) for leaf in flatten(x)]
        parts = _compiled(jax.grad(scalar), leaves)
        gradient = [np.array(part, dtype=np.float64) for part in parts]
    return rebuild(x, gradient)


_compiler_options: ContextVar[dict[str, Any]] = ContextVar("_compiler_options")


@contextmanager
def compiler_options(**options: Any) -> Iterator[None]:
    """Give JAX's compiler these options, up to one that it does not know, for gradients inside."""
    token = _compiler_options.set(options)
    try:
        yield
    finally:
        _compiler_options.reset(token)


def _compiled(gradient: Callable[..., Any], leaves: list[Any]) -> Any:
    import jax

    options = list(_compiler_options.get({}).items())
    while options:
        with suppress(TypeError, RuntimeError):  # this version of JAX does not know the last one
            return jax.jit(gradient, compiler_options=dict(options))(leaves)
        options.pop()
    return jax.jit(gradient)(leaves)


def _x64() -> AbstractContextManager[None]:
    import jax

    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(True)  # type: ignore[no-any-return]
    from jax.experimental import enable_x64  # JAX before 0.8

    return enable_x64(True)  # type: ignore[no-any-return]


def taylor_slope(f: Callable[[Any], Any], gradient: Any, x: Any, direction: Any) -> float:
    """Give the slope of `log |f(x + h d) - f(x) - h <g, d>|` over `log h`.

    It is 2 (or more, where the second derivative along `d` vanishes) if `gradient` is right at `x`,
    and 1 if it is wrong, by however little. It is inf where the remainder is lost in rounding at
    every step, as for a right gradient of a linear function, and nan where anything is not finite.
    `gradient` and `direction` have the structure of `x`; `h` runs from 1e-2 down to 3e-4, so
    `direction` should have a norm near 1. See Farrell et al., SIAM J. Sci. Comput. 35 (2013), C369,
    on Taylor remainder convergence tests.
    """
    way = flatten(direction)
    return remainder_slope(values_along(on_leaves(f, x), flatten(x), way), flatten(gradient), way)


def values_along(
    scalar: Callable[[list[Array]], float], leaves: list[Array], way: list[Array]
) -> Array:
    """Give the values that the Taylor remainder is made of: at the point, then at each step."""
    moved = [scalar([leaf + h * d for leaf, d in zip(leaves, way, strict=True)]) for h in _STEPS]
    return np.array([scalar(leaves), *moved])


def remainder_slope(values: Array, gradient: list[Array], way: list[Array]) -> float:
    """Give the Taylor slope of a gradient from the function's values along a direction."""
    slope = sum(float((g * d).sum()) for g, d in zip(gradient, way, strict=True))
    start, moved = values[0], values[1:]
    with np.errstate(invalid="ignore"):
        remainder = np.abs(moved - start - _STEPS * slope)
    if not np.isfinite(remainder).all():
        return math.nan
    noise = _NOISE * (abs(start) + np.abs(moved) + np.abs(_STEPS * slope))
    return _log_slope(remainder, remainder > noise)


def _log_slope(remainder: Array, visible: Array) -> float:
    """Median slope between neighbouring steps, over the smallest steps above the noise."""
    shown = remainder[: int(np.argmin(visible)) if not visible.all() else None]
    if len(shown) < 2:
        return math.inf
    slopes = -np.diff(np.log2(shown))
    return float(np.median(slopes[-3:]))

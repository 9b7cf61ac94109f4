"""What both sides have under the same name: number formats, a few types, numpy's ufuncs."""

import sys
from types import ModuleType
from typing import Any

import numpy as np

# Fixed sizes only: the platform's long double has padding bytes and no portable name.
DTYPES = {
    np.dtype(name).str: np.dtype(name)
    for name in (
        *("?", "i1", "<i2", "<i4", "<i8", "u1", "<u2", "<u4", "<u8"),
        *("<f2", "<f4", "<f8", "<c8", "<c16"),
    )
}

NAMES_OF_DTYPES = {dtype: name for name, dtype in DTYPES.items()}

_BUILTINS = (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, object, type)
_NUMPY = ("ndarray", "generic", "number", "integer", "floating", "inexact", "complexfloating")

NAMED: dict[str, Any] = {
    "...": ...,
    "numpy": np,
    **{kind.__name__: kind for kind in _BUILTINS},
    **{f"numpy.{name}": getattr(np, name) for name in _NUMPY},
    **{f"numpy.{dtype.name}": dtype.type for dtype in DTYPES.values()},
    **{f"numpy.{name}": value for name, value in vars(np).items() if isinstance(value, np.ufunc)},
}
_NAMES = {id(value): name for name, value in NAMED.items()}
NAMEABLE = (type, ModuleType, np.ufunc, type(...))


def from_jax(value: Any) -> Any:
    """Give a JAX array as numpy's, None for all else; JAX is only looked at where it is loaded."""
    kind = getattr(sys.modules.get("jax"), "Array", None)
    if kind is None or not isinstance(value, kind):
        return None
    try:
        return np.asarray(value)
    except Exception:  # noqa: BLE001 - tracers and random keys are no arrays
        return None


def name_of(value: Any) -> str | None:
    """Give the name that both sides know `value` by, or None."""
    return _NAMES.get(id(value)) if isinstance(value, NAMEABLE) else None

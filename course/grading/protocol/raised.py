"""Exceptions that crossed the wall: also of the built-in type that they were, where one can be."""

import builtins
from collections.abc import Iterable
from functools import cache
from typing import Any, TypeVar

E = TypeVar("E", bound=Exception)

# StopIteration is missing on purpose: raised from afar it would end a loop that it has no part in.
_KEPT = (
    *("ZeroDivisionError", "FloatingPointError", "OverflowError", "ArithmeticError"),
    *("AssertionError", "AttributeError", "ModuleNotFoundError", "ImportError"),
    *("IndexError", "KeyError", "LookupError", "NameError", "NotImplementedError"),
    *("RecursionError", "RuntimeError", "TypeError", "ValueError"),
)


def also(kind: type[E], names: tuple[str, ...]) -> type[E]:
    """Give `kind`, derived from the most special of the built-in exceptions `names` as well."""
    kept = next((name for name in _KEPT if name in names), None)
    if kept is None:
        return kind
    derived: type[E] = _derived(kind, kept)  # type: ignore[arg-type]
    return derived


@cache
def _derived(kind: Any, name: str) -> Any:
    return type(name, (kind, getattr(builtins, name)), {})


def builtin_bases(kind: type) -> tuple[str, ...]:
    """Name the built-in types that `kind` derives from, trusting nothing that `kind` defines."""
    mro: Iterable[type] = type.__dict__["__mro__"].__get__(kind)
    names: Any = type.__dict__["__name__"]
    return tuple(n for c in mro if getattr(builtins, n := names.__get__(c), None) is c)

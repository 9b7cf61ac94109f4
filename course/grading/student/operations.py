"""What the referee can ask to be done with the student's objects: a table of plain functions."""

import copy
import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from course.grading.protocol.references import address

REPR_CHARS = 500

Operation = Callable[..., Any]


@dataclass(frozen=True, eq=False, slots=True)
class Here:
    """A value that stays here, though it is of a kind that travels."""

    value: Any


def _call(function: Any, /, *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


def _call_all(calls: Iterable[tuple[Any, Any, Any]]) -> list[Any]:
    return [function(*args, **kwargs) for function, args, kwargs in calls]


def _call_there(function: Any, /, *args: Any, **kwargs: Any) -> Here:
    return Here(function(*args, **kwargs))


def _places(things: Iterable[Any], among: Iterable[Any]) -> list[int]:
    kept, others = list(things), list(among)
    place = {address(other): k for k, other in enumerate(others)}
    return [place.get(address(thing), -1) for thing in kept]


def _get_all(objects: Iterable[Any], paths: Iterable[str]) -> list[Any]:
    return list(map(operator.attrgetter(*paths), objects))


def _set_all(thing: Any, names: Iterable[str], values: Iterable[Any]) -> None:
    for name, value in zip(names, values, strict=True):
        setattr(thing, name, value)


def _next(iterator: Iterator[Any]) -> tuple[Any, ...]:
    """Give a tuple of the next item, the empty tuple at the end."""
    try:
        return (next(iterator),)
    except StopIteration:
        return ()


def _repr(value: Any) -> str:
    return repr(value)[:REPR_CHARS]


_BY_NAME = (
    *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"),
    *("and_", "or_", "xor", "lshift", "rshift"),
    *("iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow", "imatmul"),
    *("iand", "ior", "ixor", "ilshift", "irshift"),
    *("lt", "le", "gt", "ge", "neg", "pos", "invert", "index"),
    *("getitem", "setitem", "delitem", "contains"),
)
_BUILTIN = (getattr, setattr, delattr, len, iter, bool, int, float, complex, str, abs, divmod)

OPERATIONS: dict[str, Operation] = {
    **{name: getattr(operator, name) for name in _BY_NAME},
    **{function.__name__: function for function in _BUILTIN},
    "call": _call,
    "call_all": _call_all,
    "call_there": _call_there,
    "get_all": _get_all,
    "set_all": _set_all,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "isinstance": isinstance,
    "issubclass": issubclass,
    "next": _next,
    "places": _places,
    "repr": _repr,
    "round": round,
}

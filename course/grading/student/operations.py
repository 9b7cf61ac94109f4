"""What the referee can ask to be done with the student's objects: a table of plain functions."""

import copy
import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any

REPR_CHARS = 500

Operation = Callable[..., Any]


def _call(function: Any, /, *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


def _call_all(calls: Iterable[tuple[Any, Any, Any]]) -> list[Any]:
    return [function(*args, **kwargs) for function, args, kwargs in calls]


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
    "get_all": _get_all,
    "set_all": _set_all,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "isinstance": isinstance,
    "issubclass": issubclass,
    "next": _next,
    "repr": _repr,
    "round": round,
}

"""One call of student code, and what it did to its arguments."""

import inspect
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course.checks._lines import count_lines as counted
from course.checks._values import Node, contents, normal_form


@dataclass(frozen=True, eq=False)
class Call:
    """What came of one call: its value, the arguments it altered, what it took.

    `hits` tells how often it ran which Python line, `peak_bytes` the most memory that it held at
    once beyond what was held before, `seconds` the processor time that it took; each is None where
    it was not asked for.
    """

    value: Any
    changed: tuple[str, ...] = ()
    hits: Mapping[str, int] | None = None
    peak_bytes: int | None = None
    seconds: float | None = None

    @property
    def lines(self) -> int | None:
        """The number of Python lines that it ran."""
        return None if self.hits is None else sum(self.hits.values())


def call(
    function: Callable[..., Any],
    *args: Any,
    count_lines: bool = False,
    measure_memory: bool = False,
    measure_time: bool = False,
    **kwargs: Any,
) -> Call:
    """Call student code once.

    `changed` names the arguments whose content the call altered, "x" or "argument 1" where the
    parameter's name is unknown; `lines` counts executed Python lines, and `peak_bytes` tells the
    memory that the call took. Of a student process the system tells that, to within a few MB: let
    what is measured be larger by far, and the arguments small beside it.

    `measure_time` asks for that alone: `seconds` tells the processor time of all threads, what it
    takes to hand over arguments and value included. It is read from outside the process of the
    call, where nothing in there has a say; None where that cannot be. The value is then in normal
    form, and `changed` stays empty.

    Pass the student's function itself, not a lambda around it: a type that has
    `__course_call__(self, args, kwargs, count_lines, measure_memory, measure_time) -> Call` makes
    the call itself, which is how proxies see the student's side of it.
    """
    hook = getattr(type(function), "__course_call__", None)
    if hook is not None:
        return hook(function, args, kwargs, count_lines, measure_memory, measure_time)  # type: ignore[no-any-return]
    return call_here(function, args, kwargs, count_lines, measure_memory)


def is_elsewhere(function: Callable[..., Any]) -> bool:
    """Tell whether a function makes its calls itself, in another process."""
    return hasattr(type(function), "__course_call__")


@dataclass(frozen=True, eq=False)
class Twice:
    """What came of two calls with the very same arguments, and these arguments afterwards.

    `again` is None where the first call altered its arguments: there is no second one then.
    """

    first: Call
    again: Call | None
    after: tuple[Any, ...]


def call_twice(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Twice:
    """Call student code twice, with the same copies of the arguments.

    A type that has `__course_twice__(self, args, kwargs) -> Twice` makes the calls itself.
    """
    copies = tuple(map(fresh, args)), {key: fresh(kwargs[key]) for key in kwargs}
    hook = getattr(type(function), "__course_twice__", None)
    return (twice_here if hook is None else hook)(function, *copies)


def twice_here(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Twice:
    """Make the two calls in this process; the first value is a copy of its own."""
    done = call_here(function, args, kwargs, False, False)
    first = Call(fresh(contents(done.value)), done.changed)
    again = None if done.changed else call_here(function, args, kwargs, False, False)
    return Twice(first, again, (*args, *kwargs.values()))


def call_here(
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    count_lines: bool,
    measure_memory: bool,
) -> Call:
    """Make the call in this process."""
    before = [normal_form(value) for value in (*args, *kwargs.values())]
    hits = peak_bytes = None
    if count_lines:
        value, hits = counted(function, args, kwargs)
    elif measure_memory:
        value, peak_bytes = _traced(function, args, kwargs)
    else:
        value = function(*args, **kwargs)
    after = [normal_form(value) for value in (*args, *kwargs.values())]
    kept = tuple(map(identical, before, after))
    names = () if all(kept) else argument_names(function, len(args), kwargs)
    changed = tuple(name for name, same in zip(names, kept, strict=False) if not same)
    return Call(value, changed, hits, peak_bytes)


def _traced(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[Any, int]:
    """Call the function and let Python itself tell the most bytes that it held at once."""
    tracemalloc.start()
    try:
        value = function(*args, **kwargs)
        return value, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def call_counted(function: Callable[..., Any], args: Sequence[Any]) -> tuple[Any, Call]:
    """Call student code twice, each time with copies; give the first value, and the second call.

    The lines of the second are counted: imports and caches of a first call are no loop. A type that
    has `__course_counted__(self, args) -> (value, Call)` makes the calls itself.
    """
    hook = getattr(type(function), "__course_counted__", None)
    if hook is not None:
        return hook(function, args)  # type: ignore[no-any-return]
    first = call(function, *map(fresh, args)).value
    return first, call(function, *map(fresh, args), count_lines=True)


def altered(
    before: Sequence[Node], after: Sequence[Any], count: int, names: Iterable[str]
) -> tuple[str, ...]:
    """Name the arguments that are not what they were: `count` by place, then those by name."""
    told = [f"argument {n}" for n in range(1, count + 1)] + list(names)
    if len(after) != len(before):
        return tuple(told)
    kept = [identical(a, normal_form(b)) for a, b in zip(before, after, strict=True)]
    return tuple(name for name, same in zip(told, kept, strict=True) if not same)


def argument_names(function: Any, count: int, kwargs: Mapping[str, Any]) -> Iterator[str]:
    """Name each argument as the function's signature does."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    positional = [
        p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    for i in range(count):
        yield positional[i] if i < len(positional) else f"argument {i + 1}"
    yield from kwargs


def identical(a: Node, b: Node) -> bool:
    """Tell whether two values in normal form are the same to the last bit; nan equals nan."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(identical, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(identical(a[key], b[key]) for key in a)
    return type(a) is type(b) and bool(a == b)


def fresh(value: Any) -> Any:
    """Copy arrays, and lists, tuples and dicts of them; everything else is passed on as it is."""
    if issubclass(type(value), np.ndarray):
        return np.array(value)
    if type(value) in (list, tuple):
        return type(value)(fresh(item) for item in value)
    if type(value) is dict:
        return {key: fresh(item) for key, item in value.items()}
    return value

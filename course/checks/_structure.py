"""How student code works, whatever it computes: pure, right for integers."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course.checks._calls import altered, call, call_twice, fresh
from course.checks._compare import matches
from course.checks._errors import CheckFailed, OracleError
from course.checks._finding import Claim
from course.checks._judge import judge
from course.checks._report import Passed, Report
from course.checks._session import record
from course.checks._tolerance import Tolerance
from course.checks._value import NO_SIZES
from course.checks._values import Alien, as_data, normal_form

_SAME = Tolerance(rtol=0.0, atol=1e-12)  # sums of several threads may differ in the last bits


def check_pure(
    exercise: str, function: Callable[..., Any], *args: Any, see: str = "", **kwargs: Any
) -> Passed:
    """Hold that a call leaves its arguments as they were and that a second one gives the same.

    `function` is the student's own, not a lambda around it. It is called twice with the same
    copies of the arguments, so that who alters them gets another answer. What student code raises
    is passed on. `value` of the result is what the first call gave.

    Raises
    ------
    CheckFailed
        with pattern "mutated-input" or "second-call-differs".
    """
    before = [normal_form(value) for value in (*args, *kwargs.values())]
    calls = call_twice(function, args, kwargs)
    changed, same = calls.first.changed, True
    if calls.again is not None:
        changed = calls.again.changed or altered(before, calls.after, len(args), kwargs)
        first, again = (as_data(normal_form(one.value)) for one in (calls.first, calls.again))
        same = matches(again, first, _SAME)
    record("pure", exercise, (changed, same))
    if changed:
        raise CheckFailed(_mutated(exercise, changed, see))
    if not same:
        raise CheckFailed(_unsteady(exercise, see))
    return Passed("arguments unchanged, second call equal to the first", calls.first.value)


def _mutated(exercise: str, changed: tuple[str, ...], see: str) -> Report:
    names = ", ".join(f"`{name}`" for name in changed)
    return Report(
        f"{exercise}: the function changes its argument {names}.",
        facts=("the content before and after the call differs",),
        pattern="mutated-input",
        cause="`x -= y`, `x[...] = y`, `x.sort()`, `out=x` work in place, on the caller's own "
        "array; `x = x - y` makes a new one.",
        see=see,
    )


def _unsteady(exercise: str, see: str) -> Report:
    return Report(
        f"{exercise}: a second call with equal arguments gives another answer.",
        pattern="second-call-differs",
        cause="something outlives the first call: an attribute, a global or a default argument "
        "that is added to.",
        see=see,
    )


def check_integers(
    exercise: str, function: Callable[..., Any], *args: Any, name: str, see: str = ""
) -> Passed:
    """Hold that integer arrays give what the same numbers as floats give.

    The integer arrays among `args`, also within lists, are passed as they are and as float64; lone
    Python numbers are left alone. What student code raises is passed on.

    Raises
    ------
    CheckFailed
        as `check_value` does.
    OracleError
        if `args` hold no integer array.
    """
    floats = [_as_floats(value) for value in args]
    if not any(_holds_integers(value) for value in args):
        raise OracleError("check_integers needs an integer array among its arguments")
    got = normal_form(call(function, *map(fresh, args)).value)
    record("integers", name, as_data(got))
    expected = normal_form(call(function, *floats).value)
    if expected is None:
        expected = Alien("an array or a number")  # two missing returns are no agreement
    judge(got, expected, Claim(exercise, name, Tolerance(), NO_SIZES, see, "for integer input, "))
    return Passed(f"`{name}` is the same for integers as for floats")


def _holds_integers(value: Any) -> bool:
    if type(value) in (list, tuple):
        return any(map(_holds_integers, value))
    return type(value) is np.ndarray and value.dtype.kind in "iu"


def _as_floats(value: Any) -> Any:
    if type(value) in (list, tuple):
        return type(value)(map(_as_floats, value))
    return value.astype(np.float64) if _holds_integers(value) else fresh(value)

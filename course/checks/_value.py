"""`check_value` and `check_true`: one answer against what is known."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from course.checks._compare import Leaf
from course.checks._errors import CheckFailed, OracleError
from course.checks._finding import Claim
from course.checks._judge import difference, judge
from course.checks._report import Passed, Report
from course.checks._session import record
from course.checks._tolerance import Tolerance
from course.checks._values import as_data, describe, holds_alien, normal_form

NO_SIZES: Mapping[str, float] = MappingProxyType({})


def check_value(
    exercise: str,
    got: Any,
    expected: Any,
    *,
    name: str,
    rtol: float = Tolerance.rtol,
    atol: float = Tolerance.atol,
    sizes: Mapping[str, float] = NO_SIZES,
    see: str = "",
) -> Passed:
    """Compare the student's value with the expected one, leaf by leaf.

    Parameters
    ----------
    exercise : headline, "Exercise 3 · cross-entropy".
    got, expected : number, array, string, None, or nested list, tuple or dict of these. Lists and
        tuples are the same, and a stacked array is the sequence of its rows.
    name : what students call the value; leaves are named from it, `name[0]`.
    rtol, atol : right within `atol * max|expected| + rtol * |expected|`, `max` over the leaf;
        float32 results get 1e-4 and 1e-5. With `rtol=0` no result is given more room.
    sizes : quantities that a constant ratio is held against, `{"batch size": 32}`.
    see : heading of the notebook's section on it.

    Raises
    ------
    CheckFailed
        at the first of kind, shape, dtype, finiteness and values that is wrong.
    OracleError
        if `expected` is not plain data: objects cannot be compared by value.
    """
    node, reference = normal_form(got), normal_form(expected)
    record("value", name, as_data(node))
    if holds_alien(reference):
        raise OracleError(f"the expected value of {name} is not plain data")
    leaves = judge(node, reference, Claim(exercise, name, Tolerance(rtol, atol), sizes, see))
    return Passed(lambda: f"`{name}` is right{largest_difference(leaves)}")


def largest_difference(leaves: tuple[Leaf, ...]) -> str:
    """Complete "is right" with the largest difference, relative to the largest of its array."""
    largest = max((difference(leaf) for leaf in leaves), default=0.0)
    return f", largest relative difference {f'{largest:.0e}' if largest else '0'}"


def check_true(
    exercise: str, condition: Any, message: str, *, observed: Any = None, see: str = ""
) -> Passed:
    """Hold that `condition` is true; `message` says what is wrong if it is not.

    Only True itself counts, of Python or numpy: the truth of any other object is the student's to
    define. `observed` is what the condition was made from, kept as the observation.

    Raises
    ------
    CheckFailed
        with `message` as its headline.
    """
    holds = type(condition) in (bool, np.bool_) and bool(condition)
    record("true", message, holds if observed is None else as_data(normal_form(observed)))
    if holds:
        return Passed("ok")
    strange = type(condition) not in (bool, np.bool_)
    fact = f"this is {describe(normal_form(condition))}, expected True or False"
    raise CheckFailed(Report(f"{exercise}: {message}", facts=(fact,) if strange else (), see=see))

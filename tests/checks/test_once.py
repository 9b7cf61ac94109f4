"""`once`: a test's own heavy work is done once for the class, and for nothing but the same work."""

import numpy as np
import pytest

from course import checks

X = np.arange(6.0).reshape(2, 3)
calls: list[str] = []


def doubled(x, *others):
    calls.append("doubled")
    return [2 * x, (x.sum(), None)]


def negated(x):
    calls.append("negated")
    return -x


def run(*work, given=()):
    calls.clear()
    with checks.session(3, "c", given) as seen:
        values = [checks.once(function, *args) for function, *args in work]
    return values, seen.references


def test_the_next_run_is_given_what_the_first_found():
    first, found = run((doubled, X), (negated, X))
    assert calls == ["doubled", "negated"]
    second, again = run((doubled, X.copy()), (negated, X), given=found)
    assert calls == []
    assert str(second) == str(first)
    assert again == found


def test_who_alters_a_value_alters_it_for_nobody_else():
    ((value, _),), found = run((doubled, X))
    value += 1
    ((other, _),), _ = run((doubled, X), given=found)
    assert np.array_equal(other, 2 * X)
    other += 1
    assert np.array_equal(run((doubled, X), given=found)[0][0][0], 2 * X)


@pytest.mark.parametrize(
    "work",
    [
        (doubled, X + 1e-300),
        (doubled, X, 1.0),
        (doubled, X.T),
        (negated, X),
        (lambda x: x, X),
    ],
    ids=["other numbers", "one more", "another shape", "another function", "a lambda"],
)
def test_other_work_is_done(work):
    _, found = run((doubled, X))
    ((value, *_), *_), _ = run(work, given=found)
    assert str(value) == str(work[0](*work[1:])[0])


def test_a_gradient_is_not_taken_for_it_nor_it_for_a_gradient():
    def cube(xp, x):
        return (x**3).sum()

    def check():
        return str(checks.check_gradients("E", (3 * X**2,), cube, (X,), names=("gx",)))

    with checks.session(3, "c") as seen:
        checks.once(negated, X)
    with checks.session(3, "c", seen.references):
        assert "agrees" in check()
    with checks.session(3, "c") as seen:
        check()
    assert np.array_equal(run((negated, X), given=seen.references)[0][0], -X)


def test_outside_of_a_session_it_is_a_call():
    assert np.array_equal(checks.once(negated, X), -X)


def test_arguments_that_are_no_numbers_are_refused():
    with pytest.raises(checks.OracleError):
        checks.once(negated, object())

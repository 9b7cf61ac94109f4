"""Purity, integers, truth, and single calls, on student code of several kinds."""

from typing import Any

import numpy as np
import pytest

from course import checks
from course.checks._calls import Twice
from tests.checks.network import failure

X = np.array([[1.0, -2.0], [3.0, 0.5]])


class Student:
    """A student's object with methods, good and bad."""

    def __init__(self) -> None:
        self.calls = 0
        self.total = np.zeros(2)

    def right(self, x: Any, *, scale: float = 1.0) -> Any:
        return scale * x

    def in_place(self, x: Any) -> Any:
        x *= 2
        return x

    def shuffles(self, rows: Any) -> Any:
        rows.sort(key=len)
        return rows

    def deeper(self, layers: Any, options: Any) -> Any:
        layers[0][1][0] = 5.0
        options["rate"] = 0.0

    def counts(self, x: Any) -> Any:
        self.calls += 1
        return x + self.calls

    def adds_up(self, x: Any) -> Any:
        self.total += x.sum(axis=0)
        return self.total  # one array, changed by the next call


def test_a_pure_function_passes() -> None:
    with checks.session(0, "c") as seen:
        passed = checks.check_pure("E", Student().right, X, scale=2.0)
    assert str(passed) == "arguments unchanged, second call equal to the first"
    assert [(o.kind, o.value) for o in seen.observations] == [("pure", ((), True))]


@pytest.mark.parametrize(
    ("method", "args", "pattern", "words"),
    [
        ("in_place", (X,), "mutated-input", "argument `x`"),
        ("shuffles", ([[1.0, 2.0], [1.0]],), "mutated-input", "argument `rows`"),
        ("deeper", (([0, X],), {"rate": 1.0}), "mutated-input", "argument `layers`, `options`"),
        ("counts", (X,), "second-call-differs", "second call"),
        ("adds_up", (X,), "second-call-differs", "second call"),
    ],
)
def test_an_impure_one_fails(method: str, args: Any, pattern: str, words: str) -> None:
    function = getattr(Student(), method)
    before = np.array(X)
    with checks.session(0, "c") as seen:
        report = failure(checks.check_pure, "E", function, *args)
    assert report.pattern == pattern
    assert words in report.headline
    assert len(seen.observations) == 1
    np.testing.assert_array_equal(X, before)  # the test's own arrays are never touched


def test_objects_and_none_may_be_returned() -> None:
    checks.check_pure("E", lambda: object())
    checks.check_pure("E", lambda x: None, X)


def test_keyword_and_nameless_arguments_are_named() -> None:
    def spoil(*arrays: Any, **named: Any) -> None:
        for array in (*arrays, *named.values()):
            array[:] = 0

    done = checks.call(spoil, X.copy(), 3 * X, bias=np.ones(2))
    assert done.changed == ("argument 1", "argument 2", "bias")
    assert done.value is None
    assert done.lines is None


def test_lines_are_counted_on_demand() -> None:
    assert checks.call(lambda x: x + 1, 2, count_lines=True).lines == 2


def test_memory_is_measured_on_demand() -> None:
    def ones(n: int) -> float:
        return float(np.ones(n).sum())

    assert checks.call(ones, 10).peak_bytes is None
    (small, large) = (checks.call(ones, n, measure_memory=True).peak_bytes for n in (1, 10**6))
    assert small is not None
    assert large is not None
    assert 7.9e6 < large - small < 8.1e6


def test_a_proxy_makes_the_call_itself() -> None:
    class Proxy:
        def __course_call__(self, args: Any, kwargs: Any, *_: bool) -> checks.Call:
            (x,) = args
            changed = ("x",) if kwargs.get("spoil") else ()
            return checks.Call(x + 1, changed, {"a:1": 3 * len(x)})

        def __course_twice__(self, args: Any, kwargs: Any) -> Twice:
            first = self.__course_call__(args, kwargs)
            return Twice(first, None if first.changed else first, args)

    proxy: Any = Proxy()
    assert checks.call(proxy, X, count_lines=True).lines == 6
    checks.check_pure("E", proxy, X)
    assert failure(checks.check_pure, "E", proxy, X, spoil=True).pattern == "mutated-input"
    grows = failure(checks.check_vectorised, "E", proxy, lambda b: (np.ones(b),))
    assert "6 for a batch of 2, 48 for one of 16" in grows.render()


class Told:
    """Calls whose account says that nothing was changed; `after` are the arguments then."""

    def __init__(self, values: tuple[float, float], *after: Any) -> None:
        self.values, self.after = values, after

    def __course_twice__(self, args: Any, kwargs: Any) -> Twice:
        first, again = map(checks.Call, self.values)
        return Twice(first, again, self.after)


def test_an_account_of_a_call_is_held_against_the_arguments_and_the_answers() -> None:
    checks.check_pure("E", Told((1.0, 1.0), X.copy(), {"k": [X.copy()]}), X, s={"k": [X]})  # type: ignore[arg-type]
    for after, names in (
        ((X + 1, {"k": [X]}), "`argument 1`"),
        ((X, {"k": [-X]}), "`s`"),
        ((X,), "`argument 1`, `s`"),
    ):
        report = failure(checks.check_pure, "E", Told((1.0, 1.0), *after), X, s={"k": [X]})
        assert report.pattern == "mutated-input"
        assert names in report.render()
    checks.check_pure("E", Told((1.0, 1.0), X.astype("<f8")), X.astype(">f8"))  # type: ignore[arg-type]
    told = Told((1.0, 2.0), X)
    assert failure(checks.check_pure, "E", told, X).pattern == "second-call-differs"


def test_both_calls_of_a_pure_function_have_the_same_arguments() -> None:
    seen: list[Any] = []

    def square(x: Any) -> Any:
        seen.append(x)
        return x * x

    done = checks.check_pure("E", square, X)
    assert seen[0] is seen[1]
    assert seen[0] is not X
    assert np.array_equal(done.value, X * X)

    def spoils_later(x: Any) -> Any:
        seen.append(x)
        if len(seen) > 3:
            x += 1
        return 0.0

    assert failure(checks.check_pure, "E", spoils_later, X).pattern == "mutated-input"


INTEGERS = np.array([1, 2, -3])


@pytest.mark.parametrize(
    "function", [lambda x: x / 2, lambda x: np.tanh(x), lambda x: [x.sum() / 2, x * 0.5]]
)
def test_integers_that_become_floats_pass(function: Any) -> None:
    checks.check_integers("E", function, INTEGERS, name="f(x)")


def _filled(x: Any) -> Any:
    out = np.zeros_like(x)
    out[:] = x / 2
    return out


@pytest.mark.parametrize(
    ("function", "pattern"),
    [
        (_filled, "integer-dtype"),
        (lambda x: x // 2, "integer-dtype"),
        (lambda x: (x // 2).astype(float) if x.dtype.kind == "i" else x / 2, ""),
        (lambda x: None, "returns-none"),
        (lambda x: object(), ""),
        (lambda x: (x / 2, object()), ""),
    ],
)
def test_integers_that_truncate_fail(function: Any, pattern: str) -> None:
    with checks.session(0, "c") as seen:
        report = failure(checks.check_integers, "E", function, INTEGERS, name="f(x)")
    assert report.pattern == pattern
    assert report.headline.startswith("E: for integer input, `f(x)")
    assert [o.kind for o in seen.observations] == ["integers"]


def test_lists_of_integer_arrays_count_and_lone_numbers_do_not() -> None:
    def takes(parts: Any, k: Any) -> Any:
        assert type(k) is int
        return parts[k] / 2

    checks.check_integers("E", takes, [INTEGERS, X], 0, name="v")
    with pytest.raises(checks.OracleError, match="integer array"):
        checks.check_integers("E", takes, [X], 0, name="v")


def test_what_student_code_raises_is_passed_on() -> None:
    def stub(x: Any) -> Any:
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        checks.check_pure("E", stub, X)
    with pytest.raises(NotImplementedError):
        checks.check_integers("E", stub, INTEGERS, name="v")


class Yes:
    """Claims to be whatever is asked."""

    def __bool__(self) -> bool:
        raise AssertionError("a judgement asked the student")

    __eq__ = __bool__  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


def test_only_true_is_true() -> None:
    for truth in (True, np.bool_(True), np.array([1, 1]).all()):
        assert str(checks.check_true("E", truth, "the loss grows")) == "ok"
    for lie in (False, np.bool_(False), 1, "yes", None, Yes(), [True], np.array(True)):
        report = failure(checks.check_true, "E", lie, "the loss grows", see="Steps")
        assert report.headline == "E: the loss grows"
        assert report.see == "Steps"
    assert "class Yes" in failure(checks.check_true, "E", Yes(), "m").render()


def test_what_a_condition_was_made_from_is_recorded() -> None:
    with checks.session(0, "c") as seen:
        checks.check_true("E", True, "m")
        checks.check_true("E", True, "m", observed=[1.5, {"a": "b"}])
    first, second = seen.observations
    assert first.value is True
    assert (float(second.value[0]), second.value[1]) == (1.5, (("a", "b"),))

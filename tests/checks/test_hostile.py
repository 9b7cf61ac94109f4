"""Objects made to fool a comparison, and values made to choke it."""

from collections import OrderedDict, defaultdict
from typing import Any, NamedTuple

import numpy as np
import pytest

from course import checks
from tests.checks.network import Problem, failure


def caught(*args: Any) -> Any:
    raise AssertionError("a judgement called student code")


class Equal:
    """Equal to everything, convertible to anything, of any class."""

    __class__ = np.ndarray  # type: ignore[assignment]
    __eq__ = __ne__ = __bool__ = __float__ = __array__ = __len__ = __iter__ = caught  # type: ignore
    __getitem__ = __sub__ = __rsub__ = __abs__ = __le__ = __index__ = caught
    __array_ufunc__ = __array_function__ = __getattr__ = caught
    __hash__ = None  # type: ignore[assignment]


class Liar(np.ndarray):
    """An array whose every operation says yes."""

    def __array_finalize__(self, other: Any) -> None:
        if type(self) is not np.ndarray and other is not None:
            self.touched = True

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return np.ones(self.shape, dtype=bool)

    __array_function__ = __eq__ = __sub__ = __le__ = __getitem__ = caught  # type: ignore
    __hash__ = None  # type: ignore[assignment]

    @property
    def shape(self) -> Any:  # type: ignore[override]
        return (3,)

    @property
    def dtype(self) -> Any:  # type: ignore[override]
        return np.dtype(float)


class Number(float):
    """A float with its own idea of equality."""

    __eq__ = __sub__ = __float__ = __abs__ = caught  # type: ignore
    __hash__ = None  # type: ignore[assignment]


class Text(str):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


class Items(list):  # type: ignore[type-arg]
    """A list that shows other items than it holds."""

    def __iter__(self) -> Any:
        return iter([1.0, 2.0])

    def __len__(self) -> int:
        return 2


def _object_array(item: Any) -> Any:
    array = np.empty(3, dtype=object)
    for i in range(3):
        array[i] = item
    return array


EXPECTED = np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    ("got", "expected", "words"),
    [
        (Equal(), EXPECTED, "class Equal"),
        ([Equal()], [1.0], "class Equal"),
        (_object_array(Equal()), EXPECTED, "an array of Python objects"),
        (Number(1.0), 1.0, "class Number"),
        (Text("no"), "yes", "class Text"),
        (Items([9.0]), [1.0, 2.0], "of length 1, expected"),
        (np.zeros(3).view(Liar), EXPECTED, "3 of 3 entries differ"),
        (np.zeros(2).view(Liar), EXPECTED, "shape (2,), expected (3,)"),
        (np.zeros(3, dtype=int).view(Liar), EXPECTED, "dtype int64"),
        (np.array([(1.0, 2)], dtype=[("a", float), ("b", int)]), EXPECTED, "an array of"),
        (np.ma.array([1.0, 2.0, 9.0], mask=[0, 0, 1]), EXPECTED, "yours 9, expected 3"),
        (np.array(["2020-01-01"], dtype="M8[D]"), EXPECTED, "datetime64"),
    ],
    ids=str.split("equal in-list in-array number text items zeros shape dtype record mask date"),
)
def test_a_lie_is_not_believed(got: Any, expected: Any, words: str) -> None:
    assert words in failure(checks.check_value, "E", got, expected, name="v").render()


def test_no_check_of_structure_asks_the_object_either() -> None:
    failure(checks.check_integers, "E", lambda x: Equal(), np.arange(3), name="v")
    checks.check_pure("E", lambda x: Equal(), np.arange(3))
    problem = Problem()
    for lie in (Equal(), (Equal(), Equal()), ([Equal()] * 3, [Equal()] * 3)):
        failure(problem.check, lie)
        failure(checks.check_taylor, "E", lambda x: x.sum(), lie, EXPECTED, name="g")


def _self_containing() -> list[Any]:
    loop: list[Any] = [1.0]
    loop.append(loop)
    return loop


def _doubling() -> Any:
    value: Any = [1.0, 1.0]
    for _ in range(30):
        value = [value, value]
    return value


def _deep() -> Any:
    value: Any = 1.0
    for _ in range(100_000):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (_self_containing(), "deeper than 32"),
        (_doubling(), "more than 100000 items"),
        (_deep(), "deeper than 32"),
        ([0.0] * 1_000_000, "more than 100000 items"),
        ({(1, 2): 3.0}, "keys other than"),
        ({Text("a"): 3.0}, "keys other than"),
    ],
    ids=["self-containing", "doubling", "deep", "long", "tuple-key", "text-key"],
)
def test_a_value_that_chokes_is_refused(got: Any, words: str) -> None:
    with checks.session(0, "c") as seen:
        assert words in failure(checks.check_value, "E", got, [1.0], name="v").render()
    assert isinstance(seen.observations[0].value, str)


def test_a_proxy_names_what_it_stands_for() -> None:
    class Proxy:
        def __course_describe__(self) -> str:
            return "an object of class Network"

    assert "class Network" in failure(checks.check_value, "E", Proxy(), 1.0, name="v").render()


def test_messages_stay_short() -> None:
    long = type("X" * 10_000, (), {})()
    many = {f"key{i}": float(i) for i in range(1000)}
    for got, expected in ((long, 1.0), ("y" * 10_000, "x"), ({}, many), (many, {"a": 1.0})):
        report = failure(checks.check_value, "E", got, expected, name="v")
        assert len(report.render()) < 600
    assert "key5" not in failure(checks.check_value, "E", many, {"a": 1.0}, name="v").render()


def test_jax_arrays_are_arrays_and_tracers_are_not() -> None:
    import jax
    import jax.numpy as jnp

    checks.check_value("E", [jnp.ones(3), jnp.float32(2)], [np.ones(3), 2.0], name="v")
    leaked: list[Any] = []
    jax.jit(lambda x: leaked.append(x) or x)(1.0)
    assert "object of class" in failure(checks.check_value, "E", leaked[0], 1.0, name="v").render()


class Pair(NamedTuple):
    w: Any
    b: Any


class Layers(list[Any]):
    __iter__ = __len__ = __getitem__ = caught  # type: ignore


class Notes(dict[str, Any]):
    __iter__ = __len__ = items = keys = values = __getitem__ = caught  # type: ignore


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (Pair(np.ones(2), [1.0]), (np.ones(2), [1.0])),
        (Layers([1, Pair(2, 3)]), [1, (2, 3)]),
        (Notes(a=1.0), {"a": 1.0}),
        (defaultdict(list, a=[0.5]), {"a": [0.5]}),
        (OrderedDict(a=Layers()), {"a": []}),
    ],
)
def test_a_class_that_derives_from_a_container_is_what_it_holds(got: Any, expected: Any) -> None:
    checks.check_value("E", got, expected, name="x")
    assert "wrong" in failure(checks.check_value, "E", got, [7.0, 8.0, 9.0], name="x").headline
    assert checks.is_sequence(got) is isinstance(expected, tuple | list)

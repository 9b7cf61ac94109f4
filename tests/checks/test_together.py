"""Calls and attributes asked for at one go, of objects in this process."""

from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from course.checks import call_all, call_there, get_all, places, set_all


def test_calls_are_made_in_order() -> None:
    seen: list[int] = []

    def times(x: int, *, by: int = 2) -> int:
        seen.append(x)
        return by * x

    assert call_all([partial(times, 1), partial(times, 2, by=5), partial(abs, -3)]) == [2, 10, 3]
    assert seen == [1, 2]
    assert call_all([]) == []


def test_no_call_is_made_after_one_that_raises() -> None:
    seen: list[int] = []
    with pytest.raises(ZeroDivisionError):
        call_all([partial(seen.append, 1), partial(divmod, 1, 0), partial(seen.append, 2)])
    assert seen == [1]


def test_attributes_are_read_of_each_object() -> None:
    things = [SimpleNamespace(value=n, inner=SimpleNamespace(name=str(n))) for n in range(3)]
    assert get_all(things, "value") == [0, 1, 2]
    assert get_all(things, "inner.name", "value") == [("0", 0), ("1", 1), ("2", 2)]
    assert get_all([], "value") == []
    with pytest.raises(AttributeError):
        get_all(things, "inner.size")


def test_attributes_are_set_in_order() -> None:
    class Thing:
        def __init__(self) -> None:
            self.__dict__["seen"] = []

        def __setattr__(self, name: str, value: Any) -> None:
            self.seen.append((name, value))

    thing = Thing()
    set_all(thing, b=1, a=[2])
    set_all(thing)
    assert thing.seen == [("b", 1), ("a", [2])]


def test_a_call_there_gives_the_value() -> None:
    assert call_there(sorted, [2, 1], reverse=True) == [2, 1]
    with pytest.raises(ZeroDivisionError):
        call_there(divmod, 1, 0)


def test_places_go_by_identity() -> None:
    a, b, equal_to_a = [1], [2], [1]
    assert places([b, a, b], among=(a, b)) == [1, 0, 1]
    assert places([equal_to_a, a], among=[a]) == [-1, 0]
    assert places([], among=[a]) == places((), []) == []
    assert places(iter([a]), among=iter([b, a])) == [1]
    assert places(([n] for n in range(9)), among=([n] for n in range(9))) == [-1] * 9
    with pytest.raises(TypeError):
        places(None, among=[a])  # type: ignore[arg-type]


def test_an_object_elsewhere_is_asked_for_all() -> None:
    class There:
        def __call__(self) -> None: ...

        def __course_call_all__(self, calls: Any) -> Any:
            return ["called", *calls]

        def __course_get_all__(self, objects: Any, paths: Any) -> Any:
            return [*objects, paths]

        def __course_set_all__(self, values: Any) -> None:
            seen.append(values)

        def __course_call_there__(self, args: Any, kwargs: Any) -> Any:
            return "there", args, kwargs

        def __course_places__(self, things: Any, among: Any) -> Any:
            return things, among

    seen: list[Any] = []
    there = There()
    calls = [partial(abs, 1), partial(there)]
    assert call_all(calls) == ["called", *calls]
    assert get_all([1, there], "a", "b") == [1, there, ("a", "b")]
    set_all(there, a=1, b=2)
    assert seen == [{"a": 1, "b": 2}]
    assert call_there(there, 1, b=2) == ("there", (1,), {"b": 2})
    assert places([1], among=there) == ([1], there)
    assert places(there, among=[1]) == (there, [1])

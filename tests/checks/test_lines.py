"""Counting executed lines: every way of hiding a loop over the batch, and none where none is."""

import functools
import gc
import itertools
import operator
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from course import checks
from course.checks._lines import CannotCount, count_lines
from tests.checks.network import failure

W = np.linspace(-1, 1, 12).reshape(3, 4)


def make_args(batch: int) -> tuple[Any, ...]:
    return (np.random.default_rng(batch).normal(size=(batch, 3)),)


def for_loop(x: Any) -> Any:
    total = np.zeros(4)
    for row in x:
        total += row @ W
    return total


def while_loop(x: Any) -> Any:
    i = 0
    while i < len(x):
        i += 1
    return i


def recursion(x: Any) -> Any:
    return x[0] if len(x) == 1 else x[0] + recursion(x[1:])


LOOPS: dict[str, Callable[[Any], Any]] = {
    "for": for_loop,
    "while": while_loop,
    "recursion": recursion,
    "list comprehension": lambda x: [row @ W for row in x],
    "bare comprehension": lambda x: [row for row in x],  # noqa: C416
    "dict comprehension": lambda x: {i: row for i, row in enumerate(x)},  # noqa: C416
    "generator": lambda x: sum(row @ W for row in x),
    "map": lambda x: list(map(lambda row: row @ W, x)),  # noqa: C417
    "map of a numpy function": lambda x: list(map(np.sum, x)),
    "reduce": lambda x: functools.reduce(lambda a, b: a + b, x),
    "vectorize": lambda x: np.vectorize(lambda v: v * v)(x),
    "vectorize with signature": lambda x: np.vectorize(lambda r: r @ W, signature="(n)->(m)")(x),
    "apply_along_axis": lambda x: np.apply_along_axis(np.sum, 1, x),
    "fromiter": lambda x: np.fromiter((row.sum() for row in x), float),
    "frompyfunc": lambda x: np.frompyfunc(lambda v: v + 1, 1, 1)(x),
    "map of a method": lambda x: list(map(np.ndarray.sum, x)),
    "map of an operator": lambda x: list(map(operator.matmul, x, itertools.repeat(W))),
    "sum of rows": sum,
    "iteration": list,
    "a new thread": lambda x: ThreadPoolExecutor(1).submit(for_loop, x).result(),
    "stack": lambda x: np.stack([np.outer(row, row) for row in x]),
}  # fmt: skip


def softmax(x: Any) -> Any:
    p = np.exp(x - x.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return x.T @ p, p.mean(axis=0)


def layers(x: Any) -> Any:
    for _ in range(5):
        x = np.tanh(x @ W @ W.T)
    return x


def printing(x: Any) -> Any:
    print(x, x.shape, file=open("/dev/null", "w"))  # noqa: SIM115
    return x @ W


VECTORISED: dict[str, Callable[[Any], Any]] = {
    "matmul": lambda x: x @ W,
    "einsum": lambda x: np.einsum("bi,bj->bij", x, x),
    "optimised einsum": lambda x: np.einsum("bi,ij,bj->ij", x, W, x @ W, optimize=True),
    "softmax": softmax,
    "layers": layers,
    "printing": printing,
    "helpers": lambda x: (np.median(x, 0), np.pad(x, 1), np.linalg.norm(x), np.split(x, 2)),
}


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_over_the_batch_is_seen(name: str) -> None:
    report = failure(checks.check_vectorised, "E", LOOPS[name], make_args)
    assert report.pattern == "loop-over-batch"


@pytest.mark.parametrize("name", VECTORISED)
def test_no_loop_is_seen_where_there_is_none(name: str) -> None:
    for sizes in ((2, 16), (4, 64)):
        checks.check_vectorised("E", VECTORISED[name], make_args, sizes=sizes)


def test_what_is_recorded_is_whether_it_grows() -> None:
    with checks.session(0, "c") as seen:
        checks.check_vectorised("E", VECTORISED["matmul"], make_args)
        failure(checks.check_vectorised, "E", for_loop, make_args)
    assert [o.value for o in seen.observations] == [False, True]


def test_counting_gives_the_value_and_restores_the_tracer() -> None:
    seen: list[str] = []

    def tracer(frame: Any, event: str, arg: Any) -> None:
        seen.append(event)

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        value, hits = count_lines(lambda a, b: a + b, (1,), {"b": 2})
        lines = sum(hits.values())
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(before)
    assert value == 3
    assert lines == 2  # the call and its one line


def test_the_tracer_is_restored_when_student_code_raises() -> None:
    before = sys.gettrace()
    with pytest.raises(ZeroDivisionError):
        count_lines(lambda: 1 / 0, (), {})
    assert sys.gettrace() is before
    with pytest.raises(NotImplementedError):
        checks.check_vectorised("E", _stub, make_args)


def _stub(x: Any) -> Any:
    raise NotImplementedError("return the products, shape (B, 4)")


def test_lines_of_finalizers_are_not_counted() -> None:
    class Untidy:
        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            for _ in range(100):
                pass

    def lists(n: int) -> list[list[int]]:
        return [*map(list, [()] * n)]  # so many new lists start a collection

    threshold = gc.get_threshold()
    gc.set_threshold(10)
    try:
        for _ in range(5):
            Untidy()
        assert sum(count_lines(lists, (1_000,), {})[1].values()) < 10
        assert gc.isenabled()
    finally:
        gc.set_threshold(*threshold)


def _off_and_on(x: Any) -> Any:
    tracer = sys.gettrace()
    sys.settrace(None)
    total = for_loop(x)
    sys.settrace(tracer)
    return total


def _forked(x: Any) -> Any:
    if os.fork() == 0:
        os._exit(0)
    return x


@pytest.mark.parametrize("function", [_off_and_on, _forked, lambda x: sys.setprofile(None)])
def test_counting_cannot_be_left(function: Callable[[Any], Any]) -> None:
    before = sys.gettrace()
    with pytest.raises(CannotCount, match="while lines are counted"):
        count_lines(function, make_args(3), {})
    assert sys.gettrace() is before
    sys.settrace(before)  # allowed again


def _padded(x: Any) -> Any:
    total = [row.sum() for row in x]
    for _ in range(200 - 2 * len(x)):
        total = total
    return total


def test_lines_wasted_on_small_batches_hide_no_loop() -> None:
    failure(checks.check_vectorised, "E", _padded, make_args)


def test_printing_by_another_name_is_counted() -> None:
    space: dict[str, Any] = {}
    exec(compile("def f(x):\n    return [r for r in x]", "arrayprint.py", "exec"), space)
    failure(checks.check_vectorised, "E", space["f"], make_args)


def test_watched_arrays_are_arrays_again_and_changes_arrive() -> None:
    x = np.zeros(3)

    def change(a: Any) -> Any:
        a += 1
        return a

    value, _ = count_lines(change, (x,), {})
    assert type(value) is np.ndarray
    assert x.tolist() == [1, 1, 1]

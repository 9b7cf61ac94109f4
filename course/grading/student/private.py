"""Copies of our own functions that student code can neither reach by name nor change by mistake.

What runs in the student process can be tampered with by code that means to: what such a copy says
is believed only where nothing better can be had.
"""

import builtins
import importlib.util
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from course.grading.student.allocator import make_settle

CALLS = ("course.checks._values", "course.checks._lines", "course.checks._calls")
SETTLE_SECONDS = 0.002  # the time of another thread counts when it has come to rest
THREADS = "/proc/self/task"
EXACT = time.get_clock_info("process_time").resolution < 1e-6

Hits = Mapping[str, int] | None
Observe = Callable[[Any, Any, Any, bool, bool, bool], tuple[Any, ...]]


@dataclass(frozen=True)
class Observers:
    """What looks at student code from nearby.

    `operations` look at what a call did, or at an object's contents, by name; one of them comes
    before a look at memory: `settle`. `watched` is for what comes to student code from outside:
    while lines are counted, arrays are watched. `copied` keeps a value as it is now.
    """

    operations: dict[str, Callable[..., Any]]
    watched: Callable[[Any], Any]
    copied: Callable[[Any], Any]


def make_observers() -> Observers:
    """Make them of copies of our own modules."""
    values, lines, calls = _private(CALLS)
    twice_here = calls.twice_here
    lines.stand_guard()

    def observed_twice(function: Any, args: Any, kwargs: Any) -> tuple[Any, ...]:
        twice = twice_here(function, args, kwargs)
        accounts = [call and (call.value, call.changed) for call in (twice.first, twice.again)]
        return (*accounts, twice.after)

    operations = {
        "observed_call": _make_observer(calls.call_here),
        "observed_twice": observed_twice,
        "contents": values.contents,
        "settle": make_settle(),
    }
    return Observers(
        operations,
        lines.watched_while_counting,
        copied=lambda value: calls.fresh(values.contents(value)),
    )


def _make_observer(call_here: Callable[..., Any]) -> Observe:
    process_time_ns, thread_time_ns, sleep = time.process_time_ns, time.thread_time_ns, time.sleep
    others_live = _make_look_for_threads()

    def observe(
        function: Any,
        args: Any,
        kwargs: Any,
        count_lines: bool,
        measure_memory: bool,
        give_back: bool,
    ) -> tuple[Any, ...]:
        # the one clock runs longer than the other, unless there are two threads at work
        thread, process = thread_time_ns(), process_time_ns()
        call = call_here(function, args, kwargs, count_lines, measure_memory)
        if count_lines and others_live():
            sleep(SETTLE_SECONDS)
        thread_time_ns()  # only now is this thread's time part of the process's
        process, thread = process_time_ns() - process, thread_time_ns() - thread
        if count_lines and process > thread and EXACT:
            raise RuntimeError("lines that run in another thread cannot be counted")
        after = (*args, *kwargs.values()) if give_back else None
        return (call.value, call.changed, call.hits, call.peak_bytes, after)

    return observe


def _make_look_for_threads() -> Callable[[], bool]:
    """Give the function that tells whether there may be a second thread."""
    listdir, count = os.listdir, len

    def others_live() -> bool:
        try:
            return count(listdir(THREADS)) > 1
        except OSError:
            return True

    return others_live


def forget_own_modules() -> None:
    """Take this process's own code out of reach of `import`: student code gets copies of it."""
    for name in [name for name in sys.modules if name.startswith("course.grading")]:
        del sys.modules[name]
    vars(sys.modules.get("course", builtins)).pop("grading", None)


def _private(names: tuple[str, ...]) -> list[ModuleType]:
    """Load modules again, with built-in functions of their own; nobody else sees them."""
    public = {name: sys.modules.pop(name, None) for name in names}
    try:
        return [_load(name) for name in names]
    finally:
        sys.modules.update({name: module for name, module in public.items() if module})


def _load(name: str) -> ModuleType:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    module.__dict__["__builtins__"] = dict(vars(builtins))
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module

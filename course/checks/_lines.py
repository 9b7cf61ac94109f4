"""Count executed Python lines, and leave no easy way to run some that are not counted."""

import gc
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from heapq import nlargest
from operator import itemgetter
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import numpy as np

# How many lines it takes to print an array depends on the array; printing is no loop over a batch.
_NOT_COUNTED = tuple(str(path) for path in Path(np.__file__).parent.glob("*core/arrayprint.py"))
_REFUSED = frozenset(
    (
        *("sys.settrace", "sys.setprofile", "subprocess.Popen"),
        *("os.fork", "os.forkpty", "os.posix_spawn", "os.exec"),
    )
)


MOST = 2_000  # lines that are told apart


class CannotCount(RuntimeError):
    """While its lines are counted, a function tried to switch that off or to leave the process."""


class _Watched(np.ndarray):
    """An array that runs a line of Python for each array made of it: loops in C show, too."""

    def __array_finalize__(self, made_from: object) -> None:
        pass


_FINALIZE = _Watched.__array_finalize__.__code__


def count_lines(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[Any, dict[str, int]]:
    """Call `function(*args, **kwargs)` and give `(value, hits)`.

    `hits` tells for each line how often it ran: the line and call events of every Python frame that
    the call runs in this thread and in threads that it starts, libraries included. A step of a
    loop, comprehension or generator expression is an event each, and so is each call of a Python
    function from `map`, `np.vectorize` and the like, and each array that is made of an argument, as
    a row is that a loop in C takes. Such a loop over plain numbers, `map(math.exp, x.tolist())`,
    leaves no trace, nor does the work of a thread that was there before.

    Raises
    ------
    CannotCount
        in the function, where it starts a process or touches the trace.
    """
    hits: dict[str, dict[int, int]] = defaultdict(dict)
    traces: dict[CodeType, Callable[..., Any]] = {}

    def begin(frame: FrameType, event: str, told: Any) -> Any:
        code = frame.f_code  # what is read here costs: the audit hook hears of it
        if _prints(frame, code):
            return None
        if (trace := traces.get(code)) is None:
            trace = traces[code] = _counter(hits[code.co_filename])
        return trace(frame, event, told)

    given = [_watched(value) for value in args], {k: _watched(v) for k, v in kwargs.items()}
    stand_guard()
    before = sys.gettrace(), threading.gettrace(), _guard.is_up, gc.isenabled()
    profilers = sys.getprofile(), threading.getprofile()
    sys.setprofile(None)  # what a profiler does is not traced
    threading.setprofile(None)
    gc.disable()  # a collection runs finalizers, whose lines are not the function's
    threading.settrace(begin)
    sys.settrace(begin)
    _guard.is_up = True  # no function is called from here on but the one that is counted
    try:
        value = function(*given[0], **given[1])
    finally:
        _guard.is_up = before[2]
        sys.settrace(before[0])
        threading.settrace(before[1])
        sys.setprofile(profilers[0])
        threading.setprofile(profilers[1])
        if before[3]:
            gc.enable()
    value = value.view(np.ndarray) if type(value) is _Watched else value
    flat = {f"{file}:{line}": n for file, lines in hits.items() for line, n in lines.items()}
    told = dict(nlargest(MOST, flat.items(), key=itemgetter(1)))
    return value, told | {"elsewhere": sum(flat.values()) - sum(told.values())}


def _counter(counts: dict[int, int]) -> Callable[..., Any]:
    """Give the trace of frames whose lines are counted there."""

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line" or event == "call":
            line = frame.f_lineno
            counts[line] = counts.get(line, 0) + 1
        return trace

    return trace


def watched_while_counting(value: Any) -> Any:
    """Give watched views of an array, or of those in a list or tuple, if lines are counted."""
    if not _guard.is_up:
        return value
    if type(value) in (list, tuple):
        return type(value)(map(watched_while_counting, value))
    return _watched(value)


def stand_guard() -> None:
    """See to it from now on that no audit hook is added here: what one does is not traced."""
    _guard.install()


def _prints(frame: FrameType, code: CodeType) -> bool:
    """Tell whether a frame, of that code, belongs to numpy's printing, or tells of its arrays."""
    if code is _FINALIZE and frame.f_back is not None:
        code = frame.f_back.f_code
    return code.co_filename in _NOT_COUNTED


def _watched(value: Any) -> Any:
    return value.view(_Watched) if type(value) is np.ndarray else value


class _Guard:
    """Refuses, while it is up, what would take work out of the count.

    The interpreter asks an audit hook about each such step, and a hook cannot be taken away.
    """

    def __init__(self) -> None:
        self.is_up = self._is_there = False

    def install(self) -> None:
        """Be there from now on; once is enough."""
        if not self._is_there:
            sys.addaudithook(self._hear)
            self._is_there = True

    def _hear(self, event: str, _: object) -> None:
        if event == "sys.addaudithook":
            raise CannotCount("no audit hook can be added")  # it is left out in silence
        if not self.is_up or event not in _REFUSED:
            return
        if event != "sys.settrace" or sys.gettrace():  # a new thread, which begins its own trace
            raise CannotCount(f"while lines are counted there is no {event}")


_guard = _Guard()

"""A limit on trusted Python code that runs in this thread, on every system."""

import ctypes
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass


class OutOfTime(Exception):
    """The code in a `time_limit` block took too long."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `OutOfTime` in this thread at the first bytecode after `seconds`.

    It stops endless Python loops; one long call into C is stopped only when it returns.
    """
    limit = _Limit(threading.get_ident(), time.monotonic() + seconds)
    _watch.begin(limit)
    try:
        yield
    finally:
        _watch.end(limit)
        if limit.is_over:
            _receive()


@dataclass(eq=False)
class _Limit:
    thread: int
    until: float
    is_over: bool = False


class _Watch:
    """One thread for all limits of this process: to start one for each takes longer than a test."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # entered directly: nothing can arrive while it is half taken
        self._changed = threading.Condition(self._lock)
        self._limits: set[_Limit] = set()
        self._looks_at = float("inf")  # when the thread looks next
        self._thread: threading.Thread | None = None

    def begin(self, limit: _Limit) -> None:
        with self._lock:
            self._limits.add(limit)
            if self._thread is None or not self._thread.is_alive():  # it is not, after a fork
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
            elif limit.until < self._looks_at:
                self._changed.notify()

    def end(self, limit: _Limit) -> None:
        with self._lock:
            self._limits.discard(limit)

    def _run(self) -> None:
        with self._changed:
            while True:
                for limit in [one for one in self._limits if one.until <= time.monotonic()]:
                    self._limits.discard(limit)
                    limit.is_over = True
                    _raise_in(limit.thread)
                ends = [limit.until for limit in self._limits]
                self._looks_at = min(ends, default=float("inf"))
                self._changed.wait(self._looks_at - time.monotonic() if ends else None)


_watch = _Watch()


def _raise_in(thread: int) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(OutOfTime))


def _receive() -> None:
    """Let an exception that is on its way arrive here, not in later code.

    To take it back instead, by a null pointer, leaves CPython 3.11 with a flag set that makes any
    later `sys.settrace` loop for ever.
    """
    with suppress(OutOfTime):
        for _ in range(1_000):  # each turn is a place where it can arrive
            pass

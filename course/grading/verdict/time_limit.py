"""A limit on trusted Python code that runs in this thread, on every system."""

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class OutOfTime(Exception):
    """The code in a `time_limit` block took too long."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `OutOfTime` in this thread at the first bytecode after `seconds`.

    It stops endless Python loops; one long call into C is stopped only when it returns.
    """
    thread = threading.get_ident()
    lock = threading.Lock()
    over = interrupted = False

    def interrupt() -> None:
        nonlocal interrupted
        with lock:
            if not over:
                interrupted = True
                _raise_in(thread)

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            over = True
        timer.cancel()
        if interrupted:
            _receive()


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

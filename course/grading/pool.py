"""Worker processes of our own code: started afresh, gone with their parent or when it says so."""

import atexit
import gc
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any, NoReturn, ParamSpec, TypeVar

from course.grading.sandbox.surroundings import ONE_THREAD

P = ParamSpec("P")
T = TypeVar("T")
AGAIN_SECONDS = 0.01  # from one try to stop what a process does to the next
MEMORY_BYTES = 4 << 30  # of one process: a test computes with what student code hands it
GRACE_SECONDS = 3.0  # to end a student process and remove its folder


class TrustedPool(ProcessPoolExecutor):
    """A pool of so many fresh processes, `workers`: JAX's threads do not survive a fork.

    `prepare` is called with `args` in each of them before anything else. They hold the reading end
    of a pipe whose writing end only this process has: when that closes, they end. A context ends
    them like that, whatever they do: to wait for one that was killed at its leisure, and took the
    lock of the queue with it, would take for ever.
    """

    def __init__(self, workers: int, prepare: Callable[..., None] | None = None, *args: Any):
        self.workers = workers
        for name, value in ONE_THREAD.items():  # they share a core, and would wait for it busily
            os.environ.setdefault(name, value)
        context = multiprocessing.get_context("spawn")
        reader, self._alive = context.Pipe(duplex=False)
        preparing = pickle.dumps((prepare, args))  # what it imports waits for `_begin`
        super().__init__(
            workers, mp_context=context, initializer=_begin, initargs=(reader, preparing)
        )

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """Call a function in one of the processes."""
        return super().submit(_run, function, *args, **kwargs)

    def end(self) -> None:
        """End the processes now, whatever they do."""
        self._alive.close()
        self.shutdown(cancel_futures=True)

    def __exit__(self, *_: object) -> None:
        self.end()


def leave_out_grammar() -> None:
    """Let this process, which is ours alone, start in a third of the time.

    nbformat's validator would build a grammar of web addresses, which no notebook has to match.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type] # this forbids it


def trusted_pool(workers: int) -> TrustedPool:
    """Give a pool of so many processes."""
    return TrustedPool(workers)


def _stay_on_core(name: str) -> None:
    """Share one core with the student processes that are begun here.

    The two sides of a conversation never work at once, and to wake a process on another core takes
    ten times as long as what most questions ask for. The processes of a pool have consecutive
    numbers in their names; several commands at once begin at cores of their own.
    """
    if not hasattr(os, "sched_setaffinity"):  # only Linux has it
        return
    cores = sorted(os.sched_getaffinity(0))
    number = int(name.rpartition("-")[2])
    with suppress(OSError):  # where a container does not allow it, it is slower
        os.sched_setaffinity(0, {cores[(os.getppid() + number) % len(cores)]})


def _limit_memory() -> None:
    """Let what is too large raise `MemoryError` here, not end other processes of the machine."""
    if sys.platform == "linux":  # elsewhere it is not kept to
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        soft = MEMORY_BYTES if most == resource.RLIM_INFINITY else min(most, MEMORY_BYTES)
        resource.setrlimit(resource.RLIMIT_DATA, (soft, most))


_busy = threading.Event()  # while this process, a worker, calls a function


def _begin(reader: "Connection[Any, Any]", preparing: bytes) -> None:
    """Leave Ctrl-C to the parent, and end with it."""
    _stay_on_core(multiprocessing.current_process().name)
    _limit_memory()
    leave_out_grammar()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    if hasattr(signal, "SIGALRM"):  # all but Windows
        signal.signal(signal.SIGALRM, _stop)
    threading.Thread(target=_end_after, args=(reader,), daemon=True).start()
    prepare, args = pickle.loads(preparing)
    if prepare is not None:
        prepare(*args)


def _run(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    _busy.set()
    try:
        return function(*args, **kwargs)
    except KeyboardInterrupt:  # from `_stop`; what the function had open is closed by now
        _leave()
    finally:
        _busy.clear()


def _end_after(reader: "Connection[Any, Any]") -> None:
    try:
        reader.recv_bytes()
    except (EOFError, OSError):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_SECONDS)
        os._exit(1)


def _stop(_: int, frame: FrameType | None) -> None:
    """Unwind what this process is in the midst of, so that it cleans up after itself."""
    if not _busy.is_set():
        _leave()
    if _would_be_lost(frame):
        signal.setitimer(signal.ITIMER_REAL, AGAIN_SECONDS)
    else:
        raise KeyboardInterrupt


def _would_be_lost(frame: FrameType | None) -> bool:
    """Tell whether Python would only print an exception that is raised there, and go on."""
    callbacks = {getattr(function, "__code__", None) for function in gc.callbacks}
    while frame is not None:
        code = frame.f_code
        if code in callbacks or code.co_name == "__del__" or code.co_filename == weakref.__file__:
            return hasattr(signal, "setitimer")
        frame = frame.f_back
    return False


def _leave() -> NoReturn:
    """End this process and say nothing: nobody is there to hear it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough
    atexit._run_exitfuncs()
    os._exit(1)

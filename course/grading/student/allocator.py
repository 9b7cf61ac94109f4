"""How the C library hands memory back to the system (glibc only; nothing happens elsewhere)."""

import ctypes
import gc
import os
from collections.abc import Callable

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # names of mallopt(3)
_KEPT_BYTES = 1 << 30
_MAPPED_BYTES = 1 << 25  # the largest that glibc takes; what is larger is mapped by itself


def keep_freed_memory() -> None:
    """Keep memory that was freed for what is made next.

    By default an array of some 100 kB goes back to the system each time it is freed, and each of
    its pages costs microseconds when the next one is made: half the time of a deep network.
    """
    option = _function("mallopt")
    if option is not None:
        option(_TRIM_THRESHOLD, _KEPT_BYTES)
        option(_MMAP_THRESHOLD, _MAPPED_BYTES)


def make_settle() -> Callable[[], None]:
    """Give the function that hands back to the system what memory the process does not use.

    Else it might do so during the call that is measured, and what it held before would count.
    """
    collect, trim = gc.collect, _function("malloc_trim")

    def settle() -> None:
        collect()
        if trim is not None:
            trim(0)

    return settle


def _function(name: str) -> Callable[..., int] | None:
    return getattr(ctypes.CDLL(None), name, None) if os.name == "posix" else None

"""Count executed Python lines. Standard library only: the student process uses it too."""

import gc
import sys
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import Any

# How many lines it takes to print an array depends on the array; printing is no loop over a batch.
_NOT_COUNTED = "arrayprint.py"


def count_lines(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[Any, int]:
    """Call `function(*args, **kwargs)` and give `(value, count)`.

    `count` is the number of line and call events of every Python frame that the call runs in this
    thread, libraries included. A step of a loop, comprehension or generator expression is an event
    each, and so is each call of a Python function from `map`, `np.vectorize` and the like. A loop
    that runs wholly in C, such as `map(math.exp, x)`, leaves no trace.
    """
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if frame.f_code.co_filename.endswith(_NOT_COUNTED):
            return None
        if event in ("call", "line"):
            count += 1
        return trace

    before, collecting = sys.gettrace(), gc.isenabled()
    gc.disable()  # a collection runs finalizers, whose lines are not the function's
    sys.settrace(trace)
    try:
        value = function(*args, **kwargs)
    finally:
        sys.settrace(before)
        if collecting:
            gc.enable()
    return value, count

"""CPU that a student's own code takes in a plain process: its cells, and what tests call of it."""

import functools
import io
import json
import sys
import time
import types
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from course.checks import CheckFailed, session
from course.grading.submission.rebuild import Step, rebuild
from course.grading.submission.submitted import read_submission
from course.grading.verdict.references import references_of
from course.labs import Kind, parse_notebook


class Stopwatch:
    """Adds up the CPU time of student code; of calls within calls the outermost counts."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._is_running = False
        self._own = min(_empty_reading() for _ in range(1000))

    def timed(self, function: Callable[..., Any]) -> Any:
        """Give the function with the watch running while it does."""

        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            if self._is_running:
                return function(*args, **kwargs)
            self._is_running = True
            start = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds += time.process_time() - start - self._own
                self._is_running = False

        return timed

    def watch(self, namespace: Mapping[str, Any]) -> dict[str, Any]:
        """Give the names as a test sees them, with every function and method timed."""
        return {name: self._watched(value, namespace) for name, value in namespace.items()}

    def _watched(self, value: Any, namespace: Mapping[str, Any]) -> Any:
        if _is_own(value, namespace):
            return self.timed(value)
        if isinstance(value, type) and value.__module__ == "__main__":
            for name, member in list(vars(value).items()):
                if _is_own(member, namespace) and not hasattr(member, "__wrapped__"):
                    setattr(value, name, self.timed(member))
        return value


def _empty_reading() -> float:
    start = time.process_time()
    return time.process_time() - start


def _is_own(value: object, namespace: Mapping[str, Any]) -> bool:
    return isinstance(value, types.FunctionType) and value.__globals__ is namespace


@dataclass(frozen=True)
class Own:
    """CPU seconds of the student's own code, and of the whole notebook with its tests."""

    code: float
    notebook: float


def own_cpu(source_json: str, submission: bytes, seed: int, rounds: int) -> Own:
    """Run the notebook so often in this process; the least of all rounds but the first."""
    steps = rebuild(
        parse_notebook(source_json.encode(), where="source"), read_submission(submission)
    ).cells
    references = references_of(source_json, seed, 60)
    python = [(step, TransformerManager().transform_cell(step.source)) for step in steps]
    found = [_round(python, seed, references) for _ in range(rounds + 1)][1:]
    return Own(min(own.code for own in found), min(own.notebook for own in found))


def _round(cells: Sequence[tuple[Step, str]], seed: int, references: Mapping[str, Any]) -> Own:
    watch = Stopwatch()
    start = time.process_time()
    namespace: dict[str, Any] = {"__name__": "__main__", "get_ipython": lambda: _Shell}
    for step, python in cells:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            if step.kind is Kind.TEST:
                given = references.get(step.key, ())
                # a test that asks whether two functions are the same finds a timed one another
                with suppress(CheckFailed), session(seed, step.key, given):
                    exec(compile(python, step.key, "exec"), watch.watch(namespace))
            else:
                code = watch.timed(compile)(python, step.key, "exec")
                watch.timed(exec)(code, namespace)
    return Own(watch.seconds, time.process_time() - start)


class _Shell:
    """What magics are sent to."""

    @staticmethod
    def run_line_magic(*_: object) -> None: ...


if __name__ == "__main__":
    source, submitted, seed, rounds = sys.argv[1:]
    own = own_cpu(
        Path(source).read_text("utf-8"), Path(submitted).read_bytes(), int(seed), int(rounds)
    )
    print(json.dumps([own.code, own.notebook]))

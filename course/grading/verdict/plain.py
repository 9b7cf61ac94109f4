"""Runs a trusted notebook in one namespace, as a kernel would: no wall, no limits but time."""

import io
import linecache
from collections.abc import Iterable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, MappingProxyType
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from course.checks import Known, Observation, session
from course.grading.submission.rebuild import Step
from course.grading.verdict.judging import ending_of
from course.grading.verdict.time_limit import time_limit
from course.labs import Kind


@dataclass(frozen=True)
class Sighting:
    """What a test cell observed, and what stopped it ("" where it ran to its end).

    `references` are the gradients, and other values found once, that it was judged by.
    """

    observations: tuple[Observation, ...]
    ending: str
    references: tuple[Known, ...] = ()


def run_plain(
    steps: Iterable[Step],
    seed: int,
    seconds: float,
    references: Mapping[str, tuple[Known, ...]] = MappingProxyType({}),
) -> Iterator[tuple[str, Sighting]]:
    """Run the cells in order; yield the key and the sighting of each test cell.

    `references` are those of an earlier run, by test cell.

    Cells that stop with an error are left, as a notebook that is run to its end leaves them.
    Magics do nothing. `seconds` bounds each cell.
    """
    namespace: dict[str, Any] = {"__name__": "__main__", "get_ipython": lambda: _Shell}
    for step in steps:
        if step.kind is not Kind.TEST:
            _run(step, namespace, seconds)
            continue
        with session(seed, step.key, references.get(step.key, ())) as seen:
            error = _run(step, namespace, seconds)
        ending = ending_of(error) if error else ""
        yield step.key, Sighting(seen.observations, ending, seen.references)


def _run(step: Step, namespace: dict[str, Any], seconds: float) -> BaseException | None:
    name = f"<{step.key}>"
    sink = io.StringIO()
    try:
        source, code = _compiled(name, step.source)
        # so that `inspect` and tracebacks find the text
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        with redirect_stdout(sink), redirect_stderr(sink), time_limit(seconds):
            exec(code, namespace)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - it is what the run is for
        return error
    return None


@lru_cache(maxsize=256)
def _compiled(name: str, text: str) -> tuple[str, CodeType]:
    """Give a cell as plain Python and as code, once for all the notebooks that share it."""
    source = TransformerManager().transform_cell(text)
    return source, compile(source, name, "exec")


class _Shell:
    """What magics are sent to."""

    @staticmethod
    def run_line_magic(*_: object) -> None: ...

    run_cell_magic = system = getoutput = run_line_magic

"""Runs one test cell in this trusted process, with the student's objects as proxies."""

import builtins
import io
from collections.abc import Callable
from contextlib import AbstractContextManager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType
from typing import Any, Protocol

from course.checks import Observation, Report, session
from course.errors import CourseError
from course.grading.verdict.judging import Failures, judge
from course.grading.verdict.references import References
from course.grading.verdict.results import Status
from course.grading.verdict.time_limit import time_limit

GRACE = 1.0  # seconds: the student's own deadline comes first and says more


@dataclass(frozen=True)
class Trial:
    """How a test cell ended.

    `ending` is "" where the cell ran to its end, else what stopped it: "CheckFailed", or an
    exception's type and text. `report` is there where a check said no.
    """

    status: Status
    message: str = ""
    output: str = ""
    observations: tuple[Observation, ...] = ()
    ending: str = ""
    report: Report | None = None


class Names(dict[str, Any]):
    """The globals of a test cell: a name that the cell did not bind is asked of the student."""

    def __init__(self, lookup: Callable[[str], Any]) -> None:
        super().__init__(__name__="__test__")
        self._lookup = lookup
        self.asked = ""

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name):
            found = getattr(builtins, name)
        else:
            self.asked = name
            found = self._lookup(name)
        self[name] = found
        return found


class BoundedText(io.StringIO):
    """A text stream that forgets what goes beyond `limit` characters."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._room = limit

    def write(self, text: str) -> int:
        """Keep as much of `text` as there is room for."""
        super().write(text[: self._room])
        self._room -= min(len(text), self._room)
        return len(text)


class Witness(Protocol):
    """The student's side, as far as a test needs it."""

    def lookup(self, name: str) -> Any:
        """Give the student's object of that name; raises `StudentNameError`."""

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Bound what is asked of the student in a block; raises `StudentTimeout`."""


@dataclass(frozen=True)
class Referee:
    """Runs test cells against one student.

    Every cell draws from a generator seeded by `seed` and its own key; `references` are what
    an earlier run of the cells with this seed found out.
    """

    student: Witness
    seed: int
    test_seconds: float
    output_chars: int
    references: References = field(default_factory=dict)

    def run(self, key: str, source: str, failures: Failures) -> Trial:
        """Run a test cell to its end or to what stops it; only the former passes."""
        names = Names(self.student.lookup)
        output = BoundedText(self.output_chars)
        with (
            session(self.seed, key, self.references.get(key, ())) as seen,
            redirect_stdout(output),
            redirect_stderr(BoundedText(0)),
        ):
            error = self._run(key, source, names)
        verdict = judge(error, names.asked, failures)
        return Trial(
            status=verdict.status,
            message=verdict.message,
            output=output.getvalue(),
            observations=seen.observations,
            ending=verdict.ending,
            report=verdict.report,
        )

    def _run(self, key: str, source: str, names: Names) -> BaseException | None:
        try:
            with self.student.within(self.test_seconds), time_limit(self.test_seconds + GRACE):
                exec(_compiled(key, source), names)
        except CourseError:
            raise  # no student process can be started: not the student's fault
        except KeyboardInterrupt as error:
            if type(error) is KeyboardInterrupt:
                raise  # from the terminal; what student code raises is a StudentError
            return error
        except BaseException as error:  # noqa: BLE001 - whatever stops a test is a verdict
            return error
        return None


@lru_cache(maxsize=512)
def _compiled(key: str, source: str) -> CodeType:
    """Compile a test cell once for the whole class."""
    return compile(source, f"<{key}>", "exec")

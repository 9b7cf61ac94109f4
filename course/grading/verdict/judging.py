"""From what stopped a test cell to a verdict and a message that a student can use."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from course.checks import CheckFailed, Report
from course.grading.verdict.results import Status
from course.grading.verdict.time_limit import OutOfTime
from course.grading.wall.faults import (
    ProtocolFault,
    StudentDied,
    StudentError,
    StudentFault,
    StudentNameError,
    StudentTimeout,
)

MAX_TEXT = 20_000
MAX_LINE = 400
MAX_TRACEBACK = 3000
_STUB = "NotImplementedError"
_BLANK = "Not written yet. "
_CONTROL = re.compile(
    r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[^\S\n\t ]"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
)
_SYNTAX = re.compile(r"""^\w+: File ".*", line (\d+)\n(?:.*\n)*?(\w+Error: .*)""")
_UNDEFINED = re.compile(r"name '(\w+)' is not defined")
_LACKING = re.compile(r"has no attribute '(\w+)'")


@dataclass(frozen=True)
class Verdict:
    """A status, its message, and what stopped the cell ("" where nothing did)."""

    status: Status
    message: str = ""
    ending: str = ""
    report: Report | None = None


@dataclass(frozen=True)
class Failures:
    """The cells that stopped before a test, and which cell should define which name.

    `stopped` maps a cell's key to what stopped it, `definers` a name to the cell's key.
    """

    stopped: Mapping[str, StudentFault] = field(default_factory=dict)
    definers: Mapping[str, str] = field(default_factory=dict)

    def explain(self, name: str) -> Verdict:
        """Say why `name` is not defined, by the cell that should have defined it."""
        key = self.definers.get(name, "")
        fault = self.stopped.get(key)
        if fault is None:
            where = f"the cell `{key}` should define it" if key else "no cell defines it"
            return Verdict(Status.ERROR, f"`{name}` is not defined: {where}.", "NameError")
        status = _status(fault)
        if status is Status.BLANK:
            return Verdict(status, blank_message(fault), "NameError")
        ends = {
            Status.TIMEOUT: "did not end in time",
            Status.DIED: "ended its Python process",
        }
        how = ends.get(status, f"stopped with {line(fault)}")
        return Verdict(status, f"`{name}` is not defined: the cell `{key}` {how}", "NameError")


def judge(error: BaseException | None, asked: str, failures: Failures) -> Verdict:
    """Give the verdict on a test cell that `error` stopped; `asked` is the last name it used.

    Messages hold nothing of the test's source or inputs but what a check put into its report.
    """
    if error is None:
        return Verdict(Status.PASSED)
    if isinstance(error, CheckFailed):
        return Verdict(Status.FAILED, clean(words(error)), "CheckFailed", error.report)
    if isinstance(error, StudentNameError):
        return failures.explain(asked)
    if isinstance(error, StudentFault | OutOfTime):
        return Verdict(_status(error), _message(error, failures), ending_of(error))
    if isinstance(error, AssertionError):
        text = clean(words(error)) or "A check of this test did not hold."
        return Verdict(Status.FAILED, text, ending_of(error))
    if notes := getattr(error, "__notes__", ()):
        return Verdict(Status.ERROR, _message_of_call(error, notes[0]), ending_of(error))
    used = f"what `{asked}` gave it" if asked else "what your code gave it"
    return Verdict(Status.ERROR, f"The test could not use {used}: {line(error)}", ending_of(error))


def ending_of(error: BaseException) -> str:
    """Name what stopped a cell, the same for student code behind the wall and in front of it."""
    if isinstance(error, CheckFailed):
        return "CheckFailed"
    if isinstance(error, StudentError):
        kind, text = error.type_name, error.text
    else:
        kind, text = type(error).__name__, words(error)
    return kind if kind == "RecursionError" else f"{kind}: {text}"


def words(error: BaseException) -> str:
    """Give an exception's text, "" where it is that of a student's object that will not tell."""
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - it comes from student code
        return ""


def line(error: BaseException) -> str:
    """Give an exception on one line of bounded length."""
    prefix = "" if isinstance(error, StudentFault) else f"{type(error).__name__}: "
    text = clean(prefix + words(error)).strip()
    syntax = _SYNTAX.search(text)
    if syntax:
        return f"{syntax[2][:MAX_LINE]} (line {syntax[1]})"
    return text.split("\n", 1)[0][:MAX_LINE]


def clean(text: str) -> str:
    """Take out terminal sequences, and control characters other than tab and line feed.

    Those that turn text around are among them. No more than `MAX_TEXT` characters are kept.
    """
    return _CONTROL.sub("", text[:MAX_TEXT])


def blank_message(fault: BaseException) -> str:
    """Say that the stub still stands, in the stub's own words."""
    text = getattr(fault, "text", "")
    return f"{_BLANK}{clean(text)[:MAX_LINE]}".rstrip()


def is_stub_of(message: str, solution: str) -> bool:
    """Tell whether a blank message comes from a stub that stands in this solution."""
    told, written = (re.sub(r"\W", "", t) for t in (message.removeprefix(_BLANK), solution))
    return told in written


def _status(fault: BaseException) -> Status:
    if isinstance(fault, StudentTimeout | OutOfTime):
        return Status.TIMEOUT
    if isinstance(fault, StudentDied):
        return Status.DIED
    is_stub = isinstance(fault, StudentError) and fault.type_name == _STUB
    return Status.BLANK if is_stub else Status.ERROR


def _message(fault: BaseException, failures: Failures) -> str:
    status = _status(fault)
    if status is Status.BLANK:
        return blank_message(fault)
    if status is Status.TIMEOUT:
        return "Your code did not answer in time. Is there a loop that never ends?"
    if status is Status.DIED:
        return f"Your code ended its Python process ({line(fault)})."
    if isinstance(fault, ProtocolFault):
        return f"Your code gave back something that cannot be read: {line(fault)}"
    return _error_message(fault, failures)


def _message_of_call(error: BaseException, frames: str) -> str:
    """Tell of a function of the test that stopped when student code called it."""
    told = f"Your code called a function of this test, which stopped with {line(error)}"
    return f"{told}\n{clean(frames).strip()[-MAX_TRACEBACK:]}"


def _error_message(fault: BaseException, failures: Failures) -> str:
    parts = [f"Your code stopped with {line(fault)}"]
    undefined, lacking = _UNDEFINED.search(str(fault)), _LACKING.search(str(fault))
    if undefined and undefined[1] in failures.definers:
        parts.append(failures.explain(undefined[1]).message)
    elif lacking and failures.definers.get(lacking[1]) in failures.stopped:
        parts.append(failures.explain(lacking[1]).message)
    traceback = clean(getattr(fault, "traceback", "")).strip()
    if traceback != line(fault):
        parts.append(traceback[-MAX_TRACEBACK:])
    return "\n".join(filter(None, parts))

"""A student: one process at a time, and after its death another that has run the same cells."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType, TracebackType
from typing import Any, Literal

from course.errors import CourseError
from course.grading.limits import Limits
from course.grading.processes.launch import launch
from course.grading.processes.process import Process
from course.grading.protocol.outputs import plain_outputs
from course.grading.sandbox import Level, best_level
from course.grading.submission.data_files import DataFiles
from course.grading.submission.given import Definitions
from course.grading.wall.faults import (
    ProtocolFault,
    StudentDied,
    StudentError,
    StudentFault,
    StudentNameError,
    StudentTimeout,
)
from course.grading.wall.link import Link, student_error
from course.grading.wall.wire import wire_to

Status = Literal["ok", "error", "timeout", "died"]
DEFAULT = Limits()


@dataclass(frozen=True)
class StudentCell:
    """One cell to run; `key` names it in tracebacks."""

    key: str
    source: str


@dataclass(frozen=True)
class CellRun:
    """How a cell went; `outputs` are nbformat outputs, bounded."""

    key: str
    status: Status
    error: StudentError | None = None
    outputs: tuple[dict[str, Any], ...] = ()


class Student:
    """Runs the student's cells, and gives test cells what those defined.

    Parameters
    ----------
    limits : what one process may take.
    forbidden_modules : top-level modules that cannot be imported.
    files : the submission's data files; copies of them lie in the working folder.
    level : how the process is contained; the best that works here where it is not given.
    definitions : what is made anew of the instructor's text before it is looked up.
    """

    def __init__(
        self,
        limits: Limits = DEFAULT,
        forbidden_modules: tuple[str, ...] = (),
        files: DataFiles = (),
        level: Level | None = None,
        definitions: Definitions = MappingProxyType({}),
    ) -> None:
        self.replays = 0
        self.lost: list[str] = []  # how cells ended the process when they were run again
        self._limits, self._forbidden, self._files = limits, forbidden_modules, files
        self._level = level or best_level()
        self._definitions = definitions
        self._cells: list[StudentCell] = []
        self._process: Process | None = None
        self._link: Link | None = None
        self._until = float("inf")

    def __enter__(self) -> "Student":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process; the next use would start another."""
        if self._link is not None:
            self._link.close("the student's process was ended")
        if self._process is not None:
            self._process.kill()
        self._link = self._process = None

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Bound a test cell: it has `seconds` altogether, then comes `StudentTimeout`.

        What it lends to the student's code is taken back when the next cell begins.
        """
        self._ready().begin()
        outer = self._until
        self._end_by(min(outer, time.monotonic() + seconds))
        try:
            yield
        finally:
            self._end_by(outer)

    def end_in(self, seconds: float) -> None:
        """Give all that is asked from now on `seconds`, the start of a process left out."""
        self._end_by(time.monotonic() + seconds)

    def run(self, cell: StudentCell) -> CellRun:
        """Run a cell; it will run again in a process that replaces this one, unless it ended it."""
        try:
            run = self._run(self._ready(), cell)
        except (StudentTimeout, StudentDied) as fault:
            return _stopped(cell, fault)
        if run.status in ("ok", "error"):
            self._cells.append(cell)
        return run

    def lookup(self, name: str) -> Any:
        """Give what the student's cells named so: a plain value or a `Proxy`.

        Raises
        ------
        StudentNameError
            if they did not.
        """
        found = self._ready().request("lookup", name, self._definitions.get(name, ()))
        if type(found) is not tuple or len(found) > 1:
            raise ProtocolFault("the student's process gave no answer to a name")
        if not found:
            raise StudentNameError(f"no cell of the notebook defines `{name}`")
        return found[0]

    def _ready(self) -> Link:
        """Give a link that works: the present one, or one to a new process with the cells rerun."""
        if self._link is not None and self._link.closed:
            self.close()
            self.replays += 1
        while self._link is None:
            if self.replays > self._limits.replacements:
                raise StudentDied(f"the student's process was replaced {self.replays - 1} times")
            if time.monotonic() > self._until:
                raise StudentTimeout("the time for this notebook is used up")
            self._link = self._start()
            self._link.until = self._until
            self._replay(self._link)
        return self._link

    def _end_by(self, until: float) -> None:
        self._until = until
        if self._link is not None:
            self._link.until = until

    def _start(self) -> Link:
        limits = self._limits
        self._process = launch(self._level, limits, self._forbidden, self._files)
        wire = wire_to(self._process, limits.value_bytes + limits.structure_bytes + 4)
        link = Link(wire, self._process, limits)
        try:
            link.request(
                "start",
                self._level.rlimits(limits),
                (limits.value_bytes, limits.structure_bytes, limits.value_depth),
                (limits.output_chars, limits.display_chars),
                self._forbidden,
                self._level.walls(self._process.room, self._forbidden),
                seconds=limits.start_seconds,
            )
        except StudentFault as fault:
            words = self._process.last_words()
            self.close()
            raise CourseError(
                f"a student process cannot be started ({self._level.name}): {fault}",
                cure=words or "Look at `course doctor`.",
            ) from fault
        return link

    def _replay(self, link: Link) -> None:
        """Run the remembered cells; a cell that now ends the process is forgotten."""
        for cell in list(self._cells):
            run = self._run(link, cell)
            if run.status in ("timeout", "died"):
                self.lost.append(str(run.error))
                self._cells.remove(cell)
                self.close()
                self.replays += 1
                return

    def _run(self, link: Link, cell: StudentCell) -> CellRun:
        link.begin()
        if len(cell.source.encode()) > self._limits.structure_bytes // 2:
            return CellRun(cell.key, "error", StudentError("Error", "the cell is too long to run"))
        try:
            answer = link.request("run", cell.key, cell.source, seconds=self._limits.cell_seconds)
            error, outputs = _checked(answer)
        except StudentTimeout as fault:  # the link is closed, unless the cell could be interrupted
            return _stopped(cell, fault)
        except StudentFault as fault:  # `StudentError` too: it answered what it was not asked
            link.close(f"{fault}; it was replaced")
            return _stopped(cell, fault)
        told = plain_outputs(outputs, self._limits.output_chars, self._limits.display_chars)
        return CellRun(cell.key, "error" if error else "ok", error, told)


def _stopped(cell: StudentCell, fault: StudentFault) -> CellRun:
    if isinstance(fault, StudentTimeout):
        return CellRun(cell.key, "timeout", StudentError("Timeout", str(fault)))
    return CellRun(cell.key, "died", StudentError("Died", str(fault)))


def _checked(answer: Any) -> tuple[StudentError | None, list[Any]]:
    match answer:
        case (None, list() as outputs):
            return None, outputs
        case (
            (str() as name, str() as text, str() as traceback, tuple() as bases),
            list() as outputs,
        ):
            names = tuple(base for base in bases if type(base) is str)
            return student_error(name, text, traceback, names), outputs
    raise ProtocolFault("the student's process gave no account of a cell")

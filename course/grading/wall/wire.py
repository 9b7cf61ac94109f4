"""The referee's end of the pipe: one frame out, one frame in, by a deadline."""

import os
import select
import time
from typing import Protocol

from course.grading.processes.process import Process
from course.grading.protocol.frames import HEADER
from course.grading.wall.faults import ProtocolFault, StudentTimeout
from course.grading.wall.threaded_wire import LATE, ThreadedWire, died

CHUNK = 1 << 18


class Wire(Protocol):
    """Exchanges frames with one process, which may neither read nor write, or write for ever."""

    def exchange(self, body: bytes, deadline: float) -> bytes:
        """Send one frame and give the next that comes back.

        Raises
        ------
        StudentTimeout
            if `time.monotonic()` reaches `deadline` first.
        StudentDied
            if the process closes the pipe.
        ProtocolFault
            if what comes back is no frame.
        """

    def wait(self, deadline: float) -> bytes:
        """Give the next frame after a time-out; raises what `exchange` does."""

    def close(self) -> None:
        """Exchange nothing any more; the process must be dead or about to die."""


def wire_to(process: Process, frame_bytes: int) -> Wire:
    """Give the wire to a process; no frame may be longer than `frame_bytes`."""
    kind = PolledWire if os.name == "posix" else ThreadedWire
    return kind(process, frame_bytes)


class PolledWire:
    """Reads and writes in the referee's own thread, and waits for the pipes where it must.

    What comes after a frame is taken for the next one.
    """

    def __init__(self, process: Process, frame_bytes: int) -> None:
        self._process, self._limit = process, frame_bytes
        self._out, self._in = process.to_student.fileno(), process.from_student.fileno()
        os.set_blocking(self._out, False)
        os.set_blocking(self._in, False)
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(self._in, select.POLLIN)
        self._writable.register(self._out, select.POLLOUT)
        self._read = bytearray()

    def exchange(self, body: bytes, deadline: float) -> bytes:
        """Send one frame and give the next that comes back."""
        view = memoryview(len(body).to_bytes(HEADER, "big") + body)
        while view:
            try:
                view = view[os.write(self._out, view) :]
            except BlockingIOError:
                _wait(self._writable, deadline)
            except OSError:
                raise died(self._process) from None
        return self.wait(deadline)

    def wait(self, deadline: float) -> bytes:
        """Give the next frame."""
        self._fill(HEADER, deadline)
        end = HEADER + int.from_bytes(self._read[:HEADER], "big")
        if end > self._limit + HEADER:
            raise ProtocolFault(f"the student's process sent a frame of {end - HEADER} bytes")
        self._fill(end, deadline)
        body = bytes(self._read[HEADER:end])
        del self._read[:end]
        return body

    def close(self) -> None:
        """Do nothing: the pipes are the process's."""

    def _fill(self, size: int, deadline: float) -> None:
        """Read until `size` bytes are there; what was read stays, should the time run out."""
        while len(self._read) < size:
            _wait(self._readable, deadline)
            try:
                part = os.read(self._in, CHUNK)
            except BlockingIOError:
                continue
            except OSError:
                part = b""
            if not part:
                raise died(self._process)
            self._read += part


def _wait(pipe: "select.poll", deadline: float) -> None:
    left = deadline - time.monotonic()
    if left < 0 or not pipe.poll(left * 1000 + 1 if left < 1e6 else None):
        raise StudentTimeout(LATE)

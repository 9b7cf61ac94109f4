"""The referee's end of the pipe: one frame out, one frame in, by a deadline."""

import os
import select
import time
from typing import Protocol

from course.grading.processes.process import Process
from course.grading.protocol import CHUNK, Frames, Malformed, frame_of
from course.grading.wall.faults import ProtocolFault, StudentTimeout
from course.grading.wall.threaded_wire import LATE, ThreadedWire, died


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
        self._frames = Frames()

    def exchange(self, body: bytes, deadline: float) -> bytes:
        """Send one frame and give the next that comes back."""
        left: bytes | memoryview = frame_of(body)
        while left:
            try:
                done = os.write(self._out, left)
            except BlockingIOError:
                _wait(self._writable, deadline)
            except OSError:
                raise died(self._process) from None
            else:
                left = memoryview(left)[done:] if done < len(left) else b""
        return self.wait(deadline)

    def wait(self, deadline: float) -> bytes:
        """Give the next frame; what was read stays, should the time run out."""
        if time.monotonic() > deadline:
            raise StudentTimeout(LATE)
        try:
            body = self._frames.next(self._limit)
            while body is None:
                body = self._frames.take(self._part(deadline), self._limit)
        except Malformed as error:
            raise ProtocolFault(f"the student's process sent something else: {error}") from None
        return body

    def close(self) -> None:
        """Do nothing: the pipes are the process's."""

    def _part(self, deadline: float) -> bytes:
        """Give more of what comes; on a core that both share it is often there by now."""
        while True:
            try:
                part = os.read(self._in, CHUNK)
            except BlockingIOError:
                _wait(self._readable, deadline)
                continue
            except OSError:
                part = b""
            if not part:
                raise died(self._process)
            return part


def _wait(pipe: "select.poll", deadline: float) -> None:
    left = deadline - time.monotonic()
    if left < 0 or not pipe.poll(left * 1000 + 1 if left < 1e6 else None):
        raise StudentTimeout(LATE)

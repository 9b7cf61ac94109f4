"""The wire where the system cannot wait for a pipe (Windows)."""

import queue
import threading
import time

from course.grading.processes.process import Process
from course.grading.protocol import CHUNK, Frames, Malformed, write_frame
from course.grading.wall.faults import ProtocolFault, StudentDied, StudentTimeout

LATE = "the student's code did not answer in time"


def died(process: Process) -> StudentDied:
    """Say how the process ended that answers no more."""
    return StudentDied(f"the student's process ended ({process.ending() or 'it closed its pipe'})")


class ThreadedWire:
    """Lets a thread read and write, and waits for what it has read.

    The thread reads one frame for each that it wrote, so that a flood of frames stays in the pipe.
    """

    def __init__(self, process: Process, frame_bytes: int) -> None:
        self._process, self._limit = process, frame_bytes
        self._frames = Frames()
        self._out: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._in: queue.SimpleQueue[bytes | Malformed | None] = queue.SimpleQueue()
        threading.Thread(target=self._pump, daemon=True).start()

    def exchange(self, body: bytes, deadline: float) -> bytes:
        """Send one frame and give the next that comes back."""
        self._out.put(body)
        return self.wait(deadline)

    def wait(self, deadline: float) -> bytes:
        """Give the next frame."""
        try:
            answer = self._in.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise StudentTimeout(LATE) from None
        if answer is None:
            raise died(self._process)
        if isinstance(answer, Malformed):
            raise ProtocolFault(f"the student's process sent something else: {answer}")
        return answer

    def close(self) -> None:
        """Let the thread end."""
        self._out.put(None)

    def _pump(self) -> None:
        while (body := self._out.get()) is not None:
            try:
                write_frame(self._process.to_student.write, body)
                self._in.put(self._next())
            except (OSError, ValueError):  # closed, by the other side or by us
                self._in.put(None)
            except Malformed as error:
                self._in.put(error)

    def _next(self) -> bytes | None:
        while (body := self._frames.next(self._limit)) is None:
            part = self._process.from_student.read(CHUNK)
            if not part:
                self._frames.end()
                return None
            self._frames.add(part)
        return body

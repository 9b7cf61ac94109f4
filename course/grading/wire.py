"""The referee's end of the pipe: one frame out, one frame in, by a deadline."""

import queue
import threading
import time

from course.grading.faults import ProtocolFault, StudentDied, StudentTimeout
from course.grading.launch import Process
from course.grading.protocol import Malformed, read_frame, write_frame


class Wire:
    """Exchanges frames with one process.

    Reading and writing are done by a thread, because a process that neither reads nor writes must
    not hold up the referee, and because that works on every system. The thread reads one frame for
    each that it wrote, so that a flood of frames stays in the pipe.
    """

    def __init__(self, process: Process, frame_bytes: int) -> None:
        self._process, self._limit = process, frame_bytes
        self._out: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._in: queue.SimpleQueue[bytes | Malformed | None] = queue.SimpleQueue()
        threading.Thread(target=self._pump, daemon=True).start()

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
        self._out.put(body)
        try:
            answer = self._in.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise StudentTimeout("the student's code did not answer in time") from None
        if answer is None:
            ending = self._process.ending() or "it closed its pipe"
            raise StudentDied(f"the student's process ended ({ending})")
        if isinstance(answer, Malformed):
            raise ProtocolFault(f"the student's process sent something else: {answer}")
        return answer

    def close(self) -> None:
        """Let the thread end; the process must be dead or about to die."""
        self._out.put(None)

    def _pump(self) -> None:
        pipe_out, pipe_in = self._process.popen.stdin, self._process.popen.stdout
        assert pipe_out is not None
        assert pipe_in is not None
        with pipe_out, pipe_in:
            while (body := self._out.get()) is not None:
                try:
                    write_frame(pipe_out.write, body)
                    self._in.put(read_frame(pipe_in.read, self._limit))
                except OSError:
                    self._in.put(None)
                except Malformed as error:
                    self._in.put(error)

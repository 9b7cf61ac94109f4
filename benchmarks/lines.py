"""The lines that a process writes, each with its time."""

import os
import selectors
import subprocess
import time


class Lines:
    """What a process wrote so far: `all` of (seconds since `start`, line)."""

    def __init__(self, process: "subprocess.Popen[bytes]", start: float) -> None:
        assert process.stdout is not None
        self.all: list[tuple[float, str]] = []
        self._pipe, self._start, self._rest = process.stdout, start, b""
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._pipe, selectors.EVENT_READ)

    def wait(self, seconds: float) -> bool:
        """Take what comes for so many seconds; False once the process has closed its output."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if self._selector.select(left) and not self._take():
                return False
        return True

    def _take(self) -> bool:
        data = os.read(self._pipe.fileno(), 65_536)
        *whole, self._rest = (self._rest + data).split(b"\n")
        now = time.perf_counter() - self._start
        self.all += [(now, line.decode("utf-8", "replace")) for line in whole]
        return bool(data)

"""A Dask cluster of real processes on this machine."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = 120


@dataclass
class DaskCluster:
    """A scheduler and its workers; each writes a log into `folder`."""

    folder: Path
    address: str = ""
    scheduler: "subprocess.Popen[bytes] | None" = None
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def begin(self) -> None:
        """Start the scheduler on a free port."""
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0")
        self.address = self._told("scheduler", r"Scheduler at:\s+(tcp://\S+)")

    def add_worker(self, threads: int = 1) -> "subprocess.Popen[bytes]":
        """Start a worker that nobody starts again, and wait until it is registered."""
        name = f"worker-{len(self.workers)}"
        options = ("--nthreads", str(threads), "--no-nanny", "--no-dashboard")
        place = ("--local-directory", str(self.folder / name), "--host", "127.0.0.1")
        worker = self._start("worker", self.address, *options, *place, log=name)
        self.workers.append(worker)
        self._told(name, r"(Registered to:\s+tcp)")
        return worker

    def end(self) -> None:
        """End all processes."""
        for process in [*self.workers, self.scheduler]:
            if process is not None:
                process.send_signal(signal.SIGKILL)
                process.wait()

    def _start(self, what: str, *options: str, log: str = "") -> "subprocess.Popen[bytes]":
        program = [sys.executable, "-m", "distributed.cli." + f"dask_{what}", *options]
        with (self.folder / f"{log or what}.log").open("wb") as file:
            return subprocess.Popen(
                program, stdout=file, stderr=subprocess.STDOUT, env=os.environ | LOUD
            )

    def _told(self, log: str, pattern: str) -> str:
        path = self.folder / f"{log}.log"
        for _ in range(SECONDS * 10):
            found = re.search(pattern, path.read_text("utf-8", "replace"))
            if found:
                return found[1]
            time.sleep(0.1)
        raise TimeoutError(path.read_text("utf-8", "replace"))


LOUD = {"DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "info", "PYTHONUNBUFFERED": "1"}


@contextmanager
def dask_cluster(folder: Path, workers: int) -> Iterator[DaskCluster]:
    """Run a scheduler with so many workers of one thread each."""
    cluster = DaskCluster(folder)
    try:
        cluster.begin()
        for _ in range(workers):
            cluster.add_worker()
        yield cluster
    finally:
        cluster.end()

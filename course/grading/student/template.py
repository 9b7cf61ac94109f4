"""A process from which student processes are forked, with everything loaded that they need.

No student code runs in it and it holds nothing of the course: what is forked from it has a Python
that is warm, and is then put into namespaces of its own and shut in.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import socket

from course.grading.student.agent import Agent
from course.grading.student.birth import Order, bear
from course.grading.student.private import forget_own_modules
from course.grading.student.walls.seccomp import filter_program

WARM = (
    *("matplotlib.pyplot", "matplotlib_inline.backend_inline", "numpy.testing", "tqdm.auto"),
    *("mnist_utils", "course.plots", "course.checks"),
)
ORDER_BYTES, ORDER_FILES = 1 << 16, 5


def warm_agent() -> Agent:
    """Load what every submission needs; what it takes is shared with all that is forked."""
    agent = Agent()
    for name in WARM:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    agent.rehearse()
    with contextlib.suppress(OSError):  # no filter for this machine
        filter_program(0)
    forget_own_modules()  # once for all: what is let go of here is copied by no fork
    gc.collect()
    gc.freeze()  # its pages stay shared with what is forked from it
    return agent


def serve(control: socket.socket, agent: Agent) -> None:
    """Fork a process for each order that comes, until the referee goes, and see to their ends."""
    children: dict[int, tuple[int, int]] = {}  # by pidfd: the PID, and where to tell its end
    ready = select.poll()
    ready.register(control, select.POLLIN)
    while True:
        for file, _ in ready.poll():
            if file in children:
                ready.unregister(file)
                _bury(*children.pop(file))
                os.close(file)
                continue
            data, files, _, _ = socket.recv_fds(control, ORDER_BYTES, ORDER_FILES)
            if not data:
                return
            order = Order.read(json.loads(data), files)
            pid = bear(agent, order)
            if pid > 0:
                handle = os.pidfd_open(pid)
                children[handle] = (pid, os.dup(order.status))
                ready.register(handle, select.POLLIN)
            for opened in files:
                os.close(opened)


def _bury(pid: int, status: int) -> None:
    """Take a child that has ended from the system's list and tell how it went.

    Of a keeper nobody reads it, unless it was killed: it has told of the student before.
    """
    _, how = os.waitpid(pid, 0)
    with contextlib.suppress(OSError):  # nobody listens any more
        os.write(status, f"{os.waitstatus_to_exitcode(how)}\n".encode())
    os.close(status)


if __name__ == "__main__":
    with open(os.devnull, "r+b") as nothing:
        referee = socket.socket(fileno=os.dup(0))
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    serve(referee, warm_agent())

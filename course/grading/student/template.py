"""A process from which student processes are forked, with everything loaded that they need.

No student code runs in it and it holds nothing of the course: what is forked from it has a Python
that is warm, and is then put into namespaces of its own and shut in.
"""

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
import tempfile
from typing import Any, NoReturn

from course.grading.student.agent import Agent
from course.grading.student.channel import Channel
from course.grading.student.private import forget_own_modules
from course.grading.student.walls.kernel import (
    PR_SET_CHILD_SUBREAPER,
    PR_SET_PDEATHSIG,
    prctl,
    setns,
)
from course.grading.student.walls.privileges import drop_privileges
from course.grading.student.walls.seccomp import filter_program

WARM = (
    *("matplotlib.pyplot", "matplotlib_inline.backend_inline", "numpy.testing", "tqdm.auto"),
    *("mnist_utils", "course.plots", "course.checks"),
)
ORDER_BYTES, ORDER_FILES = 1 << 16, 5
_USERS = 0x10000000
# All that a process can have of its own: cgroup, UTS, IPC, users, PID, network; and mounts.
NAMESPACES = 0x02000000 | 0x04000000 | 0x08000000 | _USERS | 0x20000000 | 0x40000000 | 0x00020000


def serve(control: socket.socket) -> None:
    """Fork a student process for each order that comes, until the referee goes."""
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
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are collected by the system
    while True:
        data, files, _, _ = socket.recv_fds(control, ORDER_BYTES, ORDER_FILES)
        if not data:
            return
        if os.fork() == 0:
            control.close()
            _keep(agent, json.loads(data), files)
        for file in files:
            os.close(file)


def _keep(agent: Agent, order: dict[str, Any], files: list[int]) -> NoReturn:
    """Start the student process and wait for its end, which goes into the pipe `status`."""
    reads, writes, errors, status, *others = files
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        if others:
            _join(others[0])
        pid = os.fork()
    except OSError as error:
        os.write(status, f"error {error}\n".encode())
        os._exit(1)
    if pid == 0:
        _become_student(agent, order, (reads, writes, errors))
    for file in (reads, writes, errors):
        os.close(file)
    os.write(status, f"{os.getpid()} {pid}\n".encode())
    ended, how = 0, 0
    while ended != pid:
        ended, how = os.wait()
    os.write(status, f"{os.waitstatus_to_exitcode(how)}\n".encode())
    os._exit(0)


def _join(process: int) -> None:
    """Join the namespaces of a process, by its pidfd; nobody can join those he is in already."""
    try:
        setns(process, NAMESPACES)
    except OSError:
        setns(process, NAMESPACES & ~_USERS)


def _become_student(agent: Agent, order: dict[str, Any], files: tuple[int, int, int]) -> NoReturn:
    try:
        os.setsid()
        for place, file in enumerate(files):
            os.dup2(file, place)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        os.chdir(order["cwd"])
        os.environ.clear()
        os.environ.update(order["env"])
        _forget_folders()
        if order["namespaces"]:
            drop_privileges(order["user"])
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        agent.serve(Channel.take_over_standard_streams())
    except BaseException as error:  # noqa: BLE001 - nothing may run on as a second template
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
    os._exit(1)


def _forget_folders() -> None:
    """Let libraries look anew for the folders that they write to."""
    tempfile.tempdir = None
    matplotlib = sys.modules.get("matplotlib")
    for name in ("get_configdir", "get_cachedir"):
        getattr(getattr(matplotlib, name, None), "cache_clear", int)()


if __name__ == "__main__":
    with open(os.devnull, "r+b") as nothing:
        referee = socket.socket(fileno=os.dup(0))
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    serve(referee)

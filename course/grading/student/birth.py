"""How a student process comes into being: forked from this one, in the namespaces of another."""

import os
import signal
import sys
import tempfile
from dataclasses import dataclass
from typing import Any, NoReturn

from course.grading.student.agent import Agent
from course.grading.student.channel import Channel
from course.grading.student.walls.kernel import (
    PR_SET_CHILD_SUBREAPER,
    PR_SET_PDEATHSIG,
    prctl,
    setns,
)
from course.grading.student.walls.privileges import drop_privileges

_USERS, _PIDS = 0x10000000, 0x20000000
# All that a process can have of its own: cgroup, UTS, IPC, users, PID, network; and mounts.
NAMESPACES = 0x02000000 | 0x04000000 | 0x08000000 | _USERS | _PIDS | 0x40000000 | 0x00020000


@dataclass(frozen=True)
class Order:
    """What the referee wants: files are descriptors.

    `streams` become 0, 1 and 2. Into `status` goes, in a line, whose descendants are the student's
    and the PID of the student process, and in another how that ended. `namespaces` is the pidfd of
    a process in the namespaces to be joined, None where there are none.
    """

    cwd: str
    env: dict[str, str]
    user: int | None
    streams: tuple[int, ...]
    status: int
    namespaces: int | None

    @classmethod
    def read(cls, told: dict[str, Any], files: list[int]) -> "Order":
        """Read it as it was sent."""
        *streams, status = files[:4]
        namespaces = files[4] if len(files) > 4 else None
        return cls(told["cwd"], told["env"], told["user"], tuple(streams), status, namespaces)


def bear(agent: Agent, order: Order) -> int:
    """Fork the student process, or a keeper that does; give the PID, -1 where that cannot be.

    PID namespaces are for children only, and who is not root may not choose them for his own: a
    keeper joins them first. There is one, too, where nobody else collects what the student leaves.
    """
    needs_keeper = order.namespaces is None or not _chosen_for_children(order.namespaces)
    try:
        pid = os.fork()
    except OSError as error:
        pid = -1
        os.write(order.status, f"error {error}\n".encode())
    if pid == 0:
        if needs_keeper:
            _keep(agent, order)
        _become_student(agent, order, NAMESPACES & ~_PIDS)
    if not needs_keeper:
        _choose_own_for_children()
        if pid > 0:
            os.write(order.status, f"{pid} {pid}\n".encode())
    return pid


def _chosen_for_children(process: int) -> bool:
    """Let what is forked from now on be in the PID namespace of a process, by its pidfd."""
    try:
        setns(process, _PIDS)
    except OSError:
        return False
    return True


def _choose_own_for_children() -> None:
    with open("/proc/self/ns/pid", "rb") as own:
        setns(own.fileno(), _PIDS)


def _keep(agent: Agent, order: Order) -> NoReturn:
    """Fork the student process, and tell how it ended."""
    try:
        os.setsid()
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        if order.namespaces is not None:
            _join(order.namespaces, NAMESPACES)
        pid = os.fork()
    except OSError as error:
        os.write(order.status, f"error {error}\n".encode())
        os._exit(1)
    if pid == 0:
        _become_student(agent, order, 0)
    os.closerange(3, order.status)  # the student's files, and those of the template
    os.closerange(order.status + 1, os.sysconf("SC_OPEN_MAX"))
    os.write(order.status, f"{os.getpid()} {pid}\n".encode())
    ended, how = 0, 0
    while ended != pid:
        ended, how = os.wait()
    os.write(order.status, f"{os.waitstatus_to_exitcode(how)}\n".encode())
    os._exit(0)


def _join(process: int, kinds: int) -> None:
    """Join namespaces of a process, by its pidfd; nobody can join those he is in already."""
    try:
        setns(process, kinds)
    except OSError:
        setns(process, kinds & ~_USERS)


def _become_student(agent: Agent, order: Order, kinds: int) -> NoReturn:
    """Join what `kinds` are left to join, and serve the referee shut in."""
    try:
        os.setsid()
        if kinds and order.namespaces is not None:
            _join(order.namespaces, kinds)
        for place, file in enumerate(order.streams):
            os.dup2(file, place)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        os.chdir(order.cwd)
        os.environ.clear()
        os.environ.update(order.env)
        _forget_folders()
        if order.namespaces is not None:
            drop_privileges(order.user)
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

"""seccomp: system calls that the kernel refuses to a process and all that it starts.

What is refused is what numerical code never needs and what reaches out of the process. A filter is
a program for the kernel's packet filter: see userspace-api/seccomp_filter in its documentation.
"""

import ctypes
import os
import platform
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from course.grading.student.walls.kernel import (
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    PR_SET_SECCOMP,
    prctl,
)
from course.grading.student.walls.system_calls import numbers


def _listed(names: str) -> tuple[str, ...]:
    return tuple(names.split())


# New programs and processes, sockets, privileged work, other processes' memory, kernel interfaces
# with a history of holes, and memory that no limit counts.
REFUSED = _listed(
    """
    fork vfork execve execveat socket
    ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd pidfd_send_signal
    add_key request_key keyctl bpf perf_event_open userfaultfd io_uring_setup io_uring_enter
    io_uring_register mount umount2 pivot_root chroot setns unshare open_by_handle_at
    name_to_handle_at fsopen fsconfig fsmount fspick move_mount open_tree mount_setattr
    kexec_load kexec_file_load init_module finit_module delete_module reboot swapon swapoff acct
    quotactl syslog settimeofday clock_settime adjtimex clock_adjtime sethostname setdomainname
    iopl ioperm personality vhangup memfd_create memfd_secret fanotify_init migrate_pages
    move_pages shmget shmat shmctl semget semop semctl semtimedop msgget msgsnd msgrcv msgctl
    mq_open mq_unlink setsockopt connect bind listen accept accept4 sendmsg sendmmsg symlink
    symlinkat mknod mknodat setxattr lsetxattr fsetxattr splice vmsplice tee io_setup io_submit
    inotify_init inotify_init1 inotify_add_watch sync syncfs
    """
)
# Where no namespace hides the other processes and files of this user: no signal or priority but to
# itself, nothing that Landlock does not ask about.
REFUSED_ALONE = _listed(
    """
    tkill setpriority ioprio_set chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat
    truncate removexattr lremovexattr fremovexattr utime utimes utimensat futimesat
    """
)
TO_ITSELF = _listed(
    """
    kill tgkill rt_sigqueueinfo rt_tgsigqueueinfo prlimit64
    sched_setaffinity sched_setattr sched_setparam sched_setscheduler
    """
)

_EPERM, _ENOSYS = 1, 38
_MODE_FILTER = 2
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _MACHINE, _ARGUMENTS = 0, 4, 16  # places in what the kernel shows the filter
_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# The first call that is not known here; those of x86-64's 32-bit interface come after it, too.
_UNKNOWN = 463
_NEW_NAMESPACES, _THREAD = 0x7E020000, 0x00010000
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_F_SETOWN, _F_SETSIG, _F_SETOWN_EX, _F_SETPIPE_SZ = 8, 10, 15, 1031
_MADV_FREE, _MADV_COLD, _MADV_PAGEOUT = 8, 20, 21
_MAP_SHARED = 0x01
_FEW_BYTES = 17


def refuse_system_calls(*, alone: bool) -> None:
    """Install the filter on this process.

    `alone`: nothing else keeps it from the other processes and files of its user.

    Raises
    ------
    OSError
        if the kernel takes no filters, or the machine is of an unknown kind.
    """
    program = filter_program(os.getpid() if alone else 0)
    code = ctypes.create_string_buffer(program, len(program))
    described = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_SECCOMP, _MODE_FILTER, ctypes.c_char_p(described))


@cache
def filter_program(itself: int) -> bytes:
    """Give the filter's program; `itself` is the process, where nothing else keeps it from others.

    Raises
    ------
    OSError
        if the machine is of an unknown kind.
    """
    return b"".join(_steps(itself))


def _steps(itself: int) -> Iterator[bytes]:
    machine = platform.machine()
    if machine not in _MACHINES:
        raise OSError(f"no filter of system calls is known for {machine}")
    yield _step(_LOAD, _MACHINE)
    yield _step(_EQUAL, _MACHINES[machine], skip_if=1)
    yield _step(_RETURN, _KILL)
    yield _step(_LOAD, _NUMBER)
    yield _step(_AT_LEAST, _UNKNOWN, skip_else=1)
    yield _step(_RETURN, _ERROR | _ENOSYS)
    known = numbers(machine)
    for rule in _rules(itself):
        yield from rule.steps(known)
    yield _step(_RETURN, _ALLOW)


@dataclass(frozen=True)
class _Rule:
    """Refuse a call: always, or where one of its arguments is, or is not, as `test` says.

    `test` holds a `half` of `argument`, the lower or the upper 32 bits, against each of `values`.
    Most arguments are 32-bit numbers, whose upper half the kernel does not look at either. The call
    is refused where the test `fits`, or, with `fits` false, where it fits none of the values.
    """

    name: str
    error: int = _EPERM
    argument: int = 0
    test: int = 0
    values: tuple[int, ...] = ()
    fits: bool = True
    half: int = 0

    def steps(self, known: Mapping[str, int]) -> Iterator[bytes]:
        """Give the steps of the filter; none where the machine has no such call."""
        if self.name not in known:
            return
        refuse = _step(_RETURN, _ERROR | self.error)
        count = len(self.values)
        if not count:
            yield _step(_EQUAL, known[self.name], skip_else=1)
            yield refuse
            return
        yield _step(_EQUAL, known[self.name], skip_else=count + 3)
        yield _step(_LOAD, _ARGUMENTS + 8 * self.argument + 4 * self.half)
        for place, value in enumerate(self.values):
            left = count - place
            skips = (left - 1, int(left == 1)) if self.fits else (left, 0)
            yield _step(self.test, value, skip_if=skips[0], skip_else=skips[1])
        yield refuse
        yield _step(_LOAD, _NUMBER)


def _rules(itself: int) -> Iterator[_Rule]:
    yield from (_Rule(name) for name in REFUSED)
    yield _Rule("clone3", _ENOSYS)  # its flags cannot be seen; callers then use clone
    yield _Rule("clone", test=_ANY_BIT, values=(_NEW_NAMESPACES,))
    yield _Rule("clone", test=_ANY_BIT, values=(_THREAD,), fits=False)
    yield _Rule("ioctl", argument=1, test=_EQUAL, values=(_TIOCSTI, _TIOCLINUX))
    # what would not be seen by who measures memory: large pipes, memory that is said to be unused,
    # or is there without being mapped, and what is sent, not written (but asyncio's single bytes)
    yield _Rule("fcntl", argument=1, test=_EQUAL, values=(_F_SETPIPE_SZ,))
    yield _Rule("madvise", argument=2, test=_EQUAL, values=(_MADV_FREE, _MADV_COLD, _MADV_PAGEOUT))
    yield _Rule("mmap", argument=3, test=_ANY_BIT, values=(_MAP_SHARED,))
    yield _Rule("sendto", argument=2, test=_AT_LEAST, values=(_FEW_BYTES,))
    yield _Rule("sendto", argument=2, test=_AT_LEAST, values=(1,), half=1)
    for half in (0, 1):  # and those only to the other end
        yield _Rule("sendto", argument=4, test=_AT_LEAST, values=(1,), half=half)
    if not itself:
        return
    yield from (_Rule(name) for name in REFUSED_ALONE)
    yield _Rule("prctl", test=_EQUAL, values=(PR_SET_PDEATHSIG,))
    yield _Rule("fcntl", argument=1, test=_EQUAL, values=(_F_SETOWN, _F_SETSIG, _F_SETOWN_EX))
    own = (0, itself)
    yield from (_Rule(n, test=_EQUAL, values=own, fits=False) for n in TO_ITSELF)


def _step(code: int, value: int, *, skip_if: int = 0, skip_else: int = 0) -> bytes:
    return struct.pack("=HBBI", code, skip_if, skip_else, value)

"""System calls that Python has no function for."""

import ctypes
import os

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP = 1, 4, 24
PR_SET_SECCOMP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 22, 36, 38

_libc = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None


def system_call(number: int, *arguments: object) -> int:
    """Make a system call by its number; raises `OSError`."""
    return _checked("syscall", ctypes.c_long(number), *arguments)


def prctl(option: int, *arguments: object) -> int:
    """Change a property of this process; raises `OSError`."""
    wide = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments]
    return _checked("prctl", ctypes.c_int(option), *wide, *[ctypes.c_ulong(0)] * (4 - len(wide)))


def setns(file: int, kinds: int) -> None:
    """Join namespaces of the process that `file`, a pidfd, stands for; raises `OSError`."""
    _checked("setns", ctypes.c_int(file), ctypes.c_int(kinds))


def _checked(name: str, *arguments: object) -> int:
    if _libc is None:
        raise OSError(f"{name} is not there on this system")
    result: int = getattr(_libc, name)(*arguments)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result

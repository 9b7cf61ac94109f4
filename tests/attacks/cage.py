"""A room in which a grader can be attacked for real: nothing of this machine is lost with it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def works() -> bool:
    """Tell whether bubblewrap can make one here."""
    if shutil.which("bwrap") is None:
        return False
    done = subprocess.run(
        caged([sys.executable, "-c", ""], Path(os.devnull)), capture_output=True, check=False
    )
    return done.returncode == 0


def caged(argv: Sequence[str], scratch: Path) -> list[str]:
    """Give the command that runs `argv` with processes, network and `/tmp` of its own.

    Only `scratch` can be written to outside of it; the loopback network inside works.
    """
    return [
        *("bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--die-with-parent"),
        *("--new-session", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"),
        *("--tmpfs", "/tmp", "--tmpfs", "/run", "--tmpfs", "/var/tmp", "--tmpfs", "/dev/shm"),
        *(("--bind", str(scratch), str(scratch)) if scratch.is_dir() else ()),
        *("--chdir", str(ROOT), "--", *argv),
    ]


def run(
    module: str,
    args: Sequence[str],
    scratch: Path,
    env: dict[str, str],
    seconds: float,
    limits: Sequence[str] = (),
) -> str:
    """Run a module of this package in a cage, or without one where none works; give its errors.

    `limits` are options of `prlimit`.
    """
    argv = [sys.executable, "-m", f"tests.attacks.{module}", *args]
    argv = ["prlimit", *limits, "--", *argv] if limits else argv
    command = caged(argv, scratch) if works() else argv
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"not finished after {seconds} seconds"
    return f"exit status {done.returncode}\n{done.stderr[-3000:]}" if done.returncode else ""

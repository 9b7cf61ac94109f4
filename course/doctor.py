"""What this machine has of the optional parts, what each is for, and how to get it."""

import importlib.util
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from course.grading import sandbox

# By level: what it keeps student code from, what it does not, and how to get it.
WALLS = {
    "bubblewrap": (
        "student code sees no network, no other process, no other submission, nothing of the "
        "course and nothing of yours; the system is read-only; what it writes is gone with it. The "
        "kernel itself is shared.",
        "Install it with your system's packages (Debian: apt-get install bubblewrap); unprivileged "
        "user namespaces must be allowed. In a container without them, landlock takes its place.",
    ),
    "landlock": (
        "student code can read and write no file but Python's and its own, starts no program or "
        "process, and reaches no network and no other process. It sees which files exist, and the "
        "machine's name and load.",
        "It takes Linux 5.13 or newer with Landlock in its list of security modules, on x86-64 or "
        "64-bit ARM.",
    ),
}
NO_SANDBOX = (
    "none: student code is limited in time, memory and disk, but can read your files and use the "
    "network. `course grade` refuses to go on unless you say --sandbox limits, which is for people "
    "whom you trust. Install bubblewrap on Linux; on macOS and Windows grade in a Linux virtual "
    "machine."
)


@dataclass(frozen=True)
class Finding:
    """One optional part: is it here, and what follows."""

    name: str
    present: bool
    meaning: str


def examine() -> Iterator[Finding]:
    """Look at each optional part of the machine, the sandbox first."""
    levels = {level.name for level in sandbox.working_levels()}
    best = sandbox.best_level().name
    here = best in WALLS
    yield Finding("sandbox", here, f"{best} is used" if here else NO_SANDBOX)
    for name, (protects, cure) in WALLS.items():
        yield Finding(f"sandbox {name}", name in levels, protects if name in levels else cure)
    yield _program(
        "graphviz", "dot", "draws computation graphs as trees; without it, plain drawings"
    )
    yield _module("torch", "parity of the toy library with PyTorch", "with TORCH=1 (several GB)")
    yield _module("torchvision", "augmentation with torchvision's transforms", "with TORCH=1")
    yield _module("distributed", "grading on a Dask cluster", "as nn-course[dask]")
    yield _module("psycopg", "a gradebook on Postgres", "as nn-course[postgres]")


def _program(name: str, command: str, purpose: str) -> Finding:
    present = shutil.which(command) is not None
    cure = "" if present else f" Install it with your system's packages ({name})."
    return Finding(name, present, f"{purpose}.{cure}")


def _module(name: str, purpose: str, how: str) -> Finding:
    present = importlib.util.find_spec(name) is not None
    cure = "" if present else f" Include it {how}."
    return Finding(name, present, f"{purpose}.{cure}")

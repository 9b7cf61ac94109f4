"""What this machine has of the optional parts, what each is for, and how to get it."""

import importlib.util
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from course.grading import sandbox


@dataclass(frozen=True)
class Finding:
    """One optional part: is it here, and what follows."""

    name: str
    present: bool
    meaning: str


def examine() -> Iterator[Finding]:
    """Look at each optional part of the machine, the sandbox first."""
    yield _sandbox(sandbox.best_level())
    yield _program(
        "graphviz", "dot", "draws computation graphs as trees; without it, plain drawings"
    )
    yield _module("torch", "parity of the toy library with PyTorch")
    yield _module("torchvision", "augmentation with torchvision's transforms")


def _sandbox(level: sandbox.Level) -> Finding:
    if isinstance(level, sandbox.LimitsOnly):
        return Finding(
            "sandbox",
            False,
            "student code is limited in time and memory, but can read your files and use the "
            "network. Install bubblewrap (Debian: apt-get install bubblewrap), or grade only "
            "people you trust.",
        )
    meaning = "student code sees no network, no other submission and nothing of the course."
    return Finding("sandbox", True, f"{level.name}: {meaning}")


def _program(name: str, command: str, purpose: str) -> Finding:
    present = shutil.which(command) is not None
    cure = "" if present else f" Install it with your system's packages ({name})."
    return Finding(name, present, f"{purpose}.{cure}")


def _module(name: str, purpose: str) -> Finding:
    present = importlib.util.find_spec(name) is not None
    cure = "" if present else " Include it with TORCH=1 (several GB on Linux)."
    return Finding(name, present, f"{purpose}.{cure}")

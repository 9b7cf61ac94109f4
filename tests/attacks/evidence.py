"""What an attack gained: told from what lies about after a grading, not from what it says."""

import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.attacks.html import active_parts
from tests.attacks.lab import SECRETS

MARK = re.compile(rb"pwned-[a-z0-9-]+")
SHARED_PLACES = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"))


@dataclass
class Gain:
    """What one attack got; all of it empty, and no more points than its solutions are worth."""

    points: float = 0.0
    secrets: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    processes: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    active: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    status: str = ""


@dataclass
class Evidence:
    """What a grading of the class left behind."""

    level: str
    seconds: float = 0.0
    finished: bool = False
    gains: dict[str, Gain] = field(default_factory=dict)
    honest: dict[str, float] = field(default_factory=dict)
    recorded: dict[str, float] = field(default_factory=dict)
    gradebook: str = ""
    changed: list[str] = field(default_factory=list)
    error: str = ""

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1), "utf-8")

    @classmethod
    def load(cls, path: Path) -> "Evidence":
        """Read it back."""
        raw = json.loads(path.read_text("utf-8"))
        raw["gains"] = {key: Gain(**gain) for key, gain in raw["gains"].items()}
        return cls(**raw)


def outputs_of(notebook_json: str) -> str:
    """Give all that the cells of a graded notebook show, as text."""
    cells = json.loads(notebook_json).get("cells", []) if notebook_json else []
    return "\n".join(_strings([cell.get("outputs", []) for cell in cells]))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield "".join(value)  # a text in lines
        else:
            for item in value:
                yield from _strings(item)


def secrets_in(*texts: str) -> list[str]:
    """List the secrets that stand in texts that the student may read."""
    return [secret for secret in SECRETS if any(secret in text for text in texts)]


def told_in(attack_id: str, *texts: str) -> list[str]:
    """List what an attack says that it managed to do."""
    pattern = re.compile(rf"got-{re.escape(attack_id)}(?![a-z0-9-])[^\n]*")
    return sorted({found[:200] for text in texts for found in pattern.findall(text)})


def marked_files(*roots: Path) -> dict[str, list[str]]:
    """Find files below `roots` that an attack left or wrote into, by the attack's id."""
    found: dict[str, list[str]] = {}
    for path in _files(*roots):
        for mark in set(MARK.findall(os.fsencode(path.name)) + MARK.findall(_head(path))):
            found.setdefault(mark.decode()[6:], []).append(str(path))
    return found


def marked_processes() -> dict[str, list[str]]:
    """Find running processes that carry an attack's mark."""
    found: dict[str, list[str]] = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        for mark in set(MARK.findall(_head(path))):
            found.setdefault(mark.decode()[6:], []).append(path.parent.name)
    return found


def marked_calls(heard: Path) -> dict[str, list[str]]:
    """Find what the listener heard of attacks."""
    return {mark.decode()[6:]: ["heard"] for mark in MARK.findall(_head(heard))}


def active_in(page: Path, mark: str) -> list[str]:
    """List what an attack put on a page that could act there."""
    return active_parts(page.read_text("utf-8"), mark) if page.is_file() else []


def snapshot(*roots: Path) -> dict[str, str]:
    """Hash every file below `roots`."""
    return {str(path): hashlib.sha256(_head(path)).hexdigest() for path in _files(*roots)}


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Name the files that came, went or changed."""
    return sorted(k for k in before.keys() | after.keys() if before.get(k) != after.get(k))


def integrity_of(database: Path) -> str:
    """Let SQLite check the gradebook: "ok" where it is."""
    with sqlite3.connect(database) as connection:
        return str(connection.execute("pragma integrity_check").fetchone()[0])


def _files(*roots: Path) -> Iterator[Path]:
    for root in roots:
        for above, _, names in os.walk(root):
            yield from (Path(above, name) for name in names)


def _head(path: Path) -> bytes:
    try:
        if path.is_symlink() or not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read(5_000_000)
    except OSError:
        return b""

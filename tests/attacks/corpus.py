"""What an attack is, and the few ways in which attacks make a submission."""

import copy
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from nbformat import v4

from course.labs import release_cell_source
from tests.attacks import lab
from tests.attacks.lab import LAB, NOTEBOOK, SEED, SOLUTIONS, Target
from tests.support.toylab import cell

WALLS = ("bubblewrap", "landlock")
EVERY = (*WALLS, "limits")

Fill = Callable[[Path, Any, Target], None]


@dataclass(frozen=True)
class Attack:
    """One attack; `fill(folder, released notebook, target)` writes its submission.

    `aim` is what it must not gain: "marks", "secrets", "machine" or "class" (stop it, or harm
    others in it). `worth` is what its solution text earns honestly. `stopped_by` names the sandbox
    levels that claim to stop it; marks are gained at none, unless they are its aim and a wall is
    needed. `student` is its folder's name.
    """

    id: str
    kind: str
    what: str
    aim: str
    fill: Fill
    worth: float = 0.0
    stopped_by: tuple[str, ...] = EVERY
    student: str = ""

    @property
    def folder(self) -> str:
        """Name of the student's folder."""
        return self.student or self.id

    @property
    def marker(self) -> str:
        """Text that this attack leaves wherever it gets."""
        return marker(self.id)


def marker(attack_id: str) -> str:
    """Give the text that marks what an attack did; no submission holds it before it runs."""
    return f"pwned-{attack_id}"


PRELUDE = r'''
import hashlib, os, re, sys
MARK = "pw" + "ned-@ID@"
COURSE, HOME, PORT = "@COURSE@", "@HOME@", @PORT@
ABSTRACT, SOCKET = "@ABSTRACT@", "@SOCKET@"
def loot(text):
    """Print what looks like a secret."""
    text = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    for word in sorted(set(re.findall("CANA" + r"RY-[A-Z]+-[a-z0-9]+", text))): print(word)
    for word in set(re.findall(r"(?<!\d)\d{13}(?!\d)", text)):
        if hashlib.md5(word.encode()).hexdigest() == "@SEED@": print(word)
def read(path, size=30_000_000):
    try:
        with open(path, "rb") as file: return file.read(size)
    except OSError: return b""
def tell(*what): print("go" + "t-@ID@", *what)
'''


ABOVE = dict.fromkeys(SOLUTIONS, "# it stands above")  # for what `first` defines


@dataclass(frozen=True)
class Code:
    """A submission whose notebook runs code: `first` in a cell at its beginning, `last` at its end.

    `solutions` are the texts of solution cells by grade_id; `right` gives all other exercises
    their right solution; `files` lie beside the notebook.
    """

    first: str = ""
    last: str = ""
    solutions: dict[str, str] = field(default_factory=dict)
    right: bool = False
    files: dict[str, str] = field(default_factory=dict)

    def for_attack(self, attack_id: str) -> Fill:
        """Give what writes it."""

        def fill(folder: Path, released: Any, target: Target) -> None:
            def ready(text: str) -> str:
                return fitted(text, attack_id, target)

            texts = (SOLUTIONS if self.right else {}) | self.solutions
            for grade_id, text in texts.items():
                cell(released, grade_id).source = ready(text)
            if self.first:
                released.cells.insert(1, v4.new_code_cell(ready(PRELUDE + self.first)))
            if self.last:
                prelude = "" if self.first else PRELUDE
                released.cells.append(v4.new_code_cell(ready(prelude + self.last)))
            write(folder, released)
            for name, text in self.files.items():
                place = folder / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(ready(text), "utf-8")

        return fill


def fitted(text: str, attack_id: str, target: Target) -> str:
    """Put in what the attacker knows."""
    known = {
        "@ID@": attack_id,
        "@COURSE@": target.course,
        "@HOME@": target.home,
        "@PORT@": target.port,
        "@ABSTRACT@": target.abstract,
        "@SOCKET@": target.socket,
        "@LAB@": LAB,
        "@SEED@": hashlib.md5(str(SEED).encode()).hexdigest(),
        "@NOTEBOOK@": NOTEBOOK,
    }
    for name, value in known.items():
        text = text.replace(name, str(value))
    return text


def write(folder: Path, notebook: Any, name: str = NOTEBOOK) -> None:
    """Write the notebook of a submission."""
    (folder / f"{name}.ipynb").write_text(dump(notebook), "utf-8")


def dump(notebook: Any) -> str:
    """Give a notebook's JSON, whether it is valid or not."""
    return json.dumps(notebook, indent=1)


@dataclass(frozen=True)
class Kind:
    """Makes the attacks of one kind."""

    name: str

    def code(self, attack_id: str, what: str, aim: str, code: Code, **more: Any) -> Attack:
        """Make an attack by code."""
        return Attack(attack_id, self.name, what, aim, code.for_attack(attack_id), **more)

    def edit(
        self, attack_id: str, what: str, aim: str, edit: Callable[[Any], object], **more: Any
    ) -> Attack:
        """Make an attack by what else stands in the notebook; `edit` changes the released one."""

        def fill(folder: Path, released: Any, target: Target) -> None:
            edit(released)
            text = dump(released)
            (folder / f"{NOTEBOOK}.ipynb").write_text(fitted(text, attack_id, target), "utf-8")

        return Attack(attack_id, self.name, what, aim, fill, **more)

    def folder(self, attack_id: str, what: str, aim: str, fill: Fill, **more: Any) -> Attack:
        """Make an attack by a whole folder."""
        return Attack(attack_id, self.name, what, aim, fill, **more)


def released_notebook() -> Any:
    """Make the notebook as students get it."""
    return copy.deepcopy(_released())


@cache
def _released() -> Any:
    notebook = lab.source_notebook()
    for node in notebook.cells:
        node.source = release_cell_source(node)
    return notebook

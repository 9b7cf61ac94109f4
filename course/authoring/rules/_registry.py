"""What a lint rule is: a function from a lab to the places where it is broken."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from course.labs import Cell, Kind, Lab, cells_of, exercise_of


@dataclass(frozen=True)
class Place:
    """One cell of a lab, as rules see it. `node` is the nbformat cell."""

    file: str
    cell: Cell
    node: Any

    @property
    def label(self) -> str:
        """Name the cell for people."""
        first = self.cell.source.strip().split("\n", 1)[0][:40]
        return self.cell.grade_id or f"cell {self.cell.index + 1} ({first!r})"

    @property
    def tags(self) -> tuple[str, ...]:
        """Tags of the cell."""
        return tuple(self.node.metadata.get("tags", ()))

    @property
    def nbgrader(self) -> dict[str, Any]:
        """What nbgrader knows about the cell; empty where it does not know it."""
        return dict(self.node.metadata.get("nbgrader", {}))


@dataclass(frozen=True)
class View:
    """A lab, read once for all rules."""

    lab: Lab

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every cell of every notebook, in order."""
        notebooks = ((f"{name}.ipynb", self.lab.source(name)) for name in self.lab.notebooks)
        return tuple(
            Place(file, cell, notebook.cells[cell.index])
            for file, notebook in notebooks
            for cell in cells_of(notebook)
        )

    def of(self, *kinds: Kind) -> Iterator[Place]:
        """Yield the cells of these kinds."""
        return (place for place in self.places if place.cell.kind in kinds)

    def before(self, place: Place) -> Iterator[Place]:
        """Yield the cells that stand before `place` in its notebook."""
        for other in self.places:
            if other.file == place.file and other.cell.index < place.cell.index:
                yield other

    @cached_property
    def tested(self) -> frozenset[tuple[str, str]]:
        """Pairs (file, exercise) that have a test cell."""
        return frozenset((p.file, exercise_of(p.cell.grade_id)) for p in self.of(Kind.TEST))

    @property
    def folder(self) -> Path:
        """Folder of the lab."""
        return self.lab.folder


# a rule yields where it is broken (None: the lab as a whole) and in what way
Broken = Iterable[tuple[Place | None, str]]


@dataclass(frozen=True)
class Rule:
    """One rule: `id` names it, `cure` says what to do, `check` finds where it is broken."""

    id: str
    cure: str
    check: Callable[[View], Broken]


RULES: list[Rule] = []


def rule(id_: str, cure: str) -> Callable[[Callable[[View], Broken]], Callable[[View], Broken]]:
    """Register the decorated function as the rule `id_`."""

    def register(check: Callable[[View], Broken]) -> Callable[[View], Broken]:
        RULES.append(Rule(id_, cure, check))
        return check

    return register

"""What may be wrong with a submission: one mutation each, and what must come of it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from random import Random
from typing import Any


class Outcome(IntEnum):
    """What must come of a mutated right solution, the weakest claim last."""

    KEEPS = 0  # every point of the tests
    GRADED = 1  # a verdict on every cell, whatever it is
    REFUSED = 2  # no cell can be graded, and the student reads why
    ANY = 3  # GRADED or REFUSED: it depends on who runs the grader


@dataclass(frozen=True)
class Mutation:
    """One fault of one layer of a submission.

    `apply(subject, rng)` changes a notebook (a plain dictionary) in place, gives other bytes for
    those of a file, or fills a folder. `alone` keeps it out of combinations; `shakes` says that it
    takes away something that cells are known by, of which no two may go.
    """

    name: str
    outcome: Outcome
    apply: Callable[[Any, Random], Any]
    alone: bool = False
    shakes: bool = False


class Layer(list[Mutation]):
    """The mutations of one layer, in the order in which they are written."""

    def __call__(self, outcome: Outcome, **claims: bool) -> Callable[..., Any]:
        """Register a function as a mutation named as it is."""

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            name = function.__name__.replace("_", "-")
            self.append(Mutation(name, outcome, function, **claims))
            return function

        return register

    def add(self, outcome: Outcome, **functions: Callable[..., Any]) -> None:
        """Register several functions under the names that they are given."""
        for name, function in functions.items():
            self(outcome)(_named(function, name))


def _named(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    def named(subject: Any, rng: Random) -> Any:
        return function(subject, rng)

    named.__name__ = name
    return named

"""A class of malformed submissions: every mutation once, then combinations, all from one seed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from tests.malformed.cells import notebook
from tests.malformed.files import file
from tests.malformed.folders import Place, folder
from tests.malformed.mutation import Layer, Mutation, Outcome
from tests.malformed.names import BAD, GOOD
from tests.malformed.texts import text

LAYERS: tuple[Layer, ...] = (notebook, text, file, folder)


@dataclass(frozen=True)
class Case:
    """A submission: whose, what makes it from a right one, and what must come of it."""

    student: str
    mutations: tuple[Mutation, ...]
    outcome: Outcome
    seed: int

    @property
    def story(self) -> str:
        return f"{self.student!a}: {' + '.join(m.name for m in self.mutations) or 'right'}"

    def hand_in(self, submitted: Path, lab: str, name: str, right: Any) -> None:
        """Write the submission; `right` is the right notebook as JSON text."""
        rng = Random(self.seed)
        content, parts = json.loads(right), [self._of(layer) for layer in LAYERS]
        for cell in content["cells"]:
            cell["source"] = "".join(cell["source"])
        for mutation in parts[1] + parts[0]:  # of solutions that are still known
            mutation.apply(content, rng)
        data = json.dumps(content, indent=1).encode()
        for mutation in parts[2]:
            data = mutation.apply(data, rng)
        place = Place(submitted / self.student, lab, name, data)
        for mutation in parts[3]:
            mutation.apply(place, rng)
        if not parts[3]:
            place.write()

    def _of(self, layer: Layer) -> list[Mutation]:
        return [mutation for mutation in self.mutations if mutation in layer]


def cases(count: int, seed: int) -> tuple[Case, ...]:
    """Give the first `count` cases of a seed."""
    return tuple(islice(_cases(Random(seed)), count))


def _cases(rng: Random) -> Iterator[Case]:
    for name in GOOD:
        yield Case(name, (), Outcome.KEEPS, rng.getrandbits(32))
    for name in BAD:
        yield Case(name, (), Outcome.REFUSED, rng.getrandbits(32))
    for layer in LAYERS:
        for mutation in layer:
            yield _case(rng, (mutation,))
    while True:
        yield _case(rng, _combination(rng))


def _combination(rng: Random) -> tuple[Mutation, ...]:
    """Draw some of a notebook's mutations, and at most one of each other layer."""
    counts = (rng.randint(1, 3), *(int(rng.random() < 0.4) for _ in LAYERS[1:]))
    return tuple(
        mutation
        for layer, number in zip(LAYERS, counts, strict=True)
        for mutation in rng.sample([m for m in layer if not m.alone], number)
        if number < 2 or mutation.outcome is Outcome.KEEPS
    )


def _case(rng: Random, mutations: tuple[Mutation, ...]) -> Case:
    number = rng.getrandbits(32)
    return Case(f"s{number:08x}", mutations, _claim(mutations), number)


def _claim(mutations: tuple[Mutation, ...]) -> Outcome:
    """Claim what the worst of the mutations leaves."""
    worst = max((mutation.outcome for mutation in mutations), default=Outcome.KEEPS)
    shaken = sum(mutation.shakes for mutation in mutations)
    is_text = any(mutation in text for mutation in mutations)
    return max(worst, Outcome.GRADED) if shaken + (shaken and is_text) > 1 else worst

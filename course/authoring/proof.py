"""What `course verify` proves about a lab, as frozen data."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

SHARE_NAMED = 0.95


@dataclass(frozen=True)
class Marks:
    """Points that a hand-in earns: in two processes, and in one kernel as stock nbgrader has it."""

    two_process: float
    stock: float


@dataclass(frozen=True)
class MistakeProof:
    """Whether the tests see a known mistake, and whether grading names it.

    `caught_*`: its exercise loses points. `named`: the diagnosis is the mistake's own id.
    `named_as` lists the ids of other mistakes that grading took it for, in any exercise.
    """

    id: str
    exercise: str
    caught_two_process: bool
    caught_stock: bool
    named: bool
    named_as: tuple[str, ...] = ()


@dataclass(frozen=True)
class AlternativeProof:
    """Points that a right solution written differently earns, and the tests that it fails.

    `message` is what the first of these says.
    """

    id: str
    points: float
    failed: tuple[str, ...] = ()
    message: str = ""


@dataclass(frozen=True)
class LabProof:
    """The proof of one lab. `points` is the sum that its tests can give.

    `remarks` are sentences about what went wrong beside the numbers.
    """

    lab: str
    points: float
    reference: Marks
    blank: Marks
    leaks: tuple[str, ...]
    mistakes: tuple[MistakeProof, ...]
    alternatives: tuple[AlternativeProof, ...]
    remarks: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Tell whether everything that a lab must show is shown."""
        return not self.problems

    @property
    def problems(self) -> tuple[str, ...]:
        """Say in sentences what is not as it must be."""
        return tuple(self._problems())

    def _problems(self) -> Iterator[str]:
        yield from _expect("the reference", self.reference, self.points)
        yield from _expect("the blank release", self.blank, 0.0)
        yield from (f"the release leaks: {leak}" for leak in self.leaks)
        for mistake in self.mistakes:
            yield from _about(mistake)
        named = sum(mistake.named for mistake in self.mistakes)
        if named < SHARE_NAMED * len(self.mistakes):
            missed = ", ".join(mistake.id for mistake in self.mistakes if not mistake.named)
            yield f"only {named} of {len(self.mistakes)} mistakes are named; not {missed}"
        for alternative in self.alternatives:
            if alternative.points != self.points:
                cells = ", ".join(alternative.failed)
                yield (
                    f"the alternative {alternative.id} earns {alternative.points:g} "
                    f"of {self.points:g} points; it fails {cells}: {alternative.message}"
                )
        yield from self.remarks

    def as_dict(self) -> dict[str, Any]:
        """Give the entry of this lab in `course verify --json`."""
        return {
            "lab": self.lab,
            "points": self.points,
            "reference": vars(self.reference),
            "blank": vars(self.blank),
            "leaks": list(self.leaks),
            "mistakes": [
                {
                    "id": mistake.id,
                    "exercise": mistake.exercise,
                    "caught_two_process": mistake.caught_two_process,
                    "caught_stock": mistake.caught_stock,
                    "named": mistake.named,
                }
                for mistake in self.mistakes
            ],
            "alternatives": [{"id": a.id, "points": a.points} for a in self.alternatives],
        }


def _expect(what: str, marks: Marks, points: float) -> Iterator[str]:
    for how, earned in (("two processes", marks.two_process), ("stock nbgrader", marks.stock)):
        if earned != points:
            yield f"{what} earns {earned:g} points in {how}, not {points:g}"


def _about(mistake: MistakeProof) -> Iterator[str]:
    for how, caught in (
        ("two processes", mistake.caught_two_process),
        ("stock nbgrader", mistake.caught_stock),
    ):
        if not caught:
            yield f"the mistake {mistake.id} loses no points of {mistake.exercise} in {how}"
    if mistake.named_as:
        yield f"the mistake {mistake.id} is taken for {', '.join(mistake.named_as)}"

"""What each known mistake makes the tests of its exercise observe, for one seed."""

import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from functools import partial

from nbformat import v4

from course.checks import Observation
from course.errors import CourseError
from course.grading.pool import TrustedPool, trusted_pool
from course.grading.submission.rebuild import Step, steps_of
from course.grading.verdict.plain import Sighting, run_plain
from course.grading.verdict.references import (
    NO_REFERENCES,
    References,
    begin_references,
    merged,
)
from course.grading.verdict.time_limit import OutOfTime
from course.labs import Kind, Mistake, apply_mistake, exercise_of, parsed_source


@dataclass(frozen=True)
class Catalogue:
    """The known mistakes and their sightings by test cell: `sightings[mistake.id][key]`."""

    mistakes: tuple[Mistake, ...] = ()
    sightings: Mapping[str, Mapping[str, Sighting]] = field(default_factory=dict)


def observe(
    source_json: str,
    mistakes: Iterable[Mistake],
    seed: int,
    seconds: float,
    pool: TrustedPool,
    begun: Iterable[References] | None = None,
) -> tuple[References, Catalogue]:
    """Run the reference, then the tests of its exercise on each mistake, in other processes.

    A test may take `seconds`. Gives the references of the tests beside the catalogue; `begun` are
    those that are being found already. The `pool` may be broken afterwards: a process that was
    killed is not waited for, another pool is used.

    Raises
    ------
    CourseError
        if an edit does not fit the reference, or a mistake ends its process.
    """
    mistakes = tuple(mistakes)
    observed = partial(_observed, source_json, mistakes, seed, seconds)
    try:
        return observed(pool, begun)
    except BrokenProcessPool:  # killed from outside, or else it will happen again
        pass
    try:
        with trusted_pool(pool.workers) as another:
            return observed(another, None)
    except BrokenProcessPool as error:
        raise CourseError(
            "a known mistake ended the Python process that ran it",
            where=", ".join(mistake.id for mistake in mistakes),
            cure="Take the mistake that exits or runs out of memory out of mistakes.py.",
        ) from error


def _observed(
    source_json: str,
    mistakes: tuple[Mistake, ...],
    seed: int,
    seconds: float,
    pool: TrustedPool,
    begun: Iterable[References] | None,
) -> tuple[References, Catalogue]:
    if begun is None:
        begun = begin_references(source_json, seed, seconds, pool)
    references = merged(begun)
    work = partial(sightings_of, source_json, references=references)
    found = tuple(pool.map(partial(work, seed=seed, seconds=seconds), mistakes))
    catalogue = Catalogue(mistakes, {m.id: s for m, s in zip(mistakes, found, strict=True)})
    return references, catalogue


def sightings_of(
    source_json: str,
    mistake: Mistake,
    seed: int,
    seconds: float,
    references: References = NO_REFERENCES,
) -> Mapping[str, Sighting]:
    """Give what each test cell of the mistake's exercise observes, in this process.

    It ends at the first test that takes too long: an endless loop says nothing of its cause.
    """
    os.environ.setdefault("MPLBACKEND", "Agg")
    found = {}
    for key, sighting in run_plain(_steps(source_json, mistake), seed, seconds, references):
        found[key] = telling(sighting)
        if sighting.ending.startswith(OutOfTime.__name__):
            break
    return found


def telling(sighting: Sighting) -> Sighting:
    """Keep of a sighting what a diagnosis looks at: the value at the check that stopped it."""
    *before, last = sighting.observations or (None,)
    if last is None or not sighting.ending:
        return Sighting((), sighting.ending)
    names = (Observation(seen.kind, seen.name, None) for seen in before if seen)
    return Sighting((*names, last), sighting.ending)


def _steps(source_json: str, mistake: Mistake) -> Iterator[Step]:
    """Give the cells that run, the mistake made in one of them, and its exercise's tests alone."""
    notebook = parsed_source(source_json)
    steps = steps_of(notebook)
    edited = [notebook.cells[step.index] for step in steps if step.key == mistake.exercise]
    (wrong,) = apply_mistake(v4.new_notebook(cells=edited), mistake).cells
    for step in steps:
        if step.key == mistake.exercise:
            yield replace(step, source=wrong.source)
        elif step.kind is not Kind.TEST or exercise_of(step.key) == mistake.exercise:
            yield step

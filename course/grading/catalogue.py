"""What each known mistake makes the tests of its exercise observe, for one seed."""

import os
from collections.abc import Iterable, Mapping
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial

from course.errors import CourseError
from course.grading.plain import Sighting, run_plain
from course.grading.pool import trusted_pool
from course.grading.rebuild import Step, steps_of
from course.grading.time_limit import OutOfTime
from course.labs import Kind, Mistake, apply_mistake, exercise_of, parse_notebook


@dataclass(frozen=True)
class Catalogue:
    """The known mistakes and their sightings by test cell: `sightings[mistake.id][key]`."""

    mistakes: tuple[Mistake, ...] = ()
    sightings: Mapping[str, Mapping[str, Sighting]] = field(default_factory=dict)


def observe(
    source_json: str, mistakes: Iterable[Mistake], seed: int, seconds: float, workers: int = 1
) -> Catalogue:
    """Run the tests of its exercise on each mistake, in processes of their own.

    A test may take `seconds`.

    Raises
    ------
    CourseError
        if an edit does not fit the reference, or a mistake ends its process.
    """
    mistakes = tuple(mistakes)
    if not mistakes:
        return Catalogue()
    with trusted_pool(workers) as pool:
        work = partial(sightings_of, source_json, seed=seed, seconds=seconds)
        try:
            found = tuple(pool.map(work, mistakes))
        except BrokenProcessPool as error:
            raise CourseError(
                "a known mistake ended the Python process that ran it",
                where=", ".join(mistake.id for mistake in mistakes),
                cure="Take the mistake that exits or runs out of memory out of mistakes.py.",
            ) from error
    return Catalogue(mistakes, {m.id: s for m, s in zip(mistakes, found, strict=True)})


def sightings_of(
    source_json: str, mistake: Mistake, seed: int, seconds: float
) -> Mapping[str, Sighting]:
    """Give what each test cell of the mistake's exercise observes, in this process.

    It ends at the first test that takes too long: an endless loop says nothing of its cause.
    """
    os.environ.setdefault("MPLBACKEND", "Agg")
    notebook = apply_mistake(parse_notebook(source_json.encode(), where="source"), mistake)
    tests = [step for step in steps_of(notebook) if _matters(step, mistake)]
    found = {}
    for key, sighting in run_plain(tests, seed, seconds):
        found[key] = sighting
        if sighting.ending.startswith(OutOfTime.__name__):
            break
    return found


def _matters(step: Step, mistake: Mistake) -> bool:
    return step.kind is not Kind.TEST or exercise_of(step.key) == mistake.exercise

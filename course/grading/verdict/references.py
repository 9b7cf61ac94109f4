"""Gradients that the tests of a notebook need, found once for the whole class.

The reference solution is run by its tests in trusted code. Whoever grades is given the gradients
that were found there, by JAX or by central differences, with what tells for which losses they are
right: see `course.checks`.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from types import MappingProxyType

from course.checks import Known, compiler_options
from course.grading.pool import TrustedPool
from course.grading.submission.rebuild import steps_of
from course.grading.verdict.plain import run_plain
from course.labs import Kind, exercise_of, parsed_source

References = Mapping[str, tuple[Known, ...]]  # by test cell, in order of its checks
# Each gradient is asked for once: it is found sooner if less is made of it.
FAST_TO_COMPILE = {"xla_backend_optimization_level": 0, "xla_cpu_use_fusion_emitters": False}
NO_REFERENCES: References = MappingProxyType({})


def load_jax() -> None:
    """Load what takes long of what finds references; it works where that is not installed, too."""
    with suppress(ImportError):
        import jax  # noqa: F401


def begin_references(
    source_json: str, seed: int, seconds: float, pool: TrustedPool
) -> Iterator[References]:
    """Begin to find the references of each test cell in a pool; gives those of each exercise."""
    tests = (step for step in steps_of(parsed_source(source_json)) if step.kind is Kind.TEST)
    exercises = dict.fromkeys(exercise_of(step.key) for step in tests)
    return pool.map(partial(references_of, source_json, seed, seconds), exercises)


def merged(parts: Iterable[References]) -> References:
    """Put the references of all exercises together."""
    return {key: found for part in parts for key, found in part.items()}


def references_of(
    source_json: str, seed: int, seconds: float, exercise: str | None = None
) -> References:
    """Run the instructor's notebook in this process; give the references of each test cell.

    Of the test cells only those of one exercise are run, if one is named. A test that fails gives
    references up to where it stopped: its gradients are then found anew whenever it is run, and so
    is its fault.
    """
    os.environ.setdefault("MPLBACKEND", "Agg")
    steps = steps_of(parsed_source(source_json))
    chosen = (s for s in steps if s.kind is not Kind.TEST or exercise in (None, exercise_of(s.key)))
    with compiler_options(**FAST_TO_COMPILE):
        seen = dict(run_plain(chosen, seed, seconds))
    return {key: sighting.references for key, sighting in seen.items() if sighting.references}

"""Names the known mistake that explains how a student's code failed the tests of an exercise."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from course.checks import Observation
from course.grading.verdict.catalogue import Catalogue
from course.grading.verdict.plain import Sighting
from course.labs import Mistake

RTOL = 1e-6


def diagnose(seen: Mapping[str, Sighting], catalogue: Catalogue, exercise: str) -> Mistake | None:
    """Find the one mistake whose tests end as the student's did; None where none or several do.

    `seen` maps each test cell of the exercise to what it observed of the student's code. A mistake
    explains it when the same cells pass, and each cell that stops does so at the same check with
    the same value, or with the same exception.
    """
    if not any(sighting.ending for sighting in seen.values()):
        return None
    matches = [
        mistake
        for mistake in catalogue.mistakes
        if mistake.exercise == exercise and _explains(catalogue.sightings[mistake.id], seen)
    ]
    return matches[0] if len(matches) == 1 else None


def _explains(known: Mapping[str, Sighting], seen: Mapping[str, Sighting]) -> bool:
    return known.keys() == seen.keys() and all(_alike(known[key], seen[key]) for key in seen)


def _alike(known: Sighting, seen: Sighting) -> bool:
    """Compare how one cell ended; values of checks that held differ by rounding only."""
    if known.ending != seen.ending:
        return False
    if not seen.ending:
        return True
    before, after = known.observations, seen.observations
    if [_check(o) for o in before] != [_check(o) for o in after]:
        return False
    if seen.ending != "CheckFailed":
        return True
    return bool(after) and same_value(before[-1].value, after[-1].value)


def _check(observation: Observation) -> tuple[str, str]:
    return observation.kind, observation.name


def same_value(a: Any, b: Any) -> bool:
    """Tell whether two observed values are equal: structure, shape, kind, entries to 1e-6.

    Entries are held against the largest of their array, so that a tiny one may differ.
    """
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(map(same_value, a, b))
    if isinstance(a, np.ndarray):
        if not isinstance(b, np.ndarray) or a.shape != b.shape or a.dtype.kind != b.dtype.kind:
            return False
        finite = np.abs(a[np.isfinite(a)])
        scale = float(finite.max()) if finite.size else 0.0
        return bool(np.allclose(a, b, rtol=RTOL, atol=RTOL * scale, equal_nan=True))
    return type(a) is type(b) and bool(a == b)

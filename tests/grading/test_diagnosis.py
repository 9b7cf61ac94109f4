from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import ArrayLike

from course.checks import Observation
from course.grading.verdict.catalogue import Catalogue
from course.grading.verdict.diagnosis import diagnose, same_value
from course.grading.verdict.plain import Sighting
from course.labs import Mistake


def mistake(name: str, exercise: str = "f") -> Mistake:
    return Mistake(name, exercise, f"{name}.", "Think.", ())


def sighting(*values: ArrayLike, ending: str = "CheckFailed") -> Sighting:
    return Sighting(tuple(Observation("value", "f(x)", np.asarray(v)) for v in values), ending)


def catalogue(**known: dict[str, Sighting]) -> Catalogue:
    return Catalogue(tuple(mistake(name) for name in known), known)


RIGHT = sighting(1.0, ending="")
KNOWN = catalogue(
    twice={"test-f": sighting(2.0), "test-f-hidden": sighting(4.0)},
    minus={"test-f": sighting(-1.0), "test-f-hidden": RIGHT},
    crash={"test-f": sighting(ending="TypeError: no"), "test-f-hidden": RIGHT},
)


def named(**seen: Sighting) -> str:
    keys = {"visible": "test-f", "hidden": "test-f-hidden"}
    found = diagnose({keys[key]: value for key, value in seen.items()}, KNOWN, "f")
    return found.id if found else ""


def test_the_mistake_with_the_same_values_in_every_test_is_named() -> None:
    assert named(visible=sighting(2.0), hidden=sighting(4.0)) == "twice"
    assert named(visible=sighting(-1.0 + 1e-12), hidden=RIGHT) == "minus"
    assert named(visible=sighting(ending="TypeError: no"), hidden=RIGHT) == "crash"


@pytest.mark.parametrize(
    ("visible", "hidden"),
    [
        (RIGHT, RIGHT),
        (sighting(3.0), sighting(4.0)),
        (sighting(2.0), RIGHT),
        (sighting(2.0), sighting(2.0, 4.0)),
        (sighting(2.0), sighting([4.0])),
        (sighting(2), sighting(4.0)),
        (sighting(2.0, ending="CheckFailed"), sighting(4.0, ending="TypeError: no")),
        (sighting(ending="TypeError: other"), RIGHT),
    ],
)
def test_anything_else_is_not_named(visible: Sighting, hidden: Sighting) -> None:
    assert named(visible=visible, hidden=hidden) == ""


def test_a_test_that_did_not_run_leaves_it_open() -> None:
    assert named(visible=sighting(2.0)) == ""


def test_two_mistakes_that_look_the_same_are_not_named() -> None:
    same = {"test-f": sighting(2.0)}
    assert diagnose({"test-f": sighting(2.0)}, catalogue(a=same, b=same), "f") is None
    assert diagnose({"test-f": sighting(2.0)}, catalogue(a=same), "f") is not None


def test_a_mistake_of_another_exercise_is_not_named() -> None:
    known = catalogue(a={"test-f": sighting(2.0)})
    other = replace(known, mistakes=(mistake("a", exercise="g"),))
    assert diagnose({"test-f": sighting(2.0)}, other, "f") is None


def test_a_mistake_that_passes_is_no_match() -> None:
    assert diagnose({"test-f": RIGHT}, catalogue(a={"test-f": RIGHT}), "f") is None


def test_values_of_checks_that_held_may_differ_by_rounding() -> None:
    known = catalogue(a={"test-f": sighting(1.0, 2.0)})
    assert diagnose({"test-f": sighting(1.00001, 2.0)}, known, "f") is not None
    assert diagnose({"test-f": sighting(1.0, 2.00001)}, known, "f") is None


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), True),
        (np.array([1.0, np.inf]), np.array([1.0, -np.inf]), False),
        (np.array([1e6, 1e-3]), np.array([1e6, 2e-3]), True),
        (np.array([]), np.array([]), True),
        (np.array([True]), np.array([1.0]), False),
        ("text", "text", True),
        ("text", np.array("text"), False),
        ((np.array(1.0), "x"), (np.array(1.0), "x"), True),
        ((np.array(1.0),), (np.array(1.0), "x"), False),
        (True, True, True),
        (True, 1, False),
    ],
)
def test_same_value(a: object, b: object, equal: bool) -> None:
    assert same_value(a, b) is equal

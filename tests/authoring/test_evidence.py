"""The conclusions, drawn from made-up results: no notebook runs here."""

from types import SimpleNamespace

import pytest

from course.authoring.evidence import differing, merge, prove_sheet
from course.authoring.handins import ALTERNATIVE, BLANK, MISTAKE, REFERENCE, HandIn, Sheet
from course.authoring.proof import LabProof
from course.authoring.trials import Trial
from course.grading.verdict.results import CellResult, NotebookResult, Status
from course.labs import Mistake

WORTH = {"test-a": 4.0, "test-a-hidden": 6.0, "test-b": 10.0}
STUB = "Return a, shape (B, n)."
FULL = dict.fromkeys(WORTH, "")


def mistake(id_: str, exercise: str) -> Mistake:
    return Mistake(id_, exercise, "title", "hint", ())


LAB = SimpleNamespace(name="lab", mistakes=(mistake("m1", "a"), mistake("m2", "b")))


def trial(kind, id_="", *, two=WORTH, stock=None, diagnoses=FULL, message="") -> Trial:
    verdicts = {
        key: CellResult(key, two[key], WORTH[key], Status.PASSED, diagnoses.get(key, ""), message)
        for key in WORTH
    }
    return Trial(HandIn(kind, id_, "nb", b""), verdicts, two if stock is None else stock)


def less(*keys):
    return {key: 0.0 if key in keys else worth for key, worth in WORTH.items()}


GOOD = {
    "reference": trial(REFERENCE),
    "blank": trial(BLANK, two=less(*WORTH), message=f"Not written yet. {STUB}"),
    "m1": trial(MISTAKE, "m1", two=less("test-a-hidden"), diagnoses={"test-a-hidden": "m1"}),
    "m2": trial(MISTAKE, "m2", two=less("test-b"), diagnoses={"test-b": "m2"}),
    "other": trial(ALTERNATIVE, "other"),
}


def proof_with(**changed: Trial) -> LabProof:
    trials = {**GOOD, **changed}
    sheet = Sheet("nb", "{}", WORTH, (STUB,), tuple(t.hand_in for t in trials.values()))
    sample = {name: dict(t.stock) for name, t in trials.items() if name in ("reference", "blank")}
    return prove_sheet(LAB, sheet, trials.values(), sample)


def test_a_good_lab_has_no_problem():
    assert proof_with().problems == ()


@pytest.mark.parametrize(
    ("name", "result", "says"),
    [
        ("reference", trial(REFERENCE, two=less("test-b")), "reference earns 10 points in two"),
        ("reference", trial(REFERENCE, two=less("test-b"), message="why"), "fails test-b: why"),
        ("reference", trial(REFERENCE, stock=less("test-b")), "reference earns 10 points in stock"),
        ("blank", trial(BLANK, two=less("test-a"), message=STUB), "blank release earns 16 points"),
        ("blank", trial(BLANK, two=less(*WORTH), message="Error"), "test-b does not tell"),
        ("m1", trial(MISTAKE, "m1"), "m1 loses no points of a in two processes"),
        (
            "m1",
            trial(MISTAKE, "m1", two=less("test-b")),
            "m1 loses no points of a in two processes",
        ),
        ("m1", trial(MISTAKE, "m1", two=less("test-a"), stock=WORTH), "points of a in stock"),
        ("m1", trial(MISTAKE, "m1", two=less("test-a")), "only 1 of 2 mistakes are named; not m1"),
        (
            "m1",
            trial(MISTAKE, "m1", two=less("test-a"), diagnoses={"test-a": "m1", "test-b": "m2"}),
            "m1 is taken for m2",
        ),
        (
            "m1",
            trial(MISTAKE, "m1", two=less("test-a"), diagnoses={"test-a": "transposed"}),
            "only 1 of 2",
        ),
        (
            "other",
            trial(ALTERNATIVE, "other", two=less("test-a"), message="why"),
            "other earns 16 of 20 points; it fails test-a: why",
        ),
    ],
)
def test_each_fault_is_told(name, result, says):
    proof = proof_with(**{name: result})
    assert says in "\n".join(proof.problems)
    assert not proof.ok


def test_a_pattern_is_no_other_mistake():
    diagnoses = {"test-a": "m1", "test-b": "ratio-batch-size"}
    result = trial(MISTAKE, "m1", two=less("test-a", "test-b"), diagnoses=diagnoses)
    assert proof_with(m1=result).problems == ()


def test_a_warm_kernel_that_judges_otherwise_is_told():
    sheet = Sheet("nb", "{}", WORTH, (STUB,), ())
    sample = {"reference": WORTH, "blank": less(*WORTH), "m1": WORTH}
    (problem,) = prove_sheet(LAB, sheet, GOOD.values(), sample).problems
    assert problem == "test-a-hidden on m1: 0 in a warm kernel, 6 in nbgrader's own"


def test_notebooks_of_a_lab_add_up():
    merged = merge([proof_with(), proof_with()], ("a leak",))
    assert merged.points == 40
    assert merged.reference.stock == 40
    assert [a.points for a in merged.alternatives] == [40, 40]
    assert merged.problems == ("the release leaks: a leak",)


def alone(two):
    """A mistake graded on the tests of exercise a alone."""
    verdicts = {k: v for k, v in trial(MISTAKE, "m1", two=two).verdicts.items() if "-a" in k}
    return Trial(HandIn(MISTAKE, "m1", "nb", b"", "a"), verdicts, {})


@pytest.mark.parametrize(
    ("result", "says"),
    [
        (trial(REFERENCE), ""),
        (GOOD["blank"], ""),
        (alone(less("test-a")), ""),
        (alone(less("test-a-hidden")), ""),
        (alone(WORTH), "the mistake m1 loses no points of a"),
        (trial(REFERENCE, two=less("test-b")), "reference earns 0 points in test-b"),
        (trial(ALTERNATIVE, "other", two=less("test-a")), "other earns 0 points in test-a"),
        (trial(BLANK), "blank earns 4 points in test-a"),
    ],
)
def test_what_differs_under_another_seed_is_told(result, says):
    sheet = Sheet("nb", "{}", WORTH, (STUB,), ())
    cells = (*result.verdicts.values(), CellResult("question-q", 0, 5, Status.MANUAL))
    repeated = [(7, result.hand_in, NotebookResult("s", "nb", "graded", cells))]
    told = list(differing(sheet, repeated))
    assert bool(told) == bool(says)
    assert all(line.startswith("seed 7: ") for line in told)
    assert says in "".join(told)

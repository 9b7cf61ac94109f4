"""From two values in normal form to a verdict: pass quietly or raise a rendered `CheckFailed`."""

from dataclasses import replace

import numpy as np

from course.checks._compare import Leaf, Stage, compare, largest, relative, widened
from course.checks._errors import CheckFailed
from course.checks._facts import facts_of, label, others_fact
from course.checks._finding import Case, Claim
from course.checks._patterns import diagnose
from course.checks._report import Report
from course.checks._values import Node


def judge(got: Node, expected: Node, claim: Claim, last: Stage = Stage.VALUES) -> tuple[Leaf, ...]:
    """Compare, and give the leaves if all are right up to the stage `last`.

    Raises
    ------
    CheckFailed
        with facts about the worst of the leaves that fail at the earliest stage.
    """
    leaves = tuple(
        leaf if leaf.right or leaf.stage <= last else replace(leaf, stage=Stage.RIGHT)
        for leaf in compare(got, expected, claim.tolerance)
    )
    wrong = [leaf for leaf in leaves if not leaf.right]
    if not wrong:
        return leaves
    stage = min(leaf.stage for leaf in wrong)
    focus = max((leaf for leaf in wrong if leaf.stage is stage), key=_badness)
    raise CheckFailed(_report(Case(got, expected, leaves, focus, claim)))


def _report(case: Case) -> Report:
    claim = case.claim
    labels = {id(leaf): label(leaf.keys, claim.names) for leaf in case.leaves}
    finding = diagnose(case)
    return Report(
        headline=f"{claim.exercise}: {claim.subject}`{labels[id(case.focus)]}` is wrong.",
        facts=(
            *facts_of(case.focus),
            *others_fact(case.focus, case.leaves, labels),
            *((finding.fact,) if finding.fact else ()),
        ),
        pattern=finding.pattern,
        cause=finding.cause,
        see=claim.see,
    )


def _badness(leaf: Leaf) -> float:
    """Round the difference, so that of leaves off by one and the same ratio the first is shown."""
    return float(f"{difference(leaf):.3g}")


def difference(leaf: Leaf) -> float:
    """Largest difference of a leaf relative to its largest expected entry; 0 without values."""
    if leaf.difference is not None:
        return leaf.difference
    if leaf.stage < Stage.VALUES:
        return 0.0
    if not isinstance(leaf.got, np.ndarray) or not isinstance(leaf.expected, np.ndarray):
        return 0.0
    got, expected = widened(leaf.got), widened(leaf.expected)
    with np.errstate(all="ignore"):
        gap, scale = largest(got - expected), largest(expected)
        if not np.isfinite(gap + scale):
            both = np.isfinite(got) & np.isfinite(expected)
            gap, scale = largest((got - expected)[both]), largest(expected[both])
    return relative(gap, scale)

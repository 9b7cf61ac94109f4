"""What pattern diagnosis works on, and what it finds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, wraps

import numpy as np

from course.checks._compare import Leaf
from course.checks._tolerance import Tolerance
from course.checks._values import Array, Node


@dataclass(frozen=True)
class Claim:
    """What is judged: headline, subject ("the gradient"), names, and what ratios are held against.

    `names` is the name of the value, or one name per item of the tuple that it is.
    """

    exercise: str
    names: str | tuple[str, ...]
    tolerance: Tolerance
    sizes: Mapping[str, float]
    see: str
    subject: str = ""


@dataclass(frozen=True)
class Finding:
    """A pattern: its id, one more fact that speaks for it, and the likely cause."""

    pattern: str = ""
    cause: str = ""
    fact: str = ""


@dataclass(frozen=True, eq=False)
class Case:
    """A wrong answer: both values, the verdict on each leaf, and the leaf that is reported."""

    got: Node
    expected: Node
    leaves: tuple[Leaf, ...]
    focus: Leaf
    claim: Claim

    @property
    def of_gradients(self) -> bool:
        """Whether the value is a tuple of gradients, one per parameter."""
        return isinstance(self.claim.names, tuple)

    @cached_property
    def suspects(self) -> tuple[Leaf, ...]:
        """The leaves that fail at the reported stage."""
        return tuple(leaf for leaf in self.leaves if leaf.stage is self.focus.stage)


ArrayPattern = Callable[[Leaf, Array, Array, Case], Finding | None]


def every_suspect(pattern: ArrayPattern) -> Callable[[Case], Finding | None]:
    """Make a pattern of one array a pattern of the case: all suspects must follow it alike."""

    @wraps(pattern)
    def of_case(case: Case) -> Finding | None:
        findings: list[Finding] = []
        for leaf in case.suspects:
            if not isinstance(leaf.got, np.ndarray) or not isinstance(leaf.expected, np.ndarray):
                return None
            finding = pattern(leaf, leaf.got, leaf.expected, case)
            if finding is None or (findings and finding.pattern != findings[0].pattern):
                return None
            findings.append(finding)
        return findings[0] if findings else None

    return of_case

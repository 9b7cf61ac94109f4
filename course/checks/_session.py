"""Where test inputs come from and where observations go."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from course.checks._references import Reference


@dataclass(frozen=True, eq=False)
class Observation:
    """One value that a check received from student code.

    `kind` names the check ("value", "gradients", "pure", …), `name` what was checked, `value` is
    in normal form: nested tuples of arrays, numbers and strings.
    """

    kind: str
    name: str
    value: Any


@dataclass
class Session:
    """The run of one test cell: its generator and what its checks have seen so far.

    `given` are the references of an earlier run of the cell, one for each gradient that it checked,
    in order; `found` are those of this run.
    """

    generator: np.random.Generator
    given: "tuple[Reference, ...]" = ()
    recorded: list[Observation] = field(default_factory=list)
    found: "list[Reference]" = field(default_factory=list)

    @property
    def observations(self) -> tuple[Observation, ...]:
        """Everything recorded so far, in order."""
        return tuple(self.recorded)

    @property
    def references(self) -> "tuple[Reference, ...]":
        """The gradients that were found so far, in order, for other sessions of the same cell."""
        return tuple(self.found)

    def known(self) -> "Reference | None":
        """Give the earlier run's reference for the gradient that is checked next."""
        return self.given[len(self.found)] if len(self.found) < len(self.given) else None


_current: ContextVar[Session | None] = ContextVar("course_checks_session", default=None)


@contextmanager
def session(seed: int, cell: str, references: "tuple[Reference, ...]" = ()) -> Iterator[Session]:
    """Give `rng()` a generator seeded by `(seed, crc32(cell))` and keep observations.

    `seed` is non-negative; `cell` is the grade_id of the test cell, so that each cell draws its
    own numbers whatever ran before it. `references` are those of another session of the same cell
    and seed: gradients that need not be found again.
    """
    current = Session(np.random.default_rng([seed, crc32(cell.encode())]), references)
    token = _current.set(current)
    try:
        yield current
    finally:
        _current.reset(token)


def current_session() -> Session | None:
    """Give the session that runs, None outside of any."""
    return _current.get()


def rng() -> np.random.Generator:
    """Give the generator that test inputs are drawn from.

    Within a session it is always the same generator, which moves on with each draw; outside, each
    call gives a new one seeded by the operating system.
    """
    current = _current.get()
    return current.generator if current else np.random.default_rng()


def record(kind: str, name: str, value: Any) -> None:
    """Keep one observation; outside a session nothing is kept."""
    current = _current.get()
    if current:
        current.recorded.append(Observation(kind, name, value))

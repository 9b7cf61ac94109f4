"""Where test inputs come from and where observations go."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from course.checks._references import Known


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

    `given` is what an earlier run of the cell found out, for each gradient that it checked and each
    value that it asked for once, in order; `found` is what this run has.
    """

    generator: np.random.Generator
    given: "tuple[Known, ...]" = ()
    recorded: list[Observation] = field(default_factory=list)
    found: "list[Known]" = field(default_factory=list)

    @property
    def observations(self) -> tuple[Observation, ...]:
        """Everything recorded so far, in order."""
        return tuple(self.recorded)

    @property
    def references(self) -> "tuple[Known, ...]":
        """What was found out so far, in order, for other sessions of the same cell."""
        return tuple(self.found)

    def known(self) -> "Known | None":
        """Give what the earlier run found out at this place."""
        return self.given[len(self.found)] if len(self.found) < len(self.given) else None


_current: ContextVar[Session | None] = ContextVar("course_checks_session", default=None)


@contextmanager
def session(seed: int, cell: str, references: "tuple[Known, ...]" = ()) -> Iterator[Session]:
    """Give `rng()` a generator seeded by `(seed, crc32(cell))` and keep observations.

    `seed` is non-negative; `cell` is the grade_id of the test cell, so that each cell draws its
    own numbers whatever ran before it. `references` are those of another session of the same cell
    and seed: what need not be found again.
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


@contextmanager
def aside() -> Iterator[None]:
    """Let a block leave nothing behind: numbers drawn, observations, what was found out.

    For what only some runs of a cell come to: the others, whose observations are held against
    theirs, must go on with the same numbers. What is drawn in the block is drawn nowhere else.
    """
    current = _current.get()
    if current is None:
        yield
        return
    bits = current.generator.bit_generator
    seed = int(current.generator.integers(2**63))
    before, bits.state = bits.state, np.random.PCG64(seed).state
    token = _current.set(Session(current.generator))
    try:
        yield
    finally:
        _current.reset(token)
        bits.state = before


def record(kind: str, name: str, value: Any) -> None:
    """Keep one observation; outside a session nothing is kept."""
    current = _current.get()
    if current:
        current.recorded.append(Observation(kind, name, value))

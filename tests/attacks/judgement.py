"""What an attack gained at a level, in words; nothing where it was stopped."""

from collections.abc import Iterator

from course.grading.verdict.results import FAILED
from tests.attacks.corpus import Attack
from tests.attacks.evidence import Gain

_WAYS_OUT = ("files", "processes", "calls", "told")


def gained(attack: Attack, gain: Gain, level: str) -> list[str]:
    """List what the attack got that it must not get at `level`.

    Marks it must get at none, but for a forbidden library, which only a wall takes out of reach.
    Nor may the grader itself fail over it, which leaves its marks to a person.
    """
    needs_wall = attack.aim == "marks" and level not in attack.stopped_by
    found = [] if needs_wall else list(_marks(attack, gain))
    found += ["the grader failed over it"] if gain.status == FAILED else []
    if level in attack.stopped_by:
        found += _rest(gain)
    return found


def all_gained(attack: Attack, gain: Gain) -> list[str]:
    """List all that the attack got, claimed to be stopped or not."""
    return [*_marks(attack, gain), *_rest(gain)]


def _marks(attack: Attack, gain: Gain) -> Iterator[str]:
    if gain.points > attack.worth:
        yield f"marks: {gain.points:g} where {attack.worth:g} are due"


def _rest(gain: Gain) -> Iterator[str]:
    if gain.secrets:
        yield f"secrets: {', '.join(gain.secrets)}"
    if gain.active:
        yield f"acts on a page: {', '.join(gain.active)}"
    for way in _WAYS_OUT:
        if getattr(gain, way):
            yield f"{way}: {', '.join(map(str, getattr(gain, way)[:5]))}"

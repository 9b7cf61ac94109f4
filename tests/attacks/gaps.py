"""Attacks that are not stopped yet, and why: each is expected to gain something."""

# attack: the levels where it gets through, and why
GAPS: dict[str, tuple[tuple[str, ...], str]] = {}


def reason(attack_id: str, level: str) -> str:
    """Say why the attack gets through at this level, "" where it does not."""
    levels, why = GAPS.get(attack_id, ((), ""))
    return why if level in levels else ""

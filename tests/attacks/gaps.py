"""Attacks that are not stopped yet, and why: each is expected to gain something."""

from tests.attacks.corpus import EVERY

# attack: the levels where it gets through, and why
GAPS: dict[str, tuple[tuple[str, ...], str]] = {
    "lines-account": (EVERY, "the student process itself tells which lines a call ran"),
    "lines-trace-code": (EVERY, "the trace that counts runs in the student process, within reach"),
    "lines-closure": (EVERY, "the count is kept in the student process, within reach"),
}


def reason(attack_id: str, level: str) -> str:
    """Say why the attack gets through at this level, "" where it does not."""
    levels, why = GAPS.get(attack_id, ((), ""))
    return why if level in levels else ""

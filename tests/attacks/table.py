"""The table of attacks, in Markdown."""

from collections.abc import Iterator, Mapping, Sequence

from tests.attacks.corpus import Attack
from tests.attacks.evidence import Evidence, Gain
from tests.attacks.judgement import all_gained, gained

HEAD = """# Attacks on the grader

Made by `python -m tests.attacks.compare`; the attacks are those of `tests/attacks/`, each a real
submission of a lab with secrets in its hidden tests, its reference solutions, another submission,
the instructor's home, course folder and environment. *Marks* are points beyond what the solutions
that were handed in are worth.
"""


def table(
    attacks: Sequence[Attack],
    stock: Mapping[str, tuple[Gain, str]],
    ours: Sequence[Evidence],
) -> str:
    """Give the page: a summary, and one row for each attack."""
    lines = [HEAD, *_summary(attacks, stock, ours), ""]
    for kind in dict.fromkeys(attack.kind for attack in attacks):
        lines += [f"## {kind.capitalize()}", "", *_head(ours)]
        lines += [_row(a, stock[a.id], ours) for a in attacks if a.kind == kind]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _head(ours: Sequence[Evidence]) -> Iterator[str]:
    names = ["attack", "what it does", "stock nbgrader 0.9.6", *(told.level for told in ours)]
    yield _line(names)
    yield "|".join(["", *["---"] * len(names), ""])


def _row(attack: Attack, stock: tuple[Gain, str], ours: Sequence[Evidence]) -> str:
    words = [attack.id, attack.what, in_short(attack, *stock)]
    return _line([*words, *(_against(attack, told) for told in ours)])


def _against(attack: Attack, told: Evidence) -> str:
    gain = told.gains.get(attack.id)
    if gain is None:
        return "not stopped"
    if not gained(attack, gain, told.level):
        open_to = all_gained(attack, gain)
        return f"({in_short(attack, gain)})" if open_to else "nothing"
    return f"**{in_short(attack, gain)}**"


def in_short(attack: Attack, gain: Gain, harm: str = "") -> str:
    """Say in a few words what an attack gained."""
    words = []
    if gain.points > attack.worth:
        words.append(f"{gain.points - attack.worth:g} marks")
    words += ["secrets"] if gain.secrets else []
    words += ["acts on a page"] if gain.active else []
    words += ["machine"] if gain.files or gain.processes or gain.told else []
    words += ["network"] if gain.calls else []
    words += [harm] if harm else []
    return ", ".join(words) or "nothing"


def _summary(
    attacks: Sequence[Attack],
    stock: Mapping[str, tuple[Gain, str]],
    ours: Sequence[Evidence],
) -> Iterator[str]:
    count = sum(in_short(a, *stock[a.id]) != "nothing" for a in attacks)
    yield f"Of {len(attacks)} attacks, {count} gain something of stock nbgrader."
    for told in ours:
        claimed = [a for a in attacks if a.id in told.gains and told.level in a.stopped_by]
        open_ones = [a.id for a in claimed if gained(a, told.gains[a.id], told.level)]
        names = f": {', '.join(open_ones)}" if open_ones else ""
        yield ""
        yield (
            f"At the level *{told.level}*, which claims to stop {len(claimed)} of them, "
            f"{len(open_ones)} gain something{names}."
        )
    yield ""
    yield (
        "In brackets: gained, but not claimed to be stopped at this level. *Not stopped*: this "
        "level does not claim to stop it, and it is not let loose there."
    )


def _line(words: Sequence[str]) -> str:
    return "| " + " | ".join(word.replace("|", "\\|") for word in words) + " |"

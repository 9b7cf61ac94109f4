"""What a check says: a frozen report when it fails, one line when it passes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Report:
    """A failed check, in parts, so that each can be shown or replaced on its own.

    `headline` names exercise and quantity, `facts` are what was seen, one line each, `pattern` is
    the id of the pattern that explains it ("" where none does), `cause` the explanation in words,
    `see` the heading of the notebook's section on it.
    """

    headline: str
    facts: tuple[str, ...] = ()
    pattern: str = ""
    cause: str = ""
    see: str = ""

    def render(self) -> str:
        """Give the message that students read."""
        lines = [self.headline, *(f"  {fact}" for fact in self.facts)]
        if self.cause:
            lines.append(f"Likely cause: {self.cause}")
        if self.see:
            lines.append(f'See: "{self.see}" in this notebook.')
        return "\n".join(lines)


@dataclass(frozen=True)
class Passed:
    """A check that held; `text` says what was checked, or makes the words when they are read.

    `value` is what the student's code gave, where the check itself made the call.
    """

    text: str | Callable[[], str]
    value: Any = field(default=None, repr=False, compare=False)

    def __str__(self) -> str:
        return self.text if isinstance(self.text, str) else self.text()

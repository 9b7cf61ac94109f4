"""Which names a cell's text defines, told without parsing text that students wrote."""

import re

_BINDING = re.compile(
    r"^(?:async[ \t]+def|def|class)[ \t]+(\w+)|^(\w+)[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE
)


def names_bound(source: str) -> frozenset[str]:
    """Give the names that `def`, `class` and plain assignments at the left margin bind."""
    return frozenset(a or b for a, b in _BINDING.findall(source))

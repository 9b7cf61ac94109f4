"""Which names a cell's text defines and uses, told without parsing text that students wrote."""

import io
import re
import tokenize

MAX_CHARS = 200_000
_BINDING = re.compile(
    r"^(?:async[ \t]+def|def|class)[ \t]+(\w+)|^(\w+)[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE
)


def names_bound(source: str) -> frozenset[str]:
    """Give the names that `def`, `class` and plain assignments at the left margin bind."""
    return frozenset(a or b for a, b in _BINDING.findall(source))


def names_used(source: str) -> frozenset[str]:
    """Give the plain names in a text; attributes, which a test can replace, are none.

    Of a text of megabytes only the beginning counts: tokens take time.
    """
    found = set()
    before = ""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source[:MAX_CHARS]).readline):
            if token.type == tokenize.NAME and before != ".":
                found.add(token.string)
            before = token.string
    except (tokenize.TokenError, SyntaxError):
        pass  # what stands before the fault counts
    return frozenset(found)

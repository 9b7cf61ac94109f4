"""Last touches to a feedback page, on its HTML: nbgrader's template knows no other way in."""

import re
from collections.abc import Collection
from html import escape

# Browsers take a font for formulas only if it is named; nbgrader's page squeezes tables, and lines
# of a message that are longer than the page would be cut.
STYLE = """<style>
math { font-family: "Latin Modern Math", "STIX Two Math", "Cambria Math",
  "DejaVu Math TeX Gyre", math; }
.rendered_html th, .rendered_html td { padding: 2px 8px; }
.rendered_html img { max-width: 100%; }
.output_area pre { white-space: pre-wrap; overflow-wrap: anywhere; }
</style>
"""
_MATHJAX = re.compile(
    r"<!-- Load(?:ing)? mathjax.*?<!-- End of mathjax configuration -->\s*", re.DOTALL
)
_CONTENTS = re.compile(r'<div id="toc">.*?</div>', re.DOTALL)
_ENTRY = re.compile(r'(<a href="#([^"]*)">[A-Z][\w -]*)</a> (\(Score: [\d.]+ / ([\d.]+)\))')


def finished(html: str, unread: Collection[str] = ()) -> str:
    """Give the page with our style, no MathJax, and names in its table of contents.

    MathJax would come from the network; formulas are MathML. `unread` are the grade_ids of answers
    that nobody has read: they have no score yet.
    """
    html = _MATHJAX.sub("", html, count=1).replace("</head>", f"{STYLE}</head>", 1)
    names = {escape(name) for name in unread}
    html = _CONTENTS.sub(lambda toc: _ENTRY.sub(lambda m: _entry(m, names), toc[0]), html, count=1)
    for name in names:
        html = _without_score(html, name)
    return html


def _entry(entry: re.Match[str], unread: Collection[str]) -> str:
    start, name, score, points = entry.groups()
    score = f"(not read yet, {points} points)" if name in unread else score
    return f"{start} <code>{name}</code></a> {score}"


def _without_score(html: str, name: str) -> str:
    """Say above an answer that it is not read yet, where its score would stand."""
    before, anchor, rest = html.partition(f'<a name="{name}"></a>')
    rest = re.sub(r"Score: [\d.]+ / ([\d.]+)", r"not read yet, \1 points", rest, count=1)
    return before + anchor + rest

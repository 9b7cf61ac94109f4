"""Formulas as MathML, which browsers show by themselves: MathJax would come from the network."""

import re
from functools import lru_cache
from html import escape, unescape
from typing import Any

from jinja2 import pass_context
from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

LONGEST = 5_000  # characters of a formula
KEPT = 1_000  # formulas, as many as a lab has
_TAGS = (
    "math|menclose|mfrac|mi|mmultiscripts|mn|mo|mover|mpadded|mphantom|mroot|mrow|ms|mspace|msqrt|"
    "mstyle|msub|msubsup|msup|mtable|mtd|mtext|mtr|munder|munderover"
)
_ATTRIBUTES = (
    "accent|accentunder|columnalign|columnlines|columnspacing|depth|display|displaystyle|fence|form|"
    "height|largeop|linebreak|linethickness|lspace|mathvariant|maxsize|minsize|movablelimits|"
    "notation|rowlines|rowspacing|rspace|scriptlevel|separator|stretchy|symmetric|voffset|width|xmlns"
)
_MARKUP = re.compile(rf"""</?(?:{_TAGS})(?: (?:{_ATTRIBUTES})="[^"<>]*")* ?/?>""")
_BARE_AMPERSAND = re.compile(r"&(?!#?\w+;)")


class MathRenderer(IPythonRenderer):  # type: ignore[misc]
    """nbconvert's renderer, with formulas in MathML where there is one for them."""

    def block_math(self, body: str) -> str:
        """Render a formula on a line of its own."""
        return mathml(body, "block") or str(super().block_math(body))

    def inline_math(self, body: str) -> str:
        """Render a formula within a line."""
        return mathml(body, "inline") or str(super().inline_math(body))

    def latex_environment(self, name: str, body: str) -> str:
        """Render an environment that stands outside of dollars."""
        formula = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return mathml(formula, "block") or str(super().latex_environment(name, body))


@pass_context
def markdown2html(context: Any, source: str) -> str:
    """Do what nbconvert's filter of this name does, with formulas of text cells in MathML."""
    cell = context.get("cell", {})
    renderer = MathRenderer if cell.get("cell_type") == "markdown" else IPythonRenderer
    path = context.get("resources", {}).get("metadata", {}).get("path", "")
    made = renderer(escape=False, attachments=cell.get("attachments", {}), path=path)
    return str(MarkdownWithMath(renderer=made).render(source))


def mathml(formula: str, display: Any) -> str:
    """Give a formula in MathML, "" where that is not possible or not safe.

    The converter passes on whatever stands in `\\text{...}`, so that its work is held against a
    list of what formulas are made of.
    """
    return _made(formula, display) if len(formula) <= LONGEST else ""


@lru_cache(KEPT)
def _made(formula: str, display: Any) -> str:
    formula = unescape(formula)
    try:
        made = convert(formula, display=display)
    except Exception:  # noqa: BLE001 - it has many ways to stumble over what students write
        return ""
    made = _BARE_AMPERSAND.sub("&amp;", made.replace("\\_", "_"))
    if re.search("[<>]", _MARKUP.sub("", made)):
        return ""
    return made.replace("<math ", f'<math alttext="{escape(formula)}" ', 1)

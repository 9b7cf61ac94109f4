"""What a graded notebook may show on a page: no hidden test, nothing that acts."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from course.labs import HIDDEN_BEGIN, Kind, cell_of, release_cell_source

HIDDEN = "# This test is hidden; below is what it said."
ROOM = 300_000  # characters of a page that one student may fill with text and code
CUT = "\n\n(what follows was cut: it is too long for a page)"
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ACTIVE_TEX = re.compile(
    r"(?<!\\)\\++(?=(?:href|url|style|class|cssId|mmlToken|bbox|require|includegraphics|htmlData)\b)"
)
_OPENING = re.compile(r"(?<!\\)\\++(?=begin\b|[\[(])")
_LINK = re.compile(r"#|https?://|mailto:|[\w./-]*(?:[#?]|$)")
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,|(?!/)[\w./-]*$")
# How long it takes to colour code can grow with the square of its length, and students choose the
# language: they get one for which it does not.
_FENCE = re.compile(r"^([ \t>*+\-\d.)]*(?:`{3,}|~{3,}))[ \t]*([^`\n]*)$", re.MULTILINE)
VERBATIM = ("pre", "code")
PYTHON = ("python", "python3", "py", "ipython", "ipython3")
# Without these there is no link and no picture. What is within something else begins with a mark:
# with few of them nothing is nested so deep that it could not be shown.
_LEADS_AWAY = re.compile(r"[\[\]]|://|www\.", re.IGNORECASE)
_ENTITY = re.compile(r"&(?!lt;)")  # any character, once the page is read
_MARK = re.compile(r"[>*_~+`\-]|\d[.)]")
FEW_MARKS = 60
MAX_OPENINGS = 100  # nbconvert looks for the end of each to the end of the text


def hide_hidden_tests(notebook: Any) -> Any:
    """Take the source of hidden tests out of an autograded notebook, in place."""
    for index, node in enumerate(notebook.cells):
        if HIDDEN_BEGIN in node.source and cell_of(node, index).kind is Kind.TEST:
            node.source = f"{release_cell_source(node).rstrip()}\n\n{HIDDEN}".strip()
    return notebook


def disarm(notebook: Any) -> Any:
    """Make HTML and links in text that students wrote plain text, in place, and keep it short.

    A text is shown as it was typed where a link or formula in it would run a script or a picture be
    loaded from elsewhere, and where nbconvert cannot show it because a picture is not there: one
    such text would stop the pages of the whole class.
    """
    room = ROOM
    for index, node in enumerate(notebook.cells):
        is_added = node.metadata.get("course", {}).get("added")
        if not (is_added or "nbgrader" in node.metadata):
            continue  # most cells are the instructor's text
        cell = cell_of(node, index)
        if not (is_added or cell.kind in (Kind.MANUAL, Kind.SOLUTION)):
            continue
        if len(node.source) > room:
            node.source = node.source[:room] + CUT
        room -= min(room, len(node.source))
        if not cell.is_code:
            node.source = _harmless(node.source, node.get("attachments", {}))
    return notebook


def _harmless(text: str, attachments: Mapping[str, Any]) -> str:
    plain = _ACTIVE_TEX.sub("", _TAG.sub("&lt;", text))
    plain = _FENCE.sub(_in_python, plain)
    if len(_OPENING.findall(plain)) > MAX_OPENINGS:
        plain = _OPENING.sub("", plain)
    if _is_simple(plain) or _can_be_shown(plain, attachments):
        return plain
    return "\n".join(f"    {line}" for line in text.splitlines())


def _in_python(fence: re.Match[str]) -> str:
    language = fence[2].partition(" ")[0].lower()
    return f"{fence[1]}python" if language in PYTHON else fence[1]


def _is_simple(text: str) -> bool:
    """Tell whether a text is plainly harmless, as most answers are: to make a page takes long."""
    leads_on = _LEADS_AWAY.search(text) or _ENTITY.search(text)
    return not leads_on and len(_MARK.findall(text)) <= FEW_MARKS


def _can_be_shown(text: str, attachments: Mapping[str, Any]) -> bool:
    """Tell whether nbconvert can make a page of it on which no link runs and nothing loads."""
    renderer = IPythonRenderer(escape=False, attachments=attachments)
    try:
        page = MarkdownWithMath(renderer=renderer).render(text)
        reader = _Reader()
        reader.feed(page)
        reader.close()
    except Exception:  # noqa: BLE001 - whatever it is, it would stop the page
        return False
    return reader.is_harmless


class _Reader(HTMLParser):
    """Reads where the links and pictures of a page lead, and its formulas, as a browser does."""

    is_harmless = True
    _verbatim = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        self._verbatim += tag in VERBATIM
        for name, value in attrs:
            if name in ("href", "src"):
                allowed = _PICTURE if tag == "img" else _LINK
                self.is_harmless &= bool(allowed.match(value or ""))

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        self._verbatim -= tag in VERBATIM

    def handle_data(self, data: str) -> None:
        """Look at text, in which MathJax looks for formulas, but not in code."""
        if self._verbatim <= 0:
            self.is_harmless &= not _ACTIVE_TEX.search(data)

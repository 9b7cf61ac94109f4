"""What on a page can act: scripts, handlers, links that run, things that load from elsewhere."""

import re
from html.parser import HTMLParser

_RUNS = re.compile(r"^[\s\x00-\x20]*(javascript|vbscript|data:text/html|data:image/svg)", re.I)
_LOADS = re.compile(r"^\s*(https?:)?//", re.I)
_TEX = re.compile(r"\\(href|url|style|class|cssId|require|htmlData)\s*\{[^}]*")
_ACTIVE_TAGS = frozenset(
    [
        "script",
        "style",
        "iframe",
        "object",
        "embed",
        "form",
        "meta",
        "base",
        "link",
        "svg",
        "input",
        "button",
    ]
)
_LINKS = frozenset(
    ["href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href", "srcdoc"]
)


def active_parts(page: str, mark: str) -> list[str]:
    """List the active parts of a page that carry `mark`."""
    finder = _Finder(mark)
    finder.feed(page)
    finder.close()
    return finder.found


class _Finder(HTMLParser):
    def __init__(self, mark: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._mark = mark
        self._open = ""
        self._verbatim = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag
        self._verbatim += tag in ("pre", "code")
        marked = any(self._mark in (value or "") for _, value in attrs)
        if marked and tag in _ACTIVE_TAGS:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if self._mark not in (value or ""):
                continue
            if name.startswith("on") or name == "style":
                self.found.append(f"{name}= of <{tag}>")
            elif name in _LINKS and _RUNS.match(value or ""):
                self.found.append(f"{name}= of <{tag}> runs")
            elif name in _LINKS and tag != "a" and _LOADS.match(value or ""):
                self.found.append(f"<{tag}> loads from elsewhere")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""
        self._verbatim -= tag in ("pre", "code")

    def handle_data(self, data: str) -> None:
        if self._mark not in data:
            return
        if self._open in ("script", "style"):
            self.found.append(f"text of <{self._open}>")
        if self._verbatim <= 0:  # what MathJax leaves alone
            for part in _TEX.finditer(data):
                if self._mark in part.group():
                    self.found.append("TeX that acts")

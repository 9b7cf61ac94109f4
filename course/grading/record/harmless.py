"""Outputs of student code as notebooks may hold them: text and pictures, nothing that can act."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from nbformat import NotebookNode

from course.grading.verdict.judging import MAX_TEXT, clean

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif"})
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
MAX_PICTURE = 2_000_000


def safe_outputs(items: Iterable[Mapping[str, Any]]) -> list[Any]:
    """Make notebook outputs of well-formed ones; rich output keeps its text and pictures."""
    return [_safe_output(item) for item in items]


def safe_pictures(bundle: Mapping[Any, Any]) -> dict[str, str]:
    """Keep the pictures of a MIME bundle; the rest (HTML, SVG, scripts) can act on a page."""
    return {
        kind: data
        for kind, data in bundle.items()
        if kind in PICTURES
        and isinstance(data, str)
        and len(data) <= MAX_PICTURE
        and _BASE64.fullmatch(data)
    }


def text_output(text: str, name: str = "stdout") -> Any:
    """Make the output that holds printed text."""
    return NotebookNode(output_type="stream", name=name, text=text)


def error_output(name: str, message: str) -> Any:
    """Make the output that stands for a cell that stopped."""
    lines = message[:MAX_TEXT].split("\n")
    return NotebookNode(output_type="error", ename=name, evalue=lines[0], traceback=lines)


def _safe_output(item: Mapping[Any, Any]) -> Any:
    kind = item.get("output_type")
    if kind == "stream":
        name = "stderr" if item.get("name") == "stderr" else "stdout"
        return text_output(_text(item.get("text")), name)
    if kind == "error":
        lines = item.get("traceback") or [item.get("evalue")]
        return error_output(_text(item.get("ename"))[:100], "\n".join(map(_text, lines)))
    data = item.get("data", {})
    shown = NotebookNode(safe_pictures(data) | {"text/plain": _text(data.get("text/plain"))})
    return NotebookNode(output_type="display_data", data=shown, metadata=NotebookNode())


def _text(value: object) -> str:
    return clean(value) if isinstance(value, str) else ""

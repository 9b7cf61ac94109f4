"""Outputs of student code as notebooks may hold them: text and pictures, nothing that can act."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nbformat import v4

from course.grading.judging import clean

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif"})
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
MAX_TEXT = 20_000
MAX_PICTURE = 2_000_000
MAX_OUTPUTS = 100


def safe_outputs(items: Iterable[object]) -> Iterator[Any]:
    """Yield nbformat outputs for what the student process sent; what is malformed is left out."""
    for item, _ in zip(items, range(MAX_OUTPUTS), strict=False):
        if isinstance(item, Mapping):
            output = _safe_output(item)
            if output:
                yield output


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


def error_output(name: str, message: str) -> Any:
    """Make the output that stands for a cell that stopped."""
    lines = message[:MAX_TEXT].split("\n")
    return v4.new_output("error", ename=name, evalue=lines[0], traceback=lines)


def _safe_output(item: Mapping[Any, Any]) -> Any:
    kind = item.get("output_type")
    if kind == "stream":
        name = "stderr" if item.get("name") == "stderr" else "stdout"
        return v4.new_output("stream", name=name, text=_text(item.get("text")))
    if kind == "error":
        lines = item.get("traceback")
        text = "\n".join(_text(line) for line in lines) if isinstance(lines, list) else ""
        return error_output(_text(item.get("ename"))[:100], text or _text(item.get("evalue")))
    data = item.get("data")
    if not isinstance(data, Mapping):
        return None
    kept = safe_pictures(data)
    kept["text/plain"] = _text(data.get("text/plain"))
    return v4.new_output("display_data", data=kept)


def _text(value: object) -> str:
    return clean(value)[:MAX_TEXT] if isinstance(value, str) else ""

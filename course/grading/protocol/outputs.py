"""A cell's outputs as the student process tells them, made into nbformat outputs within bounds."""

from typing import Any

MIME_TYPES = frozenset(
    {
        *("text/plain", "text/html", "text/markdown", "text/latex", "application/json"),
        *("image/png", "image/jpeg", "image/svg+xml"),
    }
)
OUTPUTS = 200
TRACEBACK_LINES = 200


def plain_outputs(
    told: list[Any], text_chars: int, display_chars: int
) -> tuple[dict[str, Any], ...]:
    """Rebuild each output from the fields that it must have; drop what is none, or too much."""
    text_left, display_left = 2 * text_chars, display_chars  # an error's text counts as well
    kept = []
    for item in told[:OUTPUTS]:
        output = _plain(item)
        if output is None:
            continue
        if "data" in output:
            display_left -= sum(map(len, output["data"].values()))
        else:
            text_left -= len(str(output))
        if text_left >= 0 and display_left >= 0:
            kept.append(output)
    return tuple(kept)


def _plain(item: Any) -> dict[str, Any] | None:
    match item:
        case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str() as text}:
            return {"output_type": "stream", "name": name, "text": text}
        case {"output_type": "error", "ename": str() as name, "evalue": str() as value}:
            lines = item.get("traceback")
            lines = lines[:TRACEBACK_LINES] if type(lines) is list else []
            lines = [line for line in lines if type(line) is str]
            return {"output_type": "error", "ename": name, "evalue": value, "traceback": lines}
        case {"output_type": "execute_result" | "display_data" as kind, "data": dict() as data}:
            shown = {k: v for k, v in data.items() if k in MIME_TYPES and type(v) is str}
            result = {"output_type": kind, "data": shown, "metadata": {}}
            if kind == "execute_result":
                count = item.get("execution_count")
                result["execution_count"] = count if type(count) is int else None
            return result
    return None

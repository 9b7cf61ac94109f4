"""From the file of a submission to a JSON object, in any encoding, or plain words on why not."""

import json
import re
from typing import Any

from course.errors import CourseError

MAX_PIECES = 5_000_000  # each takes some hundred bytes of memory
SAVE_AGAIN = (
    "If Jupyter opens it, save it again and hand in the .ipynb file; if not, go back to an earlier "
    "copy, or copy your solutions into a fresh one of the lab."
)
_PIECES = (b"[", b"{", b":")
_MERGE = re.compile(r"^(?:<{7}|={7}|>{7})", re.MULTILINE)
_KINDS = (
    (b"\x1f\x8b", "a compressed file"),
    (b"PK\x03\x04", "a zip archive"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"<", "a web page"),
)


def read_object(data: bytes) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Read a JSON object and tell what was odd about its file; its numbers are not kept.

    Raises
    ------
    CourseError
        if there is none; what it says is meant for the student.
    """
    if sum(map(data.count, _PIECES)) > MAX_PIECES:
        raise _refusal("this notebook has too many parts", "Clear its outputs, hand it in again.")
    text, notes = _decode(data)
    begin = text.lstrip("\ufeff\0 \t\r\n")
    if not begin:
        raise _refusal("this file is empty")
    try:
        value, end = _DECODER.raw_decode(begin)
    except RecursionError as error:
        raise _refusal("its parts are nested too deeply for a notebook") from error
    except json.JSONDecodeError as error:
        raise _refusal(_what_is_wrong(data, begin, error)) from error
    if not isinstance(value, dict):
        raise _refusal("this is not a notebook but another JSON file")
    if begin[end:].strip("\0 \t\r\n"):
        notes = (*notes, "What follows the end of the notebook in its file was left out.")
    return value, notes


# No number in a submission decides anything, and numbers of a million digits take long.
_DECODER = json.JSONDecoder(strict=False, parse_int=len, parse_float=len)


def _decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    encoding = json.detect_encoding(data)
    try:
        return data.decode(encoding), ()
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
        lost = text.count("\ufffd")
        rest = len(text) - len(text.encode("ascii", "ignore")) - lost
        if encoding.startswith("utf-8") and lost > rest:
            text = data.decode("latin-1")
        return text, ("Your notebook is not saved as UTF-8; some characters may have changed.",)


def _what_is_wrong(data: bytes, text: str, error: json.JSONDecodeError) -> str:
    """Say it as a student would see it."""
    kind = next((kind for start, kind in _KINDS if data.lstrip().startswith(start)), "")
    if text[0] != "{":
        return f"this is not a notebook but {kind or 'another kind of file'}"
    if _MERGE.search(text):
        return "it holds the marks of a git merge that was not finished (<<<<<<<)"
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
        return "this notebook breaks off before its end"
    return f"this notebook is damaged at line {error.lineno}, column {error.colno}"


def _refusal(what: str, cure: str = SAVE_AGAIN) -> CourseError:
    return CourseError(what, cure=cure)

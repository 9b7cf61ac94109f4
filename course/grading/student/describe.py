"""An exception in words: type, message, and the student's frames; no exception can break it."""

import linecache
import traceback
from collections.abc import Iterator
from dataclasses import dataclass

from course.grading.protocol.raised import builtin_bases

CELL = "<cell "  # names of code that came from a cell begin with this
TEXT_CHARS = 2_000
FRAMES = 20


@dataclass(frozen=True)
class Description:
    """What is told of an exception; `bases` are the names of its built-in types."""

    type_name: str
    text: str
    traceback: str
    bases: tuple[str, ...]


def describe(error: BaseException) -> Description:
    """Describe `error`, whose class may be the student's and hostile."""
    kind = type(error)
    name = _name(kind)
    text = _text(error)
    frames = "\n".join(_frames(error))
    headline = f"{name}: {text}" if text else name
    told = f"{frames}\n{headline}" if frames else headline
    return Description(name, text, told, builtin_bases(kind))


def _name(kind: type) -> str:
    return _bounded(type.__dict__["__name__"].__get__(kind), 100)


def _text(error: BaseException) -> str:
    try:
        if issubclass(type(error), SyntaxError):
            return _bounded("".join(traceback.format_exception_only(error)).strip(), TEXT_CHARS)
        return _bounded(str(error), TEXT_CHARS)
    except BaseException:  # noqa: BLE001 - the student's __str__ may do anything
        return "(its message cannot be shown)"


def _frames(error: BaseException) -> Iterator[str]:
    found = []
    start = BaseException.__dict__["__traceback__"].__get__(error)
    for frame, line in traceback.walk_tb(start):
        code = frame.f_code
        if code.co_filename.startswith(CELL):
            source = linecache.getline(code.co_filename, line).strip()
            where = f"{code.co_filename[1:-1]}, line {line}"
            inside = "" if code.co_name.startswith("<module") else f", in {code.co_name}"
            found.append(f"{where}{inside}\n    {_bounded(source, 200)}")
    if len(found) > FRAMES:
        yield f"… {len(found) - FRAMES} calls before these"
    yield from found[-FRAMES:]


def _bounded(text: str, chars: int) -> str:
    plain = str.__getitem__(text, slice(chars + 1))  # a str, even of a subclass
    clean = plain.encode("utf-8", "replace").decode("utf-8")
    return clean if len(clean) <= chars else clean[: chars - 1] + "…"

"""What students see in place of the solutions and the hidden tests of a source notebook."""

import itertools
import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from course.errors import CourseError

TEXT_STUB = "YOUR ANSWER HERE"


def clear_solution(source: str, stub: str | Sequence[str]) -> str:
    """Put a stub that raises `NotImplementedError` in place of each solution region of `source`.

    `stub` says what the student must write: one text for every region, or one text per region.
    Source without a region is a solution as a whole.

    Raises
    ------
    CourseError
        if a region does not end, stands in another one, or has no stub of its own.
    """
    count = source.count("BEGIN SOLUTION")
    texts = [stub] * max(count, 1) if isinstance(stub, str) else list(stub)
    if len(texts) != max(count, 1):
        raise CourseError(f"{len(texts)} stubs are given for {max(count, 1)} solution regions")
    if not count:
        return _raise(texts[0])
    return _replace(source, "SOLUTION", map(_raise, texts))


def release_cell_source(node: Any) -> str:
    """Give the text of a source cell as students see it.

    Solutions are replaced by the stubs in `metadata["course"]["stub"]`, hidden tests and mark
    schemes left out. Raises `CourseError` where the cell's markers or stubs do not match.
    """
    is_solution = bool(node.metadata.get("nbgrader", {}).get("solution"))
    is_code = node.cell_type == "code"
    stub = node.metadata.get("course", {}).get("stub", "") if is_solution and is_code else ""
    stubs = stub if isinstance(stub, str) else tuple(stub)
    return _released(node.source, is_solution, is_code, stubs)


@lru_cache(maxsize=4096)
def _released(source: str, is_solution: bool, is_code: bool, stubs: str | Sequence[str]) -> str:
    if is_solution:
        source = clear_solution(source, stubs) if is_code else _clear_text(source)
    source = _replace(source, "HIDDEN TESTS", ())
    return _replace(source, "MARK SCHEME", ())


def _clear_text(source: str) -> str:
    count = source.count("BEGIN SOLUTION")
    return _replace(source, "SOLUTION", [TEXT_STUB] * count) if count else TEXT_STUB


def _raise(text: str) -> str:
    return f"raise NotImplementedError({json.dumps(text, ensure_ascii=False) if text else ''})"


def _replace(source: str, region: str, stubs: Iterable[str]) -> str:
    """Put the next of `stubs`, indented, in place of each region; nothing when they are used up."""
    remaining = iter(stubs)
    lines: list[str] = []
    inside = False
    for line in source.split("\n"):
        if f"BEGIN {region}" in line:
            if inside:
                raise CourseError(f"a {region} region begins inside another one")
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            lines += [indent + stub for stub in itertools.islice(remaining, 1)]
        elif f"END {region}" in line:
            inside = False
        elif not inside:
            lines.append(line)
    if inside:
        raise CourseError(f"### BEGIN {region} has no ### END {region}")
    return "\n".join(lines)

"""Regions that students do not see: solutions with their stubs, and hidden tests."""

import re
from collections.abc import Iterator

from course.authoring.rules._registry import Broken, Place, View, rule
from course.labs import Kind, release_cell_source

REGIONS = ("SOLUTION", "HIDDEN TESTS")
SAYS_WHAT = re.compile(r"\b(return|set|store|update|write|yield|print|raise|assign|append)\b", re.I)
SHORTEST_STUB = 20
LONGEST_SHOWN = 40


@rule("markers", "Each `### BEGIN ...` needs its `### END ...`, and none stands inside another.")
def markers(view: View) -> Broken:
    """Markers of solutions or hidden tests are not balanced, or not written as they must be."""
    for place in view.places:
        for region in REGIONS:
            fault = _imbalance(place.cell.source, region)
            if fault:
                yield place, fault


@rule("solution-missing", "Mark the reference solution with ### BEGIN SOLUTION / ### END SOLUTION.")
def solution_missing(view: View) -> Broken:
    """A solution cell holds no solution."""
    for place in view.of(Kind.SOLUTION):
        if "### BEGIN SOLUTION" not in place.cell.source:
            yield place, "the cell has no solution region"


@rule("solution-elsewhere", "Move it into a solution cell, or drop the markers.")
def solution_elsewhere(view: View) -> Broken:
    """A solution region stands in a cell that is no solution."""
    for place in view.places:
        solves = place.cell.kind in (Kind.SOLUTION, Kind.MANUAL)
        if not solves and "BEGIN SOLUTION" in place.cell.source:
            yield place, "a solution region stands in a cell that nbgrader does not clear"


@rule("hidden-elsewhere", 'Move it into a test cell: `# %% grade_id="test-<exercise>-hidden"`.')
def hidden_elsewhere(view: View) -> Broken:
    """A hidden test stands in a cell that is no test."""
    for place in view.places:
        if place.cell.kind is not Kind.TEST and "BEGIN HIDDEN TESTS" in place.cell.source:
            yield place, "a hidden test stands in a cell that is no test"


@rule("stub", 'Write stub="Return ..., of shape (B, n)." in the marker, one text per region.')
def stub(view: View) -> Broken:
    """A solution cell's stub is missing, or does not say what to write."""
    for place in view.of(Kind.SOLUTION):
        given = place.node.metadata.get("course", {}).get("stub")
        texts = [given] if isinstance(given, str) else given
        regions = place.cell.source.count("### BEGIN SOLUTION")
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            yield place, "the cell has no stub, so students would not know what to write"
        elif not isinstance(given, str) and len(texts) != regions:
            yield place, f"{len(texts)} stubs for {regions} solution regions"
        else:
            for text in texts:
                if len(text) < SHORTEST_STUB or not SAYS_WHAT.search(text):
                    yield place, f"the stub does not say what to return: {text!r}"


@rule("solution-shown", "Take the solution out of the other cell, or make that cell a test.")
def solution_shown(view: View) -> Broken:
    """A whole solution stands in a cell that students see."""
    for place in view.of(Kind.SOLUTION):
        for lines in _solutions(place.cell.source):
            if sum(map(len, lines)) <= LONGEST_SHOWN:
                continue
            for other in view.places:
                if lines <= _shown(other):
                    yield place, f"the solution can be read in {other.label}"


def _imbalance(source: str, region: str) -> str:
    inside = False
    for line in source.split("\n"):
        for side, expected in (("BEGIN", False), ("END", True)):
            if f"{side} {region}" not in line:
                continue
            if line.strip() != f"### {side} {region}":
                return f"the marker must stand alone as `### {side} {region}`: {line.strip()!r}"
            if inside is not expected:
                return f"`### {side} {region}` stands where none is expected"
            inside = not inside
    return f"`### BEGIN {region}` has no `### END {region}`" if inside else ""


def _solutions(source: str) -> Iterator[frozenset[str]]:
    for region in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", source, re.DOTALL):
        yield frozenset(line.strip() for line in region.split("\n") if line.strip())


def _shown(place: Place) -> frozenset[str]:
    try:
        text = release_cell_source(place.node)
    except Exception:  # noqa: BLE001 - the rules about markers and stubs speak of it
        return frozenset()
    return frozenset(line.strip() for line in text.split("\n"))

"""docs/labs.md sends readers to exercises and sections that exist."""

import re

import pytest

from course.labs import Kind, cells_of
from tests.labs.conftest import COURSE

PAGE = (COURSE.root / "docs" / "labs.md").read_text("utf-8")
PLACES = [row.split("|")[-2] for row in PAGE.splitlines() if row.startswith("| ")]
NOTEBOOKS = {f"lab {lab.name[3]}": (lab, lab.notebooks[0]) for lab in COURSE.labs}
NOTEBOOKS |= {f"`{name}`": (lab, name) for lab in COURSE.labs for name in lab.notebooks}


def headings(lab, name):
    text = "\n".join(c.source for c in cells_of(lab.source(name)) if c.kind is not Kind.TEST)
    return re.findall(r"^#+ (.+)$", text, re.MULTILINE)


def claims():
    """Yield the notebook and the words of each claim in the tables."""
    for place in PLACES:
        parts = re.split(r"(lab \d|`layers`|`autodiff_library`)(?=[ ,])", place)
        yield from zip(parts[1::2], parts[2::2], strict=True)


CLAIMS = list(claims())


def numbers(kind, words):
    """Give the numbers after `Ex.`, `section`, `Question`: "1 to 3", "4 and 5"."""
    for first, joint, last in re.findall(rf"{kind} (\d+)(?:( to | and )(\d+))?", words):
        yield from range(int(first), int(last) + 1) if joint == " to " else [int(first)]
        yield from [int(last)] if joint == " and " else []


def test_the_page_makes_claims():
    assert len(CLAIMS) > 60
    assert len(COURSE.labs) == 6
    for lab in COURSE.labs:
        assert f"`{lab.name}`" in PAGE
        assert all(f"`{name}`" in PAGE for name in lab.notebooks)


@pytest.mark.parametrize(("notebook", "words"), CLAIMS)
def test_what_it_names_is_there(notebook, words):
    known = headings(*NOTEBOOKS[notebook])
    for kind, start in (
        (r"Ex\.", "Exercise {} "),
        ("sections?", "{} "),
        ("Question", "Question {} "),
    ):
        for number in numbers(kind, words):
            assert any(heading.startswith(start.format(number)) for heading in known), number
    for title in re.findall(r'"([^"]+)"', words):
        assert any(title.lower() in heading.lower() for heading in known), title

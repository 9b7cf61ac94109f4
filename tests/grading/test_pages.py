import random
from typing import Any

import pytest
from nbconvert import HTMLExporter
from nbformat import v4

from course.grading.record.pages import (
    CUT,
    FEW_MARKS,
    ROOM,
    _can_be_shown,
    _is_simple,
    disarm,
    hide_hidden_tests,
)
from course.grading.submission.rebuild import rebuild
from tests.support.toylab import cell


def test_hidden_tests_are_taken_out_and_visible_ones_stay(source: Any) -> None:
    visible = cell(source, "test-squares").source
    hide_hidden_tests(source)
    assert "secret" not in str(source)
    assert cell(source, "test-squares").source == visible
    assert "This test is hidden" in cell(source, "test-squares-hidden").source


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</div><iframe src='//x'>",
        "<!-- comment -->",
        "$\\href{javascript:alert(1)}{x}$",
        "$\\mmlToken{mi}[href='javascript:alert(1)']{x}$",
        "$\\\\href{javascript:alert(1)}{x}$",
    ],
)
def test_what_students_write_cannot_act_on_a_page(source: Any, release: Any, text: str) -> None:
    cell(release, "question-mean").source = text
    release.cells.append(v4.new_markdown_cell(text))
    notebook = disarm(rebuild(source, release).notebook)
    for node in (cell(notebook, "question-mean"), notebook.cells[-1]):
        assert "<" not in node.source
        assert "\\href" not in node.source
        assert "\\mmlToken" not in node.source


def test_the_instructors_text_and_ordinary_answers_stay(source: Any, release: Any) -> None:
    source.cells[0].source = "<details>theory</details>"
    cell(release, "question-mean").source = "If $a < b$ and x <= y, then *so*."
    notebook = disarm(rebuild(source, release).notebook)
    assert notebook.cells[0].source == "<details>theory</details>"
    assert cell(notebook, "question-mean").source == "If $a < b$ and x <= y, then *so*."


def student_text(text: str, **more: Any) -> Any:
    added = v4.new_markdown_cell(text, metadata={"course": {"added": True}}, **more)
    return disarm(v4.new_notebook(cells=[added])).cells[0]


@pytest.mark.parametrize("name", ["gone.png", "&#97;.png", "a' onerror='x"])
def test_a_picture_that_is_not_there_does_not_stop_the_page(name: str) -> None:
    """nbconvert refuses the whole page, and nbgrader with it the pages of the class."""
    kept = student_text(f"see\n![x](attachment:{name})\n<b>")
    assert "    ![x](attachment:" in kept.source or kept.source.startswith("see\n![x]")
    HTMLExporter().from_notebook_node(v4.new_notebook(cells=[kept]))
    shown = student_text("![x](attachment:a.png)", attachments={"a.png": {"image/png": "AAAA"}})
    assert shown.source == "![x](attachment:a.png)"


def test_a_text_is_as_long_as_a_page_can_take() -> None:
    cells = [
        v4.new_markdown_cell("```\n" * 60_000, metadata={"course": {"added": True}}),
        v4.new_code_cell("x" * 300_000, metadata={"course": {"added": True}}),
        v4.new_markdown_cell("ours" * 100_000),
    ]
    kept = disarm(v4.new_notebook(cells=cells)).cells
    assert len(kept[0].source) + len(kept[1].source) < ROOM + 2 * len(CUT)
    assert kept[1].source.endswith(CUT)
    assert kept[2].source == "ours" * 100_000


@pytest.mark.parametrize(
    ("fence", "kept"),
    [
        ("```ipython3", "```python"),
        ("~~~ Python", "~~~python"),
        ("> 1. ```coq", "> 1. ```"),
        ("```mermaid", "```"),
        ("```", "```"),
    ],
)
def test_students_do_not_choose_how_long_it_takes_to_colour_their_code(
    fence: str, kept: str
) -> None:
    text = f"so:\n\n{fence}\na = 1\n```\nand `x` ```y```"
    assert student_text(text).source == text.replace(fence, kept)


@pytest.mark.parametrize(
    ("opening", "end"), [("\\begin{a}", "\\end{a}"), ("\\\\[", "\\\\]"), ("\\\\(", "\\\\)")]
)
def test_many_formulas_without_an_end_are_none(opening: str, end: str) -> None:
    assert opening in student_text(f"{opening}\nx\n{end}").source
    assert opening not in student_text(opening * 1_000).source
    assert opening not in student_text(f"\\{opening}" * 1_000).source


@pytest.mark.parametrize(
    "text",
    [
        "[a](javascript:alert(1))",
        "[a]( JaVaScRiPt&colon;alert(1))",
        "[a][r]\n\n[r]: vbscript:x",
        "[a](data:text/html;base64,AAAA)",
        "![a](https://x.example/who-looks.png)",
        "![a](//x.example/who-looks.png)",
        "![a][r]\n\n[r]: http://x.example/a",
        "![a](javascript:x)",
        "&#36;&#92;href{javascript:alert(1)}{x}&#36;",
        "a\n\n> &dollar;&bsol;&#x68;ref{javascript:alert(1)}{x}&dollar;",
    ],
)
def test_a_link_that_runs_and_a_picture_from_elsewhere_are_shown_as_typed(text: str) -> None:
    kept = student_text(text).source
    assert all(line.startswith("    ") for line in kept.splitlines())


@pytest.mark.parametrize(
    "text",
    [
        "[a](https://x.example/?a=b:c#d) and <https://x.example> and [b](#part)",
        "[a](mailto:me@x.example), [b](figures/a.svg), [c](other.html?x:y)",
        "![a](figures/a-b.png)",
    ],
)
def test_ordinary_links_and_pictures_stay(text: str) -> None:
    assert student_text(text).source == text.replace("<", "&lt;")


def nested(depth: int) -> list[str]:
    """Texts within others, with so many marks."""
    half = depth // 2
    return [
        *(mark * depth + "a" for mark in ("> ", "- ", "1. ", "* ", "*", "_a ")),
        *(mark * half + "a" + mark[::-1] * half for mark in ("*", "_", "`", "~", " *_")),
    ]


@pytest.mark.parametrize("depth", [2, 10, FEW_MARKS])
def test_what_is_taken_for_harmless_unseen_can_be_shown(depth: int) -> None:
    draw = random.Random(depth)
    parts = ["a", "\n", "\n\n", "* ", "**", "_", "> ", "1. ", "- ", "`", "~~", *" $#|="]
    texts = ["".join(draw.choices(parts, k=depth)) for _ in range(50)]
    simple = [text for text in texts if _is_simple(text)]
    assert len(simple) > len(texts) / 3
    deep = [text for text in nested(depth) if _is_simple(text)]
    assert len(deep) > 8
    assert all(_can_be_shown(text, {}) for text in simple + deep)


@pytest.mark.parametrize(
    "text",
    [
        *("[x](javascript:1)", "![](https://e.org/p.png)", "https://e.org", "<https://e.org>"),
        *("www.e.org", "[x]: //e.org", "[^1]", "> " * (FEW_MARKS + 1), "- " * (FEW_MARKS + 1)),
    ],
)
def test_what_may_lead_away_or_is_nested_deep_is_looked_at(text: str) -> None:
    assert not _is_simple(text)

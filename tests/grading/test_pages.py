from typing import Any

import pytest
from nbformat import v4

from course.grading.pages import disarm, hide_hidden_tests
from course.grading.rebuild import rebuild
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

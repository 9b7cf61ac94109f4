"""Formulas on pages: MathML from the labs' TeX, and nothing that acts from anybody's."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import MarkdownWithMath
from nbformat import v4
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config

from course.grading.settings import configure
from course.labs import Course
from course.reporting import maths
from course.reporting.maths import MathRenderer, mathml

COURSE = Course(Path(__file__).parents[2])


def rendered(text: str) -> str:
    return str(MarkdownWithMath(renderer=MathRenderer(escape=False)).render(text))


def test_formulas_are_shown_by_the_browser_itself() -> None:
    html = rendered("If $a < b$, then\n\n$$\\frac{\\partial C}{\\partial w} = \\sqrt{2}$$")
    assert "$" not in html
    inline, block = html.split("<math ")[1:]
    assert 'display="inline"' in inline
    assert "<mo>&#x0003C;</mo>" in inline
    assert 'display="block"' in block
    assert "<mfrac>" in block


def test_formgraders_page_has_the_same_formulas() -> None:
    config = Config()
    configure(config)
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    text, output = "If $a < b$", {"text/markdown": "if $a < b$"}
    cells = [
        v4.new_markdown_cell(text),
        v4.new_code_cell("", outputs=[v4.new_output("display_data", output)]),
    ]
    notebook = v4.new_notebook(cells=cells)
    about = {"base_url": "/", "index": 0, "total": 1}
    html, _ = HTMLExporter(config=config).from_notebook_node(notebook, about)
    assert html.count("<math ") == 1
    assert "<p>If <math " in html


def test_what_the_page_escaped_is_one_sign_in_a_formula() -> None:
    assert mathml("a &lt; b", "inline").count("<mo>") == 1


def test_a_formula_can_be_read_as_tex() -> None:
    tree = ElementTree.fromstring(mathml('a < \\text{"}', "inline"))
    assert tree.get("alttext") == 'a < \\text{"}'


@pytest.mark.parametrize(
    "formula",
    [
        "\\text{<img src=x onerror=alert(1)>}",
        "\\text{&lt;img src=x onerror=alert(1)&gt;}",
        "\\text{</mtext></math><script>alert(1)</script>}",
        "\\mathrm{<b>}\\text{<!-- }",
        "\\href{javascript:alert(1)}{x}",
        '\\color{red" onclick="alert(1)}{x}',
        "\\style{x}{\\text{<style>}}",
        "x" * (maths.LONGEST + 1),
    ],
)
def test_nothing_acts(formula: str) -> None:
    tree = ElementTree.fromstring(mathml(formula, "inline") or "<math/>")
    names = {part.tag.split("}")[-1] for part in tree.iter()}
    attributes = {name for part in tree.iter() for name in part.attrib}
    assert names <= set(maths._TAGS.split("|"))
    assert attributes <= {*maths._ATTRIBUTES.split("|"), "alttext"}


def test_what_cannot_be_converted_stays_as_it_was() -> None:
    assert rendered("$\\text{<b>}$").strip() == "<p>$\\text{&lt;b&gt;}$</p>"
    assert "$\\left( x$" in rendered("$\\left( x$") or "<math" in rendered("$\\left( x$")


@pytest.mark.parametrize("name", [lab.name for lab in COURSE.labs])
def test_every_formula_of_the_labs_becomes_mathml(name: str) -> None:
    lab = COURSE.lab(name)
    texts = [
        str(node.source)
        for notebook in lab.notebooks
        for node in lab.source(notebook).cells
        if node.cell_type == "markdown"
    ]
    pages = [rendered(text) for text in texts]
    assert sum(page.count("<math ") for page in pages) > 50
    shown = [re.sub('alttext="[^"]*"', "", page) for page in pages]
    assert not [page for page in shown if "merror" in page or "\\begin" in page]
    for page in pages:
        for formula in page.split("<math ")[1:]:
            ElementTree.fromstring("<math " + formula.split("</math>")[0] + "</math>")

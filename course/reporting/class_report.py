"""The class report: one HTML page without scripts that opens anywhere, offline."""

import re

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from course.reporting.summary import GLYPHS, Summary


def render(summary: Summary) -> str:
    """Give the report as one self-contained HTML page; all text in it is escaped."""
    environment = Environment(
        loader=PackageLoader("course.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["marked"] = marked
    template = environment.get_template("class_report.html.j2")
    return template.render(summary=summary, glyphs=GLYPHS, tallest=max(1, *summary.histogram))


def marked(text: str) -> Markup:
    """Show code and stress in one line of Markdown; all else is escaped."""
    html = re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text)))
    return Markup(re.sub(r"(?<![\w*])\*([^\s*][^*<]*)\*(?![\w*])", r"<em>\1</em>", html))

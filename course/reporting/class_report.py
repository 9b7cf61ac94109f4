"""The class report: one HTML page without scripts that opens anywhere, offline."""

import os
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

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
    template = environment.get_template("class_report.html.j2")
    return template.render(summary=summary, glyphs=GLYPHS, tallest=max(1, *summary.histogram))


def write(summary: Summary, path: Path) -> Path:
    """Write the report to `path`, whole or not at all, and give the path back."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_text(render(summary), "utf-8")
    os.replace(unfinished, path)
    return path

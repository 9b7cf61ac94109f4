"""The class report: one HTML page without scripts that opens anywhere, offline."""

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

"""nbconvert's HTML exporter for a class of pages, most of whose cells are the same."""

import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any

from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML, clean_html
from nbconvert.filters.markdown_mistune import MarkdownWithMath
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbformat import NotebookNode, convert, reader

from course.reporting.finish import finished
from course.reporting.maths import MathRenderer

LONGEST_KEPT = 20_000  # characters: what is longer is somebody's output, and comes once
KEPT = 500  # texts of each kind, as many as a lab has cells
# nbconvert makes a cell out of twenty blocks within blocks; of most cells it is the same each time.
TEMPLATE = """{%- extends "index.html.j2" -%}
{%- block body_loop -%}{%- for cell in nb.cells -%}{%- set known = cell | known_cell -%}
{%- if known -%}{{ known }}{%- else -%}
{%- block any_cell scoped -%}{{ cell | whole_cell(super) }}{%- endblock -%}
{%- endif -%}{%- endfor -%}{%- endblock -%}"""
_IN_ORDER = json.JSONEncoder(sort_keys=True)
TEXT = ("stream", "error")
UNDESCRIBED = "No description has been provided for this image"
_IMAGE = re.compile(r"""<img\b(?:[^>"']|"[^"]*"|'[^']*')*>""", re.IGNORECASE)
_QUOTED = re.compile(r""""[^"]*"|'[^']*'""")
_ALT = re.compile(r"\salt\b", re.IGNORECASE)


class Taken(NotebookNode):  # type: ignore[misc]
    """A notebook that nobody else holds, so that a copy of it would be for nothing."""

    def __deepcopy__(self, _: Any) -> "Taken":
        return self


class FeedbackExporter(HTMLExporter):  # type: ignore[misc]
    """Makes the page that nbconvert makes, with MathML, and remembers what became of each text.

    nbconvert reads each finished page once more to describe images that have no description, and
    holds the notebook against its format when it is read and after each step. Here the text of the
    page is searched for images, and graded notebooks are taken as they were written.
    """

    def __init__(self, **settings: Any) -> None:
        self._render = remembering(partial(self._rendered, {}))
        self._highlight = remembering(self._highlighted)
        self._clean = remembering(clean_html)
        self._cells: dict[str, str] = {}
        self._language = ""
        super().__init__(raw_template=TEMPLATE, **settings)

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """Put filters that remember in the place of nbconvert's."""
        yield from super().default_filters()
        yield "clean_html", lambda html: self._clean(_text(html))
        yield "known_cell", self._known_cell
        yield "whole_cell", self._whole_cell

    def _known_cell(self, cell: Any) -> str:
        """Give the HTML of a cell that was made before, else ""."""
        return self._cells.get(self._key_of(cell), "")

    def _whole_cell(self, cell: Any, make: Callable[[], str]) -> str:
        """Make the HTML of a cell that is not known, and keep it if it may come again."""
        html, key = make(), self._key_of(cell)
        if 0 < len(key) <= LONGEST_KEPT:
            if len(self._cells) >= KEPT:
                self._cells.pop(next(iter(self._cells)))
            self._cells[key] = html
        return html

    def _key_of(self, cell: Any) -> str:
        """Give what the HTML of a cell depends on, "" where it shows more than text."""
        if any(output.output_type not in TEXT for output in cell.get("outputs", ())):
            return ""
        return f"{self._language} {_IN_ORDER.encode(cell)}"

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Turn Markdown into HTML.

        Formulas become MathML in text cells; outputs are sanitised, which leaves none of it. What
        an attached picture shows depends on its cell.
        """
        cell = context.get("cell", {})
        if cell.get("cell_type") != "markdown":
            return str(super().markdown2html(context, source))
        attachments = cell.get("attachments")
        return self._rendered(attachments, source) if attachments else self._render(source)

    def _rendered(self, attachments: Any, source: str) -> str:
        renderer = MathRenderer(
            escape=False,
            attachments=attachments,
            embed_images=self.embed_images,
            anchor_link_text=self.anchor_link_text,
            exclude_anchor_links=self.exclude_anchor_links,
            **self.lexer_options,
        )
        return str(MarkdownWithMath(renderer=renderer).render(source))

    def from_file(
        self, file_stream: Any, resources: Any = None, **settings: Any
    ) -> tuple[str, dict[str, Any]]:
        """Make a page of a notebook's file."""
        notebook = convert(reader.reads(file_stream.read()), 4)
        return self.from_notebook_node(Taken(notebook), resources, **settings)

    def from_notebook_node(
        self, nb: Any, resources: Any = None, **settings: Any
    ) -> tuple[str, dict[str, Any]]:
        """Make a page of a notebook."""
        info = nb.metadata.get("language_info", {})
        language = info.get("pygments_lexer", info.get("name")) or "python"
        if language.startswith("ipython"):  # takes time that grows with the square of the length
            language = "python"
        resources = self._init_resources(resources)
        by_type = WidgetsDataTypeFilter(
            notebook_metadata=self._nb_metadata, parent=self, resources=resources
        )
        self.register_filter("filter_data_type", by_type)
        self.register_filter("highlight_code", self._highlighter(language))
        self._language = language
        html, resources = TemplateExporter.from_notebook_node(self, nb, resources, **settings)
        unread = resources.get("nbgrader", {}).get("unread", ())
        return described(finished(html, unread)), resources

    def _highlighter(self, language: str) -> Callable[..., str]:
        def highlight(source: str, language: str = language, metadata: Any = None) -> str:
            return self._highlight(source, language, (metadata or {}).get("magics_language", ""))

        return highlight

    def _highlighted(self, source: str, language: str, of_magic: str) -> str:
        metadata = {"magics_language": of_magic} if of_magic else {}
        language = "text" if len(source) > LONGEST_KEPT else language
        return str(Highlight2HTML(pygments_lexer=language, parent=self)(source, metadata=metadata))

    def _preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Take the steps at their word, on the copy that was made of the notebook."""
        for preprocessor in self._preprocessors:
            nb, resources = preprocessor(nb, resources)
        return nb, resources


def remembering(convert: Callable[..., Any]) -> Callable[..., str]:
    """Let a function of texts remember what became of short ones."""
    known = lru_cache(KEPT)(convert)

    def converted(text: str, *options: str) -> str:
        return str((convert if len(text) > LONGEST_KEPT else known)(text, *options))

    return converted


def described(html: str) -> str:
    """Give each image that has no description the words that say so."""
    return _IMAGE.sub(_with_description, html)


def _with_description(match: re.Match[str]) -> str:
    tag = match[0]
    if _ALT.search(_QUOTED.sub("", tag)):
        return tag
    return f'{tag[:4]} alt="{UNDESCRIBED}"{tag[4:]}'


def _text(html: str | bytes) -> str:
    return html.decode() if isinstance(html, bytes) else str(html)

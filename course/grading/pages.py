"""What a graded notebook may show on a page: no hidden test, nothing that acts."""

import re
from typing import Any

from course.labs import Kind, cells_of, has_hidden_tests, release_cell_source

HIDDEN = "# This test is hidden; below is what it said."
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ACTIVE_TEX = re.compile(
    r"\\(?=(?:href|url|style|class|cssId|mmlToken|bbox|require|includegraphics|htmlData)\b)"
)


def hide_hidden_tests(notebook: Any) -> Any:
    """Take the source of hidden tests out of an autograded notebook, in place."""
    for cell, node in zip(cells_of(notebook), notebook.cells, strict=True):
        if cell.kind is Kind.TEST and has_hidden_tests(cell):
            node.source = f"{release_cell_source(node).rstrip()}\n\n{HIDDEN}".strip()
    return notebook


def disarm(notebook: Any) -> Any:
    """Make HTML and links in text that students wrote plain text, in place."""
    for cell, node in zip(cells_of(notebook), notebook.cells, strict=True):
        is_students = cell.kind is Kind.MANUAL or node.metadata.get("course", {}).get("added")
        if is_students and not cell.is_code:
            node.source = _ACTIVE_TEX.sub("", _TAG.sub("&lt;", node.source))
    return notebook

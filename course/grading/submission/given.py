"""The definitions of the instructor's that tests use, each with those that it uses itself.

A later cell of the student's can give their names to something else, or change them in place: where
a test asks for one, it is made anew of its text.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from course.grading.submission.names import names_bound, names_used
from course.labs import Cell, Kind, cells_of

Definitions = Mapping[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class _Definition:
    key: str
    text: str
    is_class: bool
    uses: frozenset[str]


def given_definitions(source: Any) -> Definitions:
    """Give for each name the cells and texts that make what it stands for, in order.

    Functions and classes of locked cells are meant, where no other cell binds the same name. A
    class must be named in tests alone: others may have made objects or subclasses of it.
    """
    cells = [cell for cell in cells_of(source) if cell.is_code and cell.kind is not Kind.EXPERIMENT]
    tests = [cell for cell in cells if cell.kind is Kind.TEST]
    others = [cell for cell in cells if cell.kind is not Kind.TEST]
    named = Counter(name for cell in others for name in names_used(cell.source))
    bound = Counter(name for cell in others for name in names_bound(cell.source))
    given = {
        name: definition
        for cell in others
        if cell.kind is Kind.GIVEN
        for name, definition in _defined_in(cell)
        if bound[name] == 1 and not (definition.is_class and named[name] > 1)
    }
    tested = {name for cell in tests for name in names_used(cell.source)}
    return {name: tuple(_chain(name, given, set())) for name in given.keys() & tested}


def _defined_in(cell: Cell) -> Iterator[tuple[str, _Definition]]:
    lines = cell.source.split("\n")
    python = ["" if line.startswith(("%", "!")) else line for line in lines]
    try:
        parts = ast.parse("\n".join(python)).body
    except SyntaxError:  # what IPython makes Python of
        return
    for node in parts:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)]) - 1
            text = "\n".join(lines[first : node.end_lineno])
            uses = names_used(text) - {node.name}
            key = cell.grade_id or f"cell-{cell.index}"
            made = _Definition(key, "\n" * first + text, isinstance(node, ast.ClassDef), uses)
            yield node.name, made


def _chain(
    name: str, given: Mapping[str, _Definition], done: set[str]
) -> Iterator[tuple[str, str]]:
    """Yield what makes a name, after what makes the names that it uses."""
    done.add(name)
    definition = given[name]
    for used in sorted(definition.uses & given.keys()):
        if used not in done:
            yield from _chain(used, given, done)
    yield definition.key, definition.text

"""What the text of a code cell says about names: bound, used from outside, imported."""

import ast
import builtins
import symtable
from collections.abc import Iterator
from functools import cache

from IPython.core.inputtransformer2 import TransformerManager

_BUILTIN = frozenset(dir(builtins)) | {"__name__", "__file__", "get_ipython", "display"}


@cache
def parse(source: str) -> ast.Module | None:
    """Parse a cell with its magics; None where it is not Python."""
    try:
        return ast.parse(python(source))
    except (SyntaxError, ValueError):
        return None


def python(source: str) -> str:
    """Turn magics and shell lines into the calls that IPython makes of them."""
    return str(TransformerManager().transform_cell(source))


@cache
def bound(source: str) -> frozenset[str]:
    """Give the names that the cell leaves behind: assigned, defined, imported."""
    table = _table(source)
    if table is None:
        return frozenset()
    top = {s.get_name() for s in table.get_symbols() if _binds(s)}
    declared = {
        s.get_name()
        for inner in _inner(table)
        for s in inner.get_symbols()
        if s.is_declared_global() and s.is_assigned()
    }
    return frozenset(top | declared)


@cache
def free(source: str) -> frozenset[str]:
    """Give the names that the cell uses and neither binds nor finds among the builtins."""
    table = _table(source)
    if table is None:
        return frozenset()
    used = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    for inner in _inner(table):
        used |= {s.get_name() for s in inner.get_symbols() if s.is_global() and s.is_referenced()}
    return frozenset(used) - bound(source) - _BUILTIN


@cache
def imported(source: str) -> frozenset[str]:
    """Give the names that the cell binds by importing them."""
    table = _table(source)
    return (
        frozenset(s.get_name() for s in table.get_symbols() if s.is_imported())
        if table
        else (frozenset())
    )


def modules(source: str) -> frozenset[str]:
    """Give the top packages that the cell imports, wherever in it."""
    tree = parse(source)
    return frozenset(_modules(tree)) if tree else frozenset()


def _modules(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def _binds(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


@cache
def _table(source: str) -> symtable.SymbolTable | None:
    try:
        return symtable.symtable(python(source), "cell", "exec")
    except (SyntaxError, ValueError):
        return None


def _inner(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _inner(child)

"""Modules that a lab does by hand are not there for its solution cells."""

import sys
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType


class Forbidden:
    """A finder that answers for the modules that the lab forbids, and for all inside them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Refuse a forbidden module; leave every other to the next finder."""
        root = name.partition(".")[0]
        if root not in self._names:
            return None
        raise ImportError(
            f"this lab is done by hand: `{root}` is not available to solution cells in grading",
            name=name,
        )


def forbid(names: Iterable[str]) -> None:
    """Make the modules `names` impossible to import from here on."""
    finder = Forbidden(names)
    if any(name in sys.modules for name in finder._names):  # else nothing inside them is, either
        for loaded in [name for name in sys.modules if name.partition(".")[0] in finder._names]:
            del sys.modules[loaded]
    sys.meta_path.insert(0, finder)

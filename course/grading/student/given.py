"""Functions and classes of the instructor's, made anew of their text where a test asks for one."""

from collections.abc import Iterable
from types import FunctionType
from typing import Any

from course.grading.student.describe import CELL


class Given:
    """Makes them in `space`, the names of the notebook."""

    def __init__(self, space: dict[str, Any]) -> None:
        """Keep what student code could change by the time that it is needed."""
        self._space = space
        self._exec, self._compile = exec, compile

    def make(self, definitions: Iterable[tuple[str, str]]) -> Any:
        """Make what pairs of a cell's key and a text define, in order; give the last.

        What stands under its name is left if it is a function that still has the same code:
        student code may know it by identity.
        """
        found = None
        for key, text in definitions:
            made: dict[str, Any] = {}
            self._exec(self._compile(text, f"{CELL}{key}>", "exec"), self._space, made)
            for name, value in made.items():
                old = self._space.get(name)
                found = self._space[name] = old if _is_same(old, value) else value
        return found


def _is_same(old: Any, made: Any) -> bool:
    return (
        type(old) is type(made) is FunctionType
        and old.__code__ == made.__code__
        and old.__globals__ is made.__globals__
        and not any(f.__defaults__ or f.__kwdefaults__ or f.__closure__ for f in (old, made))
    )

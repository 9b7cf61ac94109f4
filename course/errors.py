"""The one error that people see: what happened, where, and what to do next."""

from functools import partial
from typing import Any


class CourseError(Exception):
    """A fault in input that a person can mend.

    Parameters
    ----------
    what : one sentence: what is wrong.
    where : file, and cell or line where it is known.
    cure : what to do next.
    """

    def __init__(self, what: str, *, where: str = "", cure: str = "") -> None:
        super().__init__(what, where, cure)
        self.what, self.where, self.cure = what, where, cure

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), where=self.where, cure=self.cure), (self.what,)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f"\n  {self.cure}" if self.cure else ""
        return f"{place}{self.what}{advice}"

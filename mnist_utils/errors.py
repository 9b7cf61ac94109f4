"""The one error that users of the digits see: what happened, where, and what to do next."""

from functools import partial
from typing import Any


class DataError(Exception):
    """Digits that cannot be had: a file, a download or a cache that is not as it should be.

    Parameters
    ----------
    what : one sentence: what is wrong.
    where : file or address.
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

"""A function of the referee, as student code sees it, and what it raises."""

from collections.abc import Callable
from typing import Any

from course.grading.protocol import Failure, Refusal
from course.grading.protocol.raised import also

CallReferee = Callable[[int, tuple[Any, ...], dict[str, Any]], Any]


class RefereeError(Exception):
    """A function of the referee raised; also an instance of the built-in type that it raised.

    `token` is the id of the call that failed.
    """

    token = 0

    @classmethod
    def of(cls, answer: Failure | Refusal, token: int) -> "RefereeError":
        """Make the exception that tells of `answer`."""
        bases = answer.bases if isinstance(answer, Failure) else ()
        error = also(cls, bases)(answer.text)
        error.token = token
        return error


class RefereeFunction:
    """A function that runs in the referee when it is called here."""

    __slots__ = ("__name__", "_call", "number")

    def __init__(self, call: CallReferee, number: int, name: str) -> None:
        self._call, self.number, self.__name__ = call, number, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        return self._call(self.number, args, kwargs)

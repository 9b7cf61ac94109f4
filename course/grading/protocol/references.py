"""Objects that stay where they are, and the numbers by which the other side speaks of them."""

from typing import Any, NamedTuple, final

from course.grading.protocol.bounds import Malformed


@final
class Mine(NamedTuple):
    """An object of the sender: its number and the name of its type."""

    number: int
    type_name: str


@final
class Yours(NamedTuple):
    """An object of the receiver, by the number that it gave."""

    number: int


Reference = Mine | Yours


address = object.__hash__  # like `id`, of which every audit hook would hear


class Lent:
    """The objects that the other side holds a reference to; the same object, the same number."""

    def __init__(self) -> None:
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._last = 0

    def number(self, value: Any) -> int:
        """Give the number of `value`, a new one where it has none yet."""
        known = self._numbers.get(address(value))
        if known is not None:
            return known
        self._last += 1
        self._objects[self._last] = value  # keeps it alive, so that its address stays its own
        self._numbers[address(value)] = self._last
        return self._last

    def object(self, number: int) -> Any:
        """Give the object back; raises `Malformed` where the number was never given."""
        try:
            return self._objects[number]
        except KeyError:
            raise Malformed(f"there is no object number {number}") from None

    def holds(self, value: Any) -> bool:
        """Tell whether `value` was given a number."""
        return address(value) in self._numbers

    def release(self, number: int) -> None:
        """Forget an object that the other side no longer holds."""
        value = self._objects.pop(number, None)
        self._numbers.pop(address(value), None)

    def clear(self) -> None:
        """Forget all objects; their numbers stand for nothing from now on."""
        self._objects.clear()
        self._numbers.clear()

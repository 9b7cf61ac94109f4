"""Objects that stay where they are, and the numbers by which the other side speaks of them."""

from typing import Any, Protocol

from course.grading.protocol.bounds import TYPE_NAME_CHARS, Malformed

Node = list[Any]  # what stands for a value in a message


def mine(number: int, type_name: str) -> Node:
    """Give the node of an object of the sender."""
    return ["mine", number, type_name[:TYPE_NAME_CHARS]]


def yours(number: int) -> Node:
    """Give the node of an object of the receiver, by the number that it gave."""
    return ["yours", number]


class Resolver(Protocol):
    """Finds what a message speaks of, on the receiver's side."""

    def theirs(self, number: int, type_name: str) -> Any:
        """Give what stands here for an object of the sender."""

    def ours(self, number: int) -> Any:
        """Give the object that this side gave the number; raises `Malformed` if there is none."""


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

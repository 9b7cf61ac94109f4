"""How much one message may hold, and the two ways in which a message can be wrong."""

from dataclasses import dataclass

BIG_INT_BYTES = 1024
TYPE_NAME_CHARS = 120
KEYS = 5_000  # dict keys and set members per message: colliding hashes cost quadratic time


class Malformed(Exception):
    """Bytes that are not a valid message."""


class Unsendable(Exception):
    """A value that cannot travel; the text says why."""


@dataclass(frozen=True)
class Bounds:
    """Bounds on one message.

    `value_bytes` bounds the raw bytes of its arrays, `structure_bytes` all the rest, and `depth`
    how deep containers may be nested.
    """

    value_bytes: int
    structure_bytes: int
    depth: int

    @property
    def frame_bytes(self) -> int:
        """Bound on a whole frame."""
        return self.value_bytes + self.structure_bytes + 4

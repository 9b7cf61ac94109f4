"""The four kinds of message, and their way into a frame's body and back."""

from typing import Any, NamedTuple

from course.grading.protocol.bounds import Bounds, Malformed
from course.grading.protocol.decode import Resolve, decode
from course.grading.protocol.encode import Refer, encode


class Request(NamedTuple):
    """Do this and answer with my number: an operation by name, and its arguments.

    `released` are the receiver's objects that the sender no longer holds.
    """

    id: int
    operation: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] | None = None
    released: tuple[int, ...] = ()


class Value(NamedTuple):
    """The operation's result."""

    id: int
    value: Any


class Failure(NamedTuple):
    """The operation raised.

    `bases` are the names of the built-in types that the exception is an instance of; `token` is
    the id of the request to the other side whose failure this is, 0 where it is of one's own.
    """

    id: int
    type_name: str
    text: str
    traceback: str = ""
    bases: tuple[str, ...] = ()
    token: int = 0


class Refusal(NamedTuple):
    """The operation was done, but its result cannot travel; `text` says why."""

    id: int
    text: str


Message = Request | Value | Failure | Refusal
Answer = Value | Failure | Refusal

# Of each kind its name and, field by field, the types that are good; none where any is.
_KINDS: dict[str, tuple[type[Message], tuple[tuple[type, ...], ...]]] = {
    "request": (Request, ((int,), (str,), (tuple,), (dict, type(None)), (tuple,))),
    "value": (Value, ((int,), ())),
    "failure": (Failure, ((int,), (str,), (str,), (str,), (tuple,), (int,))),
    "refusal": (Refusal, ((int,), (str,))),
}
_NAMES = {kind: name for name, (kind, _) in _KINDS.items()}


def pack_message(message: Message, refer: Refer, bounds: Bounds) -> bytes:
    """Give the body of the frame that carries `message`; raises `Unsendable`."""
    return encode((_NAMES[type(message)], *message), refer, bounds, bounds.message_depth)


def unpack_message(body: bytes, resolve: Resolve, bounds: Bounds) -> Message:
    """Read a frame's body; raises `Malformed` unless it is one well-formed message."""
    parts = decode(body, resolve, bounds, bounds.message_depth)
    if type(parts) is not tuple or not parts or type(parts[0]) is not str:
        raise Malformed("not a message")
    name, *fields = parts
    kind, types = _KINDS.get(name, (None, ()))
    if kind is None or len(types) != len(fields):
        raise Malformed("not a message")
    for good, field in zip(types, fields, strict=True):
        if good and type(field) not in good:
            raise Malformed(f"a {name} holds a field of the wrong type")
    message = kind(*fields)
    _check_items(message)
    return message


def _check_items(message: Message) -> None:
    """Look into the two fields that may hold items of one type only."""
    good = True
    if type(message) is Request:
        if message.kwargs:
            good = all(type(key) is str for key in message.kwargs)
        if message.released:
            good &= all(type(number) is int for number in message.released)
    elif type(message) is Failure:
        good = all(type(base) is str for base in message.bases)
    if not good:
        raise Malformed("a message holds items of the wrong type")

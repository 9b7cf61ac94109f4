"""The four kinds of message, and their way into a frame's body and back."""

from dataclasses import dataclass, fields
from typing import Any

from course.grading.protocol.bounds import MESSAGE_DEPTH, Bounds, Malformed
from course.grading.protocol.decode import Resolve, decode
from course.grading.protocol.encode import Refer, encode


@dataclass(frozen=True)
class Request:
    """Do this and answer with my number: an operation by name, and its arguments.

    `released` are the receiver's objects that the sender no longer holds.
    """

    id: int
    operation: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] | None = None
    released: tuple[int, ...] = ()


@dataclass(frozen=True)
class Value:
    """The operation's result."""

    id: int
    value: Any


@dataclass(frozen=True)
class Failure:
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


@dataclass(frozen=True)
class Refusal:
    """The operation was done, but its result cannot travel; `text` says why."""

    id: int
    text: str


Message = Request | Value | Failure | Refusal
Answer = Value | Failure | Refusal

_KINDS: dict[str, type[Message]] = {
    "request": Request,
    "value": Value,
    "failure": Failure,
    "refusal": Refusal,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_TYPES: dict[str, tuple[type, ...]] = {
    "id": (int,),
    "operation": (str,),
    "args": (tuple,),
    "kwargs": (dict, type(None)),
    "released": (tuple,),
    "type_name": (str,),
    "text": (str,),
    "traceback": (str,),
    "bases": (tuple,),
    "token": (int,),
}


def pack_message(message: Message, refer: Refer, bounds: Bounds) -> bytes:
    """Give the body of the frame that carries `message`; raises `Unsendable`."""
    parts = [getattr(message, field.name) for field in fields(message)]
    return encode((_NAMES[type(message)], *parts), refer, _deeper(bounds))


def unpack_message(body: bytes, resolve: Resolve, bounds: Bounds) -> Message:
    """Read a frame's body; raises `Malformed` unless it is one well-formed message."""
    parts = decode(body, resolve, _deeper(bounds))
    if type(parts) is not tuple or not parts or type(parts[0]) is not str:
        raise Malformed("not a message")
    kind = _KINDS.get(parts[0])
    if kind is None or len(fields(kind)) != len(parts) - 1:
        raise Malformed("not a message")
    for field, part in zip(fields(kind), parts[1:], strict=True):
        if field.name in _TYPES and type(part) not in _TYPES[field.name]:
            raise Malformed(f"the {field.name} of a {parts[0]} has the wrong type")
    message = kind(*parts[1:])
    _check_items(message)
    return message


def _check_items(message: Message) -> None:
    if isinstance(message, Request):
        good = all(type(key) is str for key in message.kwargs or ())
        good &= all(type(number) is int for number in message.released)
    elif isinstance(message, Failure):
        good = all(type(base) is str for base in message.bases)
    else:
        good = True
    if not good:
        raise Malformed("a message holds items of the wrong type")


def _deeper(bounds: Bounds) -> Bounds:
    return Bounds(bounds.value_bytes, bounds.structure_bytes, bounds.depth + MESSAGE_DEPTH)

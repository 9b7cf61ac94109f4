"""The four kinds of message, and their way into a frame's body and back."""

from dataclasses import dataclass
from functools import cache
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

# Of each kind its name and, by field, the types that are good; none where any is.
_Fields = dict[str, tuple[type, ...]]
_KINDS: dict[str, tuple[type[Message], _Fields]] = {
    "request": (
        Request,
        {
            "id": (int,),
            "operation": (str,),
            "args": (tuple,),
            "kwargs": (dict, type(None)),
            "released": (tuple,),
        },
    ),
    "value": (Value, {"id": (int,), "value": ()}),
    "failure": (
        Failure,
        {
            "id": (int,),
            "type_name": (str,),
            "text": (str,),
            "traceback": (str,),
            "bases": (tuple,),
            "token": (int,),
        },
    ),
    "refusal": (Refusal, {"id": (int,), "text": (str,)}),
}
_NAMES = {kind: (name, tuple(fields)) for name, (kind, fields) in _KINDS.items()}


def pack_message(message: Message, refer: Refer, bounds: Bounds) -> bytes:
    """Give the body of the frame that carries `message`; raises `Unsendable`."""
    name, fields = _NAMES[type(message)]
    parts = [getattr(message, field) for field in fields]
    return encode((name, *parts), refer, _deeper(bounds))


def unpack_message(body: bytes, resolve: Resolve, bounds: Bounds) -> Message:
    """Read a frame's body; raises `Malformed` unless it is one well-formed message."""
    parts = decode(body, resolve, _deeper(bounds))
    if type(parts) is not tuple or not parts or type(parts[0]) is not str:
        raise Malformed("not a message")
    kind, fields = _KINDS.get(parts[0], (None, {}))
    if kind is None or len(fields) != len(parts) - 1:
        raise Malformed("not a message")
    for (field, types), part in zip(fields.items(), parts[1:], strict=True):
        if types and type(part) not in types:
            raise Malformed(f"the {field} of a {parts[0]} has the wrong type")
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


@cache
def _deeper(bounds: Bounds) -> Bounds:
    return Bounds(bounds.value_bytes, bounds.structure_bytes, bounds.depth + MESSAGE_DEPTH)

"""The four kinds of message, and their way into a frame's body and back."""

from collections.abc import Callable
from typing import Any, NamedTuple, final

from course.grading.protocol.bounds import Bounds, Malformed
from course.grading.protocol.decode import READY, Decoder
from course.grading.protocol.encode import PLAIN, Encoder, Refer
from course.grading.protocol.references import Resolver


@final
class Request(NamedTuple):
    """Do this and answer with my number: an operation by name, and its arguments.

    `released` are the receiver's objects that the sender no longer holds.
    """

    id: int
    operation: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] | None = None
    released: tuple[int, ...] = ()


@final
class Value(NamedTuple):
    """The operation's result."""

    id: int
    value: Any


@final
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


@final
class Refusal(NamedTuple):
    """The operation was done, but its result cannot travel; `text` says why."""

    id: int
    text: str


Message = Request | Value | Failure | Refusal
Answer = Value | Failure | Refusal


def pack_message(message: Message, refer: Refer, bounds: Bounds) -> bytes:
    """Give the body of the frame that carries `message`; raises `Unsendable`.

    It is a list: the name of its kind, then its fields. Of values there are nodes, and keyword
    arguments stand in a row; all other fields stand for themselves.
    """
    encoder = Encoder(refer, bounds)
    node, depth = encoder.node, bounds.depth
    if type(message) is Value:
        return encoder.body(("value", message.id, node(message.value, depth)))
    if type(message) is Request:
        number, operation, args, kwargs, released = message
        nodes = [value if type(value) in PLAIN else node(value, depth) for value in args]
        named = [part for k, v in kwargs.items() for part in (k, node(v, depth))] if kwargs else ()
        return encoder.body(("request", number, operation, nodes, named, released))
    return encoder.body((type(message).__name__.lower(), *message))


def unpack_message(body: bytes, resolver: Resolver, bounds: Bounds) -> Message:
    """Read a frame's body; raises `Malformed` unless it is one well-formed message."""
    decoder = Decoder(body, resolver, bounds)
    parts = decoder.node
    if type(parts) is not list or not parts or type(parts[0]) is not str:
        raise Malformed("not a message")
    read = _READERS.get(parts[0])
    if read is None:
        raise Malformed("not a message")
    message = read(parts[1:], decoder, bounds.depth)
    decoder.end()
    return message


def _value(fields: list[Any], decoder: Decoder, depth: int) -> Value:
    if len(fields) != 2 or type(fields[0]) is not int:
        raise Malformed("not a value")
    return Value(fields[0], decoder.value(fields[1], depth))


def _request(fields: list[Any], decoder: Decoder, depth: int) -> Request:
    _check(fields, (int, str, list, list, list))
    number, operation, args, named, released = fields
    value = decoder.value
    values = tuple([node if type(node) in READY else value(node, depth) for node in args])
    kwargs = _keywords(named, decoder, depth) if named else None
    return Request(number, operation, values, kwargs, _all(int, released) if released else ())


def _keywords(named: list[Any], decoder: Decoder, depth: int) -> dict[str, Any]:
    names = _all(str, named[::2])
    decoder.count_keys(len(names))
    if len(named) % 2 or len(set(names)) < len(names):
        raise Malformed("not keyword arguments")
    values = [decoder.value(node, depth) for node in named[1::2]]
    return dict(zip(names, values, strict=True))


def _failure(fields: list[Any], _: Decoder, __: int) -> Failure:
    _check(fields, (int, str, str, str, list, int))
    number, type_name, text, traceback, bases, token = fields
    return Failure(number, type_name, text, traceback, _all(str, bases), token)


def _refusal(fields: list[Any], _: Decoder, __: int) -> Refusal:
    _check(fields, (int, str))
    return Refusal(*fields)


def _check(fields: list[Any], types: tuple[type, ...]) -> None:
    if tuple([type(field) for field in fields]) != types:
        raise Malformed("a message holds fields of the wrong types")


def _all(kind: type, items: list[Any]) -> tuple[Any, ...]:
    if any(type(item) is not kind for item in items):
        raise Malformed("a message holds items of the wrong type")
    return tuple(items)


_READERS: dict[str, Callable[[list[Any], Decoder, int], Message]] = {
    "request": _request,
    "value": _value,
    "failure": _failure,
    "refusal": _refusal,
}

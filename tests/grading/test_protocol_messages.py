import io

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.grading.protocol import (
    Bounds,
    Failure,
    Frames,
    Lent,
    Malformed,
    Refusal,
    Request,
    Value,
    frame_of,
    pack_message,
    unpack_message,
    write_frame,
)
from course.grading.protocol.raised import also, builtin_bases

BOUNDS = Bounds(value_bytes=1000, structure_bytes=100_000, depth=4)


def body(node):
    structure = msgpack.packb(node)
    return len(structure).to_bytes(4, "big") + structure


def nothing(value):
    raise AssertionError(f"{value!r} has to be referred to")


@pytest.mark.parametrize(
    "message",
    [
        Request(1, "call", (1, [2]), {"a": 3}, (4,)),
        Request(2, "start"),
        Value(3, [[[[1]]]]),
        Failure(4, "KeyError", "'x'", "cell a, line 1", ("KeyError", "LookupError"), 9),
        Refusal(5, "it is nested too deep"),
    ],
)
def test_messages_come_back_the_same(message):
    assert unpack_message(pack_message(message, nothing, BOUNDS), nothing, BOUNDS) == message


@pytest.mark.parametrize(
    "parts",
    [
        1,
        [],
        [1, 2],
        ["value"],
        ["value", 1],
        ["value", 1, 2, 3],
        ["value", "1", 2],
        ["value", True, 2],
        ["result", 1, 2],
        [["value"], 1, 2],
        ["request", 1, "call", [], []],
        ["request", 1, "call", [], [], [], []],
        ["request", 1, "call", ["tuple"], None, []],
        ["request", 1, "call", [["array", "<f8", 1]], [], []],
        ["request", 1, "call", [], [1, 2], []],
        ["request", 1, "call", [], ["a"], []],
        ["request", 1, "call", [], ["a", 1, "a", 2], []],
        ["request", 1, "call", [], [part for n in range(6000) for part in (str(n), 0)], []],
        ["request", 1, "call", [], [], ["1"]],
        ["request", 1, "call", [], [], [True]],
        ["request", 1, b"call", [], [], []],
        ["request", None, "call", [], [], []],
        ["failure", 1, "E", "t", "tb", ["A", 1], 0],
        ["failure", 1, "E", "t", "tb", [], 0.0],
        ["failure", 1, "E", "t", "tb", []],
        ["refusal", 1, None],
        ["refusal", 1, "a", "b"],
    ],
    ids=lambda parts: str(parts)[:60],
)
def test_what_is_no_message_is_refused(parts):
    with pytest.raises(Malformed):
        unpack_message(body(parts), nothing, BOUNDS)


def test_bytes_after_a_message_are_refused():
    assert unpack_message(body(["value", 1, 2]), nothing, BOUNDS) == Value(1, 2)
    with pytest.raises(Malformed, match="left over"):
        unpack_message(body(["value", 1, 2]) + b"1", nothing, BOUNDS)


def test_arrays_of_arguments_and_of_keywords_keep_their_order():
    request = Request(1, "call", (np.array([1.0]), [np.array([2.0])]), {"x": np.array([3.0])})
    back = unpack_message(pack_message(request, nothing, BOUNDS), nothing, BOUNDS)
    assert str(back) == str(request)


@given(st.binary(max_size=300), st.integers(1, 7))
def test_a_frame_comes_through_however_it_is_cut(body, size):
    stream = io.BytesIO()
    write_frame(lambda part: stream.write(part[:size]), body)
    frames, found = Frames(), []
    for place in range(0, len(stream.getvalue()), size):
        frames.add(stream.getvalue()[place : place + size])
        found.append(frames.next(300))
    assert found == [None] * (len(found) - 1) + [body]
    assert frames.next(300) is None
    frames.end()


@given(st.lists(st.binary(max_size=30), min_size=1, max_size=5), st.integers(1, 70))
def test_frames_are_taken_as_they_are_added(bodies, size):
    stream = b"".join(map(frame_of, bodies))
    frames, found = Frames(), []
    for place in range(0, len(stream), size):
        body = frames.take(stream[place : place + size], 30)
        while body is not None:
            found.append(body)
            body = frames.next(30)
    assert found == bodies
    frames.end()


@pytest.mark.parametrize("size", [31, 1 << 31])
def test_a_long_frame_is_not_taken(size):
    with pytest.raises(Malformed):
        Frames().take(size.to_bytes(4, "big") + bytes(31), 30)


@given(st.lists(st.binary(max_size=30), max_size=5))
def test_frames_that_come_at_once_are_told_apart(bodies):
    frames = Frames()
    frames.add(b"".join(map(frame_of, bodies)))
    assert [frames.next(30) for _ in bodies] == bodies
    frames.end()


@pytest.mark.parametrize("data", [b"\xff\xff\xff\xff", b"\0\0\x10\0"])
def test_a_long_frame_is_refused_before_it_has_come(data):
    frames = Frames()
    frames.add(data)
    with pytest.raises(Malformed):
        frames.next(100)


@pytest.mark.parametrize("data", [b"\0", b"\0\0\0\x05abc"])
def test_a_short_frame_is_refused_when_the_stream_ends(data):
    frames = Frames()
    frames.add(data)
    assert frames.next(100) is None
    with pytest.raises(Malformed):
        frames.end()


def test_the_same_object_has_the_same_number_while_it_is_lent():
    lent, a, b = Lent(), [], []
    assert lent.number(a) == lent.number(a) != lent.number(b)
    assert lent.object(lent.number(a)) is a
    number = lent.number(a)
    lent.release(number)
    assert not lent.holds(a)
    assert lent.number(a) != number
    with pytest.raises(Malformed):
        lent.object(number)
    lent.release(number)


class BaseError(Exception):
    pass


@pytest.mark.parametrize("error", [KeyError, ModuleNotFoundError, ZeroDivisionError, TypeError])
def test_an_exception_is_of_its_built_in_type_as_well(error):
    kind = also(BaseError, builtin_bases(error))
    assert issubclass(kind, BaseError)
    assert issubclass(kind, error)
    assert kind is also(BaseError, builtin_bases(error))
    assert str(kind("text")) in ("text", "'text'")


@pytest.mark.parametrize("error", [StopIteration, SystemExit, KeyboardInterrupt, Exception])
def test_an_exception_that_steers_python_is_not(error):
    assert also(BaseError, builtin_bases(error)) is BaseError

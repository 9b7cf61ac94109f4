"""Whatever bytes come over the wire, the referee gets a value or a fault of the student's."""

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.grading.limits import Limits
from course.grading.protocol import (
    Bounds,
    Failure,
    Refusal,
    Request,
    Value,
    mine,
    pack_message,
    yours,
)
from course.grading.wall.faults import StudentDied, StudentFault
from course.grading.wall.link import Link

pytestmark = pytest.mark.slow

LIMITS = Limits(value_bytes=1 << 12, structure_bytes=1 << 12, value_depth=6)
BOUNDS = Bounds(1 << 12, 1 << 12, 6)


class Script:
    """A wire that gives prepared answers and then ends."""

    def __init__(self, answers):
        self.answers = list(answers)
        self.closed = False

    def exchange(self, body, deadline):
        if not self.answers:
            raise StudentDied("the script is over")
        return self.answers.pop(0)

    def close(self):
        self.closed = True

    gauge = None

    @staticmethod
    def interrupt():
        return False


class Theirs:
    """An object of the student's."""


def refer(value):
    return yours(1) if value is len else mine(4, "Theirs")


numbers = st.one_of(st.just(1), st.integers(-(2**63), 2**63))
words = st.one_of(st.sampled_from(["call", "start", "KeyError", "TypeError"]), st.text(max_size=5))
values = st.recursive(
    st.one_of(
        st.none(), st.integers(), words, st.just(len), st.builds(Theirs), st.just(np.ones(3))
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.tuples(inner, inner)),
    max_leaves=4,
)
messages = st.one_of(
    st.builds(Value, numbers, values),
    st.builds(Refusal, numbers, words),
    st.builds(Failure, numbers, words, words, words, st.tuples(words), numbers),
    st.builds(
        Request,
        numbers,
        words,
        st.lists(values, max_size=3).map(tuple),
        st.none() | st.dictionaries(words, values, max_size=2),
        st.tuples(),
    ),
)


def ask(script):
    """Lend a function, and ask for something."""
    return Link(script, script, LIMITS).request("call", lambda *args, **kwargs: len(args))


@given(st.lists(messages, max_size=4))
@settings(max_examples=300, deadline=None)
def test_any_messages(script):
    with contextlib.suppress(StudentFault):
        ask(Script([pack_message(message, refer, BOUNDS) for message in script]))


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=3))
@settings(max_examples=200, deadline=None)
def test_any_bytes(answers):
    with pytest.raises(StudentFault):
        ask(Script(answers))


@given(messages, st.data())
@settings(max_examples=300, deadline=None)
def test_damaged_messages(message, data):
    body = bytearray(pack_message(message, refer, BOUNDS))
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(StudentFault):
        ask(Script([bytes(body)]))


def test_a_call_back_is_served_and_then_the_answer_comes():
    script = Script(
        pack_message(message, refer, BOUNDS)
        for message in (Request(9, "call", (len, 1, 2)), Value(1, "done"))
    )
    assert ask(script) == "done"
    assert not script.closed


@pytest.mark.parametrize(
    "message",
    [Value(2, 0), Value(0, 0), Request(1, "getattr", (len, "x")), Request(1, "call", (Theirs(),))],
)
def test_what_was_not_asked_for_closes_the_link(message):
    script = Script([pack_message(message, refer, BOUNDS)])
    with pytest.raises(StudentFault):
        ask(script)
    assert script.closed

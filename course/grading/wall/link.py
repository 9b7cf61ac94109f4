"""The conversation with one student process: requests, answers, and calls back to the referee."""

import itertools
import time
import weakref
from typing import Any

from course.grading.limits import Limits
from course.grading.processes.process import Process
from course.grading.protocol import (
    Bounds,
    Failure,
    Lent,
    Malformed,
    Message,
    Node,
    Refusal,
    Request,
    Unsendable,
    Value,
    mine,
    pack_message,
    unpack_message,
    yours,
)
from course.grading.protocol.messages import Answer
from course.grading.protocol.raised import also, builtin_bases
from course.grading.wall.faults import (
    ProtocolFault,
    StudentDied,
    StudentError,
    StudentFault,
    StudentTimeout,
)
from course.grading.wall.proxy import Proxy, number_of
from course.grading.wall.wire import Wire

CALLBACK_DEPTH = 16
INTERRUPT_SECONDS = 1.0  # code that is interrupted gives up at once, or means to go on
TEXT_CHARS, TRACEBACK_CHARS = 2_000, 10_000
RELEASED = 1_000  # how many released objects one request tells of
_BEYOND = 15  # Python objects take about so many times more room than they have in a frame


class Link:
    """One process: what it was asked, what it holds of ours and we of its."""

    def __init__(self, wire: Wire, process: Process, limits: Limits) -> None:
        self.limits = limits
        self.gauge = process.gauge
        self._interrupt = process.interrupt
        self.closed = ""  # why nothing can be asked any more
        self.received = self._last = 0  # bytes of its messages so far, and of the last one
        self.methods: set[tuple[str, str]] = set()  # attributes by name of class, as seen so far
        self.until = float("inf")  # no request may last longer, whatever its own deadline
        self._wire = wire
        self._bounds = Bounds(limits.value_bytes, limits.structure_bytes, limits.value_depth)
        self._ids = itertools.count(1)
        self._lent = Lent()
        self._proxies: dict[int, weakref.ref[Proxy]] = {}
        self._released: set[int] = set()
        self._depth = 0
        self._room = limits.test_bytes

    def request(
        self,
        operation: str,
        *args: Any,
        kwargs: dict[str, Any] | None = None,
        seconds: float | None = None,
    ) -> Any:
        """Ask for an operation and give its result, a plain value or a `Proxy`.

        Raises
        ------
        StudentError
            if the operation raised.
        StudentTimeout, StudentDied, ProtocolFault
            after which the link is closed, unless the process could be interrupted, or a
            `ProtocolFault` only says that the result cannot travel.
        TypeError
            if an argument cannot travel.
        """
        if self.closed:
            raise StudentDied(self.closed)
        released = self._take_released() if self._released else ()
        number = next(self._ids)
        body = self._pack(Request(number, operation, args, kwargs or None, released))
        limit = self.limits.call_seconds if seconds is None else seconds
        deadline, raised = time.monotonic() + limit, dict[int, Exception]()
        try:
            answer = self._hear(body, deadline)
            if type(answer) is Request:
                answer = self._serve(answer, deadline, raised)
            if answer.id != number:
                raise ProtocolFault("the student's process answered a request that was not made")
        except StudentTimeout as late:
            if not self._interrupted(number):
                self.close(f"{late}; it was replaced")
            raise
        except BaseException as error:
            self.close(f"{error}; it was replaced")
            raise
        return _result(answer, raised)

    def _interrupted(self, number: int) -> bool:
        """Stop what the process does; tell whether it gave up its work and can be asked again."""
        if not self._interrupt():
            return False
        try:
            message = self._unpack(self._wire.wait(time.monotonic() + INTERRUPT_SECONDS))
        except StudentFault:
            return False
        return not isinstance(message, Request) and message.id == number

    def close(self, why: str) -> None:
        """Ask nothing any more; proxies answer with `why`."""
        self.closed = self.closed or why
        self._wire.close()

    def begin(self) -> None:
        """Begin with another cell: the functions that were lent to the last one are taken back."""
        self._lent.clear()
        self._room = self.limits.test_bytes

    def release(self, number: int, proxy: Proxy) -> None:
        """Tell the process, with the next request, that no proxy stands for an object any more."""
        known = self._proxies.get(number)
        alive = None if known is None else known()
        if alive is None or alive is proxy:  # else another one was made meanwhile
            self._proxies.pop(number, None)
            self._released.add(number)

    def _take_released(self) -> tuple[int, ...]:
        """Take numbers of proxies that are gone, one by one: more may go at any moment."""
        count = min(len(self._released), RELEASED)
        return tuple([self._released.pop() for _ in range(count)])

    def _hear(self, body: bytes, deadline: float) -> Message:
        """Send a frame and read what comes back."""
        reply = self._wire.exchange(body, min(deadline, self.until))
        self._last = len(reply)
        self.received += self._last
        self._room -= self._last + _BEYOND * min(int.from_bytes(reply[:4], "big"), self._last)
        if self._room < 0:
            raise ProtocolFault("the student's code sent more than a test may take")
        return self._unpack(reply)

    def _serve(self, message: Message, deadline: float, raised: dict[int, Exception]) -> Answer:
        """Call functions of ours for the student's code as long as it asks for that."""
        while type(message) is Request:
            if self._last > self.limits.callback_bytes:
                raise ProtocolFault("the student's code passed too much to a function of the test")
            started = time.monotonic()
            body = self._called(message, raised)
            deadline += time.monotonic() - started  # the referee's own time is not the student's
            message = self._hear(body, deadline)
        return message

    def _called(self, request: Request, raised: dict[int, Exception]) -> bytes:
        """Call a function of ours for the student's code, and pack what comes of it."""
        if request.operation != "call" or not request.args:
            raise ProtocolFault("the student's process asked for what it may not")
        function, *args = request.args
        if not self._is_ours(function):
            raise ProtocolFault("the student's process called what is not a function of the test")
        self._depth += 1
        try:
            if self._depth > CALLBACK_DEPTH:
                raise RecursionError("test and student code call each other too deep")
            return self._pack(Value(request.id, function(*args, **(request.kwargs or {}))))
        except Exception as error:
            if self.closed:
                raise
            raised[request.id] = error
            return self._pack(_failure(request.id, error))
        finally:
            self._depth -= 1

    def _is_ours(self, function: Any) -> bool:
        return not isinstance(function, Proxy) and self._lent.holds(function)

    def _pack(self, message: Message) -> bytes:
        try:
            return pack_message(message, self._refer, self._bounds)
        except Unsendable as error:
            raise TypeError(f"this cannot be sent to student code: {error}") from None

    def _unpack(self, body: bytes) -> Message:
        try:
            return unpack_message(body, self, self._bounds)
        except Malformed as error:
            raise ProtocolFault(f"the student's process sent something else: {error}") from None

    def _refer(self, value: Any) -> Node:
        if isinstance(value, Proxy):
            return yours(number_of(value, self))
        if callable(value):
            return mine(self._lent.number(value), str(getattr(value, "__name__", "function")))
        raise Unsendable(f"a {type(value).__name__} does not travel")

    def ours(self, number: int) -> Any:
        """Give a function that was lent to the process."""
        return self._lent.object(number)

    def theirs(self, number: int, type_name: str) -> Proxy:
        """Give what stands for an object of the process."""
        known = self._proxies.get(number)
        proxy = None if known is None else known()
        if proxy is None:
            proxy = Proxy(self, number, type_name)
            self._proxies[number] = weakref.ref(proxy)
            self._released.discard(number)
        return proxy


def _result(answer: Answer, raised: dict[int, Exception]) -> Any:
    for error in raised.values():
        # a check that failed inside a callback is the test's verdict, whatever became of it
        if isinstance(error, AssertionError) and not isinstance(error, StudentFault):
            raise error
    if isinstance(answer, Value):
        return answer.value
    if isinstance(answer, Refusal):
        raise ProtocolFault(f"the student's value cannot travel: {answer.text[:TEXT_CHARS]}")
    if answer.token in raised:
        error = raised[answer.token]
        error.add_note(answer.traceback[:TRACEBACK_CHARS])  # where it was called
        raise error
    raise student_error(answer.type_name, answer.text, answer.traceback, answer.bases)


def student_error(
    type_name: str, text: str, traceback: str, bases: tuple[str, ...]
) -> StudentError:
    """Make the exception that tells of an exception in student code."""
    kind = also(StudentError, bases)
    return kind(type_name[:100], text[:TEXT_CHARS], traceback[:TRACEBACK_CHARS])


def _failure(number: int, error: Exception) -> Failure:
    name = error.type_name if isinstance(error, StudentError) else type(error).__name__
    text = error.text if isinstance(error, StudentError) else str(error)
    return Failure(number, name, text[:TEXT_CHARS], "", builtin_bases(type(error)))

"""The student process at work: requests in, answers out, calls back to the referee between."""

import itertools
import os
import random
import signal
import sys
import threading
from typing import Any

import numpy as np

from course.grading.protocol import (
    Bounds,
    Failure,
    Lent,
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
from course.grading.student.allocator import keep_freed_memory
from course.grading.student.bounds import set_limits
from course.grading.student.channel import Channel
from course.grading.student.describe import describe
from course.grading.student.forbid import forbid
from course.grading.student.given import Given
from course.grading.student.operations import OPERATIONS, Here, Operation
from course.grading.student.outputs import Outputs, Sink
from course.grading.student.private import forget_own_modules, make_observers
from course.grading.student.referee_functions import RefereeError, RefereeFunction
from course.grading.student.shell import StudentShell
from course.grading.student.walls import Walls, raise_walls

FIRST_BOUNDS = Bounds(value_bytes=0, structure_bytes=1 << 16, depth=8)
REHEARSED = Bounds(value_bytes=1 << 16, structure_bytes=1 << 16, depth=8)
ROUNDS = 20  # Python adapts code to what it does when that was done some eight times


class Nowhere(Channel):
    """Where answers go that nobody waits for."""

    def __init__(self) -> None:
        pass

    def send(self, body: bytes) -> None:
        """Drop them."""


class Interrupt:
    """Stops the student's code where it is; between two requests there is nothing to stop."""

    is_on = False

    def __call__(self, *_: object) -> None:
        """Hear of the signal."""
        if self.is_on:
            raise KeyboardInterrupt


class Agent:
    """Answers the referee until the channel closes.

    The first request is `start`, which tells the limits; until then nothing of the student's runs,
    so that a process may wait in this state, or be forked from one that does.
    """

    _channel: Channel

    def __init__(self) -> None:
        self._bounds = FIRST_BOUNDS
        self._chars = (0, 0)
        self._interrupt = Interrupt()
        self._ids = itertools.count(1)
        self._lent = Lent()
        self._borrowed: dict[int, RefereeFunction] = {}
        self._unheard = Outputs(0, 0)  # what is printed in a call is not shown
        self._sink = Sink(self._unheard)
        self._shell = StudentShell.start(self._sink)
        self._space: dict[str, Any] = self._shell.user_ns  # the shell may be given another
        self._given = Given(self._space)
        keep_freed_memory()
        observers = make_observers()
        self._watched, self._copied = observers.watched, observers.copied
        self._operations: dict[str, Operation] = {
            **OPERATIONS,
            "start": self._start,
            "run": self._run,
            "lookup": self._lookup,
            "of_attribute": self._of_attribute,
            "counted": self._counted,
            **observers.operations,
        }

    def serve(self, channel: Channel) -> None:
        """Answer requests; never returns, the process ends with the channel."""
        self._channel = channel
        self._thread = threading.get_ident()
        signal.signal(signal.SIGINT, self._interrupt)
        sink, receive, answer = self._sink, self._receive, self._answer
        while True:
            request = receive()
            sys.stdout, sys.stderr = sink.stdout, sink.stderr
            answer(request)

    def rehearse(self) -> None:
        """Do what is done for every submission, so that a process forked later has it warm."""
        function, thing = self._shell.rehearse()
        before, self._bounds, self._channel = self._lent, REHEARSED, Nowhere()
        self._lent = Lent()
        array = np.ones((2, 3))
        for _ in range(ROUNDS):
            self._ask("getattr", thing, "value")
            self._ask("setattr", thing, "value", [array, (1.5, None)])
            self._ask("call", function, array)
            self._ask("observed_call", function, (array,), {}, False, False, True)
        self._lent, self._bounds = before, FIRST_BOUNDS

    def _ask(self, operation: str, *args: Any) -> None:
        """Ask this process itself."""

        def refer(value: Any) -> Node:
            return yours(self._lent.number(value))

        body = pack_message(Request(0, operation, args), refer, self._bounds)
        self._answer(unpack_message(body, self, self._bounds))

    def call_referee(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function of the referee; raises what it raises, by type name and text."""
        if threading.get_ident() != self._thread:
            raise RuntimeError("a function of the test can only be called from the calling thread")
        request = Request(next(self._ids), "call", (self._borrowed[number], *args), kwargs)
        self._interrupt.is_on = False
        self._channel.send(pack_message(request, self._refer, self._bounds))
        while isinstance(message := self._receive(), Request):
            self._answer(message)
        self._interrupt.is_on = True
        if isinstance(message, Value):
            return self._watched(message.value)
        raise RefereeError.of(message, token=request.id)

    def _receive(self) -> Message:
        body = self._channel.receive(self._bounds.frame_bytes)
        return unpack_message(body, self, self._bounds)

    def _answer(self, message: Message) -> None:
        if type(message) is not Request:
            os._exit(1)
        for number in message.released:
            self._lent.release(number)
        answer = self._result(message)
        try:
            body = pack_message(answer, self._refer, self._bounds)
        except Exception as error:  # noqa: BLE001 - the student's objects may do anything
            why = str(error) if isinstance(error, Unsendable) else "it cannot be read"
            body = pack_message(Refusal(message.id, why), self._refer, self._bounds)
        self._channel.send(body)

    def _result(self, request: Request) -> Answer:
        number, name, args, kwargs, _ = request
        sink, interrupt = self._sink, self._interrupt
        outer = sink.outputs
        sink.outputs = Outputs(*self._chars) if name == "run" else self._unheard
        try:
            operation = self._operations[name]
            interrupt.is_on = True
            value = operation(*args, **kwargs) if kwargs else operation(*args)
            interrupt.is_on = False
        except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt too
            interrupt.is_on = False
            told = describe(error)
            token = getattr(error, "token", 0) if issubclass(type(error), RefereeError) else 0
            return Failure(number, told.type_name, told.text, told.traceback, told.bases, token)
        else:
            return Value(number, value)
        finally:
            sink.outputs = outer

    def _start(
        self,
        limits: dict[str, int],
        bounds: tuple[int, int, int],
        chars: tuple[int, int],
        forbidden: list[str],
        walls: Walls,
    ) -> None:
        forbid(forbidden)
        set_limits(limits)
        raise_walls(walls)
        forget_own_modules()
        random.seed(0)  # what is drawn from them without a seed is the same in every run
        np.random.seed(0)  # noqa: NPY002 - the one that students use
        self._bounds, self._chars = Bounds(*bounds), chars

    def _run(self, key: str, source: str) -> tuple[Any, ...]:
        told = self._shell.run(key, source)
        error = told and (told.type_name, told.text, told.traceback, told.bases)
        return (error, self._sink.outputs.items)

    def _lookup(self, name: str, definitions: tuple[tuple[str, str], ...]) -> tuple[Any, ...]:
        if definitions:
            return (self._given.make(definitions),)
        space = self._space
        return (space[name],) if name in space else ()

    def _of_attribute(
        self, owner: Any, name: str, operation: str, /, *args: Any, **kwargs: Any
    ) -> Any:
        return self._operations[operation](getattr(owner, name), *args, **kwargs)

    def _counted(self, function: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Call a function, and once more with its lines counted: give a copy of the first value."""
        observed, copies = self._operations["observed_call"], self._copied(args)
        first = self._copied(observed(function, copies, {}, False, False, False)[0])
        return first, observed(function, args, {}, True, False, False)

    def _refer(self, value: Any) -> Node:
        if isinstance(value, RefereeFunction):
            return yours(value.number)
        if type(value) is Here:
            value = value.value
        return mine(self._lent.number(value), type(value).__name__)

    def theirs(self, number: int, type_name: str) -> RefereeFunction:
        """Give what stands here for a function of the referee."""
        known = self._borrowed.get(number)
        if known is None:
            known = RefereeFunction(self.call_referee, number, type_name)
            self._borrowed[number] = known
        return known

    def ours(self, number: int) -> Any:
        """Give an object that the referee holds a reference to."""
        return self._lent.object(number)

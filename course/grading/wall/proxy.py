"""What a student's object looks like in a test cell.

Whatever is done to a proxy is done to the object in the student process: calls, attributes, items,
operators, iteration. Two things are not: `==` and `hash` go by identity, and numpy is told that a
proxy is no array, so that an object decides nothing in a check.

A test that itself computes with what it judges gives the object a say: `abs(got - expected) < tol`
is true if the object wants it to be. Values go to checks as they came.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from course.grading.processes.processor import clocks, seconds_between
from course.grading.wall.faults import ProtocolFault, StudentDied, StudentFault

if TYPE_CHECKING:
    from course.checks import Call
    from course.checks._calls import Twice
    from course.grading.wall.link import Link

REPR_CHARS = 500
# Names between double underscores are questions that Python and numpy ask: they are answered here.
ASKED = frozenset({"__name__", "__qualname__"})
BOUND = "method"  # what Python calls the type of bound methods


class Proxy:
    """A student's object, by its number in the student process."""

    __slots__ = ("__link", "__number", "__type_name", "__weakref__")

    __array_ufunc__ = None  # `array * proxy` is then the object's own `__rmul__`

    def __init__(self, link: "Link", number: int, type_name: str) -> None:
        object.__setattr__(self, "_Proxy__link", link)
        object.__setattr__(self, "_Proxy__number", number)
        object.__setattr__(self, "_Proxy__type_name", type_name)

    def __del__(self) -> None:
        self.__link.release(self.__number, self)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object in the student process."""
        return self.__ask("call", *args, kwargs=kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__") and name not in ASKED:
            raise AttributeError(f"{name} of a student's object is not passed on")
        link, kind = self.__link, (self.__type_name, name)
        if kind in link.methods:
            return Method(self, name)
        value = self.__ask("getattr", name)
        if type(value) is Proxy and value.__type_name == BOUND:
            link.methods.add(kind)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        self.__forget_methods(name)
        self.__ask("setattr", name, value)

    def __delattr__(self, name: str) -> None:
        self.__forget_methods(name)
        self.__ask("delattr", name)

    def __len__(self) -> int:
        size = int(self.__plain("len", int))
        if not 0 <= size <= self.__link.limits.iterations:
            raise ProtocolFault(f"{self.__course_describe__()} says that it has {size} items")
        return size

    def __iter__(self) -> Iterator[Any]:
        iterator = self.__ask("iter")
        if not isinstance(iterator, Proxy):
            raise ProtocolFault(f"{self.__course_describe__()} gives no iterator")
        return iterator.__items()

    def __next__(self) -> Any:
        item = self.__plain("next", tuple)
        if not item:
            raise StopIteration
        return item[0]

    def __items(self) -> Iterator[Any]:
        for _ in range(self.__link.limits.iterations):
            item = self.__plain("next", tuple)
            if not item:
                return
            yield item[0]
        raise ProtocolFault(f"the loop over {self.__course_describe__()} does not end")

    def __contains__(self, item: Any) -> bool:
        return bool(self.__plain("contains", bool, item))

    def __bool__(self) -> bool:
        return bool(self.__plain("bool", bool))

    def __int__(self) -> int:
        return int(self.__plain("int", int))

    def __index__(self) -> int:
        return int(self.__plain("index", int))

    def __float__(self) -> float:
        return float(self.__plain("float", float))

    def __complex__(self) -> complex:
        return complex(self.__plain("complex", complex))

    def __str__(self) -> str:
        return str(self.__plain("str", str))

    def __repr__(self) -> str:
        try:
            return str(self.__plain("repr", str))[:REPR_CHARS]
        except StudentFault:
            return f"<{self.__course_describe__()}>"

    def __instancecheck__(self, instance: Any) -> bool:
        return bool(self.__link.request("isinstance", instance, self))

    def __subclasscheck__(self, subclass: Any) -> bool:
        return bool(self.__link.request("issubclass", subclass, self))

    def __copy__(self) -> Any:
        return self.__ask("copy")

    def __deepcopy__(self, memo: Any) -> Any:
        return self.__ask("deepcopy")

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError(f"{self.__course_describe__()} cannot be pickled")

    def __mro_entries__(self, bases: Any) -> NoReturn:
        raise TypeError("a test cell cannot derive from a student's class")

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError(f"expected an array or a number, got {self.__course_describe__()}")

    def __course_call__(
        self,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        count_lines: bool,
        measure_memory: bool,
        measure_time: bool,
    ) -> "Call":
        """Call the object; tell which arguments it altered, and what the call took.

        The arguments are compared here, too, unless memory is measured: to send them back takes
        some. That is read from outside where the system tells it, else the process is asked.
        """
        from course.checks._calls import altered
        from course.checks._values import normal_form

        if measure_time:
            return self.__timed(args, kwargs)
        if measure_memory:
            link = self.__link
            link.request("settle")
            outside, told = link.gauge.reset(), link.received
            call, _ = self.__observed(args, kwargs, count_lines, not outside, False)
            if outside:
                call = replace(call, peak_bytes=link.gauge.grown(link.received - told))
            return call
        before = [normal_form(value) for value in (*args, *kwargs.values())]
        call, after = self.__observed(args, kwargs, count_lines, False, True)
        changed = call.changed or altered(before, after, len(args), kwargs)
        return replace(call, changed=changed)

    def __timed(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> "Call":
        """Call the object as any other function, and look at the processor's clocks around it.

        The value is read to its end meanwhile: else an object that stands for a list could leave
        the work until its items are asked for.
        """
        from course.checks import Call
        from course.checks._values import normal_form

        gauge = self.__link.gauge
        before = clocks(gauge.pids())
        value = normal_form(self(*args, **kwargs))
        return Call(value, seconds=seconds_between(before, clocks(gauge.pids())))

    def __observed(self, *asked: Any) -> "tuple[Call, tuple[Any, ...]]":
        """Give what the process tells of a call, and the arguments as it gives them back."""
        from course.checks import Call

        match self.__plain("observed_call", tuple, *asked):
            case (
                value,
                tuple(changed),
                dict() | None as hits,
                int() | None as peak,
                tuple() | None as after,
            ):
                if all(type(name) is str for name in changed) and _are_counts(hits or {}):
                    return Call(value, changed, hits, peak), after or ()
        raise self.__no_account()

    def __course_counted__(self, args: Sequence[Any]) -> "tuple[Any, Call]":
        """Call the object, and once more with its lines counted."""
        from course.checks import Call

        match self.__plain("counted", tuple, tuple(args)):
            case (first, (value, _, dict() as hits, _, _)) if _are_counts(hits):
                return first, Call(value, hits=hits)
        raise self.__no_account()

    def __course_twice__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> "Twice":
        """Call the object twice with the same arguments, which stay where they are called."""
        from course.checks._calls import Twice

        match self.__plain("observed_twice", tuple, args, kwargs):
            case (tuple() as first, tuple() | None as again, tuple() as after):
                one, other = self.__told(first), None if again is None else self.__told(again)
                if one.changed or other is not None:
                    return Twice(one, other, after)
        raise self.__no_account()

    def __told(self, account: tuple[Any, ...]) -> "Call":
        from course.checks import Call

        match account:
            case (value, tuple() as changed) if all(type(name) is str for name in changed):
                return Call(value, changed)
        raise self.__no_account()

    def __no_account(self) -> ProtocolFault:
        return ProtocolFault(f"the call of {self.__course_describe__()} has no account of itself")

    def __course_call_all__(self, calls: "list[partial[Any]]") -> list[Any]:
        """Make calls in the student process, one after the other."""
        asked = [(one.func, one.args, one.keywords) for one in calls]
        return self.__several("call_all", len(asked), asked)

    def __course_call_there__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> "Proxy":
        """Call the object and leave the value in the student process."""
        value = self.__ask("call_there", *args, kwargs=kwargs)
        if not isinstance(value, Proxy):
            raise ProtocolFault(f"the value of {self.__course_describe__()} did not stay there")
        return value

    def __course_places__(self, things: Any, among: Any) -> list[int]:
        """Find things among others in the student process."""
        found = self.__link.request("places", things, among)
        if type(found) is not list or any(type(place) is not int for place in found):
            raise ProtocolFault("places gave something else")
        return found

    def __course_get_all__(self, objects: Sequence[Any], paths: tuple[str, ...]) -> list[Any]:
        """Read attributes of objects in the student process."""
        return self.__several("get_all", len(objects), list(objects), paths)

    def __course_set_all__(self, values: dict[str, Any]) -> None:
        """Set attributes of the object."""
        self.__forget_methods(*values)
        self.__ask("set_all", list(values), list(values.values()))

    def __forget_methods(self, *names: str) -> None:
        """Take nothing for known of attributes that change."""
        self.__link.methods.difference_update((self.__type_name, name) for name in names)

    def __several(self, operation: str, count: int, *args: Any) -> list[Any]:
        values = self.__link.request(operation, *args)
        if type(values) is not list or len(values) != count:
            raise ProtocolFault(f"{operation} of {count} gave something else")
        return values

    def __course_contents__(self) -> Any:
        """Give the list, tuple or dict that the object is by its base class, else the proxy."""
        inside = self.__ask("contents")
        return inside if type(inside) in (list, tuple, dict) else self

    def __course_describe__(self) -> str:
        """Say what this is, for messages."""
        return f"an object of class {self.__type_name}"

    def __plain(self, operation: str, kind: type, *args: Any) -> Any:
        """Ask for something that must be of one built-in type, whatever the object says."""
        value = self.__ask(operation, *args)
        if type(value) is not kind:
            raise ProtocolFault(
                f"{operation} of {self.__course_describe__()} gave no {kind.__name__}"
            )
        return value

    def __ask(self, operation: str, *args: Any, kwargs: dict[str, Any] | None = None) -> Any:
        return self.__link.request(operation, self, *args, kwargs=kwargs)

    def __number_in(self, link: "Link") -> int:
        if self.__link is not link:
            raise StudentDied(self.__link.closed or "this object is of another student process")
        number: int = self.__number
        return number


class Method(Proxy):
    """A method of a student's object, which is looked up when something is asked of it.

    That saves the exchange that would fetch it. `Link.methods` tells of which attributes there are
    such: those that were methods when they were read of another object whose class has that name.
    """

    __slots__ = ("__name", "__own", "__owner")

    def __init__(self, owner: Proxy, name: str) -> None:
        super().__init__(owner._Proxy__link, 0, BOUND)
        object.__setattr__(self, "_Method__owner", owner)
        object.__setattr__(self, "_Method__name", name)
        object.__setattr__(self, "_Method__own", None)

    def __del__(self) -> None:
        pass  # no object of the student's stands behind it

    # Named as Python renames the private methods of `Proxy`: tests may ask for any other name.

    def _Proxy__ask(self, operation: str, *args: Any, kwargs: dict[str, Any] | None = None) -> Any:
        link, asked = self._Proxy__link, (self.__owner, self.__name, operation, *args)
        return link.request("of_attribute", *asked, kwargs=kwargs)

    def _Proxy__number_in(self, link: "Link") -> int:
        """Fetch it after all: it is to be handed to other code of the student's."""
        if self.__own is None:
            own = link.request("getattr", self.__owner, self.__name)
            if type(own) is not Proxy:
                raise ProtocolFault(f"`{self.__name}` is a method no more")
            object.__setattr__(self, "_Method__own", own)
        return number_of(self.__own, link)


def _are_counts(hits: dict[Any, Any]) -> bool:
    return all(type(key) is str for key in hits) and all(type(n) is int for n in hits.values())


def number_of(proxy: Proxy, link: "Link") -> int:
    """Give the object's number behind `link`; raises `StudentDied` if it lives elsewhere."""
    return proxy._Proxy__number_in(link)  # type: ignore[no-any-return]


def _forward(operation: str) -> Callable[..., Any]:
    def forward(self: Any, *others: Any) -> Any:
        return self._Proxy__ask(operation, *others)

    return forward


def _reflected(operation: str) -> Callable[..., Any]:
    def reflected(self: Any, other: Any) -> Any:
        return self._Proxy__link.request(operation, other, self)

    return reflected


_BINARY = (
    *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "divmod"),
    *("and", "or", "xor", "lshift", "rshift"),
)
_OTHERS = (
    *("lt", "le", "gt", "ge", "neg", "pos", "abs", "invert", "round"),
    *("getitem", "setitem", "delitem"),
)
_KEYWORDS = {"and", "or"}

for _name in _BINARY:
    _operation = f"{_name}_" if _name in _KEYWORDS else _name
    setattr(Proxy, f"__{_name}__", _forward(_operation))
    setattr(Proxy, f"__r{_name}__", _reflected(_operation))
    if _name != "divmod":
        setattr(Proxy, f"__i{_name}__", _forward(f"i{_name}"))
for _name in _OTHERS:
    setattr(Proxy, f"__{_name}__", _forward(_name))

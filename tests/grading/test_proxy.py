"""A test cell sees the student's objects as they are, or nearly."""

import copy
import operator
import pickle
from functools import partial

import numpy as np
import pytest

from course.checks import (
    CheckFailed,
    call,
    call_all,
    call_there,
    check_pure,
    check_value,
    get_all,
    is_sequence,
    places,
    set_all,
)
from course.checks._values import normal_form
from course.grading.limits import Limits
from course.grading.wall.connection import Student, StudentCell
from course.grading.wall.faults import ProtocolFault, StudentDied, StudentError, StudentNameError
from course.grading.wall.link import Link
from tests.attacks.protocol import AGENT

CELL = '''import numpy as np

class Net:
    """A network."""
    count = 0
    def __init__(self, sizes=(2, 3)):
        self.sizes = list(sizes)
        self.weights = [np.ones(s) for s in zip(sizes, sizes[1:])]
        self.parent = None
    def twice(self, x, *, scale=2):
        return scale * x
    def me(self):
        return self
    def fail(self):
        return {}["missing"]

class Sub(Net):
    pass

class Variable:
    __array_ufunc__ = None
    def __init__(self, value): self.value = value
    def __add__(self, other): return Variable(self.value + getattr(other, "value", other))
    def __radd__(self, other): return Variable(other + self.value)
    def __rmul__(self, other): return Variable(other * self.value)
    def __mul__(self, other): return Variable(self.value * getattr(other, "value", other))
    def __matmul__(self, other): return "matmul"
    def __rmatmul__(self, other): return ("rmatmul", other)
    def __pow__(self, k): return Variable(self.value ** k)
    def __neg__(self): return Variable(-self.value)
    def __abs__(self): return "abs"
    def __lt__(self, other): return self.value < getattr(other, "value", other)
    def __iadd__(self, other): self.value += other; return self
    def __and__(self, other): return "and"
    def __getitem__(self, key): return key
    def __contains__(self, item): return item == self.value
    def __float__(self): return float(self.value)
    def __index__(self): return int(self.value)
    def __bool__(self): return self.value != 0
    def __str__(self): return f"V{self.value}"

class Bag:
    def __init__(self): self.items = {}
    def __len__(self): return 3
    def __iter__(self): return iter([1, Net, 3])
    def __setitem__(self, k, v): self.items[k] = v
    def __getitem__(self, k): return self.items[k]
    def __delitem__(self, k): del self.items[k]

class Liar:
    def __eq__(self, other): return True
    def __hash__(self): return 1
    def __bool__(self): return "yes"
    def __len__(self): return 10**12
    def __float__(self): return type("F", (float,), {})(1.0)
    def __iter__(self): return iter(int, 1)
    def __array__(self, *a, **k): return np.ones(3)
    def __array_ufunc__(self, *a, **k): return 1.0
    def __repr__(self): return "x" * 10**6

class Hidden:
    def __getattr__(self, name): return 42

net, other, liar, bag = Net(), Net(), Liar(), Bag()
def same(a, b): return a is b
def apply(f, *args, **kwargs): return f(*args, **kwargs)
def kind(x): return type(x).__name__
def swallow(f):
    try: return f()
    except Exception as error: return type(error).__name__, str(error)
def overwrite(x, y=None):
    x[0] = 7
    return x.sum()
def gen():
    n = 0
    while True:
        yield n
        n += 1
def loops(x):
    s = 0.0
    for v in x: s += v
    return s
def large(n): return np.zeros((n, n))
def cyclic():
    a = []
    a.append(a)
    return a
def unreadable():
    class Bad(np.ndarray):
        @property
        def dtype(self): raise OSError
    return np.zeros(3).view(Bad)
hostile = type("Hostile", (Exception,), {"__str__": lambda self: 1 / 0})
def raise_hostile(): raise hostile()
'''


@pytest.fixture(scope="module")
def student():
    with Student(Limits(value_bytes=1 << 20, iterations=1000, call_seconds=60)) as student:
        run = student.run(StudentCell("cell", CELL))
        assert run.status == "ok", run.error
        yield student


@pytest.fixture(scope="module")
def get(student):
    return student.lookup


def test_values_are_copies(get):
    net = get("net")
    assert net.sizes == [2, 3]
    assert type(net.sizes) is list
    net.weights[0][:] = 5
    assert (net.weights[0] == 1).all()
    net.weights = [np.full((2, 3), 4.0)]
    assert (net.weights[0] == 4).all()


def test_a_missing_name_is_a_name_error(get):
    with pytest.raises(StudentNameError, match="defines `nothing`"):
        get("nothing")
    with pytest.raises(NameError):
        get("nothing")


def test_the_same_object_is_the_same_proxy(get):
    net = get("net")
    assert net.me() is net
    assert get("net") is net
    assert net == net.me()
    assert net != get("other")
    assert {net: 1}[net.me()] == 1
    assert net in [get("other"), net]
    assert get("same")(net, net)
    assert not get("same")(net, get("other"))


def test_attributes(get):
    net = get("Net")()
    net.parent = get("other")
    assert net.parent is get("other")
    assert hasattr(net, "sizes")
    assert not hasattr(net, "no_such")
    del net.sizes
    assert not hasattr(net, "sizes")
    assert getattr(net, "sizes", 8) == 8
    assert get("Net").count == 0
    assert get("same").__name__ == "same"
    with pytest.raises(AttributeError):
        net.no_such  # noqa: B018


def test_calls_with_keywords_and_references_inside_containers(get):
    assert get("net").twice(np.arange(2.0), scale=3).tolist() == [0.0, 3.0]
    pair = get("apply")(lambda a: {"net": [a]}, get("net"))
    assert pair["net"][0] is get("net")


def test_calls_made_at_one_go(get):
    apply, kind, net = get("apply"), get("kind"), get("net")
    calls = [partial(kind, net), partial(net.twice, 2.0, scale=3), partial(apply, net.me)]
    assert call_all(calls) == ["Net", 6.0, net]
    with pytest.raises(KeyError, match="missing"):
        call_all([partial(net.fail), partial(apply, net.me)])


def test_attributes_read_at_one_go(get):
    made = call_all([partial(get("Variable"), get("net")), partial(get("Variable"), get("other"))])
    assert get_all(made, "value") == [get("net"), get("other")]
    assert get_all(made, "value.sizes", "value.parent") == [([2, 3], None), ([2, 3], None)]
    with pytest.raises(AttributeError):
        get_all(made, "sizes")


def forged(forger, lies):
    """Let a process tell lies; give a function of it."""
    cell = f"import os, sys\n{AGENT}{lies}\ndef f(*args): pass"
    assert forger.run(StudentCell("cell", cell)).status == "ok"
    return forger.lookup("f")


def assert_faults(lies, *questions):
    """Ask a process that tells lies about a function of it: each question must be a fault."""
    with Student() as forger:
        f = forged(forger, lies)
        for question in questions:
            with pytest.raises(ProtocolFault):
                question(f)


def test_a_value_can_be_left_where_it_is(student):
    source = "things = [object() for _ in range(90)]\ndef every(step=1): return things[::step]\n"
    source += "def pairs(): return {thing: k for k, thing in enumerate(things)}"
    assert student.run(StudentCell("things", source)).status == "ok"
    every, pairs = student.lookup("every"), student.lookup("pairs")
    asked = student._link.received
    things, some = call_there(every), call_there(every, step=10)
    assert places(some, among=things) == list(range(0, 90, 10))
    assert len(things) == 90
    assert things[10] is some[1]
    assert call_there(pairs)[some[2]] == 20
    assert student._link.received - asked < 500
    assert places([things[7], some, every()[5]], among=things) == [7, -1, 5]
    assert places(things, among=[]) == [-1] * 90
    with pytest.raises(TypeError):
        call_there(pairs, 1)
    with pytest.raises(TypeError):
        places(call_there(things.clear), among=things)  # None has no items
    assert len(things) == 0


@pytest.mark.parametrize("told", ["None", "[0.0]", "(0,)", "[True]"])
def test_what_is_not_left_there_or_no_place_is_a_fault(told):
    lies = f"agent._operations.update(call_there=lambda *a: {told}, places=lambda *a: {told})"
    assert_faults(lies, call_there, lambda f: places(f, among=[f]))


def test_attributes_set_at_one_go(get):
    net = get("Net")()
    set_all(net, sizes=(4, 5), parent=get("net"), double=lambda x: 2 * x)
    assert net.sizes == (4, 5)
    assert net.parent is get("net")
    assert net.double(3) == 6
    with pytest.raises(AttributeError):
        set_all(get("net").me, name=1)  # a method has no attributes to set


@pytest.mark.parametrize("told", ["[1]", "(1, 2)", "None", "[1, 2, 3]"])
def test_an_account_of_other_calls_than_those_asked_for_is_a_fault(told):
    lies = f"agent._operations.update(call_all=lambda a: {told}, get_all=lambda *a: {told})"
    assert_faults(
        lies, lambda f: call_all([partial(f), partial(f)]), lambda f: get_all([f, f], "a")
    )


@pytest.mark.parametrize(
    "told",
    [
        "None",
        "(1, ()), None, ()",
        "(1, ()), (1, 2), ()",
        "(1, (2,)), None, ()",
        "(1,), (1, ()), ()",
    ],
)
def test_a_lie_about_two_calls_is_a_fault(told):
    lies = f"agent._operations['observed_twice'] = lambda *a: ({told})"
    assert_faults(lies, lambda f: check_pure("E", f))


@pytest.fixture
def asked(monkeypatch):
    """The operations that were asked for."""
    seen, request = [], Link.request

    def counted(self, operation, *args, **kwargs):
        seen.append(operation)
        return request(self, operation, *args, **kwargs)

    monkeypatch.setattr(Link, "request", counted)
    return seen


METHODS = """
class Layer:
    def __init__(self, name): self.name = name
    def forward(self, x, name="", owner=0, operation=0): return f"{self.name}{x}{name}"
    def spoil(self, x): x[0] = 7
class Plain:
    forward = 3
class Lacks: pass
def apply(f, x): return f(x)
"""


@pytest.fixture
def layers():
    with Student() as student:
        assert student.run(StudentCell("cell", METHODS)).status == "ok"
        yield student


def test_a_method_that_is_known_is_not_fetched(layers, asked):
    a, b = call_all([partial(layers.lookup("Layer"), name) for name in "ab"])
    asked.clear()
    assert a.forward(1) == "a1"
    assert asked == ["getattr", "call"]
    assert [a.forward(2), b.forward(x=3, name="n", owner=1, operation=2)] == ["a2", "b3n"]
    assert call(b.forward, 4).value == "b4"
    assert check_pure("E", b.forward, 5).value == "b5"
    assert asked == ["getattr", "call", *["of_attribute"] * 4]
    assert call(b.spoil, np.ones(2)).changed == call(b.spoil, np.ones(2)).changed == ("x",)


def test_a_known_method_is_fetched_where_it_is_an_argument(layers, asked):
    a, b = call_all([partial(layers.lookup("Layer"), name) for name in "ab"])
    apply, _ = layers.lookup("apply"), a.forward
    asked.clear()
    forward = b.forward
    assert [apply(forward, 1), apply(forward, 2)] == ["b1", "b2"]
    assert asked.count("getattr") == 1
    assert call_all([partial(forward, 3), partial(b.forward, 4)]) == ["b3", "b4"]


def test_a_method_that_was_replaced_is_no_method(layers):
    a, b = call_all([partial(layers.lookup("Layer"), name) for name in "ab"])
    assert a.forward(1) == "a1"
    b.forward = 5
    assert b.forward == 5
    assert a.forward(1) == "a1"
    set_all(b, forward=6)
    assert b.forward == 6
    del b.forward
    assert b.forward(1) == "b1"
    with pytest.raises(AttributeError):
        del b.forward  # the class has it


def test_a_method_that_an_object_has_not_is_an_error_when_it_is_called(layers):
    a = layers.lookup("Layer")("a")
    assert a.forward(1) == "a1"
    del_later = a.spoil
    change = layers.run(StudentCell("change", "del Layer.forward, Layer.spoil"))
    assert change.status == "ok"
    with pytest.raises(AttributeError, match="forward"):
        a.forward(1)
    with pytest.raises(AttributeError, match="spoil"):
        call(a.spoil, 1)
    assert call(del_later, np.ones(2)).changed == ("x",)  # it was fetched before


def test_attributes_of_other_classes_are_read(layers):
    assert layers.lookup("Layer")("a").forward(1) == "a1"
    assert layers.lookup("Plain")().forward == 3
    with pytest.raises(AttributeError):
        _ = layers.lookup("Lacks")().forward


def test_a_method_of_a_process_that_was_replaced_says_so(layers):
    a = layers.lookup("Layer")("a")
    assert a.forward(1) == "a1"
    forward = a.forward
    layers.close()
    with pytest.raises(StudentDied):
        forward(1)


def test_isinstance_of_a_students_class(get):
    assert isinstance(get("net"), get("Net"))
    assert isinstance(get("Sub")(), get("Net"))
    assert not isinstance(3, get("Net"))
    assert not isinstance(get("net"), get("Sub"))
    assert issubclass(get("Sub"), get("Net"))
    assert not issubclass(float, get("Net"))


def test_operators(get):
    Variable = get("Variable")
    v = Variable(3.0)
    assert (v + 1).value == (1 + v).value == 4.0
    assert (v + v).value == 6.0
    assert (v**2).value == 9.0
    assert (-v).value == -3.0
    assert v @ 1 == "matmul"
    assert abs(v) == "abs"
    assert (v & v) == "and"
    assert v < 4
    assert not v < Variable(2)
    assert v[1:2, ..., None] == (slice(1, 2), ..., None)
    assert 3.0 in v
    assert float(v) == 3.0
    assert operator.index(v) == 3
    assert bool(v)
    assert not Variable(0)
    assert str(v) == "V3.0"
    same = v
    v += 2
    assert v is same
    assert v.value == 5.0
    with pytest.raises(TypeError):
        v - 1


def test_an_array_on_the_left_leaves_the_operator_to_the_student(get):
    v = get("Variable")(np.arange(3.0))
    product = np.array([1.0, 2.0, 3.0]) * v
    assert product.value.tolist() == [0.0, 2.0, 6.0]
    name, left = np.eye(2) @ v
    assert name == "rmatmul"
    assert (left == np.eye(2)).all()
    assert (np.float64(2) * v).value.tolist() == [0.0, 2.0, 4.0]


def test_an_array_on_the_left_goes_item_by_item_as_in_one_kernel(student, get):
    student.run(StudentCell("m", "class Mul:\n    def __rmul__(self, x): return x + 1"))
    products = np.array([1.0, 2.0]) * get("Mul")()
    assert list(products) == [2.0, 3.0]


def test_numpy_sees_no_array_in_an_object(get):
    liar = get("liar")
    for function in (np.asarray, np.array, np.sum, np.isfinite, np.exp):
        with pytest.raises(TypeError):
            function([liar] if function is np.array else liar)
    for judge in (np.testing.assert_allclose, np.allclose, np.isclose):
        with pytest.raises(TypeError):
            judge(liar, np.ones(3))
    assert not np.array_equal(liar, np.ones(3))
    assert np.ones(3) != liar


def test_a_liar_decides_nothing(get):
    liar = get("liar")
    assert liar != 1
    assert liar != np.float64(3)
    assert liar not in [1, 2]
    with pytest.raises(StudentError, match="__bool__ should return bool"):
        bool(liar)
    with pytest.raises(ProtocolFault, match="items"):
        len(liar)
    assert type(float(liar)) is float
    with pytest.raises(ProtocolFault, match="does not end"):
        for _ in liar:
            pass
    assert len(repr(liar)) == 500


def test_no_question_of_python_reaches_an_object_that_answers_all(student, get):
    student.run(StudentCell("hidden", "hidden = Hidden()"))
    hidden = get("hidden")
    assert hidden.anything == 42
    for name in ("__array_interface__", "__jax_array__", "__wrapped__", "__code__", "__dict__"):
        assert not hasattr(hidden, name)


def test_loops(get):
    bag = get("bag")
    assert len(bag) == 3
    first, kind, last = bag
    assert (first, last) == (1, 3)
    assert kind is get("Net")
    numbers = get("gen")()
    assert [next(numbers), next(numbers)] == [0, 1]
    assert [n for n, _ in zip(numbers, range(3), strict=False)] == [2, 3, 4]
    with pytest.raises(ProtocolFault, match="does not end"):
        list(get("gen")())
    with pytest.raises(TypeError):
        iter(get("net"))


def test_items(get):
    bag = get("bag")
    bag["a"] = [1]
    assert bag["a"] == [1]
    del bag["a"]
    with pytest.raises(KeyError):
        bag["a"]


def test_copies_are_the_students(get):
    net = get("Net")()
    twin = copy.deepcopy(net)
    assert twin is not net
    assert isinstance(twin, get("Net"))
    assert isinstance(copy.copy(net), get("Net"))
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(net)


def test_a_students_class_cannot_be_derived_from(get):
    with pytest.raises(TypeError, match="cannot derive"):

        class Derived(get("Net")):
            pass


def test_errors_arrive_with_type_text_and_frames(get):
    with pytest.raises(StudentError) as caught:
        get("net").fail()
    error = caught.value
    assert isinstance(error, KeyError)
    assert (error.type_name, error.text) == ("KeyError", "'missing'")
    assert str(error) == "KeyError: 'missing'"
    assert error.traceback.splitlines()[0] == "cell cell, line 15, in fail"
    assert 'return {}["missing"]' in error.traceback
    assert "operations.py" not in error.traceback


def test_an_exception_that_cannot_be_shown_is_still_an_error(get):
    with pytest.raises(StudentError, match="cannot be shown") as caught:
        get("raise_hostile")()
    assert caught.value.type_name == "Hostile"


@pytest.mark.parametrize(
    "name", ["SystemExit", "KeyboardInterrupt", "GeneratorExit", "StopIteration"]
)
def test_exceptions_that_steer_python_are_errors(student, get, name):
    student.run(StudentCell("steer", f"def steer(): raise {name}('now')"))
    with pytest.raises(StudentError) as caught:
        get("steer")()
    assert caught.value.type_name == name
    assert type(caught.value) is StudentError


def test_functions_of_the_test_are_called_back(get):
    apply = get("apply")
    seen = []
    assert apply(lambda x, *, k: seen.append(x) or x.sum() + k, np.arange(3), k=1) == 4
    assert seen[0].tolist() == [0, 1, 2]
    assert apply(seen.append, 5) is None
    assert seen[1] == 5
    function = lambda: 1  # noqa: E731
    assert get("same")(function, function)
    assert apply(lambda f: f, function) is function


def test_numpys_functions_are_the_students_own(get):
    assert get("kind")(np.sin) == "ufunc"
    assert get("kind")(np) == "module"
    assert get("kind")(float) == "type"
    assert get("apply")(np.add, 1, 2) == 3


def test_calls_nest_both_ways(get):
    apply, net = get("apply"), get("net")

    def outer(x):
        assert net.me() is net
        return apply(lambda y: apply(np.negative, y) + net.twice(1), x)

    assert apply(outer, 5) == -3


def test_calls_that_nest_too_deep_end(get):
    apply = get("apply")

    def again():
        return apply(again)

    with pytest.raises(RecursionError, match="too deep"):
        apply(again)
    assert apply(lambda: 1) == 1


def test_an_error_in_a_function_of_the_test_reaches_the_student_and_then_the_test(get):
    def fail():
        raise ValueError("from the test")

    assert get("swallow")(fail) == ("ValueError", "from the test")
    with pytest.raises(ValueError, match="from the test") as caught:
        get("apply")(fail)
    assert type(caught.value) is ValueError


def test_a_check_that_failed_in_a_callback_cannot_be_swallowed(get):
    def check():
        raise AssertionError("wrong")

    with pytest.raises(AssertionError, match="wrong"):
        get("swallow")(check)


def test_a_students_error_in_a_nested_call_may_be_swallowed(get):
    net = get("net")
    assert get("swallow")(net.fail)[0] == "KeyError"  # the student's own method
    assert get("swallow")(lambda: net.fail())[0] == "KeyError"
    with pytest.raises(StudentError) as caught:
        get("apply")(lambda: net.fail())
    assert caught.value.type_name == "KeyError"


def test_what_cannot_travel_is_said(get):
    with pytest.raises(TypeError, match="a Generator does not travel"):
        get("kind")(np.random.default_rng(0))
    with pytest.raises(TypeError, match="its arrays take more"):
        get("kind")(np.zeros((1000, 1000)))
    with pytest.raises(ProtocolFault, match="cannot travel: its arrays take more"):
        get("large")(1000)
    with pytest.raises(
        ProtocolFault, match="cannot travel: it is nested too deep, or holds itself"
    ):
        get("cyclic")()
    with pytest.raises(ProtocolFault, match="cannot travel: it cannot be read"):
        get("unreadable")()
    assert get("net").twice(1) == 2


def test_one_call_with_what_it_altered_and_the_lines_it_ran(get):
    done = call(get("overwrite"), np.zeros(3), y=np.zeros(2))
    assert done.value == 7.0
    assert done.changed == ("x",)
    assert done.lines is None
    assert call(get("net").me).changed == ()
    few = call(get("loops"), np.zeros(2), count_lines=True).lines
    many = call(get("loops"), np.zeros(20), count_lines=True).lines
    assert 0 < few < many - 15


def test_a_forged_account_of_the_arguments_is_held_against_them(student):
    cell = """
import sys
def overwrite(x):
    x *= 0
    before = sys._getframe(1).f_locals["before"]
    before[0] = x.copy()
"""
    assert student.run(StudentCell("forged", cell)).status == "ok"
    assert call(student.lookup("overwrite"), np.ones(3)).changed == ("argument 1",)


def test_arrays_that_a_function_of_the_test_gives_are_watched_too(student):
    cell = """
def rows(f, x):
    return sum(map(abs, f(x)))
"""
    assert student.run(StudentCell("rows", cell)).status == "ok"
    few, many = (
        call(student.lookup("rows"), lambda x: x + 1, np.zeros((n, 2)), count_lines=True).lines
        for n in (2, 20)
    )
    assert few < many - 15


KINDS = """
import collections, typing
import numpy as np
Pair = collections.namedtuple("Pair", "w b")
class Layers(list):
    def __iter__(self): raise AssertionError("a judgement called student code")
    __len__ = __getitem__ = __class__ = __iter__
class Notes(dict):
    def items(self): raise AssertionError("a judgement called student code")
    __iter__ = keys = values = __len__ = items
nested = Pair([np.ones(2)], Pair(1.0, collections.deque()))
history = collections.defaultdict(lambda: collections.defaultdict(list))
history["train"]["loss"].append(0.5)
layers, notes = Layers([1, 2]), Notes(a=1)
def starts(pairs): return [pair.w for pair in pairs]
"""


def test_classes_that_derive_from_containers_hold_what_they_hold(student):
    assert student.run(StudentCell("kinds", KINDS)).status == "ok"
    for name, expected in {
        "nested": ([np.ones(2)], (1.0,)),
        "history": {"train": {"loss": [0.5]}},
        "layers": [1, 2],
        "notes": {"a": 1},
    }.items():
        got = student.lookup(name)
        if name == "nested":
            assert is_sequence(got)
            assert "deque" in str(normal_form(got))
            got, expected = got[0], expected[0]
        check_value("E", got, expected, name=name)
        with pytest.raises(CheckFailed):
            check_value("E", got, [3], name=name)
    assert not is_sequence(student.lookup("Pair"))
    nested = student.lookup("nested")
    (start,) = student.lookup("starts")([nested])  # there they are what they were
    assert np.array_equal(start, [np.ones(2)])


def test_what_it_is_in_words(get):
    assert get("net").__course_describe__() == "an object of class Net"
    assert repr(get("same")).startswith("<function same")


def test_objects_that_nobody_holds_are_given_back(student, get):
    student.run(
        StudentCell(
            "weak",
            "import weakref\nclass W: pass\nrefs = []\n"
            "def make():\n    w = W(); refs.append(weakref.ref(w)); return w\n"
            "def alive(): return sum(r() is not None for r in refs)",
        )
    )
    make, alive = get("make"), get("alive")
    kept = [make() for _ in range(3)]
    assert alive() == 3
    del kept[0]
    alive()
    assert alive() == 2
    assert len(kept) == 2

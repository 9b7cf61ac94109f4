import contextlib
import functools
import math
import string
from typing import Any

import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course.grading.protocol import Bounds, Malformed, Unsendable, mine, yours
from course.grading.protocol.decode import Decoder
from course.grading.protocol.encode import Encoder
from course.grading.protocol.shared import DTYPES

BOUNDS = Bounds(value_bytes=1 << 16, structure_bytes=1 << 16, depth=8)


class Lent:
    """An object that stays where it is."""


def refer(value: Any) -> list[Any]:
    return mine(7, type(value).__name__)


class Resolver:
    """Gives what was asked of it."""

    def theirs(self, number: int, type_name: str) -> Any:
        return "theirs", number, type_name

    def ours(self, number: int) -> Any:
        return "ours", number


resolver = Resolver()


def encode(value: Any, refer: Any, bounds: Bounds) -> bytes:
    encoder = Encoder(refer, bounds)
    return encoder.body(encoder.node(value, bounds.depth))


def decode(data: bytes, resolver: Any, bounds: Bounds) -> Any:
    decoder = Decoder(data, resolver, bounds)
    value = decoder.value(decoder.node, bounds.depth)
    decoder.end()
    return value


def there_and_back(value: Any) -> Any:
    return decode(encode(value, refer, BOUNDS), resolver, BOUNDS)


def same(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray | np.generic):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, float):
        return a == b or (math.isnan(a) and math.isnan(b))
    return bool(a == b)


def body(node: Any, blob: bytes = b"") -> bytes:
    structure = msgpack.packb(node)
    return len(structure).to_bytes(4, "big") + structure + blob


arrays = hnp.arrays(
    st.sampled_from(sorted(DTYPES)).map(np.dtype), hnp.array_shapes(min_dims=0, min_side=0)
)
keys = st.one_of(
    st.integers(-(2**70), 2**70),
    st.text(string.printable),
    st.tuples(st.integers(), st.booleans()),
    st.floats(allow_nan=False),
    st.none(),
    st.binary(),
)
leaves = st.one_of(
    keys,
    arrays,
    arrays.map(lambda a: a.flat[0] if a.size else 1),
    st.complex_numbers(allow_nan=False),
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner),
        st.lists(inner).map(tuple),
        st.dictionaries(keys, inner),
        st.sets(keys),
        st.frozensets(keys),
    ),
    max_leaves=12,
)


@given(values)
@settings(max_examples=150, deadline=None)
def test_values_come_back_the_same(value):
    assert same(there_and_back(value), value)


@pytest.mark.parametrize(
    "value",
    [
        ...,
        slice(1, None),
        range(2, 9, 3),
        np.dtype("<f4"),
        np.float64,
        float,
        np.ndarray,
        np,
        np.tanh,
        2**64,
        -(2**2000),
        np.float32(0.1),
        np.bool_(True),
        np.int64(3),
        True,
    ],
    ids=repr,
)
def test_special_values_come_back_the_same(value):
    assert there_and_back(value) == value
    assert type(there_and_back(value)) is type(value)


def test_arrays_come_back_contiguous_writable_and_native():
    value = np.arange(6, dtype=">i4").reshape(2, 3).T
    back = there_and_back(value)
    assert back.dtype == np.dtype("=i4")
    assert back.flags.c_contiguous
    assert back.flags.writeable
    assert back.flags.owndata
    assert (back == value).all()


def test_an_array_subclass_comes_back_as_a_plain_array():
    class Liar(np.ndarray):
        def __eq__(self, other):
            return np.ones(self.shape, bool)

    back = there_and_back(np.zeros(3).view(Liar))
    assert type(back) is np.ndarray


@pytest.mark.parametrize(
    "value",
    [
        Lent(),
        lambda: 1,
        np.array([Lent()]),
        np.array(["a"]),
        np.array([(1, 2)], dtype="i4,i4"),
        np.datetime64("2020-01-01"),
        2 ** (8 * 1024),
        type("F", (float,), {})(1),
        type("L", (list,), {})(),
        Lent,
        math,
    ],
    ids=lambda value: type(value).__name__,
)
def test_all_else_stays_where_it_is(value):
    assert there_and_back([value]) == [("theirs", 7, type(value).__name__)]


def test_the_receivers_objects_go_by_their_number():
    assert decode(encode(1, lambda _: yours(3), BOUNDS), resolver, BOUNDS) == 1
    assert decode(encode(Lent(), lambda _: yours(3), BOUNDS), resolver, BOUNDS) == ("ours", 3)


def test_a_list_within_itself_does_not_travel():
    value: list[Any] = []
    value.append(value)
    with pytest.raises(Unsendable, match="holds itself"):
        encode(value, refer, BOUNDS)


def test_sharing_does_not_multiply_what_travels():
    value: list[Any] = [0]
    for _ in range(7):
        value = [value] * 100
    with pytest.raises(Unsendable, match="too many items"):
        encode(value, refer, BOUNDS)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (np.zeros(1 << 14), "arrays take more"),
        ("x" * (1 << 17), "takes more"),
        ("\ud800", "not valid Unicode"),
        ([[[[[[[[[1]]]]]]]]], "nested too deep"),
    ],
)
def test_what_is_over_a_bound_does_not_travel(value, why):
    with pytest.raises(Unsendable, match=why):
        encode(value, refer, BOUNDS)


HOSTILE = {
    "no structure": b"",
    "short header": b"\0\0",
    "structure longer than the frame": b"\0\0\0\x09\xc0",
    "left-over structure": body(1)[:-1] + b"\x01\x02",
    "left-over bytes": body(1, b"x"),
    "map": body({"a": 1}),
    "extension": body(msgpack.ExtType(4, b"abc")),
    "time stamp": body(msgpack.Timestamp(1)),
    "no tag": body([]),
    "tag of the wrong type": body([1, 2]),
    "tag is a list": body([["list"]]),
    "unknown tag": body(["pickle", b"cos\nsystem\n"]),
    "bad text": b"\0\0\0\x02\xa1\xff",
    "deep": b"\0\0\x27\x10" + b"\x91" * 10_000,
    "tags too deep": body(functools.reduce(lambda node, _: ["list", node], range(9), 1)),
    "array of objects": body(["array", "|O", 1], b"12345678"),
    "array of an unknown format": body(["array", "<f16", 1], b"1" * 16),
    "array without a format": body(["array"]),
    "array longer than its bytes": body(["array", "<f8", 3], b"12345678"),
    "array shorter than its bytes": body(["array", "<f8", 0], b"12345678"),
    "array of a negative shape": body(["array", "<f8", -1], b""),
    "array of an absurd shape": body(["array", "<f8", 2**62, 2**62], b""),
    "empty array of an absurd shape": body(["array", "<f8", 0, 2**63, 2**63], b""),
    "array of too many dimensions": body(["array", "<f8", *[1] * 70], b"12345678"),
    "array of a boolean shape": body(["array", "<f8", True], b"12345678"),
    "array of a float shape": body(["array", "<f8", 1.0], b"12345678"),
    "scalar of the wrong length": body(["scalar", "<f8", b"1234"]),
    "scalar of text": body(["scalar", "<f8", "12345678"]),
    "number format": body(["dtype", "O"]),
    "name": body(["named", "os.system"]),
    "name of the wrong type": body(["named", ["numpy"]]),
    "integer of text": body(["int", "12"]),
    "long integer": body(["int", b"1" * 5000]),
    "complex of text": body(["complex", "1", 2.0]),
    "range of text": body(["range", "a", 1, 2]),
    "range without a step": body(["range", 1, 2, 0]),
    "range without a length": body(["range", 0, 2**64 - 1, 1]),
    "slice of two": body(["slice", 1, 2]),
    "nan as key": body(["dict", math.nan, 1]),
    "numpy nan as key": body(["dict", ["scalar", "<f8", np.float64(math.nan).tobytes()], 1]),
    "same key twice": body(["dict", "a", 1, "a", 2]),
    "equal keys": body(["dict", 1, 1, 1.0, 2]),
    "list as key": body(["dict", ["list"], 1]),
    "array as key": body(["dict", ["array", "<f8", 1], 1], b"12345678"),
    "key without a value": body(["dict", 1]),
    "nan in a set": body(["set", math.nan]),
    "same member twice": body(["set", 1, 1]),
    "too many keys": body(["set", *range(6000)]),
    "reference without a type": body(["mine", 1]),
    "reference of text": body(["mine", "1", "f"]),
    "reference of a boolean": body(["yours", True]),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bytes_are_refused(data):
    with pytest.raises(Malformed):
        decode(data, resolver, BOUNDS)


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_random_bytes_never_do_worse_than_being_refused(data):
    with contextlib.suppress(Malformed):
        decode(data, resolver, BOUNDS)


nodes = st.recursive(
    st.one_of(st.none(), st.integers(-(2**63), 2**64 - 1), st.floats(), st.text(), st.binary()),
    lambda inner: st.one_of(
        st.lists(inner),
        st.tuples(
            st.sampled_from(
                [
                    "list",
                    "tuple",
                    "set",
                    "frozenset",
                    "dict",
                    "slice",
                    "range",
                    "int",
                    "complex",
                    "array",
                    "scalar",
                    "dtype",
                    "named",
                    "mine",
                    "yours",
                ]
            ),
            st.one_of(inner, st.sampled_from(sorted(DTYPES))),
        ).map(list),
        st.tuples(st.just("array"), st.sampled_from(sorted(DTYPES)), st.integers(0, 4)).map(list),
    ),
    max_leaves=10,
)


@given(nodes, st.binary(max_size=64))
@settings(max_examples=400, deadline=None)
def test_random_trees_never_do_worse_than_being_refused(node, blob):
    try:
        data = body(node, blob)
    except (UnicodeEncodeError, OverflowError):
        return
    with contextlib.suppress(Malformed):
        decode(data, resolver, BOUNDS)


@given(values, st.data())
@settings(max_examples=150, deadline=None)
def test_damaged_values_never_do_worse_than_being_refused(value, data):
    damaged = bytearray(encode(value, refer, BOUNDS))
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Malformed):
        decode(bytes(damaged), resolver, BOUNDS)


def test_extended_precision_travels_as_double():
    assert same(there_and_back(np.longdouble(0.5)), np.float64(0.5))
    assert same(there_and_back(np.array([[1.5]], np.clongdouble)), np.array([[1.5 + 0j]]))


def test_numbers_of_jax_that_do_not_travel_stay_where_they_are():
    jnp = pytest.importorskip("jax.numpy")
    assert same(there_and_back(jnp.ones(3)), np.ones(3, np.float32))
    for value in (jnp.ones(3, jnp.bfloat16), [jnp.bfloat16(1.5)]):
        back = there_and_back(value)
        stands_for = back[0] if isinstance(back, list) else back
        assert stands_for[:2] == ("theirs", 7)

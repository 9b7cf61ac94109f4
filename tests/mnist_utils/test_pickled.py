import gzip
import os
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_utils import DataError, _cache, import_path, missing
from tests.mnist_utils.support import SmallSet, content, small_set

SCALE = 256  # as mnist.pkl.gz has it


def splits(small: SmallSet, dtype: Any = np.float32, scale: int = SCALE) -> tuple[Any, Any, Any]:
    """The three pairs of mnist.pkl.gz: 50 train, 10 dev, 20 test."""
    sets = small.arrays
    x, x_test = (
        (sets[key].reshape(-1, 784) / scale).astype(dtype)
        for key in ("train-images", "t10k-images")
    )
    y, y_test = (sets[key].astype(np.int64) for key in ("train-labels", "t10k-labels"))
    return (x[:50], y[:50]), (x[50:], y[50:]), (x_test, y_test)


def assert_complete(small: SmallSet) -> None:
    assert missing(small.files) == ()
    for file in small.files:
        assert (_cache.read(file) == small.arrays[file.key]).all()


def python2(value: Any) -> bytes:
    """Pickle as cPickle of Python 2 did with protocol 2: byte strings, `numpy.core`."""
    return b"\x80\x02" + _python2(value) + b"."


def _python2(value: Any) -> bytes:
    if isinstance(value, tuple):
        return b"(" + b"".join(map(_python2, value)) + b"t"
    start = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85U\x01btR"
    shape = b"".join(b"M" + struct.pack("<H", size) for size in value.shape)
    dtype = b"cnumpy\ndtype\n(U\x02" + value.dtype.str[1:].encode() + b"K\x00K\x01tR"
    dtype += b"(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    raw = value.tobytes()
    return (
        start
        + b"(K\x01("
        + shape
        + b"t"
        + dtype
        + b"\x89T"
        + struct.pack("<I", len(raw))
        + raw
        + b"tb"
    )


def python2_text(value: Any) -> bytes:
    """The same in protocol 0, where even pixels are text."""
    return _text(value) + b"."


def _text(value: Any) -> bytes:
    if isinstance(value, tuple):
        return b"(" + b"".join(map(_text, value)) + b"t"
    start = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR"
    shape = b"".join(f"I{size}\n".encode() for size in value.shape)
    dtype = f"cnumpy\ndtype\n(S'{value.dtype.str[1:]}'\nI0\nI1\ntR(I3\nS'<'\nNNNI-1\nI-1\nI0\ntb"
    raw = "".join(f"\\x{byte:02x}" for byte in value.tobytes())
    return start + b"(I1\n(" + shape + b"t" + dtype.encode() + f"I00\nS'{raw}'\ntb".encode()


@pytest.mark.parametrize("write", [python2, python2_text])
def test_pickles_of_python_2(small: SmallSet, tmp_path: Path, write: Any) -> None:
    data = write(splits(small))
    theirs = pickle.loads(data, encoding="latin1")  # the helper writes what numpy can read
    assert (theirs[0][0] == splits(small)[0][0]).all()
    path = tmp_path / "mnist.pkl.gz"
    path.write_bytes(gzip.compress(data))
    assert len(import_path(path, files=small.files)) == 4
    assert_complete(small)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize(
    ("dtype", "scale"), [(np.float32, 256), (np.float64, 255), (">f4", 255), (np.uint8, 1)]
)
def test_pickles_of_python_3(
    small: SmallSet, tmp_path: Path, protocol: int, dtype: Any, scale: int
) -> None:
    path = tmp_path / "mnist.pkl"
    path.write_bytes(pickle.dumps(splits(small, dtype, scale), protocol))
    import_path(path, files=small.files)
    assert_complete(small)


def test_columns_first_and_lists_are_read_too(small: SmallSet, tmp_path: Path) -> None:
    value = [[np.asfortranarray(x), y] for x, y in splits(small)]
    path = tmp_path / "mnist.pkl"
    for protocol in (2, 5):
        path.write_bytes(pickle.dumps(value, protocol))
        import_path(path, files=small.files)
        assert_complete(small)
        for file in small.files:
            (_cache.cache_folder() / file.name).unlink()


class Runs:
    """Makes a folder when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("executed",)


def hostile(small: SmallSet) -> dict[str, tuple[bytes, str]]:
    """Pickles by what is wrong with them, and what the refusal must say."""
    train, dev, test = splits(small)
    good = python2((train, dev, test))
    mkdir = b"cposix\nmkdir\n(S'executed'\ntR"
    shape = b"(M\x14\x00M\x10\x03t"  # of the test images
    assert good.count(shape) == 1
    huge = b"(J\xff\xff\xff\x7fJ\xff\xff\xff\x7ft"
    return {
        "alone": (pickle.dumps(Runs()), "it asks for"),
        "alone, by name": (mkdir + b".", "it asks for posix.mkdir"),
        "beside good arrays": (pickle.dumps((train, dev, test, Runs())), "it asks for"),
        "for an array": (pickle.dumps((train, dev, (Runs(), test[1]))), "it asks for"),
        "in an array": (
            pickle.dumps((train, dev, (np.array([Runs()], object), test[1]))),
            "it asks for",
        ),
        "before the arrays": (good[:2] + mkdir + b"0" + good[2:], "it asks for posix.mkdir"),
        "by INST": (b"(S'executed'\niposix\nmkdir\n.", ""),
        "by OBJ": (b"(cposix\nmkdir\nS'executed'\no.", ""),
        "by NEWOBJ": (b"cnumpy\nndarray\n(I9\nt\x81.", ""),
        "by STACK_GLOBAL": (
            b"\x80\x04\x8c\x05posix\x8c\x05mkdir\x93\x8c\x08executed\x85R.",
            "it asks for posix.mkdir",
        ),
        "by a dotted name": (
            b"\x80\x04\x8c\x05numpy\x8c\x11ndarray.__class__\x93.",
            "it asks for numpy.ndarray.__class__",
        ),
        "by eval": (b"cbuiltins\neval\n(S'1'\ntR.", "it asks for builtins.eval"),
        "by a loader": (b"cnumpy\nload\n(S'mnist.pkl.gz'\ntR.", "it asks for numpy.load"),
        "call of a text": (b"S'x'\n(S'executed'\ntR.", ""),
        "state on a name": (b"cnumpy\nndarray\n(S'a'\ntb.", "something that is no array"),
        "extension code": (b"\x80\x02\x82\x01.", ""),
        "persistent id": (b"S'executed'\nQ.", ""),
        "dictionary": (pickle.dumps({"train": train}), ""),
        "memo bomb": (b"\x80\x02Nr\xff\xff\xff\x7f.", ""),
        "size bomb": (b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.", ""),
        "shape bomb": (good.replace(shape, huge), "bytes for an array of shape"),
        "negative shape": (
            good.replace(shape, b"(J\xff\xff\xff\xffM\x10\x03t"),
            "bytes for an array of shape",
        ),
        "wrong shape": (good.replace(shape, b"(M\x15\x00M\x10\x03t"), "bytes for an array"),
        "number bomb": (b"I" + b"9" * 10**6 + b"\n.", ""),
        "nothing": (b"", ""),
        "no end": (good[:-1], ""),
        "truncated": (good[:5000], ""),
        "noise": (np.random.default_rng(1).bytes(1000), ""),
        "deep": (b"(" * 10**5 + b"t" * 10**5 + b".", ""),
        "one split": (python2((train,)), ""),
        "four splits": (python2((train, dev, test, test)), ""),
        "no labels": (python2((train[0], dev[0], test[0])), ""),
        "texts": (pickle.dumps((("a", "b"),) * 3), "an array is missing"),
        "numbers": (pickle.dumps(((1, 2),) * 3), "an array is missing"),
        "array of texts": (
            pickle.dumps((train, dev, (np.array(["a"]), test[1]))),
            "does not hold plain numbers",
        ),
        "complex numbers": (
            python2((train, dev, (test[0].astype(np.complex64), test[1]))),
            "does not hold plain numbers",
        ),
    }


@pytest.mark.parametrize("name", hostile(small_set()))
def test_a_hostile_or_wrong_pickle_is_refused_and_runs_nothing(
    small: SmallSet, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mnist.pkl.gz"
    data, message = hostile(small)[name]
    path.write_bytes(gzip.compress(data))
    with pytest.raises(
        DataError, match=f"not a pickle of three pairs of arrays: .*{message}"
    ) as caught:
        import_path(path, files=small.files)
    assert not Path("executed").exists()
    assert content(cache) == {}
    assert len(str(caught.value)) < 1000


def test_the_hostile_pickles_do_run_where_they_are_trusted(
    small: SmallSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pickle.loads(hostile(small)["alone"][0])
    assert Path("executed").exists()


def test_a_pickle_of_wrong_digits_is_refused(small: SmallSet, tmp_path: Path, cache: Path) -> None:
    train, dev, test = splits(small)
    path = tmp_path / "mnist.pkl.gz"
    wrong = {
        "holds 70 images": (train, test, dev),
        "but not its content": (train, (dev[0][::-1], dev[1]), test),
        "are the two swapped": (train, dev, test[::-1]),
        "not grey values": (train, dev, (test[0] - 0.5, test[1])),
        "labels are 0 to 9": (train, dev, (test[0], test[1] + 1)),
    }
    for message, value in wrong.items():
        path.write_bytes(gzip.compress(python2(value)))
        with pytest.raises(DataError, match=message):
            import_path(path, files=small.files)
    assert content(cache) == {}


def test_a_gzip_bomb_is_not_unpacked(
    small: SmallSet, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mnist_utils._import.MAX_BYTES", 10**6)
    path = tmp_path / "mnist.pkl.gz"
    path.write_bytes(gzip.compress(b"N" * 10**8))
    with pytest.raises(DataError, match="more than the 1000000 bytes"):
        import_path(path, files=small.files)
    assert content(cache) == {}

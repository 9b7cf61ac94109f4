import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mnist_utils
from mnist_utils import DataError, cache_folder, load_mnist, load_mnist_splits, missing
from mnist_utils._files import COMPLETE
from mnist_utils._idx import dump_idx

DATA = Path(mnist_utils.__file__).parent / "data"


def test_the_carried_digits_have_the_form_that_labs_need() -> None:
    (x_train, y_train), (x_test, y_test) = load_mnist()
    for x, y, count in [(x_train, y_train, 12_000), (x_test, y_test, 2_000)]:
        assert x.shape == (count, 784)
        assert y.shape == (count, 10)
        assert x.dtype == y.dtype == np.float64
        assert x.min() == 0.0
        assert x.max() == 1.0
        assert (y.sum(axis=1) == 1).all()
        assert set(np.unique(y)) == {0.0, 1.0}
        assert (255 * x == np.rint(255 * x)).all()


def test_every_class_is_equally_frequent_in_every_stretch_and_split() -> None:
    train, test = load_mnist()
    for digits in (train, test, *load_mnist_splits()):
        assert (digits.y.sum(axis=0) == len(digits.y) / 10).all()
        assert (digits.y.reshape(-1, 10, 10).sum(axis=1) == 1).all()
    labels = train.y.argmax(axis=1)
    assert len({tuple(ten) for ten in labels.reshape(-1, 10)}) > 1000  # not one order repeated


def test_no_digit_comes_twice() -> None:
    train, test = load_mnist()
    assert len(np.unique(np.concatenate([train.x, test.x]), axis=0)) == 14_000


def test_splits_are_the_training_digits_cut_in_two() -> None:
    train, test = load_mnist()
    splits = load_mnist_splits()
    assert [len(part.x) for part in splits] == [10_000, 2_000, 2_000]
    assert (np.concatenate([splits.train.x, splits.dev.x]) == train.x).all()
    assert (np.concatenate([splits.train.y, splits.dev.y]) == train.y).all()
    assert (splits.test.x == test.x).all()


def test_the_caller_owns_the_arrays() -> None:
    load_mnist().train.x[:] = -1
    assert load_mnist().train.x.min() == 0


def test_digits_can_be_told_apart() -> None:
    """Labels belong to images: nearest class mean, which needs real digits to get this far."""
    (x, y), (x_test, y_test) = load_mnist()
    means = (y.T @ x) / y.sum(axis=0)[:, None]
    distance = ((x_test[:, None] - means) ** 2).sum(axis=2)
    assert (distance.argmin(axis=1) == y_test.argmax(axis=1)).mean() > 0.78


def test_the_subset_is_small_and_attributed() -> None:
    assert sum(path.stat().st_size for path in DATA.iterdir()) <= 3_000_000
    notice = (DATA / "NOTICE.md").read_text("utf-8")
    for word in ("LeCun", "Cortes", "Burges", "Attribution-Share Alike 3.0", "make_mnist_subset"):
        assert word in notice


def test_the_complete_set_is_asked_for_in_words(cache: Path) -> None:
    with pytest.raises(DataError, match="not here") as caught:
        load_mnist(complete=True)
    assert "course data fetch" in caught.value.cure
    assert missing() == tuple(file.name for file in COMPLETE)
    assert not cache.exists()


def test_a_damaged_cache_is_told(cache: Path) -> None:
    cache.mkdir()
    for file in COMPLETE:
        (cache / file.name).write_bytes(dump_idx(np.zeros(file.shape, np.uint8)))
    with pytest.raises(DataError, match="this file of the complete set is damaged"):
        load_mnist(complete=True)
    assert len(missing()) == 4


def test_the_cache_is_where_the_variable_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_UTILS_CACHE", "~/digits")
    assert cache_folder() == Path.home() / "digits"
    monkeypatch.delenv("MNIST_UTILS_CACHE")
    for platform, variable in [("linux", "XDG_CACHE_HOME"), ("win32", "LOCALAPPDATA")]:
        monkeypatch.setattr(sys, "platform", platform)
        monkeypatch.setenv(variable, os.path.abspath("somewhere"))
        assert cache_folder() == Path("somewhere").absolute() / "mnist_utils"
        monkeypatch.delenv(variable)
        assert Path.home() in cache_folder().parents
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache_folder() == Path.home() / "Library" / "Caches" / "mnist_utils"


def test_import_opens_no_connection_and_needs_numpy_only() -> None:
    code = """
import socket, sys
def refuse(*args, **kwargs): raise AssertionError("a connection")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
import mnist_utils
mnist_utils.load_mnist()
foreign = {name.split(".")[0] for name in sys.modules} & {"course", "scipy", "torch", "jax"}
assert not foreign, foreign
"""
    subprocess.run([sys.executable, "-c", code], check=True)

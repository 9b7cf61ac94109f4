import gzip
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mnist_utils import DataError, _cache, import_path, missing
from tests.mnist_utils.support import SmallSet, content, pack

TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"


@pytest.fixture
def folder(small: SmallSet, tmp_path: Path) -> Path:
    return small.write(tmp_path / "files")


def assert_complete(small: SmallSet) -> None:
    assert missing(small.files) == ()
    for file in small.files:
        assert (_cache.read(file) == small.arrays[file.key]).all()


def refuse(path: Path, small: SmallSet, message: str) -> DataError:
    """Import what must be refused into a cache that holds something, and find it unchanged."""
    labels = small["t10k-labels"]
    _cache.store({labels: gzip.decompress(small.packed[f"{labels.name}.gz"])})
    before = content(_cache.cache_folder())
    with pytest.raises(DataError) as caught:
        import_path(path, files=small.files)
    assert re.search(message, caught.value.what)
    assert content(_cache.cache_folder()) == before
    assert str(path) in str(caught.value)
    return caught.value


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("dot", [True, False])
def test_a_folder_of_idx_files(small: SmallSet, folder: Path, compressed: bool, dot: bool) -> None:
    for path in list(folder.iterdir()):
        data = path.read_bytes()
        path.unlink()
        name = path.name.replace("-idx", ".idx") if dot else path.name
        if not compressed:
            name, data = name.removesuffix(".gz"), gzip.decompress(data)
        (folder / name).write_bytes(data)
    (folder / "README").write_text("other files are left alone")
    assert set(import_path(folder, files=small.files)) == {file.name for file in small.files}
    assert_complete(small)


def test_single_files_one_after_another(small: SmallSet, folder: Path, cache: Path) -> None:
    for left, name in reversed(list(enumerate(reversed(list(small.packed))))):
        import_path(str(folder / name), files=small.files)
        assert len(missing(small.files)) == left
    assert_complete(small)
    assert content(cache).keys() == {file.name for file in small.files}


def test_a_file_of_another_name_is_known_by_its_content(small: SmallSet, folder: Path) -> None:
    shutil.move(folder / TEST_IMAGES, folder / "download.bin")
    assert import_path(folder / "download.bin", files=small.files) == ("t10k-images-idx3-ubyte",)


@pytest.mark.parametrize(
    ("name", "damage", "message"),
    [
        (TRAIN_IMAGES, lambda d: d[:-100], "truncated"),
        (TRAIN_IMAGES, lambda d: d[:5], "truncated"),
        (TRAIN_IMAGES, lambda d: d[:2000] + b"\xff" * 40 + d[2040:], "cannot be read"),
        (TRAIN_IMAGES, lambda d: d + b"left over", "cannot be read"),
        (TRAIN_IMAGES, lambda d: b"", "begins with nothing"),
        (TRAIN_IMAGES, lambda d: gzip.compress(gzip.decompress(d)[:-7]), "7 bytes are missing"),
        (TRAIN_LABELS, lambda d: gzip.compress(gzip.decompress(d) + b"\1"), "bytes are left over"),
        (TRAIN_LABELS, lambda d: gzip.decompress(d)[:6], "header is not complete"),
        (TRAIN_IMAGES, lambda d: gzip.compress(b"\0" * 10**6), "more than the"),
        (TRAIN_IMAGES, lambda d: gzip.compress(b"\0\0\x0d\3" + b"\0" * 99), "not an idx file"),
        (TRAIN_LABELS, lambda d: b"<html>404</html>", "not an idx file"),
        (TRAIN_LABELS, lambda d: b"\0\0\x08\1\xff\xff\xff\xff\1", "bytes are missing"),
    ],
)
def test_damaged_files(
    small: SmallSet, folder: Path, name: str, damage: Callable[[bytes], bytes], message: str
) -> None:
    (folder / name).write_bytes(damage(small.packed[name]))
    refuse(folder / name, small, message)
    with pytest.raises(DataError, match=message):
        import_path(folder, files=small.files)


@pytest.mark.parametrize(
    ("one", "other", "cure"),
    [
        (TRAIN_IMAGES, TRAIN_LABELS, "train-labels"),
        (TRAIN_IMAGES, TEST_IMAGES, "t10k-images"),
        (TRAIN_LABELS, TEST_LABELS, "t10k-labels"),
        (TEST_LABELS, TRAIN_IMAGES, "train-images"),
    ],
)
def test_swapped_files(small: SmallSet, folder: Path, one: str, other: str, cure: str) -> None:
    (folder / one).write_bytes(small.packed[other])
    (folder / other).write_bytes(small.packed[one])
    error = refuse(folder / one, small, "but .* of MNIST are")
    assert f"These look like {cure}" in error.cure
    with pytest.raises(DataError, match="of MNIST are"):
        import_path(folder, files=small.files)


@pytest.mark.parametrize("key", ["train-images", "train-labels"])
def test_other_digits_of_the_same_size(small: SmallSet, folder: Path, key: str) -> None:
    name = f"{small[key].name}.gz"
    (folder / name).write_bytes(pack(small.arrays[key][::-1]))
    refuse(folder / name, small, "but not its content")


def test_one_bad_file_keeps_its_good_neighbours_out(small: SmallSet, folder: Path) -> None:
    (folder / TRAIN_LABELS).write_bytes(small.packed[TRAIN_LABELS][:-9])
    labels = small["t10k-labels"]
    with pytest.raises(DataError, match="truncated"):
        import_path(folder, files=small.files)
    assert not _cache.holds(labels)


def test_a_subset_is_not_the_complete_set(small: SmallSet, folder: Path) -> None:
    with pytest.raises(
        DataError, match=r"holds 60 images of .*, but train-images of MNIST are 60000"
    ):
        import_path(folder / TRAIN_IMAGES)
    shutil.move(folder / TRAIN_IMAGES, folder / "digits")
    with pytest.raises(DataError, match="no file of MNIST has the shape"):
        import_path(folder / "digits")


def test_paths_that_are_none(small: SmallSet, tmp_path: Path) -> None:
    refuse(tmp_path / "nowhere", small, "no such file or folder")
    (tmp_path / "empty").mkdir()
    refuse(tmp_path / "empty", small, "no idx files in this folder")
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    refuse(tmp_path / "broken", small, "no such file or folder")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no named pipes")
def test_a_named_pipe_is_not_waited_for(small: SmallSet, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    refuse(tmp_path / "pipe", small, "no such file or folder")


def npz(path: Path, small: SmallSet, **changes: np.ndarray | None) -> Path:
    keys = {"x_train": "train-images", "y_train": "train-labels"}
    keys |= {"x_test": "t10k-images", "y_test": "t10k-labels"}
    arrays = {name: small.arrays[key] for name, key in keys.items()} | changes
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    return path


def test_npz(small: SmallSet, tmp_path: Path) -> None:
    import_path(npz(tmp_path / "mnist.npz", small), files=small.files)
    assert_complete(small)


def test_npz_of_other_types_and_forms(small: SmallSet, tmp_path: Path) -> None:
    changes = {
        "x_train": small.arrays["train-images"].reshape(60, 784) / np.float32(255),
        "y_train": small.arrays["train-labels"].astype(">i8"),
        "x_test": np.asfortranarray(small.arrays["t10k-images"].astype(float)),
    }
    path = npz(tmp_path / "digits", small, **changes).with_suffix(".npz")
    import_path(path, files=small.files)
    assert_complete(small)


class Hostile:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("executed",)


def objects() -> np.ndarray:
    array = np.empty(1, object)
    array[0] = Hostile()
    return array


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("x_train", None, "an array is missing"),
        ("x_train", objects(), "holds object and not plain numbers"),
        ("y_test", np.array(["0"] * 20), "not plain numbers"),
        ("x_train", np.zeros((60, 30, 28), np.uint8), "no square images"),
        ("x_train", np.zeros(60, np.uint8), "are the two swapped"),
        ("y_train", np.zeros((60, 28, 28), np.uint8), "images and labels swapped"),
        ("y_train", np.full(60, 10), "labels are 0 to 9"),
        ("y_train", np.full(60, -1), "labels are 0 to 9"),
        ("y_train", np.full(60, np.nan), "labels are 0 to 9"),
        ("y_train", np.full(60, 0.5), "whole numbers"),
        ("x_train", np.full((60, 28, 28), 256), "not grey values"),
        ("x_train", np.full((60, 28, 28), -1.0), "not grey values"),
        ("x_train", np.full((60, 28, 28), np.nan), "not grey values"),
        ("x_train", np.full((60, 28, 28), 0.3001), "not grey values"),
        ("x_train", np.zeros((60, 28, 28)), "but not its content"),
        ("y_train", np.zeros(59, np.uint8), "holds 59 labels"),
        ("x_train", np.zeros((10**7, 1), np.uint8), "are the most"),
    ],
)
def test_npz_with_something_wrong(
    small: SmallSet,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    array: np.ndarray | None,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    refuse(npz(tmp_path / "mnist.npz", small, **{name: array}), small, message)
    assert not Path("executed").exists()


def test_npz_with_parts_exchanged(small: SmallSet, tmp_path: Path) -> None:
    sets = small.arrays
    path = npz(tmp_path / "a.npz", small, x_train=sets["t10k-images"], x_test=sets["train-images"])
    assert "These look like t10k-images" in refuse(path, small, "holds 20 images").cure


def test_npz_that_is_damaged_or_lies(small: SmallSet, tmp_path: Path) -> None:
    good = npz(tmp_path / "good.npz", small).read_bytes()
    at = good.index(b"NUMPY") + 2000
    path = tmp_path / "bad.npz"
    path.write_bytes(good[:at] + b"\xff" * 9 + good[at + 9 :])
    refuse(path, small, "damaged")
    path.write_bytes(good[: len(good) // 2])
    refuse(path, small, "not a pickle|damaged")
    path.write_bytes(good.replace(b"(60, 28, 28)", b"(61, 28, 28)"))
    refuse(path, small, "bytes for an array of shape|damaged")
    path.write_bytes(good.replace(b"(60, 28, 28), }", b"(-1, 28, 28), }"))
    refuse(path, small, "bytes for an array|damaged")


def test_a_cache_that_cannot_be_written(
    small: SmallSet, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MNIST_UTILS_CACHE", str(folder / TRAIN_LABELS))
    with pytest.raises(DataError, match="cannot be written"):
        import_path(folder, files=small.files)


def test_a_full_disk_leaves_the_cache_as_it_was(
    small: SmallSet, folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = small["t10k-labels"]
    import_path(folder / f"{labels.name}.gz", files=small.files)
    before = content(cache)
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if "t10k-images" in path.name:
            write(path, data[:10])
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DataError, match="No space left"):
        import_path(folder, files=small.files)
    assert content(cache) == before


def test_the_set_is_data(small: SmallSet, folder: Path) -> None:
    """The sha256 decides: with another one, the same file is another set."""
    other = [replace(file, sha256="0" * 64) for file in small.files]
    with pytest.raises(DataError, match="but not its content"):
        import_path(folder, files=other)


def test_a_folder_that_may_not_be_read(
    small: SmallSet, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", denied)
    refuse(folder, small, "cannot be read: Permission denied")

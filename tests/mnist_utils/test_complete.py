"""The real, complete set, where it lies beside the repository."""

import gzip
import hashlib
import pickle
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import mnist_utils
from mnist_utils import fetch, import_path, load_mnist, load_mnist_splits, missing
from mnist_utils._files import COMPLETE
from mnist_utils._idx import parse_idx
from tests.mnist_utils.server import Mirror, serving

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCE = REPOSITORY.parent / "shared" / "data" / "mnist"
NAMES = {"train-images": "x_train", "train-labels": "y_train"}
NAMES |= {"t10k-images": "x_test", "t10k-labels": "y_test"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SOURCE.is_dir(), reason="the complete MNIST files are not at hand"),
]


@pytest.fixture(scope="module")
def arrays() -> dict[str, np.ndarray]:
    packed = {file.key: SOURCE / f"{file.name}.gz" for file in COMPLETE}
    return {
        key: parse_idx(gzip.decompress(path.read_bytes()), where=key)
        for key, path in packed.items()
    }


def assert_complete() -> None:
    assert missing() == ()
    train, dev, test = load_mnist_splits(complete=True)
    assert [len(part.x) for part in (train, dev, test)] == [50_000, 10_000, 10_000]
    assert train.y[:5].argmax(axis=1).tolist() == [5, 0, 4, 1, 9]
    assert dev.y[:5].argmax(axis=1).tolist() == [3, 8, 6, 9, 6]
    assert test.y[:5].argmax(axis=1).tolist() == [7, 2, 1, 0, 4]


def test_import_of_the_idx_files_and_load() -> None:
    assert len(import_path(SOURCE)) == 4
    (x, y), (x_test, y_test) = load_mnist(complete=True)
    assert (x.shape, y.shape) == ((60_000, 784), (60_000, 10))
    assert (x_test.shape, y_test.shape) == ((10_000, 784), (10_000, 10))
    assert x.mean() == pytest.approx(0.1307, abs=1e-4)  # as everybody normalises with
    assert_complete()


def test_import_of_npz(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    np.savez_compressed(tmp_path / "mnist.npz", **{NAMES[k]: a for k, a in arrays.items()})
    import_path(tmp_path / "mnist.npz")
    assert_complete()


def test_import_of_pkl_gz(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    x, x_test = (
        arrays[key].reshape(-1, 784) / np.float32(256) for key in ("train-images", "t10k-images")
    )
    y, y_test = (arrays[key].astype(np.int64) for key in ("train-labels", "t10k-labels"))
    splits = ((x[:50_000], y[:50_000]), (x[50_000:], y[50_000:]), (x_test, y_test))
    with gzip.open(tmp_path / "mnist.pkl.gz", "wb", compresslevel=1) as stream:
        pickle.dump(splits, stream, protocol=2)
    import_path(tmp_path / "mnist.pkl.gz")
    assert_complete()


def test_fetch_with_cuts() -> None:
    packed = {f"{f.name}.gz": (SOURCE / f"{f.name}.gz").read_bytes() for f in COMPLETE}
    files = [  # the same content, but perhaps compressed by another program than the mirrors'
        replace(file, gz_bytes=len(data), gz_md5=hashlib.md5(data).hexdigest())
        for file, data in zip(COMPLETE, packed.values(), strict=True)
    ]
    with serving(Mirror(packed, cut_after=4_000_000)) as mirror:
        fetch(mirrors=[mirror.url], files=files)
    assert [asked for _, asked in mirror.asked][1:3] == ["bytes=4000000-", "bytes=8000000-"]
    assert_complete()


def test_the_carried_subset_is_what_the_script_makes(tmp_path: Path) -> None:
    script = REPOSITORY / "tools" / "make_mnist_subset.py"
    command = [sys.executable, str(script), str(SOURCE), str(tmp_path)]
    subprocess.run(command, check=True, cwd=REPOSITORY)
    carried = Path(mnist_utils.__file__).parent / "data"
    for made in tmp_path.glob("*.gz"):
        theirs = gzip.decompress((carried / made.name).read_bytes())
        assert gzip.decompress(made.read_bytes()) == theirs
    first = {path.name: path.read_bytes() for path in tmp_path.glob("*.gz")}
    assert len(first) == 4
    subprocess.run(command, check=True, cwd=REPOSITORY)
    assert first == {path.name: path.read_bytes() for path in tmp_path.glob("*.gz")}


def test_the_script_refuses_other_files(tmp_path: Path) -> None:
    source = shutil.copytree(SOURCE, tmp_path / "source")
    labels = source / "t10k-labels-idx1-ubyte.gz"
    labels.chmod(0o644)
    labels.write_bytes(gzip.compress(bytes(10)))
    script = REPOSITORY / "tools" / "make_mnist_subset.py"
    command = [sys.executable, str(script), str(source), str(tmp_path)]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert run.returncode == 1
    assert run.stderr.strip().endswith("this is not MNIST's file")
    assert not list(tmp_path.glob("*.gz"))


def test_the_subset_is_part_of_the_complete_set(arrays: dict[str, np.ndarray]) -> None:
    train, test = load_mnist()
    for digits, part in ((train, "train"), (test, "t10k")):
        known = {
            image.tobytes(): label
            for image, label in zip(arrays[f"{part}-images"], arrays[f"{part}-labels"], strict=True)
        }
        images = np.rint(255 * digits.x).astype(np.uint8)
        labels = digits.y.argmax(axis=1)
        assert all(known[i.tobytes()] == label for i, label in zip(images, labels, strict=True))

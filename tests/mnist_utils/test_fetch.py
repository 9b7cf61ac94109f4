import socket
from dataclasses import replace
from pathlib import Path

import pytest

from mnist_utils import DataError, _cache, fetch, missing
from tests.mnist_utils.server import Mirror, serving
from tests.mnist_utils.support import SmallSet, content

IMAGES = "train-images-idx3-ubyte.gz"


def idx_files(folder: Path) -> dict[str, bytes]:
    """What counts in a cache: everything but half downloads."""
    return {name: data for name, data in content(folder).items() if "partial" not in name}


def assert_complete(small: SmallSet) -> None:
    assert missing(small.files) == ()
    for file in small.files:
        assert (_cache.read(file) == small.arrays[file.key]).all()


def test_brings_all_files_and_reports_progress(small: SmallSet, cache: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    with serving(Mirror(small.packed)) as mirror:
        folder = fetch(lambda *step: seen.append(step), mirrors=[mirror.url], files=small.files)
    assert folder == cache
    assert_complete(small)
    assert content(cache).keys() == {file.name for file in small.files}
    for file in small.files:
        steps = [done for done, total, name in seen if name == file.name]
        assert steps[0] == 0
        assert steps == sorted(steps)
        assert steps[-1] == file.gz_bytes
    assert {total for _, total, _ in seen} == {file.gz_bytes for file in small.files}


def test_what_is_there_is_not_fetched_again(small: SmallSet, cache: Path) -> None:
    with serving(Mirror(small.packed)) as mirror:
        fetch(mirrors=[mirror.url], files=small.files)
        mirror.asked.clear()
        fetch(mirrors=[mirror.url], files=small.files)
        assert mirror.asked == []
        (cache / small["t10k-labels"].name).write_bytes(b"damaged")
        fetch(mirrors=[mirror.url], files=small.files)
    assert mirror.asked == [("t10k-labels-idx1-ubyte.gz", None)]
    assert_complete(small)


@pytest.mark.parametrize("says_length", [True, False])
def test_a_cut_connection_is_resumed(small: SmallSet, says_length: bool) -> None:
    with serving(Mirror(small.packed, cut_after=3000, says_length=says_length)) as mirror:
        fetch(mirrors=[mirror.url], files=small.files)
    assert_complete(small)
    ranges = [asked for name, asked in mirror.asked if name == IMAGES]
    assert ranges[:3] == [None, "bytes=3000-", "bytes=6000-"]


def test_the_next_call_resumes_what_the_last_one_left(small: SmallSet, cache: Path) -> None:
    with serving(Mirror(small.packed, knows_ranges=False, cut_after=3000)) as mirror:
        with pytest.raises(DataError, match="ended too early"):
            fetch(mirrors=[mirror.url], files=small.files)
        assert idx_files(cache) == {}
    with serving(Mirror(small.packed)) as mirror:
        fetch(mirrors=[mirror.url], files=small.files)
        assert mirror.asked[0] == (IMAGES, "bytes=3000-")
    assert_complete(small)


def test_a_server_without_ranges_begins_anew(small: SmallSet) -> None:
    mirror = Mirror(small.packed, knows_ranges=False, cut_after=3000, cut_times=1)
    with serving(mirror):
        fetch(mirrors=[mirror.url], files=small.files)
    assert mirror.asked[:2] == [(IMAGES, None), (IMAGES, "bytes=3000-")]
    assert_complete(small)


@pytest.mark.parametrize(
    "bad",
    [
        Mirror({}),
        Mirror({IMAGES: b"<html>moved</html>"}),
        Mirror({IMAGES: b"<html>moved</html>"}, says_length=False),
    ],
    ids=["404", "web page", "web page of unknown length"],
)
def test_the_next_mirror_takes_over(small: SmallSet, bad: Mirror) -> None:
    with serving(bad), serving(Mirror(small.packed)) as good:
        fetch(mirrors=["http://127.0.0.1:9/", "no address", bad.url, good.url], files=small.files)
    assert_complete(small)
    if bad.says_length:  # a page that is told by its length spoils nothing
        assert {asked for _, asked in good.asked} == {None}


def test_another_range_than_asked_for_is_refused(small: SmallSet, cache: Path) -> None:
    half = cache / "partial" / IMAGES
    half.parent.mkdir(parents=True)
    half.write_bytes(small.packed[IMAGES][:100])
    with (
        serving(Mirror(small.packed, shifts_range=7)) as bad,
        serving(Mirror(small.packed)) as good,
        pytest.raises(DataError, match="another range"),
    ):
        fetch(mirrors=[bad.url], files=small.files)
    with serving(Mirror(small.packed)) as good:
        fetch(mirrors=[good.url], files=small.files)
        assert good.asked[0] == (IMAGES, "bytes=100-")
    assert_complete(small)


@pytest.mark.parametrize("length", [100, -1], ids=["part", "whole"])
def test_a_spoilt_half_download_is_begun_anew(small: SmallSet, cache: Path, length: int) -> None:
    half = cache / "partial" / IMAGES
    half.parent.mkdir(parents=True)
    half.write_bytes(b"x" * (length if length > 0 else len(small.packed[IMAGES]) + 5))
    with serving(Mirror(small.packed)) as mirror:
        fetch(mirrors=[mirror.url], files=small.files)
    assert_complete(small)


def altered(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize("says_length", [True, False])
@pytest.mark.parametrize(
    ("name", "change"),
    [
        (IMAGES, altered),
        ("t10k-labels-idx1-ubyte.gz", altered),
        ("t10k-labels-idx1-ubyte.gz", lambda data: b"\0" + data),
        ("t10k-labels-idx1-ubyte.gz", lambda data: data[:-4]),
    ],
    ids=["images", "labels", "long", "short"],
)
def test_a_wrong_file_never_reaches_the_cache(
    small: SmallSet, cache: Path, name: str, change, says_length: bool
) -> None:
    spoilt = dict(small.packed) | {name: change(small.packed[name])}
    with serving(Mirror(small.packed)) as mirror:
        fetch(mirrors=[mirror.url], files=[f for f in small.files if f"{f.name}.gz" != name])
    before = idx_files(cache)
    with (
        serving(Mirror(spoilt, says_length=says_length)) as mirror,
        pytest.raises(DataError, match="no mirror gave this file") as caught,
    ):
        fetch(mirrors=[mirror.url], files=small.files)
    assert mirror.url in str(caught.value)
    assert "course data import" in caught.value.cure
    assert idx_files(cache) == before
    assert name.removesuffix(".gz") in missing(small.files)


def test_no_more_is_read_than_the_file_is_long(small: SmallSet, cache: Path) -> None:
    name = "t10k-labels-idx1-ubyte.gz"
    endless = Mirror({name: bytes(2**22)}, says_length=False)
    seen = []
    with serving(endless), pytest.raises(DataError, match="wrong content"):
        fetch(
            lambda done, *_: seen.append(done), mirrors=[endless.url], files=[small["t10k-labels"]]
        )
    assert max(seen) == len(small.packed[name])
    assert content(cache) == {}


def test_right_md5_but_wrong_digits_is_refused(small: SmallSet, cache: Path) -> None:
    file = replace(small["train-labels"], sha256="0" * 64)
    with serving(Mirror(small.packed)) as mirror, pytest.raises(DataError, match="unpack to MNIST"):
        fetch(mirrors=[mirror.url], files=[file])
    assert idx_files(cache) == {}


def test_a_silent_server_is_given_up(small: SmallSet) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, serving(Mirror(small.packed)) as good:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        fetch(mirrors=[address, good.url], files=[small["t10k-labels"]], timeout=2)
    assert _cache.holds(small["t10k-labels"])


def test_a_cache_that_cannot_be_made_is_a_clear_error(
    small: SmallSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("MNIST_UTILS_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match="cannot be written") as caught:
        fetch(mirrors=[], files=small.files)
    assert "MNIST_UTILS_CACHE" in caught.value.cure

"""The complete set from its mirrors: resumed where it was cut, and verified before it is cached."""

import hashlib
import urllib.request
from collections.abc import Callable, Sequence
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from mnist_utils import _cache
from mnist_utils._bounded import read_bounded
from mnist_utils._files import COMPLETE, MIRRORS, IdxFile
from mnist_utils.errors import DataError

Progress = Callable[[int, int, str], None]  # bytes done, bytes in all, name of the file
BLOCK = 2**16
HEADERS = {"User-Agent": "mnist_utils", "Accept-Encoding": "identity"}
FAULTS = (OSError, HTTPException, ValueError, DataError)  # urllib's, and ours: try the next mirror


def fetch(
    progress: Progress = lambda done, total, name: None,
    *,
    mirrors: Sequence[str] = MIRRORS,
    files: Sequence[IdxFile] = COMPLETE,
    timeout: float = 30.0,
) -> Path:
    """Bring the complete set into the cache and give the cache's folder.

    Files that are there and right are not fetched again. A download that was cut is resumed, by the
    next mirror or by the next call.

    Parameters
    ----------
    progress : called as `progress(done_bytes, total_bytes, name)` while a file comes in.
    mirrors : addresses of folders that hold the compressed files, tried in order.
    files : what to fetch: names, sizes, md5 of the compressed and sha256 of the plain content.
    timeout : seconds that a server may be silent.

    Raises
    ------
    DataError
        if no mirror gives a file as it should be; the files in the cache stay as they were.
    """
    for file in files:
        if not _cache.holds(file):
            part = _part(file)
            _cache.store({file: _from_mirrors(file, part, mirrors, progress, timeout)})
            part.unlink()
    return _cache.cache_folder()


def _part(file: IdxFile) -> Path:
    folder = _cache.cache_folder() / "partial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cache.unwritable(folder, error) from error
    return folder / f"{file.name}.gz"


def _from_mirrors(
    file: IdxFile, part: Path, mirrors: Sequence[str], progress: Progress, timeout: float
) -> bytes:
    faults = []
    for mirror in mirrors:
        url = f"{mirror.rstrip('/')}/{file.name}.gz"
        try:
            return _from_mirror(url, file, part, progress, timeout)
        except FAULTS as error:
            faults.append(f"{url}: {error}")
    raise DataError(
        "no mirror gave this file:\n  " + "\n  ".join(faults),
        where=f"{file.name}.gz",
        cure="Check the connection and try again: what came so far is kept. Or bring the files "
        "by other means and run `course data import PATH`.",
    )


def _from_mirror(url: str, file: IdxFile, part: Path, progress: Progress, timeout: float) -> bytes:
    resumed = _size(part) > 0
    _pull(url, file, part, progress, timeout)
    found = hashlib.md5(part.read_bytes(), usedforsecurity=False).hexdigest()
    if found == file.gz_md5:
        return _unpacked(file, part)
    part.unlink()
    if resumed:  # the fault may lie in what was there before
        return _from_mirror(url, file, part, progress, timeout)
    raise DataError(f"wrong content: md5 {found}, expected {file.gz_md5}")


def _unpacked(file: IdxFile, part: Path) -> bytes:
    idx = read_bounded(part, file.idx_bytes)
    if not _cache.is_genuine(file, idx):
        raise DataError("wrong content: it does not unpack to MNIST")
    return idx


def _pull(url: str, file: IdxFile, part: Path, progress: Progress, timeout: float) -> None:
    """Ask the same mirror again as long as each answer brings something new."""
    while (have := _size(part)) < file.gz_bytes:
        fault: Exception = ConnectionError("the connection ended too early")
        try:
            _request(url, file, part, progress, timeout)
        except (OSError, HTTPException) as error:
            fault = error
        if _size(part) <= have:
            raise fault


def _request(url: str, file: IdxFile, part: Path, progress: Progress, timeout: float) -> None:
    have, total = _size(part), file.gz_bytes
    ranged = {"Range": f"bytes={have}-"} if have else {}
    request = urllib.request.Request(url, headers=HEADERS | ranged)
    with urllib.request.urlopen(request, timeout=timeout) as response:
        done = _offset(response, have, total)
        with part.open("ab" if done else "wb") as stream:
            progress(done, total, file.name)
            while block := response.read(min(BLOCK, total - done)):
                stream.write(block)
                done += len(block)
                progress(done, total, file.name)


def _offset(response: HTTPResponse, have: int, total: int) -> int:
    """Tell where the answer begins: at 0 where the server does not know ranges."""
    if response.status == 206:
        span = response.headers.get("Content-Range", "")
        if span != f"bytes {have}-{total - 1}/{total}":
            raise ConnectionError(f"the server sends another range than asked for: {span!r}")
        return have
    length = response.headers.get("Content-Length", str(total))
    if length != str(total):
        raise ConnectionError(f"the server's file has {length} bytes, expected {total}")
    return 0


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0

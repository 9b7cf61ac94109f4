"""Reading files that may be damaged or hostile: compressed or not, never more than a bound."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from mnist_utils.errors import DataError

GZIP_MAGIC = b"\x1f\x8b"
BLOCK = 2**20


def read_bounded(path: Path, limit: int) -> bytes:
    """Give the content of `path`, decompressed where it is gzip.

    Raises
    ------
    DataError
        if it cannot be read, is truncated or damaged, or holds more than `limit` bytes.
    """
    blocks, size = [], 0
    with _opened(path) as stream:
        while block := stream.read(BLOCK):
            size += len(block)
            if size > limit:
                raise DataError(f"holds more than the {limit} bytes it may hold", where=str(path))
            blocks.append(block)
    return b"".join(blocks)


def first_bytes(path: Path, count: int) -> bytes:
    """Give the first bytes of the decompressed content; raises as `read_bounded` does."""
    with _opened(path) as stream:
        return stream.read(count)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes] | gzip.GzipFile]:
    try:
        with path.open("rb") as raw:
            compressed = raw.read(2) == GZIP_MAGIC
            raw.seek(0)
            if not compressed:
                yield raw
                return
            with gzip.open(raw) as stream:
                yield stream
    except EOFError as error:
        raise DataError(
            "truncated: the compressed data ends too early",
            where=str(path),
            cure="Download or copy the file again.",
        ) from error
    except (OSError, zlib.error) as error:
        raise DataError(
            f"cannot be read: {error}",
            where=str(path),
            cure="Check that the file is there, may be read, and is not damaged.",
        ) from error

"""Frames on a byte stream: four bytes of length, big-endian, and the body."""

from collections.abc import Callable

from course.grading.protocol.bounds import Malformed

Read = Callable[[int], bytes | None]
Write = Callable[[memoryview], int | None]

HEADER = 4


def write_frame(write: Write, body: bytes) -> None:
    """Write one frame through a raw `write`, which may take less than it is given."""
    view = memoryview(len(body).to_bytes(HEADER, "big") + body)
    while view:
        view = view[write(view) or 0 :]


def read_frame(read: Read, limit: int) -> bytes | None:
    """Read one frame's body through a raw `read`; None where the stream has ended.

    Raises
    ------
    Malformed
        if the frame is longer than `limit` or cut short. Nothing is allocated for a long frame.
    """
    header = _exactly(read, HEADER)
    if not header:
        return None
    if len(header) < HEADER:
        raise Malformed("a frame was cut short")
    length = int.from_bytes(header, "big")
    if length > limit:
        raise Malformed(f"a frame of {length} bytes is over the limit of {limit}")
    body = _exactly(read, length)
    if len(body) < length:
        raise Malformed("a frame was cut short")
    return body


def _exactly(read: Read, size: int) -> bytes:
    parts: list[bytes] = []
    while size > 0:
        part = read(min(size, 1 << 20))
        if not part:
            break
        parts.append(part)
        size -= len(part)
    return b"".join(parts)

"""Frames on a byte stream: four bytes of length, big-endian, and the body."""

from collections.abc import Callable

from course.grading.protocol.bounds import Malformed

Write = Callable[[bytes | memoryview], int | None]

HEADER = 4
CHUNK = 1 << 16  # as much as a pipe holds


def frame_of(body: bytes) -> bytes:
    """Give the frame that carries `body`."""
    return len(body).to_bytes(HEADER, "big") + body


def write_frame(write: Write, body: bytes) -> None:
    """Write one frame through a raw `write`, which may take less than it is given."""
    frame = frame_of(body)
    done = write(frame) or 0
    while done < len(frame):
        done += write(memoryview(frame)[done:]) or 0


class Frames:
    """The frames in what was read of a stream, `CHUNK` bytes or less at a time."""

    def __init__(self) -> None:
        self._read = bytearray()

    def add(self, part: bytes) -> None:
        """Take what was read."""
        self._read += part

    def take(self, part: bytes, limit: int) -> bytes | None:
        """Take what was read and give what `next` does; mostly that is one frame, and whole."""
        size = len(part) - HEADER
        if not self._read and 0 <= size <= limit and size == int.from_bytes(part[:HEADER], "big"):
            return part[HEADER:]
        self.add(part)
        return self.next(limit)

    def next(self, limit: int) -> bytes | None:
        """Give the body of the next frame; None while it is not whole.

        Raises
        ------
        Malformed
            if it is longer than `limit`. Nothing is allocated for a long frame.
        """
        if len(self._read) < HEADER:
            return None
        end = HEADER + int.from_bytes(self._read[:HEADER], "big")
        if end > limit + HEADER:
            raise Malformed(f"a frame of {end - HEADER} bytes is over the limit of {limit}")
        if len(self._read) < end:
            return None
        body = bytes(self._read[HEADER:end])
        del self._read[:end]
        return body

    def end(self) -> None:
        """Hear that the stream has ended; raises `Malformed` if it did so within a frame."""
        if self._read:
            raise Malformed("a frame was cut short")

"""One grading of a lab at a time in a course folder."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from filelock import FileLock, Timeout

from course.labs import Course


@contextmanager
def turn(course: Course, lab_name: str, on_wait: Callable[[str], None]) -> Iterator[None]:
    """Wait until no other process grades the lab here; if one does, `on_wait` hears of it.

    The lock goes with the process that holds it. In a folder that takes none nobody waits.
    """
    place = course.root / ".course" / "grading" / lab_name / "lock"
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(place)
    with suppress(OSError, NotImplementedError):
        try:
            lock.acquire(timeout=0)
        except Timeout:
            on_wait(f"Another `course grade {lab_name}` is at work in this folder")
            lock.acquire()
    try:
        yield
    finally:
        lock.release()

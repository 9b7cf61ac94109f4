import pytest

from course.reporting.progress import time_left


@pytest.mark.parametrize(
    ("times", "total", "words"),
    [
        ([5.0], 9, ""),
        ([5.0, 6.0], 2, ""),
        ([5.0, 6.0], 3, ", about 1 s left"),
        ([0.0, 1.0, 2.0], 102, ", about 99 s left"),
        ([0.0, 4.0], 102, ", about 7 min left"),
        ([0.0, 600.0], 38, ", about 6 h left"),
    ],
)
def test_the_rest_takes_as_long_as_what_is_done(times: list[float], total: int, words: str) -> None:
    assert time_left(times, total) == words

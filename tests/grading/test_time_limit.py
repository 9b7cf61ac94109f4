import time
from typing import NoReturn

import pytest

from course.grading.time_limit import OutOfTime, time_limit


def loop() -> NoReturn:
    while True:
        pass


def test_an_endless_loop_is_stopped() -> None:
    with pytest.raises(OutOfTime), time_limit(0.05):
        loop()


def test_nothing_arrives_after_the_block() -> None:
    for _ in range(20):
        with time_limit(0.01):
            pass
    end = time.monotonic() + 0.1
    while time.monotonic() < end:
        pass


def test_errors_and_results_pass_through() -> None:
    with pytest.raises(KeyError), time_limit(5):
        raise KeyError

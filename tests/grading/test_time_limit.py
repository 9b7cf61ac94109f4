import subprocess
import sys
import time
from typing import NoReturn

import pytest

from course.grading.verdict.time_limit import OutOfTime, time_limit


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


def test_lines_can_be_counted_after_a_limit():
    program = (
        "from course.checks._lines import count_lines\n"
        "from course.grading.verdict.time_limit import time_limit\n"
        "with time_limit(5.0):\n    pass\n"
        "print(count_lines(lambda: sum([1, 2]), (), {})[0])"
    )
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.strip() == "3"

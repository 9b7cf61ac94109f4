"""The processor time of a call, as the system tells it, and the loops that it gives away."""

import math
import os
import sys

import numpy as np
import pytest

from course import checks
from course.grading.processes.processor import clocks, seconds_between
from course.grading.sandbox import LimitsOnly
from course.grading.wall.connection import Student, StudentCell

pytestmark = pytest.mark.skipif(
    not clocks([os.getpid()]), reason="the system does not tell the time of processes"
)
CELL = """
import gc, os, threading, time
import numpy as np

def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end: pass
    return seconds

def sleep(seconds):
    time.sleep(seconds)

def in_a_thread(seconds):
    thread = threading.Thread(target=burn, args=(seconds,))
    thread.start()
    thread.join()

def child(seconds):
    end, start = os.pipe()
    if os.fork() == 0:
        burn(seconds)
        os.write(start, b"x")
        time.sleep(60)
    os.read(end, 1)

def child_of_a_thread(seconds):
    thread = threading.Thread(target=child, args=(seconds,))
    thread.start()
    thread.join()

def begin_child():
    global pid, hold
    end, hold = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(hold)
        os.read(end, 1)
        os._exit(0)

def end_child():
    os.close(hold)
    os.waitpid(pid, 0)

class Later(list):
    pass

def later(seconds):
    later.seconds = seconds
    return Later()

def contents(value):
    burn(later.seconds)
    return []

gc.unfreeze()
agent = next(o for o in gc.get_objects() if type(o).__name__ == "Agent")
operations = agent._operations
operations["contents"] = contents

def vectorised(x): return np.maximum(x, 0)
def loop(x): return np.array([[max(np.sqrt(v**2) * np.sign(v), 0.0) for v in row] for row in x])
"""
FORGED = """
def forged(*asked):
    value, changed, hits, *others = observed(*asked)
    return value, changed, hits and {"<cell a>:1": 3}, *others
observed = operations["observed_call"]
operations["observed_call"] = forged
"""


@pytest.fixture(scope="module")
def student():
    with Student(level=LimitsOnly()) as student:
        run = student.run(StudentCell("a", CELL))
        assert run.status == "ok", run.error
        yield student


def taken(student, name, *args):
    return checks.call(student.lookup(name), *args, measure_time=True).seconds


@pytest.mark.parametrize("name", ["burn", "in_a_thread", "child", "child_of_a_thread", "later"])
def test_work_counts_wherever_it_is_done(student, name):
    assert taken(student, name, 0.2) >= 0.199


def test_waiting_does_not_count(student):
    assert taken(student, "sleep", 0.5) < 0.4


def test_the_time_of_a_child_that_ended_is_not_known(student):
    student.lookup("begin_child")()
    assert taken(student, "end_child") == math.inf


def test_the_value_is_in_normal_form(student):
    done = checks.call(student.lookup("burn"), 0.0, measure_time=True)
    assert type(done.value) is np.ndarray
    assert (done.changed, done.hits, done.peak_bytes) == ((), None, None)


def test_time_is_not_measured_unless_asked_for(student):
    assert checks.call(student.lookup("burn"), 0.0).seconds is None
    assert checks.call(abs, -1, measure_time=True).seconds is None  # there is no outside


def test_clocks_of_processes_that_are_gone_are_left_out():
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {})
    os.waitpid(pid, 0)
    assert clocks([pid]) == {}
    assert seconds_between({}, {1: 5}) is None
    assert seconds_between({1: 5}, {2: 5}) == math.inf
    assert seconds_between({1: 10**9}, {1: 3 * 10**9, 2: 10**9}) == 3.0


def relu_of(x):
    return np.maximum(x, 0)


def batch_of(size):
    return (checks.rng().normal(size=(size, 3)),)


def check(student, name):
    with student.within(60):
        function = student.lookup(name)
        return checks.check_vectorised("Exercise", function, batch_of, truth=relu_of)


def test_a_loop_whose_account_is_forged_is_caught_by_its_time():
    with Student() as student:
        assert student.run(StudentCell("a", CELL + FORGED)).status == "ok"
        with pytest.raises(checks.CheckFailed, match="µs per sample in a batch"):
            check(student, "loop")
        check(student, "vectorised")


def test_an_honest_loop_is_caught_by_its_lines(student):
    with pytest.raises(checks.CheckFailed, match="executed Python steps"):
        check(student, "loop")
    check(student, "vectorised")

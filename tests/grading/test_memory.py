"""The memory of a call, as the system tells it: what the student's process says does not count."""

import platform
import sys

import pytest

from course import checks
from course.grading.sandbox import LimitsOnly, best_level
from course.grading.wall.connection import Student, StudentCell
from course.grading.wall.faults import StudentError

MB = 10**6
HOLDS = """
import tracemalloc
import numpy as np

ballast = [np.ones(10_000_000)]
last = []

def holds(n):
    return float(np.ones(n).sum())

def holds_after_throwing_away(n):
    ballast.clear()
    return holds(n)

def fills_what_it_held_before(n):
    ballast[0][:n] = 2.0
    return float(ballast[0][:n].sum())

def forgets_in_the_diary(n):
    x = holds(n)
    if tracemalloc.is_tracing():
        tracemalloc.clear_traces()
        tracemalloc.reset_peak()
    return x

def leaves_room(n):
    np.ones(n)  # from now on arrays of this size stand beside all else
    arrays = [np.ones(n // 2) for _ in range(80)]
    last.append(np.ones(n // 2))

def holds_and_lets_the_last_go(n):
    x = holds(n)
    last.clear()  # now the system is given what lies free below it, too
    return x

def lets_another_hold(n):
    import os
    end, start = os.pipe()
    pid = os.fork()
    if pid == 0:
        x = np.ones(n)
        os.write(start, b"x")
        os.read(os.pipe()[0], 1)
    os.read(end, 1)
    return 0.0
"""


ELSEWHERE = """
import mmap, os, socket
import numpy as np

SIZE = 1 << 22
files = [open(f"kept{k}", "w+b") for k in range(2)]
for file in files:
    file.truncate(SIZE)
pipes = [os.pipe() for _ in range(40)]
sockets = [socket.socketpair() for _ in range(40)]

def in_pipes():
    for end, start in pipes:
        os.write(start, bytes(1 << 16))
    for end, start in pipes:
        os.read(end, 1 << 16)

def in_sockets():
    for one, other in sockets:
        os.write(one.fileno(), bytes(1 << 16))
    for one, other in sockets:
        other.recv(1 << 16)

def in_a_file():
    for _ in range(40):
        files[0].seek(0)
        files[0].write(bytes(1 << 16))
        files[0].flush()
    files[0].truncate(0)

def copied():
    files[0].truncate(40 << 16)
    os.sendfile(files[1].fileno(), files[0].fileno(), 0, 40 << 16)
    files[1].truncate(0)

def with_a_test(function):
    return function(np.ones(40 << 13))

def sent():
    sockets[0][0].sendall(bytes(1000))

def in_a_window():
    files[1].truncate(SIZE)
    mmap.mmap(files[1].fileno(), SIZE)[:] = bytes(SIZE)
"""


def measured(student, name, n):
    return checks.call(student.lookup(name), n, measure_memory=True).peak_bytes


@pytest.fixture(params=[best_level(), LimitsOnly()], ids=lambda level: level.name)
def student(request):
    with Student(level=request.param) as student:
        assert student.run(StudentCell("holds", HOLDS)).status == "ok"
        yield student


linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the memory of others")


@linux
@pytest.mark.parametrize(
    "name",
    ["holds", "holds_after_throwing_away", "fills_what_it_held_before", "forgets_in_the_diary"],
)
def test_memory_is_read_from_outside(student, name):
    measured(student, "holds", 10)  # what is imported at the first call
    assert measured(student, "holds", 10) < 4 * MB
    assert 75 * MB < measured(student, name, 10_000_000) < 130 * MB


@linux
def test_what_an_earlier_call_left_does_not_count(student):
    measured(student, "holds", 10)
    student.lookup("leaves_room")(200_000)
    assert 75 * MB < measured(student, "holds_and_lets_the_last_go", 10_000_000) < 100 * MB


@linux
def test_what_python_itself_uses_does_not_count(student):
    measured(student, "holds", 10)
    assert 64 * MB < measured(student, "leaves_room", 200_000) < 66 * MB


@linux
def test_the_memory_of_another_process_counts(student):
    if student._level != LimitsOnly():
        pytest.skip("there is no other process")
    assert measured(student, "lets_another_hold", 10_000_000) > 75 * MB


PAGES = """
import resource
import numpy as np

def fetched(n):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(n):
        np.ones(60_000)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told so")
def test_memory_that_was_freed_is_used_again(student):
    assert student.run(StudentCell("pages", PAGES)).status == "ok"
    fetched = student.lookup("fetched")
    fetched(1)
    assert fetched(100) < 100  # where one such array has 117 pages


@linux
def test_each_call_is_measured_anew(student):
    assert measured(student, "holds", 20_000_000) > 150 * MB
    assert measured(student, "holds", 10_000_000) < 120 * MB


def test_where_the_system_does_not_tell_the_process_is_asked(student, monkeypatch):
    monkeypatch.setattr("course.grading.processes.memory._size", lambda pid, field: 0)
    assert 80 * MB < measured(student, "holds", 10_000_000) < 90 * MB


def test_it_is_not_measured_unless_asked_for(student):
    assert checks.call(student.lookup("holds"), 10).peak_bytes is None


@pytest.fixture(scope="module")
def hoarder():
    if isinstance(best_level(), LimitsOnly):
        pytest.skip("no wall keeps a process from setting its own limits")
    with Student(level=best_level()) as student:
        assert student.run(StudentCell("elsewhere", ELSEWHERE)).status == "ok"
        yield student


@linux
@pytest.mark.parametrize("name", ["in_pipes", "in_sockets", "in_a_file", "copied"])
def test_what_is_written_counts(hoarder, name):
    taken = checks.call(hoarder.lookup(name), measure_memory=True).peak_bytes
    assert 40 << 16 <= taken < 60 << 16


@linux
@pytest.mark.parametrize("name", ["sent", "in_a_window"])
def test_what_would_not_be_seen_is_refused(hoarder, name):
    with pytest.raises(StudentError, match="PermissionError"):
        checks.call(hoarder.lookup(name), measure_memory=True)


@linux
def test_what_the_referee_is_sent_is_not_kept(hoarder):
    def norm(x):
        return float(x.sum())

    call = checks.call(hoarder.lookup("with_a_test"), norm, measure_memory=True)
    assert call.value == 40 << 13
    assert 40 << 16 <= call.peak_bytes < 5 * 40 << 16  # the array, and its way into a message

"""Student code that meddles with what its own process tells of a call."""

import sys

import numpy as np
import pytest

from course import checks
from course.grading.wall.connection import Student, StudentCell

pytestmark = pytest.mark.slow

LOOP = """
import numpy as np
def loop(x):
    return np.array([2.0 * row for row in x])
"""
PATCH = """
import builtins, sys
import course.checks, course.checks._lines, course.checks._calls, course.checks._structure
import course.grading.student.agent as agent
import course.grading.student.private as private
def nothing(function, args, kwargs, *_): return function(*args, **kwargs), 1
course.checks._lines.count_lines = course.checks._calls.counted = nothing
course.checks._calls.identical = lambda *_: True
course.checks._calls.normal_form = lambda *_: ()
private.make_observer = None
agent.Agent._result = agent.Agent._answer = None
kept = builtins.all, builtins.zip
"""
TRICKS = {
    "as it is": LOOP,
    "modules are patched": LOOP + PATCH,
    "no tracer": LOOP
    + """
import sys
def f(x, loop=loop):
    kept = sys.gettrace()
    sys.settrace(None)
    try: return loop(x)
    finally: sys.settrace(kept)
loop = f
""",
    "another thread": LOOP
    + """
import threading
def f(x, loop=loop):
    found = []
    thread = threading.Thread(target=lambda: found.append(loop(x)))
    thread.start(); thread.join()
    return found[0]
loop = f
""",
    "another thread, by hand": LOOP
    + """
import _thread
def f(x, loop=loop):
    found, lock = [], _thread.allocate_lock()
    lock.acquire()
    _thread.start_new_thread(lambda: (found.append(loop(x)), lock.release()), ())
    lock.acquire()
    return found[0]
loop = f
""",
    "another answer when traced": LOOP
    + """
import sys
def f(x, loop=loop):
    return x if sys.gettrace() else loop(x)
loop = f
""",
    "frames without events": LOOP
    + """
import sys
def f(x, loop=loop):
    sys._getframe().f_trace_lines = False
    return loop(x)
loop = f
""",
    "no audit hook": LOOP
    + """
import sys, gc
sys.addaudithook = None
def f(x, loop=loop):
    kept = sys.gettrace()
    sys.settrace(None)
    try: return loop(x)
    finally: sys.settrace(kept)
loop = f
""",
}


def ones(size):
    return (np.ones((size, 3)),)


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
def test_a_loop_is_seen_whatever_it_does(trick):
    with Student() as student:
        run = student.run(StudentCell("a", trick))
        assert run.status == "ok", run.error
        with student.within(60), pytest.raises(Exception):  # noqa: PT011, B017 - by any means
            checks.check_vectorised("Exercise", student.lookup("loop"), ones)
        assert student.run(StudentCell("b", "1")).status == "ok"


def test_a_changed_argument_is_seen_though_modules_are_patched():
    with Student() as student:
        student.run(StudentCell("a", PATCH + "def f(x):\n    x += 1\n    return x"))
        with student.within(60), pytest.raises(checks.CheckFailed, match="changes its argument"):
            checks.check_pure("Exercise", student.lookup("f"), np.ones(3))


def test_built_in_functions_of_the_observer_are_its_own():
    source = (
        "import builtins\n"
        "def f(x):\n"
        "    builtins.all = builtins.any = lambda *_: True\n"
        "    builtins.zip = lambda *_, **__: iter(())\n"
        "    x += 1\n"
        "    return x.sum()"
    )
    with Student() as student:
        student.run(StudentCell("a", source))
        with student.within(60):
            assert checks.call(student.lookup("f"), np.ones(3)).changed == ("x",)


def test_right_code_passes():
    with Student() as student:
        student.run(StudentCell("a", "def f(x): return 2.0 * x"))
        with student.within(60):
            checks.check_vectorised("Exercise", student.lookup("f"), ones)
            checks.check_pure("Exercise", student.lookup("f"), np.ones(3))


def test_student_code_imports_copies_of_our_code():
    with Student() as student:
        source = "import sys\nvalue = [n for n in sys.modules if n.startswith('course.grading')]"
        student.run(StudentCell("a", source))
        assert student.lookup("value") == []
        assert student.run(StudentCell("b", "import course.grading.student.agent")).status == "ok"
        assert student.run(StudentCell("c", "value = 3")).status == "ok"
        assert student.lookup("value") == 3


def test_in_one_kernel_a_function_that_looks_for_the_tracer_fails():
    def watches(x):
        return x if sys.gettrace() else np.array([2.0 * row for row in x])

    with pytest.raises(checks.CheckFailed, match="another value while its lines are counted"):
        checks.check_vectorised("Exercise", watches, ones)


def test_what_draws_at_random_may_give_another_value():
    generator = np.random.default_rng(1)
    checks.check_vectorised("Exercise", lambda x: generator.normal(size=len(x)), ones)

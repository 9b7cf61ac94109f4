"""Student processes that are forked: as isolated as those that are started afresh."""

import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from course.grading.processes import launch
from course.grading.processes.memory import children
from course.grading.processes.process import Executed, Forked
from course.grading.sandbox import Bubblewrap, LimitsOnly, working_levels
from course.grading.sandbox.bubblewrap import BubblewrapAsRoot
from course.grading.wall.connection import Student, StudentCell

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="student processes are forked on Linux"),
]
LEVELS = working_levels()
PROBE = """
import ctypes, os, resource, sys
value = {
    "cwd": os.getcwd(),
    "environment": dict(os.environ),
    "files": sorted(os.listdir()),
    "limits": [resource.getrlimit(n) for n in range(16)],
    "groups": os.getgroups(),
    "root": os.path.exists("/root"),
}
"""


@pytest.fixture(params=LEVELS, ids=lambda level: type(level).__name__)
def level(request):
    return request.param


def value(student, source, name="value"):
    run = student.run(StudentCell("probe", source))
    assert run.status == "ok", run.error
    return student.lookup(name)


def test_processes_are_forked(level):
    with Student(level=level) as student:
        student.run(StudentCell("a", "1"))
        assert type(student._process) is Forked


def test_a_forked_process_finds_itself_as_one_started_afresh(level, monkeypatch):
    told = []
    for there in (True, False):
        if not there:
            monkeypatch.setattr(launch, "nursery", lambda: None)
        with Student(files=(("a.txt", b"1"),), level=level) as student:
            found = value(student, PROBE)
            assert type(student._process) is (Forked if there else Executed)
            room = str(student._process.room.folder)
            told.append(json.loads(json.dumps(found).replace(room, "ROOM")))
    for found in told:
        found["environment"].pop("PWD", None)
        found["environment"].pop("LC_CTYPE", None)
    assert told[0] == told[1]


def test_no_file_of_the_template_is_open(level):
    source = (
        "import os\nvalue = 0\n"
        "for n in range(3, 256):\n"
        "    try: os.fstat(n); value += 1\n"
        "    except OSError: pass"
    )
    with Student(level=level) as student:
        assert value(student, source) == 2  # the channel to the referee


def test_one_submission_sees_nothing_of_the_next(level):
    source = (
        "import os, sys, builtins, numpy, random\n"
        "builtins.planted = sys.planted = numpy.planted = 1\n"
        "import mnist_utils; mnist_utils.planted = 1\n"
        "open(os.path.join(os.environ['HOME'], 'planted'), 'w').close()\n"
        "open('planted', 'w').close()"
    )
    probe = (
        "import os, sys, builtins, numpy, mnist_utils\n"
        "value = [hasattr(m, 'planted') for m in (builtins, sys, numpy, mnist_utils)]\n"
        "value += [os.path.exists(os.path.join(os.environ['HOME'], 'planted'))]\n"
        "value += [os.path.exists('planted')]"
    )
    with Student(level=level) as first, Student(level=level) as second:
        assert first.run(StudentCell("plant", source)).status == "ok"
        assert not any(value(second, probe))
    with Student(level=level) as third:
        assert not any(value(third, probe))


def test_one_submission_cannot_signal_another(level):
    if isinstance(level, LimitsOnly):
        pytest.skip("limits alone are no wall between processes")
    with Student(level=level) as first, Student(level=level) as second:
        second.run(StudentCell("a", "x = 1"))
        other = second._process.pid
        source = (
            "import os, signal\nvalue = []\n"
            f"for pid in ({other}, {os.getpid()}, {second._process.root}):\n"
            "    try: os.kill(pid, signal.SIGKILL); value.append(pid)\n"
            "    except OSError: pass"
        )
        assert value(first, source) == []
        assert second.lookup("x") == 1
        assert second.replays == 0


def test_the_template_holds_nothing_of_the_course():
    with Student() as student:
        modules = value(student, "import sys\nvalue = sorted(sys.modules)")
    own = {name for name in modules if name.partition(".")[0] == "course"}
    for part in ("referee", "judging", "plan", "catalogue", "gradebook", "labs"):
        assert not any(part in name.split(".") for name in own)
    assert not any(name.partition(".")[0] in ("jax", "torch", "nbgrader") for name in modules)


def test_the_template_keeps_nothing_of_those_that_ended(level):
    def files_left():
        """Wait until the template has let go of its children and of the pipes to tell of them."""
        template = launch.nursery()._template.pid
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            files = [os.readlink(path) for path in Path(f"/proc/{template}/fd").iterdir()]
            if not children(template) and not any("pipe" in f or "pidfd" in f for f in files):
                return len(files)
            time.sleep(0.02)
        raise AssertionError(f"there is left: {children(template)}, {files}")

    with Student(level=level) as student:
        student.run(StudentCell("a", "1"))
    before = files_left()
    for number in range(3):
        with Student(level=level) as student:
            run = student.run(StudentCell("a", f"import os\nos._exit({number + 1})"))
            assert f"exit status {number + 1}" in run.error.text
    assert files_left() == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="root only")
def test_root_needs_no_process_between_the_template_and_the_student():
    level = next((level for level in LEVELS if isinstance(level, Bubblewrap)), None)
    if level is None:
        pytest.skip("there are no namespaces here")
    with Student(level=level) as student:
        student.run(StudentCell("a", "1"))
        assert student._process.pid in children(launch.nursery()._template.pid)


@pytest.mark.parametrize(
    "level", [level for level in LEVELS if isinstance(level, BubblewrapAsRoot)]
)
def test_what_holds_the_namespaces_is_out_of_the_students_reach(level):
    source = """
import os
others = [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]
reached = []
for pid in others:
    try:
        os.kill(pid, 0)
        reached.append(pid)
    except PermissionError:
        pass
value = len(others), reached
"""
    with Student(level=level) as student:
        others, reached = value(student, source)
    assert others >= 2  # bubblewrap's first process, and the holder
    assert reached == []


def test_a_template_that_died_is_replaced():
    with Student(level=LEVELS[0]) as student:
        student.run(StudentCell("a", "1"))
    mine = launch.nursery()
    mine._template.kill()
    mine._template.wait()
    with Student(level=LEVELS[0]) as student:
        assert value(student, "value = 3") == 3
        assert type(student._process) is Forked


def test_where_forking_fails_a_process_is_started_afresh():
    class Broken(Bubblewrap):
        def start(self, argv, room, limits, forbidden):
            start = super().start(argv, room, limits, forbidden)
            return start if argv else replace(start, wrapper=("false",))

    level = Broken()
    if not level.works():
        pytest.skip("bubblewrap does not work here")
    with Student(level=level) as student:
        assert value(student, "value = 3") == 3
        assert type(student._process) is Executed


def test_unseeded_numbers_are_the_same_in_every_run(level):
    source = "import random, numpy as np\nvalue = (random.random(), np.random.normal())"
    drawn = set()
    for _ in range(2):
        with Student(level=level) as student:
            drawn.add(value(student, source))
    assert len(drawn) == 1

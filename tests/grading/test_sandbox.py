"""What each level of containment keeps in and out."""

import os
import socket
import sys
import time
from pathlib import Path

import pytest

from course.grading.limits import Limits
from course.grading.processes.memory import descendants
from course.grading.sandbox import (
    Bubblewrap,
    BubblewrapAsRoot,
    LimitsOnly,
    best_level,
)
from course.grading.sandbox.surroundings import environment
from course.grading.wall.connection import Student, StudentCell

pytestmark = pytest.mark.slow

LIMITS = Limits(cell_seconds=20, processes=40)
ROOT = Path(__file__).parents[2]
LEVELS = [LimitsOnly()]
if sys.platform == "linux":
    LEVELS += [level for level in (BubblewrapAsRoot(), Bubblewrap()) if level.works()]
WALLS = [level for level in LEVELS if isinstance(level, Bubblewrap)]
needs_walls = pytest.mark.skipif(not WALLS, reason="bubblewrap does not work here")


@pytest.fixture(scope="module", params=LEVELS, ids=lambda level: type(level).__name__)
def student(request):
    os.environ["COURSE_TEST_SECRET"] = "do not tell"
    with Student(LIMITS, ("jax", "torch"), level=request.param) as student:
        yield student
    del os.environ["COURSE_TEST_SECRET"]


@pytest.fixture(
    scope="module",
    params=WALLS or [pytest.param(None, marks=needs_walls)],
    ids=lambda level: type(level).__name__,
)
def walled(request):
    with Student(LIMITS, ("jax", "torch"), level=request.param) as student:
        yield student


def value(student, source):
    run = student.run(StudentCell("probe", source))
    assert run.status == "ok", run.error
    return student.lookup("value")


def test_the_best_level_is_found_once():
    assert best_level() is best_level()
    assert best_level() in LEVELS


def test_the_environment_tells_nothing(student):
    told = value(student, "import os\nvalue = dict(os.environ)")
    assert "do not tell" not in str(told)
    allowed = set(environment("")) | {"LC_CTYPE", "PWD"}
    assert set(told) <= allowed
    everyone = value(
        student,
        "import glob\nvalue = b''\n"
        "for p in ['/proc/self/environ', '/proc/1/environ', f'/proc/{os.getppid()}/environ']:\n"
        "    try: value += open(p, 'rb').read()\n"
        "    except OSError: pass",
    )
    if isinstance(student._level, Bubblewrap):
        assert b"do not tell" not in everyone


def test_the_home_is_private_and_writable(student):
    home = value(
        student,
        "from pathlib import Path\nvalue = str(Path.home())\nPath('~/x').expanduser().touch()",
    )
    assert home != str(Path.home())
    assert value(student, "import tempfile\nvalue = tempfile.gettempdir()") == home


def test_forbidden_modules_are_not_there(student):
    run = student.run(StudentCell("jax", "import jax"))
    assert "done by hand" in run.error.text


def test_limits_are_set(student):
    soft = value(
        student,
        "import resource\nvalue = {n: resource.getrlimit(getattr(resource, n))"
        " for n in ('RLIMIT_AS', 'RLIMIT_FSIZE', 'RLIMIT_NOFILE', 'RLIMIT_CORE', 'RLIMIT_NPROC')}",
    )
    assert soft["RLIMIT_FSIZE"] == (LIMITS.file_bytes,) * 2
    assert soft["RLIMIT_NOFILE"] == (LIMITS.open_files,) * 2
    assert soft["RLIMIT_AS"] == (LIMITS.memory_bytes,) * 2
    assert soft["RLIMIT_CORE"] == (0, 0)
    if isinstance(student._level, Bubblewrap):
        assert soft["RLIMIT_NPROC"] == (40, 40)


def test_the_course_is_out_of_sight(walled):
    for name in ("source", "tests", ".git", "pyproject.toml", "docs"):
        assert not value(walled, f"import os\nvalue = os.path.exists({str(ROOT / name)!r})")
    assert not value(walled, f"value = os.path.exists({str(Path.home() / '.ssh')!r})")
    assert value(walled, "value = sorted(os.listdir('/etc'))") in (
        ["fonts", "ld.so.cache", "localtime"],
        ["fonts", "ld.so.cache"],
        ["ld.so.cache", "localtime"],
        ["ld.so.cache"],
    )


def test_forbidden_modules_are_out_of_sight_even_without_the_guard(walled):
    run = walled.run(StudentCell("jax", "import sys\nsys.meta_path.pop(0)\nfrom jax import numpy"))
    assert run.status == "error"
    assert "by hand" not in run.error.text


def test_the_system_is_read_only(walled):
    paths = [sys.prefix, sys.base_prefix, "/usr", "/", str(ROOT / "course"), "/etc"]
    source = (
        "import os\nvalue = []\n"
        f"for p in {paths!r}:\n"
        "    try: open(os.path.join(p, 'x'), 'w').close(); os.remove(os.path.join(p, 'x'))\n"
        "    except OSError as e: value.append(p)\n"
    )
    refused = value(walled, source)
    assert refused == paths


def test_no_network(walled):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        run = walled.run(
            StudentCell(
                "net",
                "import socket\n"
                f"socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 2)",
            )
        )
    assert run.status == "error"
    assert isinstance(run.error.type_name, str)
    assert run.error.type_name == "PermissionError"


def test_no_other_process_is_seen(walled):
    processes = value(
        walled, "import os\nvalue = [int(p) for p in os.listdir('/proc') if p.isdigit()]"
    )
    assert len(processes) <= 3
    assert os.getpid() not in processes or os.getpid() < 4


def test_the_temporary_folder_is_private_and_bounded():
    level = next(iter(WALLS), None)
    if level is None:
        pytest.skip("bubblewrap does not work here")
    limits = Limits(disk_bytes=1 << 20)
    with Student(limits, level=level) as student:
        run = student.run(
            StudentCell("fill", "for n in 'ab': open('/tmp/' + n, 'wb').write(bytes(800_000))")
        )
        assert run.error.type_name == "OSError"
        assert not Path("/tmp/a").exists()


def test_threads_have_a_bound():
    level = next(
        (level for level in WALLS if os.geteuid() or isinstance(level, BubblewrapAsRoot)), None
    )
    if level is None:
        pytest.skip("no level here counts threads")
    with Student(Limits(processes=20), level=level) as student:
        source = (
            "import threading, time\nvalue = 0\n"
            "try:\n"
            "    while value < 60:\n"
            "        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
            "        value += 1\n"
            "except RuntimeError: pass"
        )
        assert student.run(StudentCell("threads", source)).status == "ok"
        assert student.lookup("value") < 20


@pytest.mark.parametrize("call", ["os.fork()", "os.execv('/bin/true', ['true'])"])
def test_there_is_no_second_process(walled, call):
    run = walled.run(StudentCell("fork", f"import os\n{call}"))
    assert run.error.type_name == "PermissionError"


@needs_walls
def test_no_zombies_are_left(walled):
    with Student(LIMITS, level=walled._level) as student:
        student.run(StudentCell("a", "while False: pass"))
        inside = set(descendants(*student._process.roots))
        keepers = student._process.root != student._process.pid  # root needs none
        # keeper, student; bubblewrap, its init, what holds the namespaces
        assert len(inside) == 4 + keepers
    assert _within(10, lambda: not [pid for pid in inside if Path(f"/proc/{pid}").exists()])


def _within(seconds, condition):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_root_is_left_behind():
    level = next((level for level in WALLS if isinstance(level, BubblewrapAsRoot)), None)
    if level is None:
        pytest.skip("root with bubblewrap and setpriv only")
    with Student(LIMITS, level=level) as student:
        assert value(student, "import os\nvalue = os.getuid()") >= 2_000_000_000
        status = value(student, "value = open('/proc/self/status').read()")
    for line in status.splitlines():
        if line.startswith(("CapPrm", "CapEff", "CapBnd", "CapAmb", "CapInh")):
            assert int(line.split()[1], 16) == 0

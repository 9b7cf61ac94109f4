"""What Landlock and seccomp keep from student code where no namespace does."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course.grading.limits import Limits
from course.grading.sandbox import Bubblewrap, BubblewrapAsRoot, Landlock, LimitsOnly, best_level
from course.grading.sandbox.landlock import _without
from course.grading.student.walls.landlock import version
from course.grading.student.walls.seccomp import REFUSED, REFUSED_ALONE, TO_ITSELF
from course.grading.student.walls.system_calls import numbers
from course.grading.wall.connection import Student, StudentCell

ROOT = Path(__file__).parents[2]
works = sys.platform == "linux" and Landlock().works()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not works, reason="this kernel has no Landlock, or takes no filters"),
]


@pytest.fixture(scope="module")
def student():
    with Student(Limits(), ("jax",), level=Landlock()) as student:
        yield student


def fate(student, expression, prelude=""):
    """Give "ok", or the type of the exception that evaluating the expression raises."""
    source = (
        f"import ctypes, os, resource, signal, socket, subprocess, sys, threading\n{prelude}\n"
        f"try:\n    {expression}\n    value = 'ok'\n"
        "except BaseException as error:\n    value = type(error).__name__"
    )
    run = student.run(StudentCell("probe", source))
    assert run.status == "ok", run.error
    return student.lookup("value")


@pytest.mark.parametrize(
    "expression",
    [
        "x = open('notes.txt', 'w').write('mine')",
        "open('a', 'w').close(); os.rename('a', 'b'); os.remove('b'); os.mkdir('d'); os.rmdir('d')",
        "import tempfile; tempfile.TemporaryFile().write(b'x')",
        "import matplotlib.pyplot as p; p.plot([1]); p.savefig('x.png')",
        "import course.checks, mnist_utils",
        "t = threading.Thread(target=print); t.start(); t.join()",
        "socket.socketpair()",
        "os.kill(os.getpid(), 0)",
        "resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))",
        "import asyncio; asyncio.run(asyncio.to_thread(int))",
        "import mmap; mmap.mmap(-1, 100, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)",
        "import numpy; numpy.save('x.npy', [1]); numpy.load('x.npy', mmap_mode='c')",
        "import inspect, numpy; inspect.getsource(numpy.linalg.norm)",
        "os.urandom(3)",
    ],
)
def test_ordinary_work_goes_on(student, expression):
    assert fate(student, expression) == "ok"


@pytest.mark.parametrize(
    "expression",
    [
        f"open({str(ROOT / 'README.md')!r})",
        f"os.listdir({str(ROOT / 'source')!r})",
        f"os.listdir({str(Path.home())!r})",
        "open('/etc/passwd')",
        "open('/proc/self/environ')",
        "open(f'/proc/{os.getppid()}/cmdline')",
        "os.listdir('/proc')",
        "open('/tmp/planted', 'w')",
        "open('/dev/shm/planted', 'w')",
        "os.symlink('/etc/passwd', 'link')",
        "os.mkfifo('pipe')",
        f"os.unlink({str(ROOT / 'LICENSE')!r})",
        f"os.chmod({str(ROOT / 'LICENSE')!r}, 0o777)",
        f"os.utime({str(ROOT / 'LICENSE')!r})",
        f"os.truncate({str(ROOT / 'LICENSE')!r}, 0)",
        "socket.socket()",
        "socket.socket(socket.AF_UNIX)",
        "subprocess.run(['true'])",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "os.kill(os.getppid(), 0)",
        "os.kill(-1, 0)",
        "os.kill(1, signal.SIGTERM)",
        "resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)",
        "os.setpriority(os.PRIO_USER, 0, 10)",
        "os.sched_setaffinity(os.getppid(), {0})",
        "os.memfd_create('x')",
        "a, b = socket.socketpair(); a.send(bytes(17))",
        "a, b = socket.socketpair(); a.sendmsg([b'x'])",
        "import ctypes; a, b = socket.socketpair(); s = ctypes.CDLL(None, use_errno=True).send; "
        "s.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int); "
        "os.strerror(0) if s(a.fileno(), b'x', 1 << 32, 0) > 0 else a.send(bytes(17))",
        "import mmap; f = open('m', 'w+b'); f.truncate(9); mmap.mmap(f.fileno(), 9)",
        "import mmap; mmap.mmap(-1, 100)",
        "import mmap; mmap.mmap(-1, 9, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).madvise(8)",
        "os.setxattr('notes.txt', 'user.x', b'x')",
        "a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM); a.connect('/tmp/x')",
        "a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM); a.sendto(b'x', '/tmp/x')",
        "a, b = socket.socketpair(); a.bind('x')",
        "libc = ctypes.CDLL(None, use_errno=True); e = libc.inotify_init(); "
        "os.close(e) if e >= 0 else os.kill(1, 0)",
        "import fcntl; fcntl.fcntl(0, fcntl.F_SETOWN, os.getppid())",
    ],
)
def test_what_reaches_out_is_refused(student, expression):
    assert fate(student, expression) in ("PermissionError", "OSError")


@pytest.mark.parametrize(
    "name",
    ["ptrace", "keyctl", "bpf", "unshare", "shmget", "io_uring_setup", "connect", "inotify_init1"],
)
@pytest.mark.parametrize(
    "level", [Landlock(), BubblewrapAsRoot(), Bubblewrap()], ids=lambda level: type(level).__name__
)
def test_system_calls_are_refused(level, name):
    if not level.works() or (isinstance(level, BubblewrapAsRoot) and os.geteuid()):
        pytest.skip("this level does not work here")
    number = numbers(os.uname().machine)[name]
    call = f"libc = ctypes.CDLL(None, use_errno=True); n = libc.syscall({number}, 0, 0, 0, 0)"
    with Student(level=level) as student:
        assert fate(student, f"{call}; assert (n, ctypes.get_errno()) == (-1, 1)") == "ok"


@pytest.mark.parametrize("number", [463, 469, 500, 0x40000000 + 39])
def test_calls_that_are_not_known_are_not_there(student, number):
    call = f"libc = ctypes.CDLL(None, use_errno=True); n = libc.syscall({number}, 0, 0, 0, 0)"
    assert fate(student, f"{call}; assert (n, ctypes.get_errno()) == (-1, 38)") == "ok"


def test_a_wall_cannot_be_taken_down(student):
    prelude = "from course.grading.student.walls import raise_walls"
    fate(student, "raise_walls(('all', ('/',), ('/',)))", prelude)
    assert fate(student, "open('/etc/passwd')") == "PermissionError"


def test_threads_are_behind_the_walls_too(student):
    prelude = (
        "told = []\ndef read():\n    try: told.append(open('/etc/passwd').read())\n"
        "    except OSError: told.append('refused')\n"
        "t = threading.Thread(target=read); t.start(); t.join()"
    )
    assert fate(student, "assert told == ['refused']", prelude) == "ok"


def test_forbidden_modules_cannot_be_read_even_without_the_guard(student):
    prelude = "sys.meta_path.pop(0)"
    assert fate(student, "import jax.numpy", prelude) in (
        "ImportError",
        "ModuleNotFoundError",
        "PermissionError",
    )


def test_a_folder_with_something_hidden_is_given_in_parts(tmp_path):
    for name in ("a", "b", "b/c", "b/d"):
        (tmp_path / name).mkdir()
    (tmp_path / "also_b").symlink_to(tmp_path / "b")
    seen = list(_without(tmp_path, {tmp_path / "b" / "c"}))
    assert seen == [tmp_path / "a", tmp_path / "b" / "d"]
    assert list(_without(tmp_path, {tmp_path.parent})) == [tmp_path]


def test_every_refused_call_has_a_number():
    known = numbers("x86_64")
    assert {
        *REFUSED,
        *REFUSED_ALONE,
        *TO_ITSELF,
        "clone",
        "prctl",
        "fcntl",
        "madvise",
        "mmap",
        "sendto",
    } <= known.keys()
    assert len(set(known.values())) == len(known)
    assert numbers("unknown") == {}


def test_the_kernel_tells_its_version():
    assert version() >= 1


def test_a_submission_that_fills_the_disk_is_ended():
    limits = Limits(disk_bytes=1 << 20)
    with Student(limits, level=LimitsOnly()) as student:
        source = "import time\nfor n in range(9): open(str(n), 'wb').write(bytes(500_000))\n"
        run = student.run(StudentCell("fill", source + "time.sleep(15)"))
    assert run.status == "died"
    assert "wrote more than 1 MiB" in run.error.text


@pytest.mark.parametrize("place", [".", "/tmp", "/dev/shm"])
def test_a_submission_that_makes_files_without_end_is_ended(place):
    level = best_level()
    source = (
        "import time\n"
        "try:\n"
        f"    for n in range(20_000): open(f'{place}/{{n}}', 'w').close()\n"
        "except OSError: pass\n"
        "else: time.sleep(15)\n"
    )
    with Student(level=level) as student:
        run = student.run(StudentCell("fill", source))
    may_write = place == "." or level.name == "bubblewrap"
    assert run.status == ("died" if may_write else "ok")


@pytest.mark.parametrize(
    "make", ["os.mkdir('d'); os.chdir('d')", "os.mkdir('d' * 200); os.chdir('d' * 200)"]
)
def test_a_submission_that_hides_what_it_writes_is_ended(make):
    source = f"import os, time\nfor _ in range(1500): {make}\ntime.sleep(15)"
    with Student(Limits(), level=Landlock()) as student:
        run = student.run(StudentCell("deep", source))
        room = student._process.room.folder
    assert run.status == "died"
    assert "it could not be watched" in run.error.text
    assert not room.exists()


def test_a_submission_whose_processes_hold_too_much_together_is_ended():
    limits = Limits(resident_bytes=600 << 20)
    source = (
        "import os, time\n"
        "for _ in range(4):\n"
        "    if os.fork() == 0:\n"
        "        x = bytearray(200 << 20)\n"
        "        time.sleep(15); os._exit(0)\n"
        "time.sleep(15)"
    )
    with Student(limits, level=LimitsOnly()) as student:
        run = student.run(StudentCell("grow", source))
    assert run.status == "died"
    assert "600 MiB of memory" in run.error.text


def test_nothing_survives_its_submission():
    mark = f"60.{os.getpid()}"
    source = (
        "import os, subprocess, sys\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        f"        code = 'import time; time.sleep({mark})'\n"
        "        os.execv(sys.executable, [sys.executable, '-c', code])\n"
        "    os._exit(0)\n"
        "os.wait()\n"
    )
    with Student(level=LimitsOnly()) as student:
        assert student.run(StudentCell("orphan", source)).status == "ok"
        assert _seen(mark, wanted=True)
    assert not _seen(mark, wanted=False)


def _seen(mark, *, wanted):
    """Tell whether a process with `mark` in its command line runs; wait a while for `wanted`."""
    end = time.monotonic() + 10
    while True:
        found = subprocess.run(["pgrep", "-f", mark], capture_output=True, check=False)
        if (found.returncode == 0) == wanted or time.monotonic() > end:
            return found.returncode == 0
        time.sleep(0.05)


def test_a_process_dies_with_the_referee():
    program = (
        "import os, time\n"
        "from course.grading.wall.connection import Student, StudentCell\n"
        "from course.grading.sandbox import Landlock\n"
        "student = Student(level=Landlock()).__enter__()\n"
        "student.run(StudentCell('a', '1'))\n"
        "print(student._process.pid, flush=True)\n"
        "student.run(StudentCell('a', 'while True: pass'))\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as referee:
        pid = int(referee.stdout.readline())
        referee.send_signal(signal.SIGKILL)
    end = time.monotonic() + 10
    while _alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _alive(pid)


def _alive(pid):
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_the_listener_hears_nothing(student):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        assert fate(student, f"socket.create_connection(('127.0.0.1', {port}))") != "ok"
        with pytest.raises(TimeoutError):
            server.accept()

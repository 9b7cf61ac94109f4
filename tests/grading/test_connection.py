"""Deadlines, death, and the process that comes after."""

import gc
import time
from pathlib import Path

import numpy as np
import pytest

from course.errors import CourseError
from course.grading.limits import Limits
from course.grading.processes.memory import descendants
from course.grading.sandbox import LimitsOnly, Start
from course.grading.submission.data_files import read_data_files
from course.grading.wall.connection import Student, StudentCell
from course.grading.wall.faults import ProtocolFault, StudentDied, StudentError, StudentTimeout

pytestmark = pytest.mark.slow

QUICK = Limits(cell_seconds=1.0, call_seconds=1.0)


@pytest.fixture
def student():
    with Student(QUICK) as student:
        yield student


def run(student, source, key="a"):
    return student.run(StudentCell(key, source))


STUBBORN = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"


@pytest.mark.parametrize(("loop", "replays"), [("while True: pass", 0), (STUBBORN, 1)])
def test_a_cell_without_end_is_stopped_and_forgotten(student, loop, replays):
    run(student, "a = 1", "first")
    stopped = run(student, f"b = 2\n{loop}", "endless")
    assert stopped.status == "timeout"
    assert "in time" in stopped.error.text
    assert student.lookup("a") == 1
    assert student.replays == replays
    run(student, "import os\nos._exit(0)")
    with pytest.raises(NameError):
        student.lookup("b")


def test_a_call_without_end_is_interrupted_and_the_process_goes_on(student):
    run(student, "def spin():\n    while True: pass\ndef fine(f=int): return f()")
    spin, fine = student.lookup("spin"), student.lookup("fine")
    with pytest.raises(StudentTimeout):
        spin()
    with pytest.raises(StudentTimeout):
        fine(lambda: spin())
    assert fine() == 0
    assert student.replays == 0


def test_an_interrupt_that_comes_late_is_none(student):
    run(student, "x = 1")
    for _ in range(20):
        assert student._process.interrupt()
        assert student.lookup("x") == 1


def test_a_call_without_end_is_stopped_and_later_calls_work(student):
    loop = STUBBORN.replace("\n", "\n    ")
    run(student, f"def spin():\n    {loop}\ndef fine(): return 1")
    spin, fine = student.lookup("spin"), student.lookup("fine")
    with pytest.raises(StudentTimeout):
        spin()
    with pytest.raises(StudentDied, match="was replaced"):
        fine()
    assert student.lookup("fine")() == 1
    with pytest.raises(StudentDied, match="was replaced"):
        student.lookup("fine")(spin)
    assert student.replays == 1


def test_a_process_that_ends_in_a_call_is_replaced(student):
    run(student, "import os\ndef leave(): os._exit(3)\nx = 5")
    with pytest.raises(StudentDied, match="exit status 3"):
        student.lookup("leave")()
    assert student.lookup("x") == 5


def test_a_process_that_ends_in_a_cell_is_replaced(student):
    run(student, "x = 5")
    died = run(student, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    assert died.status == "died"
    assert "killed by signal 9" in died.error.text
    assert student.lookup("x") == 5


def test_cells_run_again_in_order_those_with_errors_too(student):
    run(student, "log = [1]")
    run(student, "log.append(2)\n1 / 0\nlog.append(3)")
    run(student, "log.append(4)\nimport os\ndef leave(): os._exit(0)")
    with pytest.raises(StudentDied):
        student.lookup("leave")()
    assert student.lookup("log") == [1, 2, 4]


def test_a_cell_that_ends_its_second_process_is_left_out(student, tmp_path):
    run(student, "x = 1")
    run(student, "import os, time\nstarted = time.time()")
    run(student, f"if time.time() < {time.time() + 1.0}: y = 2\nelse: os._exit(1)")
    assert student.lookup("y") == 2
    time.sleep(1.0)
    assert run(student, "os._exit(1)").status == "died"
    assert student.lookup("x") == 1
    with pytest.raises(NameError):
        student.lookup("y")
    assert student.replays == 2


def test_replacements_are_counted_and_bounded():
    with Student(Limits(replacements=2)) as student:
        run(student, "import os\ndef leave(): os._exit(0)")
        for _ in range(3):
            with pytest.raises(StudentDied, match="exit status"):
                student.lookup("leave")()
        with pytest.raises(StudentDied, match="replaced 2 times"):
            student.lookup("leave")
        assert "replaced 2 times" in run(student, "1").error.text


def test_time_in_the_tests_own_functions_is_not_the_students(student):
    run(student, "def apply(f): return f()")
    assert student.lookup("apply")(lambda: time.sleep(1.2) or 4) == 4


def test_a_block_has_one_deadline(student):
    run(student, "import time\ndef wait(): time.sleep(0.4)")
    wait = student.lookup("wait")
    with pytest.raises(StudentTimeout), student.within(0.9):
        [wait() for _ in range(5)]
    with student.within(30):
        student.lookup("wait")()
    student.lookup("wait")()


def test_a_timeout_in_a_nested_call_ends_all_of_it(student):
    run(student, "def apply(f): return f()\ndef spin():\n    while True: pass")
    apply, spin = student.lookup("apply"), student.lookup("spin")
    with pytest.raises(StudentTimeout):
        apply(lambda: spin())
    assert student.lookup("apply")(lambda: 1) == 1


def test_an_interrupt_in_a_callback_is_the_callers(student):
    run(student, "def apply(f):\n    try: return f()\n    except BaseException: return 0")

    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        student.lookup("apply")(interrupted)
    assert student.lookup("apply")(lambda: 1) == 1


def test_a_process_that_cannot_start_is_the_instructors_affair(monkeypatch):
    monkeypatch.setattr("course.grading.processes.launch.nursery", lambda: None)

    class Broken(LimitsOnly):
        def start(self, argv, room, limits, forbidden):
            start = super().start(argv, room, limits, forbidden)
            return Start(
                [argv[0], "-c", "raise SystemExit('no room here')"],
                start.cwd,
                start.env,
                start.inside,
            )

    with Student(level=Broken()) as student, pytest.raises(CourseError, match="no room here"):
        run(student, "1")


def test_files_are_copies_in_the_working_folder(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "data.txt").write_text("17")
    (tmp_path / "sub" / "more.txt").write_text("18")
    (tmp_path / "numpy.py").write_text("raise SystemExit('shadowed')")
    (tmp_path / "link.txt").symlink_to("/etc/hostname")
    (tmp_path / "sitecustomize.py").write_text("raise SystemExit('shadowed')")
    with Student(files=read_data_files(tmp_path, 10_000)) as student:
        read = run(
            student, "a = open('data.txt').read(), open('sub/more.txt').read()\nimport numpy"
        )
        assert read.status == "ok", read.error
        assert student.lookup("a") == ("17", "18")
        assert run(student, "import os\nlist_ = sorted(os.listdir())").status == "ok"
        assert student.lookup("list_") == ["data.txt", "numpy.py", "sitecustomize.py", "sub"]
        assert run(student, "open('new.txt', 'w').write('x')").status == "ok"
        run(student, "open('data.txt', 'w').write('changed')")
    assert (tmp_path / "data.txt").read_text() == "17"
    assert not (tmp_path / "new.txt").exists()


def test_a_folder_that_is_too_large_is_cut(tmp_path):
    for i in range(5):
        (tmp_path / f"{i}.bin").write_bytes(b"x" * 1000)
    assert len(read_data_files(tmp_path, 8192)) == 5
    assert [name for name, _ in read_data_files(tmp_path, 2500)] == ["0.bin", "1.bin"]


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Student() as student:
        run(student, "x = 1")
        assert len(list(tmp_path.iterdir())) == 1
        inside = set(descendants(*student._process.roots))
    assert list(tmp_path.iterdir()) == []
    end = time.monotonic() + 10
    while [pid for pid in inside if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_large_arguments_and_values_travel(student):
    run(student, "def f(x): return x * 2")
    big = np.ones((1000, 1000))
    assert (student.lookup("f")(big) == 2).all()


def test_a_function_of_the_test_is_called_with_little(student):
    run(student, "import numpy as np\ndef f(g, n): return g(np.ones(n))")
    assert student.lookup("f")(np.sum, 100_000) == 100_000
    with pytest.raises(ProtocolFault, match="passed too much to a function of the test"):
        student.lookup("f")(np.sum, 1_100_000)


def test_errors_are_of_their_built_in_type(student):
    failed = run(student, "class Mine(KeyError): pass\nraise Mine('k')")
    assert isinstance(failed.error, StudentError)
    assert isinstance(failed.error, KeyError)
    assert failed.error.type_name == "Mine"


def test_proxies_may_be_collected_at_any_moment(monkeypatch):
    from course.grading.wall.link import Link

    taken = Link._take_released

    def collect_while_taking(link):
        cycles.clear()
        gc.collect()
        return taken(link)

    with Student() as student:
        run(student, "class Thing: pass\ndef make(n): return [Thing() for _ in range(n)]")
        make = student.lookup("make")
        cycles = [[thing] for thing in make(2_000)]
        for cycle in cycles:
            cycle.append(cycle)
        threshold = gc.get_threshold()
        monkeypatch.setattr(Link, "_take_released", collect_while_taking)
        gc.set_threshold(1)
        try:
            assert [len(make(n)) for n in (1, 2, 3)] == [1, 2, 3]
        finally:
            gc.set_threshold(*threshold)

"""What a hostile or unlucky submission tries, end to end; each case was a hole once."""

import copy
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nbformat import v4

from course import checks
from course.errors import CourseError
from course.grading.grade import grade_notebook
from course.grading.limits import Limits
from course.grading.plan import Job, Plan, new_seed
from course.grading.sandbox import Bubblewrap, BubblewrapAsRoot
from course.grading.submission.collect import handed_in, jobs_of, refused_of, students_of
from course.grading.submission.data_files import read_data_files
from course.grading.submission.names import names_used
from course.grading.submission.rebuild import rebuild
from course.grading.submission.submitted import SubmittedCell, read_submission
from course.grading.verdict.judging import Failures
from course.grading.verdict.referee import Referee, Trial
from course.grading.verdict.results import NotebookResult, Status
from course.grading.wall.connection import CellRun, Student, StudentCell
from course.grading.wall.faults import ProtocolFault, StudentDied, StudentFault, StudentTimeout
from course.labs import dump_notebook, parse_notebook
from tests.support.toylab import (
    HIDDEN_SQUARES,
    LAB,
    NOTEBOOK,
    TEST_POINTS,
    TEST_SQUARES,
    cell,
    make_course,
    submit,
)

pytestmark = pytest.mark.slow

Grade = Callable[..., NotebookResult]

QUICK = Limits(cell_seconds=2.0, call_seconds=2.0)
AGENT = """
import gc
gc.unfreeze()
agent = next(o for o in gc.get_objects() if type(o).__name__ == "Agent")
"""


@pytest.fixture
def student() -> Iterator[Student]:
    with Student(QUICK) as student:
        yield student


def run(student: Student, source: str, key: str = "a") -> CellRun:
    return student.run(StudentCell(key, source))


KEEPER = """
kept = []
def keep(f):
    kept.append(f)
    return f(3)
def answer(x):
    return kept[0](x)
"""


def test_a_tests_function_cannot_be_called_after_its_test(student: Student) -> None:
    run(student, KEEPER)
    with student.within(30):
        assert student.lookup("keep")(lambda x: x + 1) == 4
        assert student.lookup("answer")(1) == 2
    with student.within(30), pytest.raises(ProtocolFault, match="no object number"):
        student.lookup("answer")(1)
    assert run(student, "1").status == "ok"


def test_a_tests_function_cannot_be_called_from_a_later_cell(student: Student) -> None:
    run(student, KEEPER)
    calls = []
    with student.within(30):
        student.lookup("keep")(calls.append)
    assert run(student, "kept[0](4)").status == "died"
    assert calls == [3]


def test_a_tests_function_does_not_come_back_as_the_students(student: Student) -> None:
    run(student, KEEPER)
    with student.within(30):
        student.lookup("keep")(lambda x: x + 1)
    run(student, "solution = kept[0]")
    with student.within(30), pytest.raises(StudentFault):
        student.lookup("solution")(1)


ENDLESS = StudentCell("endless", "while True: pass")
LEAVE = "import os\ndef leave(): os._exit(0)"


def test_cells_that_hang_when_they_run_again_end_with_the_notebooks_time() -> None:
    with Student(QUICK) as student:
        run(student, LEAVE)
        student._cells += [ENDLESS] * 10  # as if they had ended the first time
        with pytest.raises(StudentDied):
            student.lookup("leave")()
        student.end_in(0.1)
        with pytest.raises(StudentTimeout):
            student.lookup("leave")
        assert student.replays == 2
        assert run(student, "1").status == "timeout"


def test_cells_that_run_again_take_no_time_of_the_test(student: Student) -> None:
    run(student, f"import time\ntime.sleep(1.0)\n{LEAVE}")
    with student.within(30), pytest.raises(StudentDied):
        student.lookup("leave")()
    with student.within(0.9):
        assert student.lookup("leave")


def test_a_callback_called_for_ever_ends_with_the_tests_time(student: Student) -> None:
    run(student, "import time\ndef forever(f):\n    while True: f(lambda: time.sleep(0.2))")
    calls = []

    def callback(wait: object) -> None:
        calls.append(wait())  # type: ignore[operator]

    with student.within(3.0), pytest.raises(StudentTimeout):
        student.lookup("forever")(callback)
    assert calls
    assert run(student, "1").status == "ok"


SMALL = Limits(cell_seconds=5.0, call_seconds=5.0, test_bytes=1 << 20, structure_bytes=1 << 16)


@pytest.fixture(scope="module")
def small() -> Iterator[Student]:
    with Student(SMALL) as student:
        yield student


@pytest.mark.parametrize("value", ["np.zeros(10_000)", "[{}] * 1_000"])
def test_what_a_test_keeps_of_student_code_is_bounded(small: Student, value: str) -> None:
    run(small, f"import numpy as np\nvalue = {value}\ndef flood(f):\n    while True: f(value)")
    kept: list[object] = []
    with small.within(60), pytest.raises(ProtocolFault, match="more than a test may take"):
        small.lookup("flood")(kept.append)
    assert 5 < len(kept) < 30
    with small.within(60):
        for _ in range(10):
            small.lookup("value")


def test_a_cell_too_long_to_be_sent_is_an_error_of_its_own(small: Student) -> None:
    failed = run(small, f"x = '{'a' * (1 << 16)}'")
    assert failed.status == "error"
    assert failed.error
    assert "too long" in failed.error.text
    assert run(small, "1").status == "ok"


def test_objects_let_go_in_great_number_do_not_stop_the_next_request() -> None:
    with Student(Limits(structure_bytes=1 << 16)) as student, student.within(60):
        run(student, "class A: pass\ndef many(): return [A() for _ in range(3_000)]")
        many = student.lookup("many")
        kept = [many() for _ in range(10)]
        del kept
        assert len(many()) == 3_000


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("2026-01-02 03:04:05 UTC", True),
        ("2026-01-02 03:04:05.678901 Europe/Berlin\n", True),
        ("2026-01-02 03:04:05 +0100", True),
        ("2026-01-02 03:04:05", True),
        ("yesterday", False),
        ("2026-02-30 03:04:05 UTC", False),
        ("2026-01-02 03:04:05 /etc/passwd", False),
        ("1" * 5_000_000, False),  # dateutil would read it for hours
        ("", False),
    ],
)
def test_a_timestamp_that_is_none_does_not_stop_the_class(
    tmp_path: Path, text: str, kept: bool
) -> None:
    (tmp_path / "timestamp.txt").write_text(text)
    assert handed_in(tmp_path) == (text.strip() if kept else "")


def test_a_link_or_pipe_is_no_timestamp(tmp_path: Path) -> None:
    assert handed_in(tmp_path) == ""
    (tmp_path / "other").write_text("2026-01-02 03:04:05 UTC")
    (tmp_path / "timestamp.txt").symlink_to(tmp_path / "other")
    assert handed_in(tmp_path) == ""
    (tmp_path / "timestamp.txt").unlink()
    os.mkfifo(tmp_path / "timestamp.txt")
    assert handed_in(tmp_path) == ""


@pytest.mark.parametrize(
    "name",
    ["a*", "[a-z]", "a\nb", os.fsdecode(b"a\xff"), "a?", ".a", " a", "a\u202e", "a" * 129],
)
def test_a_folder_that_cannot_be_a_students_is_refused_and_no_other(
    tmp_path: Path, name: str
) -> None:
    course = make_course(tmp_path)
    submit(course, "ada", b"{}")
    submit(course, name, b"{}")
    assert students_of(course, course.lab(LAB)) == ("ada",)
    ((shown, why),) = refused_of(course, course.lab(LAB))
    assert "a name that cannot be graded" in why
    assert shown.isprintable()


def test_the_name_of_a_file_cannot_write_into_the_notes(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    submit(course, "ada", b"{}", name="x`\n\n<img src=x onerror=alert(1)>\n\n")
    plan = Plan(LAB, NOTEBOOK, "", 1)
    (job,) = jobs_of(course, "ada", {NOTEBOOK: plan})
    assert job.notes == (
        "You handed in `x___<img src=x onerror=alert(1)>__.ipynb`; it was graded as `lines.ipynb`.",
    )


def test_what_a_notebook_says_beside_its_cells_takes_no_room(source: Any) -> None:
    """A few MB of empty objects were GB of notebook nodes."""
    junk = [{}] * 10
    node = cell(source, "squares")
    node.metadata["x"] = node["x"] = source.metadata["x"] = source["x"] = junk
    node.outputs = [{"output_type": "stream", "name": "stdout", "text": "x", "metadata": junk}]
    kept = read_submission(json.dumps(source).encode())
    assert kept.cells[2] == SubmittedCell("squares", "squares", True, node.source)


def test_a_notebook_of_an_old_format_keeps_its_code() -> None:
    code = {"cell_type": "code", "input": ["x = 1\n", "y = 2"], "language": "python", "outputs": []}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [code]}]}
    (kept,) = read_submission(json.dumps(old).encode()).cells
    assert (kept.source, kept.is_code) == ("x = 1\ny = 2", True)


@pytest.mark.parametrize("data", [b"[1]", b"{", b'{"cells": 3}', b"\xff", b"[" * 100_000])
def test_what_is_no_notebook_stays_none(data: bytes) -> None:
    with pytest.raises(CourseError):
        read_submission(data)


def test_a_notebook_of_ten_thousand_cells_is_refused(grade: Grade) -> None:
    many = [{"cell_type": "code", "source": "1", "metadata": {}, "outputs": []}] * 10_000
    top = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}}
    result = grade(json.dumps(top | {"cells": many}).encode())
    assert result.status == "unreadable"
    assert "cells" in result.notes[0]


@pytest.mark.parametrize(
    "told",
    [
        "(1, agent, None, None, ())",
        "(1, (agent,), None, None, ())",
        "(1, (), agent, None, ())",
        "(1, (), None, agent, ())",
        "(1, (), None, None, agent)",
        "(1, 'ab', None, None, ())",
        "(1, ())",
    ],
)
def test_a_lie_about_a_call_is_a_fault(small: Student, told: str) -> None:
    run(small, AGENT + f"agent._operations['observed_call'] = lambda *a: {told}\ndef f(): pass")
    with small.within(60), pytest.raises(ProtocolFault, match="no account"):
        checks.call(small.lookup("f"))


def judged(student: Student, source: str) -> Trial:
    return Referee(student, 7, 60.0, 1000).run("test-f", source, Failures())


def test_an_object_in_a_failed_assertion_cannot_stop_the_grader(small: Student) -> None:
    run(small, "class Bad:\n    def __str__(self): raise KeyError('no')\nbad = Bad()")
    trial = judged(small, "assert False, bad")
    assert trial.status is Status.FAILED
    assert trial.message == "A check of this test did not hold."


@pytest.mark.parametrize(
    "source",
    ["assert False, text", "raise ValueError(text)", "checks.check_true('E', False, text)"],
)
def test_a_message_has_a_bound(small: Student, source: str) -> None:
    run(small, "text = 'x' * 50_000")
    assert len(judged(small, f"from course import checks\n{source}").message) <= 20_000


def test_the_outputs_of_a_notebook_have_a_bound(plan: Plan, source: Any) -> None:
    source.cells += [v4.new_code_cell("print('x' * 10_000)") for _ in range(5)]
    short = replace(plan, limits=replace(plan.limits, notebook_chars=25_000))
    result = grade_notebook(Job("ada", short, dump_notebook(source).encode()))
    outputs = [
        c.outputs[0].text
        for c in parse_notebook(result.notebook_json.encode(), where="").cells[-5:]
    ]
    assert [len(text) > 10_000 for text in outputs] == [True, True, False, False, False]
    assert "left out" in outputs[-1]
    assert result.points == TEST_POINTS


@pytest.fixture(scope="module")
def roomy() -> Iterator[Student]:
    with Student(Limits(cell_seconds=30.0)) as student:
        run(student, "import numpy as np")
        yield student


SQUARES = {
    "a partial": "from functools import partial\nsquares = partial(np.power, x2=2)\n"
    "squares = partial(lambda n, x: x**n, 2)",
    "a decorated function": "from functools import wraps\ndef twice(f):\n    @wraps(f)\n"
    "    def g(*a, **k):\n        f(*a, **k)\n        return f(*a, **k)\n    return g\n"
    "@twice\ndef squares(x): return x * x",
    "a cached helper": "from functools import lru_cache\n@lru_cache\ndef power(): return 2\n"
    "def squares(x): return x ** power()",
    "a callable object": "class Squares:\n    __slots__ = ('n',)\n"
    "    def __init__(self): self.n = 2\n"
    "    def __call__(self, x): return x ** self.n\nsquares = Squares()",
    "a bound method": "class A:\n    def f(self, x): return x * x\nsquares = A().f",
    "a lambda": "squares = lambda x: x * x",
    "a ufunc": "squares = np.square",
    "np.vectorize": "squares = np.vectorize(lambda x: x * x)",
    "annotations": "from __future__ import annotations\n"
    "def squares(x: NotDefined) -> NotDefined: return x * x",
    "a generator inside": "def squares(x):\n"
    "    def rows():\n        for row in x: yield row * row\n    return np.stack(list(rows()))",
    "Fortran order": "def squares(x): return np.asfortranarray(x * x)",
    "a view with strides": "def squares(x): return np.repeat(x * x, 2, axis=0)[::2]",
    "a read-only array": "def squares(x):\n    y = x*x\n    y.setflags(write=False)\n    return y",
    "another byte order": "def squares(x): return (x * x).astype('>f8')",
    "a matrix or an array": "def squares(x): return np.matrix(x * x) if x.ndim == 2 else x * x",
    "a subclass of ndarray": "class A(np.ndarray): pass\ndef squares(x): return (x * x).view(A)",
    "a masked array": "def squares(x): return np.ma.masked_invalid(x * x)",
    "extended precision": "def squares(x): return np.asarray(x, dtype=np.longdouble) ** 2",
    "half of it in float32": "def squares(x): return (x * x).astype(np.float32)",
    "much printing": "def squares(x):\n    print('x' * 1_000_000)\n    return x * x",
    "logs, warnings and errors": "import logging, sys, warnings\nlogging.basicConfig(level=0)\n"
    "def squares(x):\n    logging.info('a'); warnings.warn('b'); print('c', file=sys.stderr)\n"
    "    return x * x",
    "a progress bar": "from tqdm import tqdm\ndef squares(x):\n"
    "    return np.stack([row * row for row in tqdm(x)])",
    "its own random state": "np.random.seed(0)\ndef squares(x):\n"
    "    np.random.rand(3)\n    return x * x",
    "letters beyond ASCII": "def squares(χ):\n    σ = χ * χ\n    return σ",
    "magics": "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'\n"
    "def squares(x): return x * x\n%timeit -n 1 -r 1 squares(np.ones(3))",
    "a window that is not there": "%matplotlib qt\ndef squares(x): return x * x",
    "widgets that are not there": "%matplotlib widget\ndef squares(x): return x * x",
    "a backend of its own choice": "%matplotlib\ndef squares(x): return x * x",
    "a farewell": "def squares(x): return x * x\nexit()",
    "Windows line ends": "%%time\r\ndef squares(x):\r\n    return x * x\r\n",
    "a main guard": "def squares(x): return 0\nif __name__ == '__main__':\n"
    "    def squares(x): return x * x",
    "globals": "count = 0\ndef squares(x):\n    global count\n    count += 1\n    return x * x",
    "threads": "from concurrent.futures import ThreadPoolExecutor\ndef squares(x):\n"
    "    with ThreadPoolExecutor(2) as p:\n        return np.stack(list(p.map(np.square, x)))",
}  # fmt: skip


@pytest.mark.parametrize("source", SQUARES.values(), ids=SQUARES.keys())
def test_a_right_solution_in_another_style_passes(roomy: Student, source: str) -> None:
    cell_run = run(roomy, source, "squares")
    assert cell_run.status == "ok", cell_run.error
    for test in (TEST_SQUARES, HIDDEN_SQUARES):
        trial = judged(roomy, test)
        assert trial.status is Status.PASSED, trial.message


def test_a_file_that_cannot_be_copied_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("17")
    folder = os.open(tmp_path, os.O_RDONLY)
    for _ in range(19):
        os.mkdir("d" * 200, dir_fd=folder)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(os.open("f" * 255, os.O_CREAT, dir_fd=folder))  # its whole path is too long
    os.close(folder)
    with Student(QUICK, files=read_data_files(tmp_path, 10_000)) as student:
        run(student, "text = open('data.txt').read()")
        assert student.lookup("text") == "17"


@pytest.mark.skipif(not Path("/proc/self/oom_score_adj").exists(), reason="needs Linux")
def test_when_memory_runs_out_student_code_goes_first(small: Student) -> None:
    run(small, "score = int(open('/proc/self/oom_score_adj').read())")
    assert small.lookup("score") == 1000


def test_a_seed_cannot_be_found_by_trying() -> None:
    assert max(new_seed() for _ in range(20)) > 2**40


def test_only_the_beginning_of_a_huge_solution_is_searched_for_names() -> None:
    assert names_used("early\n" + "$" * 300_000 + "\nlate") == {"early"}


FILL = """
import os
def fill(folder):
    for i in range(10):
        try:
            with open(f"{folder}/{i}", "wb") as file:
                file.write(bytes(500_000))
        except OSError:
            return i
full = {folder: fill(folder) for folder in ("/dev", "/dev/shm", "/tmp", "/submission", "/")}
"""


@pytest.mark.parametrize(
    "level", [Bubblewrap(), BubblewrapAsRoot()], ids=lambda x: type(x).__name__
)
def test_no_folder_takes_more_than_its_share_of_memory(level: Bubblewrap) -> None:
    if not level.works():
        pytest.skip("needs bubblewrap, and root where it is to stop being root")
    with Student(Limits(disk_bytes=1 << 20), level=level) as student:
        bar = "from tqdm.auto import tqdm\nfor _ in tqdm(range(3)): pass"  # it tries to make a lock
        assert run(student, bar).status == "ok"
        run(student, FILL)
        assert student.lookup("full") == {
            "/dev": 0,
            "/dev/shm": 2,
            "/tmp": 2,
            "/submission": 2,
            "/": 0,
        }


HELPER = "def helper(x):\n    return x * x"
USES_HELPER = "def squares(x):\n    return helper(x)"


@pytest.mark.parametrize("grade_id", ["test-squares", "given-column"])
def test_a_helper_in_a_copy_of_a_locked_cell_runs(source: Any, release: Any, grade_id: str) -> None:
    """Who copies a cell copies its metadata."""
    cell(release, "squares").source = USES_HELPER
    copied = copy.deepcopy(cell(release, grade_id))
    copied.source, copied.id = HELPER, "copy"
    release.cells.insert(2, copied)
    rebuilt = rebuild(source, release)
    sources = [step.source for step in rebuilt.cells]
    assert sources.index(HELPER) < sources.index(USES_HELPER)
    assert cell(source, grade_id).source in sources
    assert rebuilt.notes == ()

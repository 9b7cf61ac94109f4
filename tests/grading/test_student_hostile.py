"""Student code that means harm gets a verdict, and the referee goes on."""

import pytest

from course.grading.limits import Limits
from course.grading.sandbox import LimitsOnly
from course.grading.wall.connection import Student, StudentCell
from course.grading.wall.faults import ProtocolFault, StudentDied, StudentError, StudentFault

pytestmark = pytest.mark.slow

LIMITS = Limits(
    cell_seconds=5.0,
    call_seconds=1.0,
    memory_bytes=1 << 30,
    file_bytes=1 << 20,
    value_bytes=1 << 20,
    structure_bytes=1 << 18,
    output_chars=1000,
)
AGENT = """
import gc
gc.unfreeze()
agent = next(o for o in gc.get_objects() if type(o).__name__ == "Agent")
channel = agent._channel
"""


@pytest.fixture(scope="module")
def student():
    with Student(LIMITS) as student:
        yield student


def run(student, source, key="a"):
    return student.run(StudentCell(key, source))


def still_works(student):
    run(student, "def probe(x): return x + 1", "probe")
    return student.lookup("probe")(1) == 2


@pytest.fixture(autouse=True)
def fresh(student):
    """Forget the cells of the last test, so that a replay does not repeat its harm."""
    yield
    student.close()
    student._cells.clear()
    student.replays = 0


def hostile(student, source):
    """Define `attack` and call it; give what it did to the referee."""
    run(student, source)
    try:
        return student.lookup("attack")()
    except StudentFault as fault:
        return fault


WRITES = {
    "noise into every descriptor": """
def attack():
    import os
    for fd in range(64):
        try: os.write(fd, os.urandom(1000))
        except OSError: pass
""",
    "a frame with noise in it": AGENT + "def attack(): channel.send(b'noise')",
    "a frame of absurd length": AGENT
    + """
def attack():
    import os
    os.write(channel._writes, b"\\xff\\xff\\xff\\xff")
    while True: os.write(channel._writes, b"x" * 65536)
""",
    "an empty frame": AGENT + "def attack(): channel.send(b'')",
    "an answer to another request": AGENT
    + """
def attack():
    from course.grading.protocol import Value, pack_message
    channel.send(pack_message(Value(9999, 1), None, agent._bounds))
""",
    "a request that is not a call": AGENT
    + """
def attack():
    from course.grading.protocol import Request, pack_message
    channel.send(pack_message(Request(1, "getattr", (1, "real")), None, agent._bounds))
""",
    "a call of what is no function": AGENT
    + """
def attack():
    from course.grading.protocol import Request, pack_message
    request = Request(1, "call", (attack.__class__, 1))
    channel.send(pack_message(request, agent._refer, agent._bounds))
""",
    "a call of numpy": AGENT
    + """
def attack():
    import numpy as np
    from course.grading.protocol import Request, pack_message
    channel.send(pack_message(Request(1, "call", (np.add, 1, 2)), agent._refer, agent._bounds))
""",
    "a function that was never given": AGENT
    + """
def attack():
    from course.grading.protocol import Request, pack_message, yours
    channel.send(pack_message(Request(1, "call", (attack,)), lambda _: yours(77), agent._bounds))
""",
}


@pytest.mark.parametrize("source", WRITES.values(), ids=WRITES.keys())
def test_what_is_no_answer_is_a_fault_of_the_students(student, source):
    result = hostile(student, source)
    assert isinstance(result, ProtocolFault | StudentDied), result
    assert student.replays == 0
    assert still_works(student)
    assert student.replays == 1


def test_a_second_answer_does_not_answer_the_next_request(student):
    source = AGENT + (
        "def attack():\n"
        "    from course.grading.protocol import Value, pack_message\n"
        "    import types\n"
        "    frame = next(f for f in iter_frames() if 'request' in f.f_locals)\n"
        "    n = frame.f_locals['request'].id\n"
        "    channel.send(pack_message(Value(n, 1), None, agent._bounds))\n"
        "    return 2\n"
        "def iter_frames():\n"
        "    import sys\n"
        "    frame = sys._getframe()\n"
        "    while frame:\n"
        "        yield frame\n"
        "        frame = frame.f_back\n"
    )
    assert hostile(student, source) == 1  # its own affair what it answers, but once
    with pytest.raises(ProtocolFault, match="not made"):
        student.lookup("attack")
    assert still_works(student)


def test_a_flood_of_frames_stays_in_the_pipe(student):
    source = AGENT + (
        "import threading\n"
        "def flood():\n"
        "    while True: channel.send(b'x' * 100_000)\n"
        "def attack(): threading.Thread(target=flood, daemon=True).start()\n"
    )
    answer = hostile(student, source)
    assert isinstance(answer, ProtocolFault | type(None))
    if answer is None:  # it came before the flood
        with pytest.raises(StudentFault):
            [student.lookup("attack") for _ in range(3)]
    assert still_works(student)
    assert student.replays == 1


ENDS = {
    "closes descriptors": "def attack():\n    import os\n    os.closerange(0, 64)",
    "leaves": "def attack():\n    import os\n    os._exit(0)",
    "aborts": "def attack():\n    import os\n    os.abort()",
    "reads a null pointer": "def attack():\n    import ctypes\n    ctypes.string_at(0)",
    "overflows the stack": (
        "def attack():\n    import sys\n    sys.setrecursionlimit(10**9)\n"
        "    def f(): return [f() for _ in range(1)]\n    f()"
    ),
    "replaces builtins": (
        "def attack():\n    import builtins\n    for n in 'isinstance', 'type', 'len':\n"
        "        setattr(builtins, n, None)"
    ),
}


@pytest.mark.parametrize("source", ENDS.values(), ids=ENDS.keys())
def test_a_process_that_ruins_itself_is_replaced(student, source):
    assert isinstance(hostile(student, source), StudentFault)
    assert still_works(student)


def test_a_process_that_can_read_no_longer_is_replaced(student):
    hostile(student, "def attack():\n    import msgpack\n    msgpack.unpackb = lambda *a, **k: 0")
    with pytest.raises(StudentFault):
        student.lookup("attack")
    assert still_works(student)


def test_patched_numpy_decides_nothing_in_the_referee(student):
    run(student, "import numpy as np\nnp.allclose = lambda *a, **k: True\nnp.tanh = lambda x: 1")
    import numpy as np

    assert not np.allclose(1, 2)
    assert still_works(student)


def test_replaced_streams_do_no_harm(student):
    run(student, "import sys\nsys.stdout = sys.stderr = None")
    shown = run(student, "print('seen')")
    assert shown.outputs[0]["text"] == "seen\n"
    run(student, "class Bad:\n    def write(self, text): raise OSError\nsys.stdout = Bad()")
    assert run(student, "print('seen')").status == "ok"


def test_a_thread_left_running_does_no_harm(student):
    run(
        student,
        "import threading, time\n"
        "def forever():\n    while True:\n        print('x' * 100); time.sleep(0.001)\n"
        "threading.Thread(target=forever, daemon=True).start()",
    )
    assert still_works(student)
    assert run(student, "import time\ntime.sleep(0.1)").status == "ok"


def test_a_thread_cannot_call_the_test(student):
    run(
        student,
        "import threading\nseen = []\n"
        "def later(f):\n"
        "    def work():\n"
        "        try: f()\n"
        "        except RuntimeError as error: seen.append(str(error))\n"
        "    t = threading.Thread(target=work); t.start(); t.join()\n",
    )
    student.lookup("later")(lambda: 1)
    assert "calling thread" in student.lookup("seen")[0]


def test_a_child_process_does_not_speak_for_its_parent():
    fork = "def attack():\n    import os\n    return 'parent' if os.fork() else 'child'"
    with Student(LIMITS, level=LimitsOnly()) as student:
        run(student, fork)
        assert student.lookup("attack")() == "parent"
        assert still_works(student)
        assert student.replays == 0


def test_memory_has_a_bound(student):
    run(student, "def attack():\n    return len(bytearray(2 << 30))")
    with pytest.raises(StudentError) as caught:
        student.lookup("attack")()
    assert caught.value.type_name == "MemoryError"
    grow = "def attack():\n    a = []\n    while True: a.append(bytearray(10 << 20))"
    assert isinstance(hostile(student, grow), StudentFault)
    assert still_works(student)


def test_a_file_has_a_bound(student):
    failed = run(student, "with open('big', 'wb') as f:\n    f.write(b'x' * (2 << 20))")
    assert failed.error.type_name == "OSError"


def test_open_files_have_a_bound(student):
    failed = run(student, "import tempfile\na = [tempfile.TemporaryFile() for _ in range(1000)]")
    assert failed.error.type_name == "OSError"


def test_a_flood_of_output_is_cut(student):
    flooded = run(student, "print('x' * 50_000_000)\nfor _ in range(10_000): display(1)")
    assert flooded.status in ("ok", "died")
    assert sum(len(str(o)) for o in flooded.outputs) < 1_100_000
    assert still_works(student)


LIES = {
    "of another form": "agent._operations['run'] = lambda *a: 5",
    "of the wrong types": "agent._operations['run'] = lambda *a: ((1, 2, 3, 4), [])",
    "without a list": "agent._operations['run'] = lambda *a: (None, None)",
}


@pytest.mark.parametrize("source", LIES.values(), ids=LIES.keys())
def test_a_lie_about_a_cell_is_a_fault(student, source):
    run(student, AGENT + source)
    lied = run(student, "1")
    assert lied.status == "died"
    assert "no account" in lied.error.text
    assert student.run(StudentCell("b", "1")).status in ("ok", "died")


def test_outputs_that_are_none_are_left_out(student):
    run(
        student,
        AGENT + "agent._operations['run'] = lambda *a: (None, [1, {'output_type': 'stream'},"
        " {'output_type': 'stream', 'name': 'stdout', 'text': 'kept', 'x': agent},"
        " {'output_type': 'error', 'ename': 'E', 'evalue': 'v', 'traceback': [1, 'line']},"
        " {'output_type': 'execute_result', 'data': {'text/plain': 'p', 'text/x': 'q', 1: 2}},"
        " {'output_type': 'display_data', 'data': []}])",
    )
    assert run(student, "1").outputs == (
        {"output_type": "stream", "name": "stdout", "text": "kept"},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["line"]},
        {
            "output_type": "execute_result",
            "data": {"text/plain": "p"},
            "metadata": {},
            "execution_count": None,
        },
    )


def test_a_hostile_class_of_exceptions_is_still_an_error(student):
    run(
        student,
        "class Meta(type):\n"
        "    def __getattribute__(cls, name): raise OSError\n"
        "class E(Exception, metaclass=Meta):\n"
        "    def __str__(self): raise SystemExit\n"
        "    def __getattribute__(self, name): raise OSError\n"
        "def attack(): raise E('x')",
    )
    with pytest.raises(StudentError, match="its message cannot be shown"):
        student.lookup("attack")()
    assert student.replays == 0


def test_an_exception_whose_text_never_ends_times_out(student):
    source = (
        "class E(Exception):\n    def __str__(self):\n        while True: pass\n"
        "def attack(): raise E"
    )
    assert isinstance(hostile(student, source), StudentFault)
    assert still_works(student)

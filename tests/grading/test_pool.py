"""Worker processes do not outlive the process that started them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nbformat.v4 import new_notebook

from course.grading.pool import TrustedPool

PROGRAM = """
import os, time
from course.grading.pool import trusted_pool

if __name__ == "__main__":
    pool = trusted_pool(1)
    print(pool.submit(os.getpid).result(), flush=True)
    time.sleep(60)
"""


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_worker_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert is_alive(worker)
        parent.send_signal(signal.SIGKILL)
    for _ in range(100):
        if not is_alive(worker):
            return
        time.sleep(0.1)
    os.kill(worker, signal.SIGKILL)
    pytest.fail("the worker outlived its parent")


LATE = """
import gc, os, sys, time
from course.grading.pool import trusted_pool

def callback(phase, _):
    for _ in range(10_000_000 if phase == "start" else 0):
        pass

def work(path):
    gc.callbacks.append(callback)
    open(f"{path}/begun", "w").close()
    try:
        gc.collect()
        time.sleep(30)
    finally:
        open(f"{path}/ended", "w").close()

if __name__ == "__main__":
    pool = trusted_pool(1)
    pool.submit(work, sys.argv[1])
    while not os.path.exists(f"{sys.argv[1]}/begun"):
        time.sleep(0.01)
    time.sleep(0.05)
    pool.end()
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a timer")
def test_a_worker_that_is_ended_amid_a_callback_cleans_up_and_says_nothing(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(LATE)
    done = subprocess.run(
        [sys.executable, script, tmp_path], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert (tmp_path / "ended").exists()


def is_loaded(module: str) -> bool:
    return sys.modules.get(module) is not None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to the limit")
def test_what_is_too_large_is_an_error_and_no_danger_to_the_machine() -> None:
    with TrustedPool(1) as pool:
        with pytest.raises(MemoryError):
            pool.submit(bytes, 5 << 30).result()
        assert pool.submit(len, b"it lives").result() == 8


def test_what_a_worker_prepares_with_is_imported_without_the_grammar_of_web_addresses() -> None:
    """The grammar takes a second to build; `nbformat` asks for it where it may be had."""
    with TrustedPool(1, new_notebook) as pool:
        assert pool.submit(is_loaded, "nbformat").result()
        assert pool.submit(is_loaded, "jsonschema").result()
        assert not pool.submit(is_loaded, "rfc3987_syntax").result()

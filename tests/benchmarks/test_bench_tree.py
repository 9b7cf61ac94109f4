import sys
from pathlib import Path

import pytest

from benchmarks.processes import all_processes, share_of_memory
from benchmarks.tree import Taken, measure

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="needs Linux's /proc")

FAMILY = """
import subprocess, sys, time
child = "held = bytearray(80 * 2**20)\\nend = __import__('time').process_time() + 0.6\\n" \\
    "while __import__('time').process_time() < end: pass"
print("begins", flush=True)
subprocess.run([sys.executable, "-c", child], check=True)
print("ends", flush=True)
time.sleep(0.2)
"""


def test_a_tree_is_its_processes_with_their_children(tmp_path: Path) -> None:
    taken = measure([sys.executable, "-c", FAMILY], cwd=tmp_path, every=0.02, memory=True)
    assert [line for _, line in taken.lines] == ["begins", "ends"]
    (begin, _), (end, _) = taken.lines
    assert begin < end <= taken.seconds
    parts = taken.cpu_at(taken.seconds)
    assert parts["workers"] >= 0.5
    assert parts["students"] == 0
    assert taken.peak_bytes >= 80 * 2**20


def test_samples_are_taken_only_if_wanted(tmp_path: Path) -> None:
    taken = measure([sys.executable, "-c", "print(1)"], cwd=tmp_path)
    assert (taken.cpu, taken.peak_bytes) == ((), 0)


def test_a_command_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="because"):
        measure([sys.executable, "-c", "raise SystemExit('because')"], cwd=tmp_path)


def test_cpu_is_that_of_the_last_sample_before_a_time() -> None:
    samples = ((0.1, {"main": 1.0}), (0.2, {"main": 2.0}), (0.3, {"main": 3.0}))
    taken = Taken(0.4, (), samples)
    assert [taken.cpu_at(second)["main"] for second in (0.0, 0.25, 9.0)] == [1.0, 2.0, 3.0]


def test_a_process_that_is_gone_has_no_memory() -> None:
    gone = max(all_processes()) + 1_000_000
    assert share_of_memory(gone) == 0

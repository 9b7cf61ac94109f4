"""`kill -9` at any moment: after another `course grade` all is as if nothing had happened."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from course.grading.processes.memory import descendants
from course.grading.sandbox import best_level
from course.grading.settings import nbgrader_environment
from course.labs import Course, apply_mistake
from tests.support.toylab import LAB, make_course, source_notebook, submit

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc"),
]
SEED = 11
STUDENTS = 8
PATIENCE = 300  # seconds, on a busy machine


@dataclass(frozen=True)
class State:
    """What grading leaves behind."""

    grades: frozenset[tuple[Any, ...]]
    notebooks: dict[str, str]


def state_of(course: Course) -> State:
    with nbgrader_environment(), Gradebook(course.gradebook_url) as gradebook:
        rows = frozenset(rows_of(gradebook))
    paths = course.autograded.rglob("*.ipynb")
    texts = {str(path.relative_to(course.root)): path.read_text("utf-8") for path in paths}
    return State(rows, texts)


def rows_of(gradebook: Gradebook) -> Iterator[tuple[Any, ...]]:
    """Yield every grade and every comment."""
    for submission in gradebook.assignment_submissions(LAB):
        student = submission.student.id
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                scores = (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                yield student, notebook.name, grade.name, *scores
            for comment in notebook.comments:
                yield student, notebook.name, comment.name, comment.auto_comment


def command(course: Course, *options: object) -> list[str]:
    sandbox = ("--sandbox", best_level().name, "--workers", "2")
    arguments = ("grade", LAB, "--root", course.root, *sandbox, *options)
    return [sys.executable, "-m", "course", *map(str, arguments)]


def grade(course: Course, *options: object) -> dict[str, Any]:
    """Grade to the end and give the results."""
    file = course.root / "out.json"
    done = subprocess.run(
        command(course, "--json", file, *options), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    results: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return results


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class that has handed in, and an empty gradebook."""
    course = make_course(tmp_path_factory.mktemp("handed-in"))
    mistakes = course.source / LAB / "mistakes.py"
    text = mistakes.read_text("utf-8")
    mistakes.write_text(f"{text}\nMISTAKES = MISTAKES[:2]\n", "utf-8")
    source = source_notebook()
    wrong = apply_mistake(source, course.lab(LAB).mistakes[0])
    for number in range(STUDENTS):
        submit(course, f"student-{number}", wrong if number % 2 else source)
    with nbgrader_environment(), Gradebook(course.gradebook_url):
        return course


@pytest.fixture
def course(handed_in: Course, tmp_path: Path) -> Course:
    shutil.copytree(handed_in.root, tmp_path / "course")
    return Course(tmp_path / "course")


@pytest.fixture(scope="module")
def undisturbed(handed_in: Course, tmp_path_factory: pytest.TempPathFactory) -> State:
    folder = tmp_path_factory.mktemp("undisturbed") / "course"
    shutil.copytree(handed_in.root, folder)
    grade(Course(folder), "--seed", SEED)
    return state_of(Course(folder))


def recorded(course: Course) -> int:
    """Count the results that are kept."""
    folder = course.root / ".course" / "grading" / LAB / "students"
    return len(list(folder.glob("*/[!.]*.json")))


def begun(course: Course) -> bool:
    return (course.root / ".course" / "grading" / LAB / "run.json").is_file()


def wait_for(condition: Callable[[], object], run: "subprocess.Popen[bytes]") -> None:
    """Wait until the condition holds or the run has ended."""
    end = time.monotonic() + PATIENCE
    while not condition() and run.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.01)


def below(run: "subprocess.Popen[bytes]", words: str) -> list[int]:
    """List the processes of a run in whose command line the words are."""
    return [pid for pid in descendants(run.pid) if words.encode() in command_line(pid)]


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def assert_gone(pids: set[int]) -> None:
    """No process outlives the run by more than a moment."""
    for _ in range(300):
        left = [pid for pid in pids if command_line(pid)]
        if not left:
            return
        time.sleep(0.1)
    pytest.fail(f"still there: {[(pid, command_line(pid)) for pid in left]}")


def assert_undisturbed(course: Course, undisturbed: State) -> None:
    """Nothing half-written is left, and another run finds nothing to do or does the rest."""
    graded = grade(course, *(() if begun(course) else ("--seed", SEED)))
    assert {entry["seed"] for entry in graded["submissions"]} == {SEED}
    assert state_of(course) == undisturbed
    assert list(course.root.rglob("*.part")) == []


@pytest.mark.parametrize("seed", range(2))
def test_the_grader_itself(course: Course, undisturbed: State, seed: int) -> None:
    """Five times in a row, each time a bit further, the first time perhaps before it begins."""
    draw = random.Random(seed)
    for kill in range(5):
        options = () if begun(course) else ("--seed", SEED)
        run = subprocess.Popen(
            command(course, *options), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wanted = min(kill * draw.randint(1, 2), STUDENTS)
        wait_for(lambda: recorded(course) >= wanted, run)  # noqa: B023
        time.sleep(draw.uniform(0, 2 if kill == 0 else 0.5))
        seen = set(descendants(run.pid)) - {run.pid}
        run.send_signal(signal.SIGKILL)
        run.wait()
        assert_gone(seen)
    assert_undisturbed(course, undisturbed)


@pytest.mark.parametrize("seed", range(5))
def test_its_workers_and_the_student_processes(
    course: Course, undisturbed: State, seed: int
) -> None:
    """Two of each, at the beginning and further on: one submission is not hit twice."""
    draw = random.Random(seed)
    run = subprocess.Popen(
        command(course, "--seed", SEED), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    kinds = ["multiprocessing.spawn", "course.grading.student"]
    for half in (0, 1):
        draw.shuffle(kinds)
        for kind in kinds:
            wanted = 4 * half + draw.randint(0, 1)
            wait_for(lambda: begun(course) and recorded(course) >= wanted, run)  # noqa: B023
            time.sleep(draw.uniform(0, 0.5))
            wait_for(lambda: below(run, kind), run)  # noqa: B023
            victims = below(run, kind)
            if victims:
                os.kill(draw.choice(victims), signal.SIGKILL)
    seen = set(descendants(run.pid)) - {run.pid}
    assert b"Traceback" not in run.communicate(timeout=PATIENCE)[1]
    assert run.returncode == 0
    assert_gone(seen)
    assert_undisturbed(course, undisturbed)


def test_ctrl_c_is_told_how_to_go_on(course: Course, undisturbed: State) -> None:
    run = subprocess.Popen(
        command(course, "--seed", SEED),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    wait_for(lambda: recorded(course) >= 1, run)
    seen = set(descendants(run.pid)) - {run.pid}
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does, to all that it sees
    said = run.communicate(timeout=PATIENCE)[1].decode()
    assert run.returncode == 130, said
    assert f"`course grade {LAB}` goes on from there" in said
    assert "Traceback" not in said
    assert_gone(seen)
    assert 1 <= recorded(course) < STUDENTS
    assert_undisturbed(course, undisturbed)


def test_a_run_without_a_seed_goes_on_under_its_own(course: Course, tmp_path: Path) -> None:
    run = subprocess.Popen(command(course), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: recorded(course) >= 2, run)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert 2 <= recorded(course) < STUDENTS
    results = grade(course)
    (seed,) = {entry["seed"] for entry in results["submissions"]}
    shutil.copytree(course.root, tmp_path / "other")
    other = Course(tmp_path / "other")
    grade(other, "--force", "--seed", seed)
    assert state_of(other) == state_of(course)

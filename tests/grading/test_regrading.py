"""What a second `course grade` grades, counted; the grading itself is made up."""

import json
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import Any, ClassVar

import pytest
from nbgrader.api import Gradebook

from course.errors import CourseError
from course.grading.grade import nothing_graded
from course.grading.plan import Job, Plan
from course.grading.run import crew
from course.grading.run.crew import Crew, Done, Flying, Site
from course.grading.run.store import digests
from course.grading.settings import nbgrader_environment
from course.grading.verdict.results import NotebookResult
from course.labs import Course, Lab, dump_notebook
from course.reporting import grading_run
from course.reporting.feedback import Feedback
from course.reporting.grading_run import GradingRun, grade_and_record
from tests.support.toylab import LAB, NOTEBOOK, make_course, submit

STUDENTS = ("ada", "bob", "eve")


class Machine(Site):
    """A place where every submission gets the same verdict at once."""

    graded: ClassVar[list[str]] = []
    status = "graded"

    cores = 1

    def level(self, sandbox: str) -> str:
        return sandbox or "wall"

    def crew(self, jobs: int) -> Crew:
        return Judge()

    def __exit__(self, *_: object) -> None:
        pass


class Judge(Crew):
    def observers(self) -> AbstractContextManager[Any]:
        return nullcontext()

    def take(self, plans: Mapping[str, Plan]) -> None:
        pass

    def room(self) -> int:
        return 1

    def submit(self, job: Job) -> "Future[NotebookResult]":
        done: Future[NotebookResult] = Future()
        done.set_result(nothing_graded(job, Machine.status, "seen"))
        Machine.graded.append(job.student)
        return done

    def land(self, flying: Flying, done: Done) -> Iterator[NotebookResult]:
        for future in done:
            del flying[future]
            yield future.result()

    def __exit__(self, *_: object) -> None:
        pass


def plain_plan(lab: Lab, notebook: str, seed: int, _: None, *, sandbox: str) -> Callable[[], Plan]:
    text = dump_notebook(lab.source(notebook))
    return lambda: Plan(lab.name, notebook, text, seed, sandbox=sandbox)


@pytest.fixture(scope="module")
def empty_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    with nbgrader_environment(), Gradebook(f"sqlite:///{path}"):
        return path


@pytest.fixture
def course(
    tmp_path: Path, source: Any, empty_gradebook: Path, monkeypatch: pytest.MonkeyPatch
) -> Course:
    monkeypatch.setattr(grading_run, "Machine", Machine)
    monkeypatch.setattr(crew, "begin_plan", plain_plan)
    monkeypatch.setattr(Feedback, "write_next", lambda _: False)
    monkeypatch.setattr(Feedback, "write_rest", lambda *_: None)
    monkeypatch.setattr(Machine, "status", "graded")
    course = make_course(tmp_path)
    shutil.copy(empty_gradebook, tmp_path)
    for student in STUDENTS:
        submit(course, student, source)
    return course


def grade(course: Course, **options: Any) -> GradingRun:
    """Grade; `Machine.graded` then names those who were."""
    Machine.graded = []
    return grade_and_record(course, LAB, **options)


def stop_after(number: int) -> Callable[..., None]:
    """Give a listener that presses Ctrl-C when so many results are recorded."""

    def listen(_: NotebookResult, done: int, total: int) -> None:
        if done == number:
            raise KeyboardInterrupt

    return listen


def seeds(run: GradingRun) -> dict[str, int]:
    return {result.student: result.seed for result in run.results}


def test_what_is_unchanged_is_kept_and_reported(course: Course) -> None:
    first = grade(course)
    told: list[tuple[int, int]] = []
    second = grade(course, on_start=lambda *counts: told.append(counts))
    assert Machine.graded == []
    assert told == [(3, 0)]
    assert second.results == first.results
    assert second.seed == first.seed
    assert [row.student for row in second.summary.rows] == list(STUDENTS)
    assert not any(result.notebook_json for result in first.results)


def change_notebook(folder: Path, source: Any) -> None:
    source.cells[0].source += " Changed."
    (folder / f"{NOTEBOOK}.ipynb").write_text(dump_notebook(source), "utf-8")


def add_file(folder: Path, _: Any) -> None:
    (folder / "data.csv").write_text("1")


def add_stamp(folder: Path, _: Any) -> None:
    (folder / "timestamp.txt").write_text("2026-01-02 03:04:05 UTC")


def take_away(folder: Path, _: Any) -> None:
    (folder / f"{NOTEBOOK}.ipynb").unlink()


@pytest.mark.parametrize("change", [change_notebook, add_file, add_stamp, take_away])
def test_a_changed_submission_is_graded_under_a_new_seed(
    course: Course, source: Any, change: Callable[[Path, Any], None]
) -> None:
    first = grade(course)
    assert "graded under seed" not in first.report.read_text("utf-8")
    change(course.submitted / "bob" / LAB, source)
    second = grade(course)
    assert Machine.graded == ["bob"]
    assert second.seed != first.seed
    assert seeds(second) == {"ada": first.seed, "bob": second.seed, "eve": first.seed}
    entries = second.as_dict()["submissions"]
    assert {entry["student"]: entry["seed"] for entry in entries} == seeds(second)
    page = second.report.read_text("utf-8")
    assert f"graded under seed {first.seed}" in page
    assert f"graded under seed {second.seed}" in page


def edit_mistakes(course: Course) -> None:
    path = course.source / LAB / "mistakes.py"
    path.write_text(path.read_text("utf-8").replace("What is the square", "What would be"), "utf-8")


def write_settings(course: Course) -> None:
    (course.source / LAB / "lab.toml").write_text("forbidden_modules = []")


@pytest.mark.parametrize("change", [edit_mistakes, write_settings])
def test_a_changed_lab_is_graded_again(course: Course, change: Callable[[Course], None]) -> None:
    grade(course)
    change(course)
    grade(course)
    assert Machine.graded == list(STUDENTS)


def test_other_code_or_another_sandbox_grades_again(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    grade(course)
    grade(course, sandbox="other")
    assert Machine.graded == list(STUDENTS)
    monkeypatch.setattr(digests, "package_digest", lambda: "newer")
    grade(course, sandbox="other")
    assert Machine.graded == list(STUDENTS)


def test_force_grades_all_and_chosen_students_only_those(course: Course) -> None:
    first = grade(course)
    run = grade(course, force=True, students=["eve"])
    assert Machine.graded == ["eve"]
    assert seeds(run).keys() == {"eve"}
    assert run.seed != first.seed
    grade(course, force=True)
    assert Machine.graded == list(STUDENTS)


def test_the_report_of_chosen_students_is_still_of_the_class(course: Course) -> None:
    grade(course)
    run = grade(course, force=True, students=["eve"])
    assert [row.student for row in run.summary.rows] == ["eve"]
    page = run.report.read_text("utf-8")
    assert all(f'id="{name}"' in page for name in STUDENTS)


def test_a_seed_keeps_only_what_was_graded_under_it(course: Course) -> None:
    grade(course, seed=5)
    grade(course, seed=5)
    assert Machine.graded == []
    grade(course, seed=6, students=["ada"])
    assert Machine.graded == ["ada"]
    run = grade(course, seed=5)
    assert Machine.graded == ["ada"]
    assert set(seeds(run).values()) == {5}


@pytest.mark.parametrize("options", [{}, {"force": True}, {"seed": 9}])
def test_a_run_that_was_stopped_goes_on_under_its_seed(
    course: Course, options: dict[str, Any]
) -> None:
    first = grade(course)
    for student in STUDENTS:
        add_file(course.submitted / student / LAB, None)
    with pytest.raises(KeyboardInterrupt):
        grade(course, on_result=stop_after(2), **options)
    run = grade(course)
    assert Machine.graded == ["eve"]
    (seed,) = set(seeds(run).values())
    assert seed != first.seed
    assert seed == options.get("seed", seed)


def test_a_forced_run_that_was_stopped_grades_the_rest_too(course: Course) -> None:
    first = grade(course)
    with pytest.raises(KeyboardInterrupt):
        grade(course, force=True, on_result=stop_after(1))
    run = grade(course)
    assert Machine.graded == ["bob", "eve"]
    (seed,) = set(seeds(run).values())
    assert seed != first.seed


def test_one_student_graded_in_between_does_not_end_a_stopped_run(course: Course) -> None:
    with pytest.raises(KeyboardInterrupt):
        grade(course, on_result=stop_after(1))
    grade(course, students=["eve"])
    run = grade(course)
    assert Machine.graded == ["bob"]
    assert len(set(seeds(run).values())) == 1


def test_after_a_finished_run_its_seed_is_not_used_again(course: Course) -> None:
    with pytest.raises(KeyboardInterrupt):
        grade(course, on_result=stop_after(1))
    first = grade(course)
    add_file(course.submitted / "ada" / LAB, None)
    assert grade(course).seed != first.seed


def test_rows_taken_out_of_the_gradebook_are_written_again(course: Course) -> None:
    grade(course)
    with nbgrader_environment(), Gradebook(course.gradebook_url) as gradebook:
        gradebook.remove_student("bob")
    grade(course)
    assert Machine.graded == []
    with nbgrader_environment(), Gradebook(course.gradebook_url) as gradebook:
        grades = gradebook.find_submission_notebook(NOTEBOOK, LAB, "bob").grades
        assert [grade.auto_score for grade in grades] == [0] * 4


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.write_text("{}")])
def test_a_graded_notebook_that_is_gone_or_changed_is_made_again(
    course: Course, change: Callable[[Path], Any]
) -> None:
    grade(course)
    path = course.autograded / "bob" / LAB / f"{NOTEBOOK}.ipynb"
    before = path.read_text("utf-8")
    change(path)
    run = grade(course, seed=None)
    assert Machine.graded == ["bob"]
    assert seeds(run)["bob"] != seeds(run)["ada"]
    assert path.read_text("utf-8") == before


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def no_text(path: Path) -> None:
    path.write_bytes(b"\xff\x00")


def older(path: Path) -> None:
    body = json.dumps({"version": 0})
    path.write_text(f"{digests.digest_of([body])}\n{body}\n")


@pytest.mark.parametrize("damage", [cut, empty, no_text, older])
def test_files_of_the_store_that_cannot_be_read_count_as_none(
    course: Course, damage: Callable[[Path], None]
) -> None:
    grade(course)
    for path in (course.root / ".course").rglob("*.json"):
        damage(path)
    grade(course)
    assert Machine.graded == list(STUDENTS)
    grade(course)
    assert Machine.graded == []


def test_what_the_grader_failed_on_is_tried_again(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Machine, "status", "failed")
    first = grade(course)
    monkeypatch.setattr(Machine, "status", "graded")
    second = grade(course)
    assert Machine.graded == list(STUDENTS)
    assert second.seed != first.seed


def test_ctrl_c_waits_for_the_end_of_what_is_being_recorded(course: Course) -> None:
    after = []

    def press(*_: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        after.append("this")

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        grade(course, on_result=press)
    assert after == ["this"]
    assert signal.getsignal(signal.SIGINT) == before
    assert grade(course).summary.rows
    assert len(Machine.graded) == len(STUDENTS) - 1


def test_who_comes_second_waits_and_has_nothing_left_to_do(course: Course) -> None:
    waits, begun, second = threading.Event(), threading.Event(), []
    said: list[str] = []

    def come_second() -> None:
        kept: list[int] = []

        def wait(reason: str) -> None:
            said.append(reason)
            waits.set()

        grade(course, on_wait=wait, on_start=lambda n, _: kept.append(n))
        second.extend(kept)

    other = threading.Thread(target=come_second)

    def begin(*_: int) -> None:
        if not begun.is_set():
            begun.set()
            other.start()
            assert waits.wait(20)

    run = grade(course, on_start=begin)
    other.join(20)
    assert second == [len(run.results)]
    assert said == [f"Another `course grade {LAB}` is at work in this folder"]


def test_a_refused_folder_is_told_of_each_time(course: Course) -> None:
    (course.submitted / "x*").mkdir()
    (course.submitted / "x*" / LAB).mkdir()
    for _ in range(2):
        statuses = {result.student: result.status for result in grade(course).results}
        assert statuses == {"ada": "graded", "bob": "graded", "eve": "graded", "x*": "refused"}


def test_a_fault_of_the_lab_is_told_before_anything_is_written(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Plan:
        raise CourseError("a mistake does not fit")

    monkeypatch.setattr(crew, "begin_plan", fail)
    with pytest.raises(CourseError, match="does not fit"):
        grade(course)
    assert not course.autograded.exists()


def test_what_was_begun_is_ended_where_something_else_fails(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []

    def observers(_: Judge) -> AbstractContextManager[Any]:
        stack = ExitStack()
        stack.callback(ended.append, "observers")
        return stack

    def fail(*_: Any, **__: Any) -> Any:
        raise CourseError("it cannot be opened")

    monkeypatch.setattr(Judge, "observers", observers)
    monkeypatch.setattr(Judge, "__exit__", lambda *_: ended.append("crew"))
    with monkeypatch.context() as closed:
        closed.setattr(grading_run.Recorder, "__enter__", fail)
        with pytest.raises(CourseError, match="opened"):
            grade(course)
    assert ended == ["observers", "crew"]
    ended.clear()
    monkeypatch.setattr(crew, "begin_plan", fail)
    with pytest.raises(CourseError, match="opened"):
        grade(course)
    assert ended == ["observers", "crew"]


class Slow(Judge):
    """Whoever grades takes three steps of something else."""

    def __init__(self) -> None:
        self.started: list[Future[NotebookResult]] = []

    def submit(self, job: Job) -> "Future[NotebookResult]":
        self.started.append(Future())
        self.verdict = nothing_graded(job, "graded", "seen")
        return self.started[-1]

    def step(self) -> bool:
        self.steps += 1
        if self.steps % 3 == 0:
            self.started[-1].set_result(self.verdict)
        return True

    steps = 0


def test_something_else_is_done_until_a_result_is_there(course: Course) -> None:
    slow = Slow()
    plan = plain_plan(course.lab(LAB), NOTEBOOK, 1, None, sandbox="wall")()
    jobs = [Job(student, plan, b"{}") for student in STUDENTS]
    results = [(result.student, slow.steps) for result in slow.grade(jobs, slow.step)]
    assert results == [("ada", 3), ("bob", 6), ("eve", 9)]


def test_pages_are_made_of_submissions_that_are_complete(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two notebooks the first alone makes no page; one that was kept counts."""
    lab = course.lab(LAB)
    other = lab.notebook_path(NOTEBOOK).with_name("second.ipynb")
    shutil.copy(lab.notebook_path(NOTEBOOK), other)
    for student in STUDENTS:
        shutil.copy(
            course.submitted / student / LAB / f"{NOTEBOOK}.ipynb",
            course.submitted / student / LAB / "second.ipynb",
        )
    told: list[str] = []
    monkeypatch.setattr(Feedback, "add", lambda _, student: told.append(student))
    seen: list[int] = []
    grade(course, on_result=lambda *_: seen.append(len(told)))
    assert told == list(STUDENTS)
    assert seen == [0, 1, 1, 2, 2, 3]
    path = course.submitted / "bob" / LAB / "second.ipynb"
    path.write_bytes(path.read_bytes() + b"\n")
    told.clear()
    grade(course)
    assert told == ["bob"]

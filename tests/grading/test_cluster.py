"""A class on a real Dask cluster: a scheduler and two workers, one of which is killed."""

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from course.errors import CourseError
from course.grading.run import cluster as cluster_module
from course.grading.run.cluster import Cluster
from course.grading.run.workers import Machine
from course.grading.sandbox import best_level
from course.grading.verdict.results import NotebookResult
from course.labs import Course, apply_mistake
from course.reporting.grading_run import GradingRun, grade_and_record
from tests.support.cluster import DaskCluster, dask_cluster
from tests.support.toylab import LAB, make_course, source_notebook, submit

pytest.importorskip("distributed", reason="needs Dask")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does"),
]
LEVEL = best_level().name
STUDENTS = 6


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[DaskCluster]:
    with dask_cluster(tmp_path, workers=2) as cluster:
        yield cluster


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = make_course(tmp_path / "course")
    mistakes = course.source / LAB / "mistakes.py"
    text = mistakes.read_text("utf-8")
    mistakes.write_text(f"{text}\nMISTAKES = MISTAKES[:3]\n", "utf-8")
    source = source_notebook()
    wrong = [apply_mistake(source, mistake) for mistake in course.lab(LAB).mistakes]
    for number, notebook in zip(range(STUDENTS), [source, *wrong, source, b"{"], strict=True):
        submit(course, f"student-{number}", notebook)
    return course


def grade(course: Course, **options: Any) -> GradingRun:
    return grade_and_record(course, LAB, seed=3, force=True, sandbox=LEVEL, **options)


def notebooks(course: Course) -> dict[str, str]:
    return {p.parts[-3]: p.read_text("utf-8") for p in course.autograded.rglob("*.ipynb")}


def test_the_same_marks_with_one_worker_two_and_a_cluster_that_loses_one(
    course: Course, cluster: DaskCluster
) -> None:
    one = grade(course, site=Machine(1))
    texts = notebooks(course)
    two = grade(course, site=Machine(2))
    shutil.rmtree(course.autograded)

    def kill(_: NotebookResult, done: int, total: int) -> None:
        if done == 1:
            os.kill(cluster.workers[0].pid, signal.SIGKILL)

    dask = grade(course, site=Cluster(cluster.address), on_result=kill)
    assert cluster.workers[0].wait() == -signal.SIGKILL
    assert {result.status for result in one.results} == {"graded", "unreadable"}
    assert one.results == two.results == dask.results
    assert notebooks(course) == texts


def test_a_cluster_that_cannot_grade_is_refused(
    cluster: DaskCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Cluster(cluster.address)
    assert site.level("") == LEVEL
    with monkeypatch.context() as other:
        other.setattr(cluster_module, "package_digest", lambda: "newer")
        with pytest.raises(CourseError, match="other code"):
            site.level("")
    with pytest.raises(CourseError, match="no sandbox 'moat'"):
        site.level("moat")
    cluster.add_worker(threads=2)
    with pytest.raises(CourseError, match="more than one thread"):
        site.level("")
    for worker in cluster.workers:
        worker.kill()
        worker.wait()


def test_a_worker_with_other_code_that_came_later_grades_nothing(
    course: Course, cluster: DaskCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Cluster, "level", lambda *_: LEVEL)  # all that were there then were fit
    with monkeypatch.context() as other:
        other.setattr(cluster_module, "package_digest", lambda: "newer")
        run = grade(course, site=Cluster(cluster.address))
    assert {result.status for result in run.results} == {"failed"}
    assert all("other code than this machine" in result.notes[-1] for result in run.results)
    again = grade_and_record(course, LAB, sandbox=LEVEL, site=Cluster(cluster.address))
    assert {result.status for result in again.results} == {"graded", "unreadable"}


def test_without_a_scheduler_the_cure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "CONNECT_SECONDS", 1)
    for address in ("tcp://127.0.0.1:9", "nonsense://x"):
        with pytest.raises(CourseError, match="no scheduler answers") as refusal:
            Cluster(address).level("")
        assert "dask scheduler" in refusal.value.cure
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CourseError, match="Dask is not installed"):
        Cluster("tcp://127.0.0.1:9").level("")

"""Worker processes that die under their work."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from course.grading.plan import Job, Plan
from course.grading.run import crew, workers
from course.grading.run.workers import Workers
from course.labs import dump_notebook

pytestmark = pytest.mark.slow


class Deadly:
    """Pickles to something that ends the process that reads it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (9,)


class Dying:
    """Pickles to a submission that ends the first `deaths` processes that read it."""

    def __init__(self, folder: Path, deaths: int, data: bytes) -> None:
        self.folder, self.deaths, self.data = folder, deaths, data

    def __reduce__(self) -> tuple[Any, ...]:
        return die_or_give, (str(self.folder), self.deaths, self.data)


def die_or_give(folder: str, deaths: int, data: bytes) -> bytes:
    count = len(os.listdir(folder))
    if count >= deaths:
        return data
    Path(folder, str(count)).touch()
    os.kill(os.getpid(), signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
    raise AssertionError


def graded(plan: Plan, *jobs: Job, number: int = 1) -> dict[str, Any]:
    with Workers(number) as crew:
        crew.take({plan.notebook: plan})
        return {result.student: result for result in crew.grade(jobs)}


def test_the_death_of_a_worker_is_one_result_and_the_class_goes_on(plan: Plan, source: Any) -> None:
    good = dump_notebook(source).encode()
    jobs = [Job("ada", plan, good), Job("bob", plan, Deadly()), Job("carl", plan, good)]  # type: ignore[arg-type]
    results = graded(plan, *jobs, number=2)
    assert {name: r.status for name, r in results.items()} == {
        "ada": "graded",
        "bob": "failed",
        "carl": "graded",
    }
    assert results["bob"].points == 0
    assert "process ended" in results["bob"].notes[0]


@pytest.mark.parametrize(("deaths", "status"), [(1, "graded"), (2, "graded"), (3, "failed")])
def test_a_job_is_tried_three_times(
    plan: Plan, source: Any, tmp_path: Path, deaths: int, status: str
) -> None:
    data = Dying(tmp_path, deaths, dump_notebook(source).encode())
    results = graded(plan, Job("ada", plan, data))  # type: ignore[arg-type]
    assert results["ada"].status == status
    assert len(os.listdir(tmp_path)) == deaths


def test_a_fault_of_the_grader_is_one_result(plan: Plan) -> None:
    result = graded(plan, Job("ada", plan, 3))["ada"]  # type: ignore[arg-type]
    assert result.status == "failed"
    assert "TypeError" in result.notes[0]


def test_few_jobs_are_read_ahead_and_no_plan_travels_with_them(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, held = 0, []

    def jobs() -> Iterator[Job]:
        nonlocal read
        for number in range(20):
            read += 1
            yield Job(f"student-{number}", plan, b"{")

    parcels, plans = [], []
    submit = workers._submit
    monkeypatch.setattr(
        workers, "_submit", lambda pool, job, plan: plans.append(plan) or submit(pool, job, plan)
    )
    monkeypatch.setattr(workers, "parcel_of", lambda job: parcels.append(job) or parcel(job))
    parcel = crew.parcel_of
    with Workers(1) as one:
        one.take({plan.notebook: plan})
        for done, _ in enumerate(one.grade(jobs())):
            held.append(read - done)
    assert max(held) <= crew.AHEAD + 1
    assert not any(isinstance(part, Plan) for job in parcels for part in parcel(job))
    assert 1 <= sum(plan is not None for plan in plans) <= crew.AHEAD  # for whoever had none

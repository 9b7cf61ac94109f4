"""Malformed notebooks through nbgrader's own command and the plug-ins."""

from pathlib import Path
from random import Random

import pytest
from nbgrader.api import Gradebook

from course.grading.settings import nbgrader_environment
from course.grading.submission.folders import is_name
from course.labs import Course
from tests.malformed.folders import folder
from tests.malformed.generate import Case, cases
from tests.malformed.mutation import Outcome
from tests.malformed.test_malformed_class import COUNT, HONEST, SEED, fill, run
from tests.support.toylab import LAB, TEST_POINTS

pytestmark = pytest.mark.slow
SAMPLE = 20


def sample() -> tuple[Case, ...]:
    """Draw cases whose notebook lies where nbgrader looks for it."""
    known = [
        case
        for case in cases(COUNT, SEED)
        if is_name(case.student)
        and not any(mutation in folder or mutation.alone for mutation in case.mutations)
    ]
    return tuple(Random(SEED).sample(known, SAMPLE))


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return fill(tmp_path_factory.mktemp("malformed-nbgrader"), sample())


def test_nbgrader_goes_through_the_class(course: Course) -> None:
    for command in ("generate_assignment", "autograde", "generate_feedback"):
        done = run(course, "nbgrader", command, LAB)
        assert done.returncode == 0, done.stderr[-3000:]
        assert "Traceback" not in done.stderr
    with nbgrader_environment(), Gradebook(course.gradebook_url) as gradebook:
        scores = {s.student.id: s.score for s in gradebook.assignment_submissions(LAB)}
    assert len(scores) == SAMPLE + len(HONEST)
    assert {student: scores[student] for student in HONEST} == HONEST
    kept = {c.student: c.story for c in sample() if c.outcome is Outcome.KEEPS}
    assert {kept[name]: scores[name] for name in kept if scores[name] != TEST_POINTS} == {}
    refused = [c.student for c in sample() if c.outcome is Outcome.REFUSED]
    assert sum(scores[name] for name in refused) == 0
    pages = {path.parent.parent.name for path in Path(course.feedback).rglob("*.html")}
    assert pages == scores.keys()


def test_what_nbgrader_would_follow_or_wait_for_is_left_out_and_named(tmp_path: Path) -> None:
    """Links into the course or to a device, pipes that nobody writes into, odd times."""
    names = (
        *("links-beside", "pipes-and-devices-beside", "notebook-a-link", "notebook-a-pipe"),
        *("student-a-link", "timestamp-a-folder", "timestamp-odd", "odd-names-beside"),
    )
    single = [case for case in cases(COUNT, SEED) if len(case.mutations) == 1]
    known = {case.mutations[0].name: case for case in reversed(single)}
    course = fill(tmp_path, tuple(known[name] for name in names))
    run(course, "nbgrader", "generate_assignment", LAB)
    done = run(course, "nbgrader", "autograde", LAB)
    assert "Traceback" not in done.stderr
    for name in names[:6]:
        assert f"Not graded: {course.submitted / known[name].student}" in done.stderr
    with nbgrader_environment(), Gradebook(course.gradebook_url) as gradebook:
        scores = {s.student.id: s.score for s in gradebook.assignment_submissions(LAB)}
    assert {student: scores.get(student) for student in HONEST} == HONEST
    graded = {known[name].student for name in names[7:]}
    assert {student: scores.get(student) for student in graded} == dict.fromkeys(
        graded, TEST_POINTS
    )

"""nbgrader's own commands in a course folder, through the plug-ins, against the driver."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from traitlets.config import Config

from course.errors import CourseError
from course.grading import plugins
from course.grading.plan import Plan
from course.grading.record.records import Recorder
from course.grading.run import crew
from course.grading.run.driver import grade_class
from course.grading.run.workers import Machine
from course.grading.sandbox import best_level, trust
from course.grading.settings import configure, nbgrader_environment
from course.labs import Course, apply_mistake, load_notebook
from course.reporting.feedback import Feedback
from tests.support.toylab import LAB, NOTEBOOK, make_course, source_notebook, submit

pytestmark = pytest.mark.slow
CONFIG = Path(__file__).parents[2] / "nbgrader_config.py"
POINTS = {"attack": 6.0, "broken": 0.0, "doubled": 6.0, "reference": 16.0}


def fill(root: Path) -> Course:
    course = make_course(root)
    mistakes = course.source / LAB / "mistakes.py"
    text = mistakes.read_text("utf-8")
    mistakes.write_text(f"{text}\nMISTAKES = MISTAKES[:2]\n", "utf-8")
    config = CONFIG.read_text("utf-8")
    named = config.replace("configure(c)", f'configure(c, sandbox="{best_level().name}")')
    (root / CONFIG.name).write_text(named, "utf-8")
    source = source_notebook()
    wrong = apply_mistake(source, course.lab(LAB).mistakes[0])
    submit(course, "reference", source)
    submit(course, "doubled", wrong)
    submit(course, "broken", b"{")
    for node in wrong.cells:
        node.metadata["tags"] = ["skip-execution"]
    folder = submit(course, "attack", wrong)
    (folder / "numpy.py").write_text("raise SystemExit")
    return course


def nbgrader(course: Course, *arguments: str) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course.root,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stderr


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course folder on which nbgrader's three commands have run."""
    course = fill(tmp_path_factory.mktemp("stock"))
    nbgrader(course, "generate_assignment", LAB)
    log = nbgrader(course, "autograde", LAB)
    assert "Traceback" not in log
    nbgrader(course, "generate_feedback", LAB)
    return course


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The same folder graded by the driver."""
    course = fill(tmp_path_factory.mktemp("driven"))
    options = {"site": Machine(1), "sandbox": best_level().name}
    with (
        grade_class(course, LAB, **options) as run,  # type: ignore[arg-type]
        Recorder(course, course.lab(LAB)) as recorder,
    ):
        for result in run.results():
            recorder.add(result)
    Feedback(course, LAB).write_rest()
    return course


@pytest.fixture(params=["stock", "driven"])
def graded(request: pytest.FixtureRequest) -> Course:
    course: Course = request.getfixturevalue(request.param)
    return course


def gradebook_of(course: Course) -> Iterator[tuple[str, ...]]:
    """Yield every score and comment as text."""
    with nbgrader_environment(), Gradebook(course.gradebook_url) as gradebook:
        for submission in gradebook.assignment_submissions(LAB):
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    yield (
                        submission.student.id,
                        grade.name,
                        str((grade.auto_score, grade.manual_score, grade.needs_manual_grade)),
                    )
                for comment in notebook.comments:
                    yield submission.student.id, comment.name, str(comment.auto_comment)


def test_without_a_wall_the_plug_in_refuses_unless_it_is_told_to(
    driven: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = {"nbgrader": {"student": "broken", "notebook": NOTEBOOK}}
    monkeypatch.setattr(plugins, "_course", lambda _: driven)
    monkeypatch.setattr(plugins, "_lab", lambda _: driven.lab(LAB))
    asked: list[str] = []
    monkeypatch.setattr(plugins, "workers_for", lambda _, level: asked.append(level))
    monkeypatch.setattr(trust, "level_named", lambda _: type("Level", (), {"name": "limits"}))
    config = Config()
    configure(config)
    with pytest.raises(CourseError, match="no sandbox"):
        plugins.Referee(config=config).preprocess(None, where)
    configure(config, sandbox="limits")
    with pytest.raises(AttributeError):  # there are no workers
        plugins.Referee(config=config).preprocess(None, where)
    assert asked == ["limits"]


def test_a_fault_of_the_lab_is_told_for_each_notebook_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Plan:
        raise CourseError("a mistake does not fit")

    monkeypatch.setattr(crew, "begin_plan", fail)
    monkeypatch.setattr(plugins, "_workers", {})
    lab = make_course(tmp_path).lab(LAB)
    for _ in range(2):
        with pytest.raises(CourseError, match="does not fit"):
            plugins.workers_for(lab, "limits")


def test_marks_are_in_the_gradebook(graded: Course) -> None:
    with nbgrader_environment(), Gradebook(graded.gradebook_url) as gradebook:
        found = {s.student.id: s.score for s in gradebook.assignment_submissions(LAB)}
    assert found == POINTS


def test_both_ways_agree_cell_by_cell(stock: Course, driven: Course) -> None:
    assert sorted(gradebook_of(stock)) == sorted(gradebook_of(driven))


def test_the_release_has_stubs_and_nothing_that_must_stay(stock: Course) -> None:
    assert [path.name for path in (stock.release / LAB).iterdir()] == [f"{NOTEBOOK}.ipynb"]
    text = (stock.release / LAB / f"{NOTEBOOK}.ipynb").read_text("utf-8")
    assert "Exercise 1: return x squared" in text
    assert "secret" not in text
    assert "x**2" not in text


def test_feedback_has_the_message_and_no_hidden_test(graded: Course) -> None:
    pages = {p.parent.parent.name: p.read_text("utf-8") for p in graded.feedback.rglob("*.html")}
    assert pages.keys() == POINTS.keys()
    assert all("secret" not in page for page in pages.values())
    assert "Likely cause: x is doubled, not squared." in pages["doubled"]
    assert "cannot be graded" in pages["broken"]


def test_submitted_modules_do_not_get_into_the_graded_folder(graded: Course) -> None:
    assert not list(graded.autograded.rglob("*.py"))


def test_a_graded_notebook_shows_the_verdict(graded: Course) -> None:
    path = graded.autograded / "doubled" / LAB / f"{NOTEBOOK}.ipynb"
    outputs = [str(node.get("outputs", "")) for node in load_notebook(path).cells]
    assert any("`squares(x)` is wrong" in text for text in outputs)


def test_nbgrader_export_reads_what_the_driver_wrote(driven: Course) -> None:
    nbgrader(driven, "export")
    lines = (driven.root / "grades.csv").read_text("utf-8").splitlines()
    assert len(lines) == 1 + len(POINTS)

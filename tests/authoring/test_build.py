import os
import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from course.authoring.build import build
from course.authoring.leaks import leaks, secrets_of
from course.authoring.sync import sync
from course.errors import CourseError
from course.labs import Course, Lab, load_notebook
from tests.authoring.conftest import make_course

pytestmark = pytest.mark.slow

MISTAKES = """
from course.labs import Mistake

MISTAKES = (
    Mistake("tripled", "double", "It triples.", "What is twice one?", (("2 * x", "3 * x"),)),
)
"""


def fill(course: Course) -> Lab:
    """Give the tiny lab all that a lab folder can hold."""
    lab = course.lab("tiny")
    (lab.folder / "mistakes.py").write_text(MISTAKES)
    (lab.folder / "lab.toml").write_text('title = "Tiny"\n')
    (lab.folder / "figures").mkdir()
    (lab.folder / "figures" / "two.svg").write_text("<svg/>")
    return lab


@pytest.fixture
def lab(course):
    return fill(course)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A course folder in which the tiny lab has been built once."""
    course = make_course(tmp_path_factory.mktemp("built"))
    fill(course)
    build(course, "tiny")
    return course.root


@pytest.fixture
def built(template, tmp_path):
    """A copy of the built course folder, to be spoiled."""
    return Course(Path(shutil.copytree(template, tmp_path / "copy")))


def names(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_release_holds_what_students_need_and_nothing_else(course, lab):
    made = build(course, "tiny")
    assert made == course.release / "tiny"
    assert names(made) == {"tiny.ipynb", "figures/two.svg"}
    assert leaks(course, lab) == ()
    text = (made / "tiny.ipynb").read_text("utf-8")
    assert 'raise NotImplementedError(\\"Return an array of the shape of x' in text
    for secret in ("BEGIN", "secret", "result = ", "Because one", "synced"):
        assert secret not in text
    assert [p.name for p in course.root.glob(".release-*")] == []


def test_release_is_made_in_the_gradebook_and_again(built):
    course, source = built, built.lab("tiny").folder / "tiny.py"
    edit(source, "Why two?", "Why not three?")
    sync(course)
    build(course, "tiny")
    assert "Why not three?" in (course.release / "tiny" / "tiny.ipynb").read_text("utf-8")
    with Gradebook(course.gradebook_url) as gradebook:
        notebook = gradebook.find_notebook("tiny", "tiny")
        assert notebook.max_score == 100
        source_cell = gradebook.find_source_cell("test-double-hidden", "tiny", "tiny")
        assert "secret" in source_cell.source


def test_alembic_is_found_though_the_environment_is_not_active(course, lab, monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    build(course, "tiny")
    assert os.environ["PATH"] == "/usr/bin:/bin"


def test_settings_of_the_course_folder_are_used(course, lab):
    (course.root / "nbgrader_config.py").write_text(
        'c = get_config()\nc.ClearSolutions.text_stub = "WRITE HERE"\n'
    )
    build(course, "tiny")
    assert "WRITE HERE" in (course.release / "tiny" / "tiny.ipynb").read_text("utf-8")


def test_broken_settings_are_named(course, lab):
    (course.root / "nbgrader_config.py").write_text("c = get_config(\n")
    with pytest.raises(CourseError, match=r"nbgrader_config\.py.*SyntaxError"):
        build(course, "tiny")


@pytest.mark.parametrize(
    ("old", "new", "synced", "says"),
    [
        ("Why two?", "Why three?", False, "course sync"),
        ("points=10", "points=9", True, "points-total"),
        ("    return 0.5 * x\n    ### END SOLUTION", "    return 0.5 * x", True, "markers"),
    ],
)
def test_refusal_names_the_cause_and_keeps_the_old_release(built, old, new, synced, says):
    course, source, made = built, built.lab("tiny").folder / "tiny.py", built.release / "tiny"
    before = (made / "tiny.ipynb").read_bytes()
    edit(source, old, new)
    if synced:
        sync(course)
    with pytest.raises(CourseError, match=says):
        build(course, "tiny")
    assert (made / "tiny.ipynb").read_bytes() == before
    assert [p.name for p in course.root.glob(".release-*")] == []


def test_a_leaking_release_is_never_put_in_place(course, lab):
    (lab.folder / "notes.txt").write_text("result = 2 * x\n")
    with pytest.raises(CourseError, match=r"notes\.txt: holds a secret line of double"):
        build(course, "tiny")
    assert not (course.release / "tiny").exists()


def test_what_nbgrader_refuses_is_told(course, lab):
    (course.root / "nbgrader_config.py").write_text(
        'c = get_config()\nc.GenerateAssignment.preprocessors = ["no.such.Step"]\n'
    )
    with pytest.raises(
        CourseError, match=r"nbgrader cannot make the release: ModuleNotFoundError: .*'no'"
    ):
        build(course, "tiny")


def test_secrets_leave_out_what_students_see_anyway(lab, source, course):
    lines = {secret.line for secret in secrets_of(lab)}
    assert "result = 2 * x" in lines
    assert "assert np.allclose(double(secret), 2 * secret)" in lines
    assert "What is twice one?" in lines
    assert "import numpy as np" not in lines


def put(cell_id, text):
    def change(node):
        next(c for c in node.cells if c.id == cell_id).source = text

    return change


def run_cell(node):
    node.cells[1]["execution_count"] = 1


def note(node):
    node.metadata["note"] = "result = 2 * x"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (put("half", "def half(x):\n    return 0.5 * x"), "half: holds a secret line of half"),
        (put("test-double-hidden", "### BEGIN HIDDEN TESTS\n"), "BEGIN HIDDEN TESTS"),
        (put("question-why", "Because one is not enough."), "secret line of question-why"),
        (put("start--1", "secret = np.array([3.0, -7.5])"), "secret line of test-double-hidden"),
        (put("start--1", "What is twice one?"), "mistake tripled"),
        (run_cell, "given-imports: the cell has outputs"),
        (note, "metadata: holds a secret line"),
    ],
)
def test_each_leak_in_a_notebook_is_found(built, change, says):
    path = built.release / "tiny" / "tiny.ipynb"
    node = load_notebook(path)
    change(node)
    nbformat.write(node, str(path))
    assert says in " ".join(leaks(built, built.lab("tiny")))


@pytest.mark.parametrize("name", ["tiny.py", "mistakes.py", "lab.toml", "figures/make.py"])
def test_files_that_students_must_not_have_are_found(built, name):
    (built.release / "tiny" / name).write_text("")
    assert leaks(built, built.lab("tiny")) == (f"{name}: a file that students must not have",)


def test_a_missing_release_is_told(built):
    lab = built.lab("tiny")
    (built.release / "tiny" / "tiny.ipynb").unlink()
    assert leaks(built, lab) == ("tiny.ipynb: missing from the release",)
    shutil.rmtree(built.release / "tiny")
    (found,) = leaks(built, lab)
    assert "course build tiny" in found

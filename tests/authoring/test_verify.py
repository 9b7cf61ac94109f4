import json

import pytest

from course.authoring.sync import sync
from course.authoring.verify import SEED, verify
from course.errors import CourseError
from tests.support import toylab

pytestmark = pytest.mark.slow

MISTAKES = """from course.labs import Mistake

MISTAKES = (
    Mistake("squares-doubled", "squares", "x is doubled.", "What is the square of 3?",
            (("x**2", "2 * x"),)),
    Mistake("mean-missing", "line", "The mean is missing.", "What is a mean?",
            ((" / len(x)", ""),)),
)
"""
LINE = '# %% grade_id="line"'
HARMLESS = 'MISTAKES += (Mistake("harmless", "squares", "None.", "Why?", (("x**2", "x ** 2"),)),)\n'
WRONG = """from course.labs import Alternative

ALTERNATIVES = (
    Alternative("wrong", "cubes", cells={"squares": "def squares(x):\\n    return x**3\\n"}),
)
"""


@pytest.fixture
def lab(tmp_path):
    """The toy lab, with an experiment amid its tests that would end the process."""
    course = toylab.make_course(tmp_path)
    folder = course.source / toylab.LAB
    (folder / "mistakes.py").write_text(MISTAKES, "utf-8")
    sync(course)
    change(folder, LINE, f'# %% tags=["experiment"]\nimport os; os._exit(3)\n\n{LINE}')
    sync(course)
    return course.lab(toylab.LAB), course


def change(folder, old, new):
    path = folder / f"{toylab.NOTEBOOK}.py"
    text = path.read_text("utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), "utf-8")


def test_a_good_lab_is_proved(lab):
    _, course = lab
    heard = []
    proof = verify(course, toylab.LAB, seeds=2, progress=lambda *said: heard.append(said))
    assert proof.problems == ()
    assert proof.ok
    assert json.loads(json.dumps(proof.as_dict())) == {
        "lab": "toy",
        "points": 16.0,
        "reference": {"two_process": 16.0, "stock": 16.0},
        "blank": {"two_process": 0.0, "stock": 0.0},
        "leaks": [],
        "mistakes": [
            {
                "id": id_,
                "exercise": exercise,
                "caught_two_process": True,
                "caught_stock": True,
                "named": True,
            }
            for id_, exercise in (("squares-doubled", "squares"), ("mean-missing", "line"))
        ],
        "alternatives": [{"id": "multiply", "points": 16.0}, {"id": "moved", "points": 16.0}],
    }
    assert ("two processes", 6, 6) in heard
    assert ("one kernel", 6, 6) in heard
    assert (f"seed {SEED + 1}", 6, 6) in heard
    assert f"seed {SEED + 2}" not in {what for what, _, _ in heard}
    assert not course.release.exists()  # a proof leaves the course folder as it is


def test_every_fault_of_a_bad_lab_is_told(lab):
    toy, course = lab
    (toy.folder / "mistakes.py").write_text(MISTAKES + HARMLESS, "utf-8")
    (toy.folder / "alternatives.py").write_text(WRONG, "utf-8")
    (toy.folder / "notes.txt").write_text("return x.T @ error / len(x)")
    change(
        toy.folder,
        ' grade_id="squares" stub="Exercise 1: return x squared, shape of x"',
        ' grade_id="squares"',
    )
    # prints to stderr, which costs all points in stock nbgrader and none in two processes
    change(
        toy.folder,
        "    error = self.predict(x) - y\n",
        "    error = self.predict(x) - y\n        import sys; print('!', file=sys.stderr)\n",
    )
    sync(course)
    proof = verify(course, toylab.LAB)
    said = "\n".join(proof.problems)
    for expected in (
        "the reference earns 10 points in stock nbgrader, not 16",
        "holds a secret line of line",
        "the mistake harmless loses no points of squares in two processes",
        "the mistake harmless loses no points of squares in stock nbgrader",
        "only 2 of 3 mistakes are named; not harmless",
        "the alternative wrong earns 6 of 16 points; it fails test-squares, test-squares-hidden",
        "test-squares does not tell a blank hand-in what to write",
    ):
        assert expected in said
    assert "the reference earns 16 points in two" not in said
    assert not proof.ok


def test_a_mistake_that_does_not_fit_is_named(lab):
    toy, course = lab
    (toy.folder / "mistakes.py").write_text(MISTAKES.replace("x**2", "x**4"), "utf-8")
    with pytest.raises(CourseError, match="squares-doubled"):
        verify(course, toylab.LAB)


def test_a_mistake_of_no_exercise_is_named(lab):
    toy, course = lab
    (toy.folder / "mistakes.py").write_text(MISTAKES.replace('"squares",', '"cubes",'), "utf-8")
    with pytest.raises(
        CourseError, match="no notebook of the lab has a cell that 'squares-doubled'"
    ):
        verify(course, toylab.LAB)


def test_a_lab_out_of_step_is_refused(lab):
    toy, course = lab
    change(toy.folder, "# Square every entry.", "# Square each entry.")
    with pytest.raises(CourseError, match="course sync"):
        verify(course, toylab.LAB)

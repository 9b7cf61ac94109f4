"""The students who mean no harm, and what their work is worth."""

from course.labs import Course
from tests.attacks.corpus import released_notebook, write
from tests.attacks.lab import FULL, LAB, OTHER, POINTS, SOLUTIONS
from tests.support.toylab import cell

_SQUARES = POINTS["test-squares"] + POINTS["test-squares-hidden"]
HONEST = {
    "aa-right": FULL,
    "mm-wrong": FULL - _SQUARES,
    "nn-blank": 0.0,
    "zz-right": FULL,
}


def hand_in_honest(course: Course) -> None:
    """Hand in the work of all of them; the right ones' bears the secret of other submissions."""
    for student in HONEST:
        notebook = released_notebook()
        if not student.endswith("blank"):
            for grade_id, text in SOLUTIONS.items():
                cell(notebook, grade_id).source = f"{text}\n# {OTHER}"
        if student.endswith("wrong"):
            cell(notebook, "squares").source = "def squares(x):\n    return 2 * x"
        folder = course.submitted / student / LAB
        folder.mkdir(parents=True)
        write(folder, notebook)
        (folder / "notes.txt").write_text(f"{OTHER}\n", "utf-8")

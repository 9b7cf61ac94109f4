"""The class report: right numbers, and nothing of a student's text taken for markup."""

from html.parser import HTMLParser
from pathlib import Path

from course.grading.verdict.results import CellResult, NotebookResult, Status
from course.labs import Lab
from course.reporting import class_report
from course.reporting.summary import summarise


def cell(grade_id: str, points: float, status: Status, **more: str) -> CellResult:
    return CellResult(grade_id, points, 10.0, status, **more)


def result(student: str, *cells: CellResult, status: str = "graded") -> NotebookResult:
    return NotebookResult(student, "lab", status, cells)


def lab(tmp_path: Path) -> Lab:
    (tmp_path / "mistakes.py").write_text(
        "from course.labs import Mistake\n"
        "MISTAKES = [Mistake('sum-for-mean', 'loss', 'The mean is missing', 'What is B?', ())]\n"
    )
    (tmp_path / "lab.toml").write_text("title = 'Lab <b>0</b>'")
    return Lab("lab0", tmp_path)


CLASS = (
    result(
        "ann",
        cell("test-loss", 10, Status.PASSED),
        cell("test-loss-hidden", 10, Status.PASSED),
        cell("question-why", 0, Status.MANUAL),
    ),
    result(
        "bob <script>alert(1)</script>",
        cell("test-loss", 0, Status.FAILED, diagnosis="sum-for-mean", message="<img src=x>"),
        cell("test-loss-hidden", 0, Status.ERROR, diagnosis="sum-for-mean"),
        cell("question-why", 0, Status.MANUAL),
    ),
    result("cem", cell("test-loss", 0, Status.NOT_RUN), status="unreadable"),
)


def test_summary_counts_students_not_cells(tmp_path: Path) -> None:
    summary = summarise(CLASS, lab(tmp_path), seed=5)
    (fault,) = summary.faults
    assert (fault.id, fault.students, fault.title) == ("sum-for-mean", 1, "The mean is missing")
    (exercise,) = summary.exercises
    assert (exercise.name, exercise.max_points, exercise.solved) == ("loss", 20, 1)
    assert [row.points for row in summary.rows] == [20, 0, 0]
    assert summary.histogram == (2, 0, 0, 0, 0, 0, 0, 0, 0, 1)
    assert summary.mean == 1 / 3
    assert summary.columns == ("test-loss", "test-loss-hidden", "question-why")


def test_bonus_comes_on_top(tmp_path: Path) -> None:
    cells = cell("test-loss", 5, Status.PASSED), cell("test-bonus_step-hidden", 10, Status.PASSED)
    summary = summarise([result("ann", *cells)], lab(tmp_path), seed=5)
    assert [(row.points, row.max_points) for row in summary.rows] == [(15, 10)]
    assert summary.histogram[-1] == 1


def test_manual_cells_do_not_count_as_lost_points(tmp_path: Path) -> None:
    assert summarise(CLASS[:1], lab(tmp_path), seed=5).mean == 1


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)


def test_report_escapes_everything_and_holds_no_script(tmp_path: Path) -> None:
    page = class_report.render(summarise(CLASS, lab(tmp_path), seed=5))
    tags = Tags()
    tags.feed(page)
    assert not tags.seen & {"script", "img", "iframe", "object", "link"}
    assert "&lt;script&gt;" in page
    assert "The mean is missing" in page
    assert "--seed 5" in page


def test_why_nothing_was_graded_is_said_once(tmp_path: Path) -> None:
    why = "This notebook was not handed in."
    cells = [cell(f"test-{name}", 0, Status.NOT_RUN, message=why) for name in "abc"]
    missing = NotebookResult("ann", "lab", "missing", tuple(cells), notes=(why,))
    page = class_report.render(summarise([missing], lab(tmp_path), seed=5))
    assert page.count(why) == 1
    assert "every test passed" not in page


def test_hints_show_code_and_stress_and_nothing_else() -> None:
    html = str(class_report.marked("the *place* of `a * b`, <i>not</i> 2 * 3 * 4"))
    assert html == ("the <em>place</em> of <code>a * b</code>, &lt;i&gt;not&lt;/i&gt; 2 * 3 * 4")


def test_report_of_an_empty_class_is_a_page(tmp_path: Path) -> None:
    page = class_report.render(summarise((), lab(tmp_path), seed=5))
    assert "Nothing was diagnosed" in page


def test_a_pattern_brings_the_cause_that_the_message_names(tmp_path: Path) -> None:
    message = "Exercise 1: `y` is wrong.\nLikely cause: the sign is flipped.\nSee: here."
    wrong = cell("test-loss", 0, Status.FAILED, diagnosis="ratio-minus-one", message=message)
    (fault,) = summarise((result("ann", wrong),), lab(tmp_path), seed=5).faults
    assert (fault.title, fault.hint) == ("ratio minus one", "the sign is flipped.")

"""Pages are nbconvert's own, made once for each text; scores come in few questions."""

import copy
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbformat import v4
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import GetGrades
from sqlalchemy import event
from sqlalchemy.engine import Engine

from course.errors import CourseError
from course.grading.grade import nothing_graded
from course.grading.plan import Job, Plan
from course.grading.record.records import Recorder
from course.grading.settings import load_config, nbgrader_environment
from course.labs import Course, dump_notebook, load_notebook
from course.reporting import exporter, feedback
from course.reporting.exporter import FeedbackExporter, described, remembering
from course.reporting.feedback import Feedback
from course.reporting.finish import finished
from course.reporting.marks import GetMarks
from tests.support.toylab import LAB, NOTEBOOK, make_course, source_notebook, submit

STUDENTS = ("ada", "ben", "eve")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # nbconvert draws some
PIXEL = "iVBORw0KGgo="
OUTPUTS = (
    {"text/html": "<b>bold</b><script>alert(1)</script><img src=x onerror=alert(1)>"},
    {"image/png": PIXEL, "text/plain": "<Figure>"},
    {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"},
    {"text/markdown": "*emphasis* <script>alert(1)</script>"},
    {"text/latex": r"$\frac{1}{2}$<script>"},
    {"application/javascript": "alert(1)"},
)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course folder with three submissions that nothing could be graded of."""
    made = make_course(tmp_path_factory.mktemp("course"))
    plan = Plan(LAB, NOTEBOOK, dump_notebook(source_notebook()), 7)
    with Recorder(made, made.lab(LAB)) as recorder:
        for student in STUDENTS:
            submit(made, student, b"{")
            recorder.add(nothing_graded(Job(student, plan, None), "missing", f"Alas, {student}."))
    with Gradebook(made.gradebook_url) as gradebook:  # as if ada had answered
        grade = gradebook.find_grade("question-mean", NOTEBOOK, LAB, "ada")
        grade.auto_score, grade.needs_manual_grade = None, True
        gradebook.db.commit()
    return made


def converter_of(course: Course) -> GenerateFeedback:
    config = load_config(course)
    config.CourseDirectory.assignment_id = LAB
    with nbgrader_environment():
        return GenerateFeedback(coursedir=CourseDirectory(config=config), config=config)


def page(made: HTMLExporter, notebook: Any) -> str:
    about = {"notebook": NOTEBOOK, "score": 1.0, "max_score": 2.0, "late_penalty": 0}
    html, _ = made.from_notebook_node(notebook, {"nbgrader": about, "inlining": {"css": []}})
    html = finished(html) if type(made) is HTMLExporter else html
    return UUID.sub("", str(BeautifulSoup(html, "html.parser")))


def rich_notebook() -> Any:
    """A notebook with every kind of cell and output that a page shows."""
    notebook = source_notebook()
    notebook.metadata["language_info"] = {"name": "python"}
    for node in notebook.cells:
        if node.metadata.get("nbgrader"):
            node.metadata.nbgrader |= {"score": 1.0, "points": 2.0, "comment": "*well* done"}
    text = "# Title\n\n![no description]()\n\n<img src='x.png'>\n\n`code`"
    picture = v4.new_markdown_cell(
        "![a](attachment:p.png)", attachments={"p.png": {"image/png": PIXEL}}
    )
    other = copy.deepcopy(picture)
    other.id = "other"
    other.attachments["p.png"]["image/png"] = "AAAA"
    outputs = [v4.new_output("display_data", data=data) for data in OUTPUTS]
    outputs.append(v4.new_output("stream", text="\x1b[31mred\x1b[0m <script>"))
    outputs.append(v4.new_output("error", ename="E", evalue="<b>", traceback=["<script>", "b"]))
    notebook.cells += [v4.new_markdown_cell(text), picture, other, v4.new_markdown_cell(text)]
    notebook.cells += [v4.new_code_cell("x = 1", outputs=outputs), v4.new_code_cell("%%bash\nls")]
    return notebook


def test_pages_are_those_of_nbconvert(course: Course) -> None:
    converter = converter_of(course)
    ours, theirs = (
        kind(parent=converter, config=converter.config) for kind in (FeedbackExporter, HTMLExporter)
    )
    notebook = rich_notebook()
    expected = page(theirs, copy.deepcopy(notebook))
    assert page(ours, copy.deepcopy(notebook)) == expected
    assert page(ours, notebook) == expected  # from what it remembers
    assert "AAAA" in expected
    assert "<script>alert" not in expected
    assert 'onerror="' not in expected


def test_a_page_loads_nothing_and_its_contents_have_names(course: Course) -> None:
    converter = converter_of(course)
    html = page(FeedbackExporter(parent=converter, config=converter.config), rich_notebook())
    assert "mathjax" not in html.lower()
    assert "<script" not in html
    assert "white-space: pre-wrap" in html
    assert '<a href="#test-line">Test cell <code>test-line</code></a> (Score: 1.0 / 2.0)' in html


def test_an_answer_that_nobody_has_read_has_no_score(course: Course) -> None:
    Feedback(course, LAB).write_rest(["ada"])
    html = (course.feedback / "ada" / LAB / f"{NOTEBOOK}.html").read_text("utf-8")
    entry = '<a href="#question-mean">Written response <code>question-mean</code></a>'
    assert f"{entry} (not read yet, 4.0 points)" in html
    _, _, answer = html.partition('<a name="question-mean"></a>')
    assert answer.index("not read yet, 4.0 points") < answer.index("(Top)")
    assert "(Score: 0.0 / 6.0)" in html


def test_code_is_coloured_by_a_lexer_that_takes_little_time(course: Course) -> None:
    converter = converter_of(course)
    notebook = rich_notebook()
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    made = FeedbackExporter(parent=converter, config=converter.config)
    html = page(made, notebook)
    assert "hl-python" in html
    assert "hl-ipython3" not in html


def test_a_cell_is_made_once_unless_it_differs_or_shows_more_than_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exporter, "KEPT", 2)
    asked: list[str] = []
    pages = FeedbackExporter()

    def made(cell: Any) -> str:
        def make() -> str:
            asked.append(cell.source)
            return f"<{len(asked)}>"

        return pages._known_cell(cell) or pages._whole_cell(cell, make)

    text, picture = v4.new_markdown_cell("a"), v4.new_code_cell("b")
    picture.outputs = [v4.new_output("display_data", {"image/png": "AAAA"})]
    again = copy.deepcopy(text)
    assert [made(cell) for cell in (text, again, picture, picture)] == ["<1>", "<1>", "<2>", "<3>"]
    again.metadata["nbgrader"] = {"score": 3.0}
    assert [made(cell) for cell in (again, text, again)] == ["<4>", "<1>", "<4>"]
    assert made(v4.new_markdown_cell("c")) == "<5>"
    assert made(text) == "<6>"  # the oldest was forgotten
    long = v4.new_markdown_cell("d" * 30_000)
    assert made(long) != made(long)


def test_short_texts_are_converted_once_and_long_ones_each_time() -> None:
    asked: list[str] = []

    def convert(text: str, option: str) -> str:
        asked.append(option)
        return text[:1] + option

    converted = remembering(convert)
    assert [converted("short", option) for option in ("a", "b", "a")] == ["sa", "sb", "sa"]
    assert asked == ["a", "b"]
    assert [converted("long" * 10_000, "c") for _ in range(2)] == ["lc", "lc"]
    assert asked[2:] == ["c", "c"]


@pytest.mark.parametrize(
    ("tag", "has_words"),
    [
        ('<img src="a.png">', True),
        ("<img>", True),
        ('<IMG src="alt=x">', True),
        ("<img src='a>b.png'/>", True),
        ('<img alt="a graph" src="a.png">', False),
        ('<img src="a.png" alt>', False),
        ('<img src="a.png" ALT="">', False),
        ("<imgage>", False),
        ("&lt;img src=x&gt;", False),
    ],
)
def test_images_without_a_description_say_so(tag: str, has_words: bool) -> None:
    html = described(f"<p>{tag}</p>")
    assert ("No description has been provided" in html) is has_words
    assert has_words or html == f"<p>{tag}</p>"
    if has_words:
        (image,) = BeautifulSoup(html, "html.parser").find_all("img")
        assert image["alt"] == "No description has been provided for this image"


def test_marks_are_those_of_nbgrader_in_fewer_questions(course: Course) -> None:
    asked: list[str] = []
    event.listen(Engine, "before_cursor_execute", lambda *about: asked.append(about[2]))
    counts, found = [], []
    for kind in (GetMarks, GetGrades):
        notebook = load_notebook(course.autograded / "ada" / LAB / f"{NOTEBOOK}.ipynb")
        where = {"notebook": NOTEBOOK, "assignment": LAB, "student": "ada"}
        resources = {"nbgrader": where | {"db_url": course.gradebook_url}}
        asked.clear()
        with nbgrader_environment():
            kind().preprocess(notebook, resources)
        counts.append(len(asked))
        found.append((notebook, resources))
    assert found[0][1]["nbgrader"].pop("unread") == ["question-mean"]
    assert found[0] == found[1]
    assert "Alas, ada." in str(found[0])
    assert counts[0] < counts[1]


def test_pages_of_the_chosen_students_are_written_anew(course: Course) -> None:
    shutil.rmtree(course.feedback, ignore_errors=True)
    Feedback(course, LAB).write_rest(["ben", "ada"])
    pages = sorted(course.feedback.rglob("*.html"))
    assert [path.parent.parent.name for path in pages] == ["ada", "ben"]
    pages[0].chmod(0o644)
    pages[0].write_text("old", "utf-8")
    Feedback(course, LAB).write_rest(["ada"])
    assert "Alas, ada." in pages[0].read_text("utf-8")


def test_pages_made_one_by_one_are_not_made_again(course: Course) -> None:
    shutil.rmtree(course.feedback, ignore_errors=True)
    pages = Feedback(course, LAB)
    for student in ("ben", "nobody", "ada"):
        pages.add(student)
    assert [pages.write_next() for _ in range(4)] == [True, True, True, False]
    made = sorted(course.feedback.rglob("*.html"))
    assert [path.parent.parent.name for path in made] == ["ada", "ben"]
    text = made[0].read_text("utf-8")
    made[0].write_text("kept", "utf-8")
    pages.write_rest()
    assert made[0].read_text("utf-8") == "kept"
    assert len(list(course.feedback.rglob("*.html"))) == len(STUDENTS)
    Feedback(course, LAB).write_rest()
    assert made[0].read_text("utf-8") == text
    with pytest.raises(CourseError, match="feedback cannot be made"):
        pages.write_rest(["nobody"])


@pytest.mark.slow
def test_several_processes_make_the_same_pages(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pages() -> dict[str, str]:
        return {str(path): path.read_text("utf-8") for path in course.feedback.rglob("*.html")}

    Feedback(course, LAB).write_rest()
    alone = pages()
    assert len(alone) == len(STUDENTS)
    monkeypatch.setattr(feedback, "START", 0)
    monkeypatch.setattr(feedback, "FEW", 1)
    shutil.rmtree(course.feedback)
    Feedback(course, LAB).write_rest(workers=2)
    assert pages() == alone


def test_pages_of_what_is_not_graded_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="feedback cannot be made"):
        Feedback(make_course(tmp_path), LAB).write_rest()

from pathlib import Path

import pytest

from benchmarks.classes import hand_in, spread
from benchmarks.ours import grade
from benchmarks.overhead import copies
from benchmarks.own_code import own_cpu
from benchmarks.table import table, tell
from course.authoring.handins import REFERENCE, HandIn, submission_of
from course.labs import dump_notebook
from tests.support.toylab import LAB, NOTEBOOK, TEST_POINTS, cell, make_course, source_notebook


def reference() -> dict[str, HandIn]:
    return {NOTEBOOK: HandIn(REFERENCE, "", NOTEBOOK, submission_of(source_notebook()))}


def test_hand_ins_are_spread_over_what_there_is() -> None:
    drawn = tuple({NOTEBOOK: HandIn("mistake", str(n), NOTEBOOK, b"")} for n in range(10))
    assert [f[NOTEBOOK].id for _, f in spread(drawn, 4)] == ["0", "2", "5", "7"]
    many = list(spread(drawn, 25))
    assert len({student for student, _ in many}) == 25
    assert {files[NOTEBOOK].id for _, files in many} == {str(n) for n in range(10)}


def test_copies_differ_in_a_comment_only() -> None:
    (_, one), (_, two) = copies(reference(), 2)
    assert one[NOTEBOOK].data != two[NOTEBOOK].data
    assert one[NOTEBOOK].data.replace(b"# 0", b"# 1") == two[NOTEBOOK].data


@pytest.mark.slow
def test_a_class_is_graded_and_sampled(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    (course.source / LAB / "mistakes.py").write_text("MISTAKES = ()\n")
    hand_in(course, LAB, copies(reference(), 3))
    graded = grade(tmp_path, LAB, workers=1, every=0.05, memory=True)
    assert set(graded.points.values()) == {TEST_POINTS}
    assert 0 < graded.until_last < graded.taken.seconds
    parts = graded.taken.cpu_at(graded.until_last)
    assert min(parts["main"], parts["workers"]) > 0
    assert graded.taken.peak_bytes > 50 * 2**20


@pytest.mark.slow
def test_what_cannot_be_graded_is_no_measurement(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    (course.source / LAB / "mistakes.py").write_text("MISTAKES = ()\n")
    folder = course.submitted / "ada" / LAB
    folder.mkdir(parents=True)
    (folder / f"{NOTEBOOK}.ipynb").write_bytes(b"{")
    with pytest.raises(RuntimeError, match="ada was not graded"):
        grade(tmp_path, LAB, workers=1)


@pytest.mark.slow
def test_own_code_is_cells_and_calls_of_them_but_no_test() -> None:
    source = source_notebook()
    text = dump_notebook(source)
    light = own_cpu(text, submission_of(source), seed=1, rounds=1)
    heavy = own_cpu(text, _busy(), seed=1, rounds=1)
    assert light.code < light.notebook
    assert heavy.code - light.code > 0.5  # five calls of 0.2 s: see `_busy`


def _busy() -> bytes:
    """The reference, whose `squares` burns 0.2 s of CPU in each call."""
    notebook = source_notebook()
    loop = "end = process_time() + 0.2\n    while process_time() < end:\n        pass\n    "
    node = cell(notebook, "squares")
    node.source = "from time import process_time\n" + node.source.replace("return", loop + "return")
    return submission_of(notebook)


def test_a_table_is_aligned_and_can_go_to_a_file(tmp_path: Path) -> None:
    text = table(("lab", "ratio"), [("lab1", 31.25), ("all", 3.0)])
    assert text.splitlines() == ["lab   ratio", "-----------", "lab1   31.2", "all       3"]
    tell(text, tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_text() == f"{text}\n"

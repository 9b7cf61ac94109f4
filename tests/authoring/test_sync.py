import json
import os
from pathlib import Path

import nbformat
import pytest

from course.authoring.sync import sync
from course.errors import CourseError
from course.labs import Course, cells_of, load_notebook


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def notebook(course: Course, source: Path) -> Path:
    return source.with_suffix(".ipynb")


def state(*paths: Path) -> list[bytes]:
    return [path.read_bytes() for path in paths]


def test_source_alone_makes_a_valid_notebook(course, notebook):
    node = load_notebook(notebook)
    nbformat.validate(node)
    assert (node.nbformat, node.nbformat_minor) == (4, 5)
    assert [cell.grade_id for cell in cells_of(node) if cell.grade_id] == [
        "given-imports",
        "double",
        "test-double",
        "test-double-hidden",
        "half",
        "test-half",
        "question-why",
    ]


def test_notebook_alone_makes_the_same_source(course, source):
    before = source.read_bytes()
    source.unlink()
    changes = sync(course)
    assert [change.path for change in changes] == [source]
    assert source.read_bytes() == before


def test_second_sync_changes_nothing(course, source, notebook):
    before = state(source, notebook)
    assert sync(course) == ()
    assert state(source, notebook) == before


def test_file_times_do_not_matter(course, source, notebook):
    replace(source, "Twice x.", "Two times x.")
    os.utime(source, (0, 0))
    (change,) = sync(course)
    assert change.path == notebook
    assert "Two times x." in notebook.read_text("utf-8")


def test_edit_of_source_reaches_notebook_and_leaves_source(course, source, notebook):
    replace(source, "Why two?", "Why *two*?")
    before = source.read_bytes()
    (change,) = sync(course)
    assert change.path == notebook
    assert "question-why" in change.why
    assert source.read_bytes() == before


def test_edit_of_notebook_reaches_source(course, source, notebook):
    replace(notebook, "Why two?", "Why three?")
    changes = sync(course)
    assert {change.path for change in changes} == {source, notebook}
    assert "# Why three?\n" in source.read_text("utf-8")
    assert sync(course) == ()


def test_edit_of_notebook_leaves_the_blank_lines_of_other_cells(course, source, notebook):
    replace(source, "import numpy as np\n\n\n# %%", "import numpy as np\n\n# %%")
    replace(notebook, "Why two?", "Why three?")
    before = source.read_text("utf-8")
    sync(course)
    assert source.read_text("utf-8") == before.replace("Why two?", "Why three?")


def test_both_edited_is_refused_and_nothing_is_written(course, source, notebook):
    replace(source, "Twice x.", "Two times x.")
    replace(notebook, "Why two?", "Why three?")
    before = state(source, notebook)
    with pytest.raises(CourseError) as caught:
        sync(course)
    message = str(caught.value)
    for part in ("tiny.py", "tiny.ipynb", "double", "question-why", "delete the other"):
        assert part in message
    assert "half" not in message
    assert state(source, notebook) == before


def test_the_same_edit_on_both_sides_is_agreement(course, source, notebook):
    replace(source, "Why two?", "Why three?")
    replace(notebook, "Why two?", "Why three?")
    (change,) = sync(course)
    assert change.path == notebook
    assert sync(course) == ()


def test_deleting_one_side_settles_a_conflict(course, source, notebook):
    replace(source, "Twice x.", "Two times x.")
    replace(notebook, "Why two?", "Why three?")
    notebook.unlink()
    sync(course)
    assert "Two times x." in notebook.read_text("utf-8")
    assert sync(course) == ()


def test_check_reports_and_writes_nothing(course, source, notebook):
    assert sync(course, check=True) == ()
    replace(source, "Twice x.", "Two times x.")
    before = state(source, notebook)
    (change,) = sync(course, check=True)
    assert change.path == notebook
    assert "double" in str(change)
    assert state(source, notebook) == before


def test_outputs_and_counts_are_dropped(course, source, notebook):
    node = json.loads(notebook.read_text("utf-8"))
    clean = notebook.read_bytes()
    cell = next(cell for cell in node["cells"] if cell["id"] == "test-double")
    cell["execution_count"] = 7
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["double ok"]}]
    cell["metadata"]["execution"] = {"iopub.status.busy": "2024-01-01"}
    node["metadata"]["kernelspec"] = {"name": "mine", "display_name": "Mine", "language": "python"}
    node["metadata"]["language_info"] = {"name": "python", "version": "3.11.2"}
    notebook.write_text(json.dumps(node), "utf-8")
    assert [c.path for c in sync(course, check=True)] == [notebook]
    sync(course)
    assert notebook.read_bytes() == clean


def test_cell_ids_change_only_near_an_added_cell(course, source, notebook):
    before = {cell.id for cell in cells_of(load_notebook(notebook))}
    replace(source, "# %% [markdown]\n# # A tiny", "# %%\npass\n\n# %% [markdown]\n# # A tiny")
    sync(course)
    ids = [cell.id for cell in cells_of(load_notebook(notebook))]
    assert len(set(ids)) == len(ids)
    assert set(ids) - before == {"start--2"}


def test_duplicate_and_odd_grade_ids_still_give_valid_ids(course, source, notebook):
    replace(source, 'grade_id="half"', 'grade_id="double"')
    replace(source, 'grade_id="given-imports"', f'grade_id="given ü {"x" * 90}"')
    sync(course)
    node = load_notebook(notebook)
    nbformat.validate(node)
    assert len({cell.id for cell in node.cells}) == len(node.cells)


def test_long_nbgrader_metadata_is_kept_and_short_where_it_can_be(course, source, notebook):
    odd = '{"grade": false, "grade_id": "half", "locked": true, "solution": true}'
    replace(source, 'grade_id="half"', f"nbgrader={odd}")
    sync(course)
    (cell,) = [c for c in load_notebook(notebook).cells if c.id == "half"]
    assert cell.metadata.nbgrader == json.loads(odd)
    source.unlink()
    sync(course)
    assert f"nbgrader={odd}" in source.read_text("utf-8")
    assert source.read_text("utf-8").count("nbgrader") == 1


def test_metadata_that_nbgrader_adds_does_not_count_as_an_edit(course, source, notebook):
    node = load_notebook(notebook)
    for cell in node.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader["checksum"] = "0123"
            cell.metadata.nbgrader["cell_type"] = cell.cell_type
    nbformat.write(node, str(notebook))
    before = source.read_bytes()
    sync(course)
    assert source.read_bytes() == before
    assert "checksum" not in notebook.read_text("utf-8")


def test_windows_line_ends_are_no_edit(course, source, notebook):
    for path in (source, notebook):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert sync(course, check=True) == ()


def test_mistakes_and_alternatives_are_no_notebooks(course, source):
    (source.parent / "mistakes.py").write_text("MISTAKES = ()\n")
    (source.parent / "alternatives.py").write_text("ALTERNATIVES = ()\n")
    assert sync(course) == ()


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (("# %% tags=", "<<<<<<< ours\n# %% tags="), "line 5[0-9]"),
        (('grade_id="half" stub', "half stub"), "marker is not understood"),
        (('grade_id="half" stub', 'grade_id="half" points=3 stub'), "only tests and questions"),
        (('# %% grade_id="half" stub', "# %% points=3 stub"), "only tests and questions"),
        (('tags=["experiment"]', 'tags="experiment"'), "not of type 'array'"),
        (('tags=["experiment"]', 'nbgrader="test"'), "metadata is not valid"),
    ],
)
def test_malformed_source_is_named(course, source, edit, says):
    replace(source, *edit)
    with pytest.raises(CourseError, match=says) as caught:
        sync(course)
    assert str(source) in str(caught.value)
    assert caught.value.cure


def test_source_that_is_not_utf8_is_named(course, source):
    source.write_bytes(b"# %%\nx = '\xff\xfe'\n")
    with pytest.raises(CourseError, match="UTF-8"):
        sync(course)


def test_malformed_notebook_is_named(course, notebook):
    replace(notebook, '"cells"', '"cells')
    with pytest.raises(CourseError, match=r"(?s)tiny\.ipynb.*not a notebook.*makes it anew"):
        sync(course)


def test_attached_picture_is_refused(course, notebook):
    node = load_notebook(notebook)
    node.cells[0]["attachments"] = {"a.png": {"image/png": "aGk="}}
    nbformat.write(node, str(notebook))
    with pytest.raises(CourseError, match="attached picture"):
        sync(course)


@pytest.mark.parametrize("text", ["# %% not a marker", "s = '''open", "a\x0cb", "#%%"])
def test_what_percent_cannot_hold_is_refused_and_the_cell_named(course, source, notebook, text):
    node = load_notebook(notebook)
    cell = next(c for c in node.cells if c.id == "half")
    cell.source += f"\n{text}"
    nbformat.write(node, str(notebook))
    before = source.read_bytes()
    with pytest.raises(CourseError, match=r"half.*would not come back"):
        sync(course)
    assert source.read_bytes() == before

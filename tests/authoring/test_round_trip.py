import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from course.authoring._content import CellContent, content_of, digest, notebook_of
from course.authoring._percent import read_percent, write_percent
from course.authoring._shorthand import contract, expand, nbgrader_metadata
from course.errors import CourseError
from course.labs import dump_notebook, parse_notebook

pytestmark = pytest.mark.slow

# pieces that percent files, magics and comments trip over
LINES = [
    "", "x = 1", "# comment", "%matplotlib inline", "# %matplotlib inline", "# # %magic", "%%time",
    "!ls", "# !ls", "ls", "x?", "def f():", "    return 1  # end", '"""', "'", "$\\frac{a}{b}$",
    "# Heading", "## %timeit", "| a | b |", "<img src='x'>", "σ ≈ 1 · ø", "```python", "# +", "# -",
    "    ", "\t", "<!-- #region -->", "s = '''\n# %% inside\n'''", "# type: ignore",
]  # fmt: skip

texts = st.lists(st.sampled_from(LINES) | st.text(max_size=12), max_size=6).map("\n".join)
stubs = st.text(max_size=30)
metadata = st.fixed_dictionaries(
    {},
    optional={
        "tags": st.lists(st.sampled_from(["experiment", "a b", "ü=1"]), min_size=1, unique=True),
        "course": st.fixed_dictionaries({"stub": stubs | st.lists(stubs, min_size=1, max_size=2)}),
        "nbgrader": st.sampled_from(
            [
                nbgrader_metadata("given-a"),
                nbgrader_metadata("ex"),
                nbgrader_metadata("test-ex", 5),
                nbgrader_metadata("question-q", 2.5),
                {"grade": True, "grade_id": "odd", "points": 1, "solution": False, "locked": True},
            ]
        ),
    },
)
cells = st.builds(CellContent.make, st.sampled_from(["code", "markdown", "raw"]), texts, metadata)
contents = st.lists(cells, min_size=1, max_size=4).map(tuple)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(contents)
def test_source_comes_back_as_it_is_or_is_refused(content):
    try:
        text = write_percent(content, where="nb.py")
    except CourseError:
        return
    assert read_percent(text, where="nb.py") == content
    assert write_percent(read_percent(text, where="nb.py"), where="nb.py") == text


@settings(max_examples=100, deadline=None, derandomize=True)
@given(contents)
def test_notebook_comes_back_as_it_is(content):
    data = dump_notebook(notebook_of(content)).encode()
    back = content_of(parse_notebook(data, where="nb.ipynb"), where="nb.ipynb")
    assert back == content
    assert digest(back) == digest(content)


def code(source: str) -> CellContent:
    return CellContent.make("code", source, {})


def text(source: str) -> CellContent:
    return CellContent.make("markdown", source, {})


# what labs hold must be written, never refused
MUST_HOLD = (
    code(""), code("%matplotlib inline\nimport numpy as np"), code("x = 1\n# ends in a comment"),
    code("# only a comment"), code("s = '''\n# %% inside a string\n'''"), code("!ls\n%timeit f(x)"),
    code("%%time\nx = 1"), code("f?"), code("# %matplotlib inline"), code("    indented = 'odd'"),
    text(""), text("# Title\n\n$a = \\sigma(z)$ `code`\n\n- é · σ ≈ 1\n\n```python\nx = 1\n```"),
    text('"""quotes""" and \'\'\''), text("# %matplotlib, a heading"), text("# !bang"),
    text("### BEGIN SOLUTION\n5 points.\n### END SOLUTION"), text("% percent\n50 %% of it"),
)  # fmt: skip


def test_everything_that_labs_need_can_be_written():
    for cell in MUST_HOLD:
        for content in ((cell,), (cell, cell), (code("a = 1"), cell, text("b"))):
            written = write_percent(content, where="nb.py")
            assert read_percent(written, where="nb.py") == content


def test_stub_is_written_as_people_read_it():
    stub = 'Return σ\'(z) [= a(1 - a)], "shape" (B, n), \\sigma 😀.'
    meta = {"nbgrader": nbgrader_metadata("f"), "course": {"stub": stub}}
    cell = CellContent.make("code", "pass", meta)
    written = write_percent((cell,), where="nb.py")
    assert "σ'(z)" in written
    assert "😀" in written
    assert read_percent(written, where="nb.py") == (cell,)


@given(metadata)
@example({"course": {"stub": ["a", "b"], "more": 1}, "nbgrader": nbgrader_metadata("x")})
def test_contract_and_expand_are_inverse(meta):
    assert expand(contract(meta), where="") == meta

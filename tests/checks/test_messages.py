"""How a failed check is shown: as text, in IPython, and in a stock Jupyter kernel."""

import pickle
import subprocess
import sys

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient

from course import checks

CODE = """
from course import checks
checks.check_value("Exercise 1 · sum", 2.0, 1.0, name="total", see="Sums")
"""
MESSAGE = [
    "Exercise 1 · sum: `total` is wrong.",
    "  yours 2, expected 1 (allowed: 1e-6·max|expected| + 1e-5·|expected|)",
    'See: "Sums" in this notebook.',
]


def test_a_report_renders_what_it_has() -> None:
    full = checks.Report("head", ("a", "b"), "id", "because", "Section")
    assert full.render() == (
        'head\n  a\n  b\nLikely cause: because\nSee: "Section" in this notebook.'
    )
    assert checks.Report("head").render() == "head"
    assert str(checks.Passed("all is well")) == "all is well"


def test_a_failure_is_an_assertion_that_travels_between_processes() -> None:
    error = checks.CheckFailed(checks.Report("head", pattern="zeros"))
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, AssertionError)
    assert again.report == error.report
    assert not issubclass(checks.OracleError, AssertionError)


def test_ipython_shows_the_message_alone(capsys: pytest.CaptureFixture[str]) -> None:
    shell = InteractiveShell()
    result = shell.run_cell(CODE)
    assert isinstance(result.error_in_exec, checks.CheckFailed)
    assert capsys.readouterr().out.splitlines() == MESSAGE


@pytest.mark.slow
def test_a_stock_kernel_records_an_error_with_the_message_alone() -> None:
    """This is how nbgrader's own execution tells a failed test from a passed one."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CODE)])
    NotebookClient(notebook, allow_errors=True, timeout=120, kernel_name="python3").execute()
    (output,) = notebook.cells[0].outputs
    assert output["output_type"] == "error"
    assert output["ename"] == "CheckFailed"
    assert output["evalue"].splitlines() == MESSAGE
    assert output["traceback"] == MESSAGE


def test_importing_the_checks_is_light() -> None:
    code = (
        "import sys; from course import checks; checks.check_value('E', 1.0, 1.0, name='v');"
        "heavy = {'jax', 'jaxlib', 'matplotlib', 'IPython', 'nbgrader', 'nbformat', 'scipy'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

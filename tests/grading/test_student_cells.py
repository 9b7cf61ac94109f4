"""The student's cells run as in Jupyter."""

import pytest

from course.grading.limits import Limits
from course.grading.wall.connection import Student, StudentCell


@pytest.fixture(scope="module")
def student():
    with Student(Limits(output_chars=2000, display_chars=100_000), ("jax", "colorsys")) as student:
        yield student


def run(student, source, key="a"):
    return student.run(StudentCell(key, source))


def printed(run):
    return "".join(o["text"] for o in run.outputs if o["output_type"] == "stream")


def test_what_a_cell_prints_and_gives_is_kept_in_order(student):
    cell = run(
        student, "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('b')\n6 * 7"
    )
    assert cell.status == "ok"
    assert cell.error is None
    assert [(o.get("name"), o.get("text")) for o in cell.outputs[:3]] == [
        ("stdout", "out\n"),
        ("stderr", "err\n"),
        ("stdout", "b\n"),
    ]
    result = cell.outputs[3]
    assert result["output_type"] == "execute_result"
    assert result["data"]["text/plain"] == "42"
    assert type(result["execution_count"]) is int


def test_names_last_from_cell_to_cell(student):
    run(student, "a = 1")
    assert printed(run(student, "print(a, _, __name__)")).startswith("1 ")
    assert printed(run(student, "class A: pass\nprint(A.__module__)")) == "__main__\n"
    assert printed(run(student, "import __main__\nprint(__main__.a)")) == "1\n"
    assert printed(
        run(student, "import pickle\nprint(type(pickle.loads(pickle.dumps(A()))) is A)")
    ) == ("True\n")


def test_display_and_rich_output_are_kept(student):
    cell = run(
        student,
        "from IPython.display import HTML, display\ndisplay(HTML('<b>x</b>'), 3)\n"
        "display({'text/plain': 'p', 'application/x-bad': 'b'}, raw=True)",
    )
    kinds = [o["output_type"] for o in cell.outputs]
    assert kinds == ["display_data"] * 3
    assert cell.outputs[0]["data"]["text/html"] == "<b>x</b>"
    assert cell.outputs[1]["data"]["text/plain"] == "3"
    assert cell.outputs[2]["data"] == {"text/plain": "p"}


def test_an_error_tells_the_students_lines_only(student):
    run(student, "import numpy as np\ndef f(a):\n    return np.linalg.inv(a)", "helper")
    cell = run(student, "print(1)\nf(np.zeros((2, 2)))", "inverse")
    assert cell.status == "error"
    assert cell.error.type_name == "LinAlgError"
    assert cell.error.traceback == (
        "cell inverse, line 2\n    f(np.zeros((2, 2)))\n"
        "cell helper, line 3, in f\n    return np.linalg.inv(a)\n"
        "LinAlgError: Singular matrix"
    )
    assert isinstance(cell.error, ValueError)
    assert cell.outputs[1]["output_type"] == "error"
    assert cell.outputs[1]["ename"] == "LinAlgError"


def test_a_syntax_error_tells_its_line(student):
    cell = run(student, "x = 1\ny = = 2", "bad")
    assert cell.status == "error"
    assert cell.error.type_name == "SyntaxError"
    assert "line 2" in cell.error.text
    assert run(student, "def f():\nreturn 1").error.type_name == "IndentationError"


def test_source_can_be_inspected(student):
    run(student, "def f(x):\n    return x + 1\n", "f")
    assert printed(run(student, "import inspect\nprint(inspect.getsource(f))")) == (
        "def f(x):\n    return x + 1\n\n"
    )


def test_await_works_at_the_top(student):
    assert printed(run(student, "import asyncio\nawait asyncio.sleep(0)\nprint('a')")) == "a\n"


@pytest.mark.parametrize(
    "source",
    [
        "!touch f",
        "%pip install x",
        "%%bash\ntouch f",
        "%%sh\ntouch f",
        "%sx touch f",
        "!!touch f",
        "lines = !touch f\nassert list(lines) == []",
        "!pip install torch",
        "%system touch f",
        "get_ipython().system('touch f')",
        "get_ipython().getoutput('touch f')",
        "%%script bash\ntouch f",
    ],
)
def test_shell_commands_are_left_out_with_a_note(student, source):
    cell = run(student, source)
    assert cell.status == "ok"
    assert "grading runs no shell commands" in printed(cell)
    assert printed(run(student, "import os\nprint(os.path.exists('f'))")) == "False\n"


IPYTHONS = """
from IPython.core.interactiveshell import InteractiveShell
shell = type(get_ipython())
ours = shell.transform_cell, shell.should_run_async
shell.transform_cell = InteractiveShell.transform_cell
shell.should_run_async = InteractiveShell.should_run_async
"""


@pytest.mark.parametrize(
    "source",
    [
        "x = 7\nx",
        "\n\nx = 7\nx",
        "  x = 7\n  x",
        "x = 7\nx;",
        'x = """\n%time\n!ls\n"""\nx',
        "async def f():\n    return 7\nawait f()",
        "# await\nx = 7",
        "x = (1\n% 2)\nx",
        "def f():\n    return 7\n%precision 3",
        ">>> x = 7\n>>> x",
        "In [1]: x = 7\nIn [2]: x",
        "In [1]: 6\nIn [2]: 7",
        "x = 7\n...\nx",
        "x = 7\nx?",
        "x = 7\nls",
        "pwd",
        "x = [\n",
        "return 7\nx",
        "x = 7\x00\nx",
        "from __future__ import annotations\nx = 7",
    ],
    ids=repr,
)
def test_cells_run_as_ipython_runs_them(student, source):
    ours = run(student, source, "c")
    assert run(student, IPYTHONS, "theirs").status == "ok"
    theirs = run(student, source, "c")
    assert run(student, "shell.transform_cell, shell.should_run_async = ours").status == "ok"
    assert _without_counts(ours) == _without_counts(theirs)


def test_transformers_of_the_notebook_itself_see_every_cell(student):
    assert run(student, "def twice(lines):\n    return lines + lines\n").status == "ok"
    assert run(student, "get_ipython().input_transformers_post.append(twice)").status == "ok"
    assert printed(run(student, "x = 7\nprint(x)")) == "7\n7\n"
    assert run(student, "get_ipython().input_transformers_post.clear()").status == "ok"


def _without_counts(cell):
    outputs = [{k: v for k, v in o.items() if k != "execution_count"} for o in cell.outputs]
    return cell.status, str(cell.error), outputs


def test_magics_work(student):
    assert run(student, "%matplotlib inline").status == "ok"
    assert run(student, "%%time\nq = 5").status == "ok"
    assert printed(run(student, "print(q)")) == "5\n"
    assert (
        run(
            student,
            "%load_ext autoreload\n%autoreload 2\n%config InlineBackend.close_figures = True",
        ).status
        == "ok"
    )
    assert run(student, "%no_such_magic").error.type_name == "UsageError"


@pytest.mark.slow
def test_plots_are_kept_quietly(student):
    run(student, "%matplotlib inline")
    cell = run(student, "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    assert cell.status == "ok", cell.error
    assert printed(cell) == ""
    assert any("image/png" in o.get("data", {}) for o in cell.outputs)


def test_captured_output_is_not_shown(student):
    cell = run(student, "%%capture kept\nprint('quiet')\ndisplay(1)")
    assert cell.status == "ok"
    assert cell.outputs == ()
    assert printed(run(student, "print(kept.stdout, end='')")) == "quiet\n"


def test_nobody_answers_input(student):
    cell = run(student, "input('name? ')")
    assert cell.error.type_name == "EOFError"
    assert "no one to ask" in cell.error.text
    assert run(student, "import sys\nprint(repr(sys.stdin.read()))").status == "ok"


def test_breakpoints_do_not_hang(student):
    run(student, "breakpoint()")
    assert printed(run(student, "print('next')")) == "next\n"


def test_output_is_cut_with_a_note(student):
    cell = run(student, "print('x' * 1_000_000)\nprint('more')")
    assert cell.status == "ok"
    text = printed(cell)
    assert len(text) < 2100
    assert text.endswith("output was cut at 2000 characters\n")
    cell = run(student, "for i in range(100_000): print(i)")
    assert len(printed(cell)) < 2100


def test_a_large_display_is_left_out(student):
    cell = run(student, "display({'text/html': 'x' * 200_000}, raw=True)\nprint('after')")
    assert "too large" in cell.outputs[0]["data"]["text/plain"]
    assert printed(cell) == "after\n"


def test_clear_output_clears(student):
    cell = run(
        student, "from IPython.display import clear_output\nprint(1)\nclear_output()\nprint(2)"
    )
    assert printed(cell) == "2\n"


@pytest.mark.parametrize(
    "source", ["import jax", "import jax.numpy as jnp", "from jax import grad"]
)
def test_forbidden_modules_are_refused(student, source):
    cell = run(student, source)
    assert cell.error.type_name == "ImportError"
    assert "`jax` is not available to solution cells" in cell.error.text
    assert isinstance(cell.error, ImportError)


def test_a_forbidden_module_of_one_file_is_refused(student):
    assert run(student, "import colorsys").status == "error"
    assert run(student, "import importlib\nimportlib.import_module('colorsys')").status == "error"


def test_the_course_packages_can_be_imported(student):
    assert run(student, "import mnist_utils, course.checks, course.plots").status == "ok"


def test_sets_of_text_have_one_order(student):
    source = "print(list({'a', 'b', 'c', 'd', 'e', 'f'}))"
    with Student() as other:
        assert printed(run(other, source)) == printed(run(student, source))


def test_raw_descriptors_do_not_disturb_the_channel(student):
    assert run(student, "import os\nos.write(1, b'noise')\nos.write(2, b'noise')").status == "ok"
    assert printed(run(student, "print('still here')")) == "still here\n"

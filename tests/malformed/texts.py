"""Right solutions in text that editors, other systems and students have changed."""

from collections.abc import Callable
from random import Random
from typing import Any

from tests.malformed.cells import code, insert, notebook, solutions
from tests.malformed.mutation import Layer, Outcome

KEEPS, GRADED = Outcome.KEEPS, Outcome.GRADED
text = Layer()

ODD_CELLS = {
    "magic": "%timeit -n1 -r1 sum(range(10))",
    "unknown_magic": "%nothing_of_this_name 3",
    "shell": "!rm -rf /tmp/nothing",
    "shell_assigned": "files = !ls",
    "bash": "%%bash\nexit 3",
    "run": "%run nowhere.py",
    "extension": "%load_ext nowhere",
    "install": "%pip install nothing",
    "directory": "%cd /",
    "writefile": "%%writefile numpy.py\nraise SystemExit",
    "input": "name = input('Your name? ')",
    "awaited": "import asyncio\nawait asyncio.sleep(0)",
    "help": "squares?",
    "debugger": "breakpoint()",
    "quit": "quit()",
    "exit": "import sys\nsys.exit('done')",
    "syntax": "def unfinished(:\n    return",
    "indentation": "  x = 1\n y = 2",
    "string": "'never ended",
    "nul": "x = 1\x00",
    "raises": "1 / 0",
    "group": "raise ExceptionGroup('many', [ValueError('one'), KeyError('two')])",
    "keyboard": "raise KeyboardInterrupt",
    "parentheses": "(" * 5_000,
    "recursion": "def f():\n    return f()\nf()",
    "surrogate": "print('\\ud800')",
    "output": "print('x' * 3_000_000)",
    "escape": "print('\\x1b[2J\\x07\\x00\\r')",
    "html": "from IPython.display import HTML\nHTML('<script>alert(1)</script>')",
    "plot": "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    "thread": "import threading\nthreading.Thread(target=lambda: None).start()",
    "warning": "import warnings\nwarnings.warn('mind')",
    "closed": "import sys\nsys.stdout.close()",
    "no_output": "import sys\nsys.stdout = None",
}


def _added(source: str) -> Callable[[Any, Random], None]:
    return lambda nb, rng: insert(nb, rng, code(source))


notebook.add(KEEPS, **{f"added_{name}": _added(source) for name, source in ODD_CELLS.items()})


def _each(change: Callable[[str], str]) -> Callable[[Any, Random], None]:
    def apply(nb: Any, rng: Random) -> None:
        for cell in solutions(nb):
            cell["source"] = change(cell["source"])

    return apply


def _one(change: Callable[[str], str]) -> Callable[[Any, Random], None]:
    def apply(nb: Any, rng: Random) -> None:
        cell = rng.choice(solutions(nb))
        cell["source"] = change(cell["source"])

    return apply


text.add(
    KEEPS,
    line_ends_of_windows=_each(lambda s: s.replace("\n", "\r\n")),
    line_ends_of_old_macs=_each(lambda s: s.replace("\n", "\r")),
    blanks_at_line_ends=_each(lambda s: s.replace("\n", "  \t\n") + "\n\n\n"),
    tabs_for_blanks=_each(lambda s: s.replace("    ", "\t")),
    form_feeds=_each(lambda s: f"\f\n{s}\n\f\n"),
    accents_in_comments=_each(lambda s: f"# Größe naïve αβγ 日本 \U0001f600\n{s}"),
    many_comments=_each(lambda s: "# nothing\n" * 2_000 + s),
    magic_first=_each(lambda s: f"%matplotlib inline\n{s}"),
    shell_after=_each(lambda s: f"{s}\n!pwd"),
)
text.add(
    GRADED,
    shell_first=_one(lambda s: f"!pip install numpy\n{s}"),
    cell_magic_first=_one(lambda s: f"%%time\n{s}"),
    bash_cell=_one(lambda s: f"%%bash\n{s}"),
    nul_inside=_one(lambda s: s.replace("return", "re\x00turn")),
    byte_order_mark=_one(lambda s: f"\ufeff{s}"),
    blanks_that_are_none=_one(lambda s: s.replace("    ", "\u00a0" * 4)),
    tabs_and_blanks_mixed=_one(lambda s: s.replace("    ", "\t", 1)),
    typographic_quotes=_one(lambda s: s.replace('"""', "\u201c")),
    lone_surrogate=_one(lambda s: f"{s}\nx = '\ud800'"),
    unfinished=_one(lambda s: s[: len(s) // 2]),
    unfinished_string=_one(lambda s: f"{s}\nx = '''"),
    deep_parentheses=_one(lambda s: f"{s}\nx = {'(' * 3_000}1{')' * 3_000}"),
    output_pasted=_one(lambda s: f">>> 1 + 1\n{s}\n... 2"),
    diff_marks=_one(lambda s: f"<<<<<<< HEAD\n{s}\n=======\n>>>>>>> other"),
    reads_a_file=_one(lambda s: f"open('data.csv').read()\n{s}"),
    reads_input=_one(lambda s: f"input()\n{s}"),
    leaves=_one(lambda s: f"{s}\nquit()"),
)


@text(GRADED, alone=True)
def source_of_five_megabytes(nb: Any, rng: Random) -> None:
    cell = rng.choice(solutions(nb))
    cell["source"] += "\n" + "x = 'nothing of interest'\n" * 200_000


@text(GRADED, alone=True)
def line_of_a_megabyte(nb: Any, rng: Random) -> None:
    rng.choice(solutions(nb))["source"] += f"\nx = [{'1, ' * 300_000}]"

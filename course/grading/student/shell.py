"""IPython's shell without a kernel: cells run as in Jupyter, their outputs are collected."""

import builtins
import re
import sys
import types
import warnings
from contextlib import suppress
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import SList
from traitlets.config import Config

from course.grading.student.describe import CELL, Description, describe
from course.grading.student.outputs import Sink

REHEARSAL = """
import numpy as np

def slope(x):
    \"\"\"Slope of the square at x.\"\"\"
    return 2 * np.asarray(x)

class Square:
    def __init__(self, x):
        self.value = [w ** 2 for w in (x, x.T)]

square = Square(np.ones((2, 3)))
print(f"{slope(np.ones((2, 3))).sum():.2f}", square.value[0])
%matplotlib inline
import matplotlib.pyplot as plt
"""
AWRY = re.compile(r"\A\s|^\s*(?:In \[\d+\]:|\.\.\.)", re.MULTILINE)
ASYNCHRONOUS = re.compile(r"\b(?:await|async)\b")
NOTE = "(grading runs no shell commands; left out: {})\n"
SHELL_MAGICS = (
    *("bash", "sh", "script", "perl", "ruby", "pypy", "python", "python2", "python3", "cmd"),
    *("pip", "conda", "mamba", "micromamba", "uv", "sx", "system", "!", "!!"),
)


class _Compiler(CachingCompiler):  # type: ignore[misc]
    """Names code after its cell, so that frames and `inspect` speak of cells.

    What it has read last it does not read again.
    """

    cell = ""
    _read: tuple[str, Any] | None = None

    def is_python(self, source: str) -> bool:
        """Tell whether a cell is Python as it is; if so, `ast_parse` has it ready."""
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            self._read = source, super().ast_parse(source, self.get_code_name(source, source, 0))
            return True
        return False

    def ast_parse(self, source: str, *named: str, **options: str) -> Any:
        """Give the syntax tree of a source, each once: it may be changed by who takes it."""
        read, self._read = self._read, None
        if read is not None and read[0] == source:
            return read[1]
        return super().ast_parse(source, *named, **options)

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return f"{CELL}{self.cell}>"


class _ResultHook(DisplayHook):  # type: ignore[misc]
    """Collects the value of a cell's last expression."""

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
        self.shell.sink.outputs.display(format_dict, self.prompt_count)

    def finish_displayhook(self) -> None:
        self._is_active = False


class _Publisher(DisplayPublisher):  # type: ignore[misc]
    """Collects what `display` shows."""

    def publish(self, data: dict[str, Any], *_: Any, **__: Any) -> None:
        self.shell.sink.outputs.display(data)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.sink.outputs.items.clear()


class StudentShell(InteractiveShell):  # type: ignore[misc]
    """The shell in which the student's cells run, in a module named `__main__`."""

    compiler_class = _Compiler
    displayhook_class = _ResultHook
    display_pub_class = _Publisher
    sink: Any = None
    usual_transformers: Any = None

    @classmethod
    def start(cls, sink: Sink) -> "StudentShell":
        """Make the one shell of this process, with its streams going to `sink`."""
        sys.stdout, sys.stderr = sink.stdout, sink.stderr
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        shell: StudentShell = cls.instance(user_module=types.ModuleType("__main__"), config=config)
        shell.sink = sink
        shell.usual_transformers = shell._transformers()
        shell._leave_out_shell_commands()
        builtins.input = _no_input
        warnings.filterwarnings("ignore", message=".*is non-interactive, and thus cannot be shown")
        return shell

    def run(self, key: str, source: str) -> Description | None:
        """Run one cell; give the exception that ended it, None where none did."""
        self.compile.cell = key
        result = self.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        if error is None:
            return None
        description = describe(error)
        self.sink.outputs.error(description.type_name, description.text, description.traceback)
        return description

    def transform_cell(self, raw_cell: str) -> str:
        """Leave a cell as it is that is Python already: to look for magics takes longer than that.

        Of a single line IPython makes more: `ls` alone is a command. Prompts can be Python, too.
        """
        is_usual = self._transformers() == self.usual_transformers
        is_usual = is_usual and "\n" in raw_cell.strip() and not AWRY.search(raw_cell)
        if is_usual and self.compile.is_python(f"{raw_cell}\n"):
            return f"{raw_cell}\n"
        return str(super().transform_cell(raw_cell))

    def _transformers(self) -> tuple[list[Any], list[Any]]:
        """Give what IPython does to cells besides its own way: notebooks may add to it."""
        return [*self.input_transformers_cleanup], [*self.input_transformers_post]

    def should_run_async(self, raw_cell: str, **options: Any) -> bool:
        """Tell whether a cell awaits something; IPython compiles it to find that out."""
        return ASYNCHRONOUS.search(raw_cell) is not None and bool(
            super().should_run_async(raw_cell, **options)
        )

    def rehearse(self) -> tuple[Any, ...]:
        """Run what notebooks begin with and forget it, so that what it loads is there by then.

        Gives a function and an object that cells defined.
        """
        before = set(self.user_ns)
        self.run_cell(REHEARSAL, store_history=False)
        told = self.user_ns["slope"], self.user_ns["square"]
        for name in self.user_ns.keys() - before:
            del self.user_ns[name]
        self.sink.outputs.items.clear()
        return told

    def showtraceback(self, *_: Any, **__: Any) -> None:
        """Show nothing here: `run` tells of the error."""

    showsyntaxerror = showindentationerror = showtraceback

    def enable_matplotlib(self, gui: str | None = None) -> Any:
        """Show pictures below the cell; what `%matplotlib` asks for may not be there."""
        return super().enable_matplotlib("inline")

    def ask_exit(self) -> None:
        """Go on: in Jupyter, too, `exit()` lets the rest of its cell run."""

    def enable_gui(self, gui: str | None = None) -> None:
        """Have no windows, whatever `%matplotlib` asks for."""

    def system(self, cmd: str) -> None:
        """Answer `!command`."""
        print(NOTE.format(cmd.strip()[:200]), end="")  # noqa: T201 - the cell's own output

    system_piped = system_raw = system

    def getoutput(self, cmd: str, *_: Any, **__: Any) -> SList:
        """Answer `lines = !command`."""
        self.system(cmd)
        return SList()

    def _leave_out_shell_commands(self) -> None:
        for name in SHELL_MAGICS:

            def left_out(line: str, cell: str = "", name: str = name) -> None:
                self.system(f"%{name} {line}")

            self.register_magic_function(left_out, "line", name)
            self.register_magic_function(left_out, "cell", name)


def _no_input(prompt: object = "") -> str:
    raise EOFError("input() has no one to ask in grading; give the value in the code")

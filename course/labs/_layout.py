"""Where things are: the course folder, its labs, and each lab's files."""

import importlib.util
import sys
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from course.errors import CourseError
from course.labs._notebook import load_notebook
from course.labs._variants import Alternative, Mistake

NOT_FOR_STUDENTS = (".py", ".pyc", ".toml", ".ipynb")  # notebooks are released in their own way
FORBIDDEN_BY_DEFAULT = ("jax", "jaxlib", "torch", "tensorflow", "autograd", "nbgrader")


@dataclass(frozen=True)
class Lab:
    """One assignment: a folder of `source/`."""

    name: str
    folder: Path

    @cached_property
    def notebooks(self) -> tuple[str, ...]:
        """Names of the lab's notebooks, without suffix, in order."""
        return tuple(sorted(path.stem for path in self.folder.glob("*.ipynb")))

    def notebook_path(self, notebook: str) -> Path:
        """Where the source notebook (with solutions) lies."""
        return self.folder / f"{notebook}.ipynb"

    def source(self, notebook: str) -> Any:
        """Read the source notebook (with solutions)."""
        return load_notebook(self.notebook_path(notebook))

    @cached_property
    def mistakes(self) -> tuple[Mistake, ...]:
        """Read `mistakes.py`, or `mistakes_<notebook>.py` of each notebook."""
        return tuple(m for path in self.mistake_files for m in _listed(path, "MISTAKES"))

    @cached_property
    def alternatives(self) -> tuple[Alternative, ...]:
        """Read `alternatives.py`, or `alternatives_<notebook>.py` of each notebook."""
        paths = sorted(self.folder.glob("alternatives*.py"))
        return tuple(a for path in paths for a in _listed(path, "ALTERNATIVES"))

    @property
    def mistake_files(self) -> tuple[Path, ...]:
        """The files that list the known mistakes."""
        return tuple(sorted(self.folder.glob("mistakes*.py")))

    @cached_property
    def settings(self) -> dict[str, Any]:
        """Read `lab.toml`: `title`, `forbidden_modules`."""
        path = self.folder / "lab.toml"
        try:
            return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
        except tomllib.TOMLDecodeError as error:
            raise CourseError(f"not valid TOML: {error}", where=str(path)) from error

    @property
    def forbidden_modules(self) -> tuple[str, ...]:
        """Modules that solution cells must do without."""
        return tuple(self.settings.get("forbidden_modules", FORBIDDEN_BY_DEFAULT))

    @cached_property
    def extra_files(self) -> tuple[Path, ...]:
        """What comes with the notebooks, pictures above all: paths relative to the folder."""
        files = (path.relative_to(self.folder) for path in self.folder.rglob("*"))
        return tuple(
            sorted(
                path
                for path in files
                if path.suffix not in NOT_FOR_STUDENTS
                and not any(part[0] in "._" for part in path.parts)
                and (self.folder / path).is_file()
            )
        )


@dataclass(frozen=True)
class Course:
    """The course folder: `source/`, `release/`, `submitted/`, `autograded/`, `feedback/`."""

    root: Path

    @property
    def source(self) -> Path:
        """Folder of the instructor's labs."""
        return self.root / "source"

    @property
    def release(self) -> Path:
        """Folder of the student release."""
        return self.root / "release"

    @property
    def submitted(self) -> Path:
        """Folder of what students handed in: `submitted/<student>/<lab>/`."""
        return self.root / "submitted"

    @property
    def autograded(self) -> Path:
        """Folder of graded notebooks."""
        return self.root / "autograded"

    @property
    def feedback(self) -> Path:
        """Folder of pages for students."""
        return self.root / "feedback"

    @property
    def gradebook_url(self) -> str:
        """Database of nbgrader's gradebook."""
        return f"sqlite:///{self.root / 'gradebook.db'}"

    @property
    def labs(self) -> tuple[Lab, ...]:
        """Every folder of `source/` that holds a notebook or a notebook source, by name."""
        if not self.source.is_dir():
            raise CourseError(
                "there is no folder source/ here",
                where=str(self.root),
                cure="Run the command in the course folder, or name it with --root DIR.",
            )
        folders = sorted(p for p in self.source.iterdir() if p.is_dir() and p.name[0] not in "._")
        return tuple(
            Lab(p.name, p) for p in folders if any(p.glob("*.ipynb")) or any(p.glob("*.py"))
        )

    def lab(self, name: str) -> Lab:
        """Find one lab; raises `CourseError` that lists the labs where there is none so named."""
        for lab in self.labs:
            if lab.name == name:
                return lab
        known = ", ".join(lab.name for lab in self.labs) or "none"
        raise CourseError(
            f"there is no lab {name!r}", where=str(self.source), cure=f"The labs are: {known}."
        )


def _listed(path: Path, name: str) -> Any:
    """Run a file of the lab's and give what it lists under `name`."""
    spec = importlib.util.spec_from_file_location(f"_lab_{path.parent.name}_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    written = sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # nbgrader would copy a __pycache__ into the release
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise CourseError(
            f"cannot be read: {type(error).__name__}: {error}", where=str(path)
        ) from error
    finally:
        sys.dont_write_bytecode = written
    return getattr(module, name, ())

"""What a release must not hold: solutions, hidden tests, sources, mistakes, outputs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.labs import Course, Lab, load_notebook, release_cell_source

MARKERS = tuple(
    f"{side} {region}"
    for region in ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME")
    for side in ("BEGIN", "END")
)
SECRET_SUFFIXES = frozenset({".py", ".pyc", ".toml", ".db"})
SHORTEST_SECRET = 8  # a shorter line (`else:`, `x = 1`) says nothing


@dataclass(frozen=True)
class Secret:
    """One line that students must not see, and the cell of the source that it comes from."""

    line: str
    cell: str


def leaks(course: Course, lab: Lab) -> tuple[str, ...]:
    """Say what `release/<lab>` holds that it must not; empty where all is well."""
    return leaks_in(course.release / lab.name, lab)


def leaks_in(folder: Path, lab: Lab) -> tuple[str, ...]:
    """Say what a release of `lab` in `folder` holds that it must not."""
    if not folder.is_dir():
        return (f"{folder}: there is no release; run `course build {lab.name}`",)
    return tuple(f"{where}: {what}" for where, what in _leaks(folder, lab))


Leak = tuple[str, str]


def _leaks(folder: Path, lab: Lab) -> Iterator[Leak]:
    missing = [name for name in lab.notebooks if not (folder / f"{name}.ipynb").is_file()]
    yield from ((f"{name}.ipynb", "missing from the release") for name in missing)
    secrets = secrets_of(lab)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix in SECRET_SUFFIXES or path.name == "__pycache__":
            yield name, "a file that students must not have"
        elif path.suffix == ".ipynb":
            yield from _in_notebook(name, load_notebook(path), secrets)
        elif path.is_file():
            yield from _in_text(name, path.read_bytes().decode("utf-8", "replace"), secrets)


def _in_notebook(name: str, notebook: Any, secrets: tuple[Secret, ...]) -> Iterator[Leak]:
    for number, cell in enumerate(notebook.cells, 1):
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        where = f"{name}, {grade_id or f'cell {number}'}"
        yield from _in_text(where, cell.source, secrets)
        if cell.get("outputs") or cell.get("execution_count") is not None:
            yield where, "the cell has outputs"
    # whatever lies outside the cells' text: metadata, attachments
    rest = str([notebook.metadata, [(c.metadata, c.get("attachments")) for c in notebook.cells]])
    yield from _in_text(f"{name}, metadata", rest, secrets)


def _in_text(where: str, text: str, secrets: tuple[Secret, ...]) -> Iterator[Leak]:
    yield from ((where, f"holds ### {marker}") for marker in MARKERS if marker in text)
    for secret in secrets:
        if secret.line in text:
            yield where, f"holds a secret line of {secret.cell}: {secret.line[:60]!r}"


def secrets_of(lab: Lab) -> tuple[Secret, ...]:
    """Collect the lines of solutions, hidden tests and hints that a release must not hold.

    A line that the source also shows to students elsewhere is no secret.
    """
    notebooks = [lab.source(name) for name in lab.notebooks]
    nodes = [node for notebook in notebooks for node in notebook.cells]
    shown = "\n".join(release_cell_source(node) for node in nodes)
    found = [Secret(line, _name(node)) for node in nodes for line in _hidden_lines(node)]
    found += [Secret(mistake.hint, f"mistake {mistake.id}") for mistake in lab.mistakes]
    return tuple(
        secret
        for secret in dict.fromkeys(found)
        if len(secret.line) >= SHORTEST_SECRET and secret.line not in shown
    )


def _hidden_lines(node: Any) -> Iterator[str]:
    kept = set(release_cell_source(node).split("\n"))
    for line in node.source.split("\n"):
        if line not in kept and not any(marker in line for marker in MARKERS):
            yield line.strip()


def _name(node: Any) -> str:
    return str(node.metadata.get("nbgrader", {}).get("grade_id", "a cell without grade_id"))

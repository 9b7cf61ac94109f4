"""Notebooks that were not handed in under the name of the lab's."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from course.grading.submission.data_files import STAMP
from course.grading.tree import is_file, walk

MAX_LISTED, FEW = 1_000, 10
MOST_BYTES = 4 << 20  # of a file that are looked through
_GRADE_ID = re.compile(rb'"grade_id":\s*"([^"\\]+)"')
_SUFFIX = ".ipynb"
_HIDDEN = re.compile(r"^\.|^__")  # .ipynb_checkpoints, __MACOSX


Ids = frozenset[str]  # grade_ids of a notebook


def grade_ids_in(notebook: bytes) -> Ids:
    """Give the grade_ids that stand in the text of a notebook."""
    return frozenset(match.decode("utf-8", "replace") for match in _GRADE_ID.findall(notebook))


def find_by_content(folder: Path, notebook: str, ids: Mapping[str, Ids]) -> tuple[Path, str] | None:
    """Look for the one file that holds cells of this notebook of a lab, and less of the others.

    `ids` are those of all of the lab's notebooks. Gives its path and a sentence about it, None
    where names have to tell: also where a file of the right name holds cells of none.
    """
    right = folder / f"{notebook}{_SUFFIX}"
    if is_file(right) and not _most_like(right, ids):
        return None
    found = [p for p in islice(_notebooks(folder), FEW) if _most_like(p, ids) == notebook]
    if len(found) != 1 or found[0] == right:
        return None
    return found[0], _graded_as(_place(found[0], folder), right)


def _most_like(path: Path, ids: Mapping[str, Ids]) -> str:
    """Name the notebook most of whose cells stand in a file, "" where it has none, or as many."""
    try:
        with path.open("rb") as file:
            held = grade_ids_in(file.read(MOST_BYTES))
    except OSError:
        return ""
    counts = sorted(((len(held & own), name) for name, own in ids.items()), reverse=True)
    best, second = counts[0], counts[1]
    return best[1] if best[0] > second[0] else ""


def find_renamed(folder: Path, notebook: str, others: tuple[str, ...] = ()) -> tuple[Path, str]:
    """Look for a notebook of the lab under another name; `others` are the lab's other notebooks.

    Gives its path and a sentence about it; where none can be told for sure the path is that of
    the right name, where nothing is.
    """
    right = folder / f"{notebook}{_SUFFIX}"
    wanted = {f"{name}{_SUFFIX}" for name in (notebook, *others)}
    found = [p for p in islice(_notebooks(folder), MAX_LISTED) if _place(p, folder) not in wanted]
    alike = [path for path in found if notebook.casefold() in path.name.casefold()]
    here = [path for path in alike if path.parent == folder]
    for choice in (here, alike, [] if others else found):
        if len(choice) == 1:
            return choice[0], _graded_as(_place(choice[0], folder), right)
    if not found:
        return right, _no_notebook(folder, right)
    names = _listed([_place(path, folder) for path in found])
    return right, f"You handed in {names}. Which one is `{right.name}`? Give it that name."


def beside(folder: Path, notebook: str, known: Iterable[str]) -> str:
    """Name what lies beside a notebook of the lab under a name like its own: it is not graded."""
    wanted = {f"{name}{_SUFFIX}" for name in known}
    present = (path.name for path in islice(folder.iterdir(), MAX_LISTED))
    found = (n for n in present if n.casefold().endswith(_SUFFIX) and not _HIDDEN.match(n))
    alike = sorted(n for n in found if n not in wanted and notebook.casefold() in n.casefold())
    if not alike:
        return ""
    return f"You also handed in {_listed(alike)}; what was graded is `{notebook}{_SUFFIX}`."


def _notebooks(folder: Path) -> Iterator[Path]:
    """Yield the notebooks in this folder and below it; links and pipes are none."""
    for above, names, files in walk(folder):
        names[:] = [name for name in names if not _HIDDEN.match(name)]
        for name in files:
            is_wanted = name.casefold().endswith(_SUFFIX) and not _HIDDEN.match(name)
            if is_wanted and is_file(above / name):
                yield above / name


def _no_notebook(folder: Path, right: Path) -> str:
    """Name what was handed in where no notebook is among it, "" where nothing was."""
    _, _, files = next(walk(folder), (folder, [], []))
    names = [n for n in files if n not in (STAMP, right.name) and not _HIDDEN.match(n)]
    return f"You handed in {_listed(names)}, but no notebook `{right.name}`." if names else ""


def _graded_as(name: str, right: Path) -> str:
    return f"You handed in {_quoted(name)}; it was graded as `{right.name}`."


def _place(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _listed(names: list[str]) -> str:
    return ", ".join(map(_quoted, names[:5])) + (" and others" if len(names) > 5 else "")


def _quoted(name: str) -> str:
    return f"`{re.sub(r'[^ -_a-~]', '_', name[-80:])}`"

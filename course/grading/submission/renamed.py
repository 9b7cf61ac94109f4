"""Notebooks that were not handed in under the name of the lab's."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

MAX_LISTED = 1_000
_SUFFIX = ".ipynb"
_HIDDEN = re.compile(r"^\.|^__")  # .ipynb_checkpoints, __MACOSX


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
            name = _quoted(_place(choice[0], folder))
            return choice[0], f"You handed in {name}; it was graded as `{right.name}`."
    if not found:
        return right, ""
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
    for above, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if not _HIDDEN.match(name))
        for name in sorted(files):
            is_wanted = name.casefold().endswith(_SUFFIX) and not _HIDDEN.match(name)
            if is_wanted and stat.S_ISREG(os.lstat(Path(above, name)).st_mode):
                yield Path(above, name)


def _place(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _listed(names: list[str]) -> str:
    return ", ".join(map(_quoted, names[:5])) + (" and others" if len(names) > 5 else "")


def _quoted(name: str) -> str:
    return f"`{re.sub(r'[^ -_a-~]', '_', name[-80:])}`"

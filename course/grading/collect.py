"""Submissions on disk, read without trusting their files: links and pipes are not followed."""

import re
import stat
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from nbgrader.utils import parse_utc

from course.errors import CourseError
from course.grading.data_files import STAMP, read_data_files
from course.grading.grade import MAX_SUBMISSION_BYTES
from course.grading.plan import Job, Plan
from course.labs import Course, Lab

SUFFIX = ".ipynb"
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?( [A-Z][\w/]{1,40}| [+-]\d{4})?")
_NO_NAME = re.compile(r"[\x00-\x1f\x7f*?\[\]\ud800-\udfff]")  # nbgrader takes it for a pattern


def students_of(course: Course, lab: Lab, chosen: Collection[str] | None = None) -> tuple[str, ...]:
    """List who handed in the lab, in order.

    Raises
    ------
    CourseError
        if a chosen one did not, or a folder has a name that nbgrader cannot work with.
    """
    folders = course.submitted.iterdir() if course.submitted.is_dir() else ()
    found = sorted(folder.name for folder in folders if _is_folder(folder / lab.name))
    missing = sorted(set(chosen or ()) - set(found))
    if missing:
        raise CourseError(
            f"there is no submission of {lab.name} by {', '.join(missing)}",
            where=str(course.submitted),
            cure=f"Submissions lie in submitted/<student>/{lab.name}/.",
        )
    found = [name for name in found if chosen is None or name in chosen]
    strange = [ascii(name) for name in found if _NO_NAME.search(name)]
    if strange:
        raise CourseError(
            f"a submission of this name cannot be graded: {', '.join(strange)}",
            where=str(course.submitted),
            cure="Rename the folder; names hold no control characters and none of * ? [ ].",
        )
    return tuple(found)


def jobs_of(course: Course, student: str, plans: Mapping[str, Plan]) -> Iterator[Job]:
    """Yield a job for each notebook of the lab, handed in by the student or not."""
    for notebook, plan in plans.items():
        folder = course.submitted / student / plan.lab
        path = folder / f"{notebook}{SUFFIX}"
        notes: tuple[str, ...] = ()
        if not _exists(path) and len(plans) == 1:
            path, notes = _under_another_name(folder, notebook)
        data, note = _read(path)
        files = read_data_files(folder, plan.limits.data_bytes)
        yield Job(student, plan, data, files, (*notes, *note))


def _under_another_name(folder: Path, notebook: str) -> tuple[Path, tuple[str, ...]]:
    """Take the only notebook in the folder for the only one of the lab."""
    others = [path for path in folder.iterdir() if path.suffix == SUFFIX and _is_file(path)]
    if len(others) != 1:
        return folder / f"{notebook}{SUFFIX}", ()
    name = re.sub(r"[^ -_a-~]", "_", others[0].name[:80])
    return others[0], (f"You handed in `{name}`; it was graded as `{notebook}{SUFFIX}`.",)


def handed_in(folder: Path) -> str:
    """Give the text of nbgrader's `timestamp.txt`, "" where there is none that can be a time."""
    path = folder / STAMP
    if not _is_file(path):
        return ""
    with path.open("rb") as file:
        text = file.read(100).decode("utf-8", "replace").strip()
    try:
        return text if _TIME.fullmatch(text) and parse_utc(text) else ""
    except (ValueError, OverflowError):
        return ""


def _read(path: Path) -> tuple[bytes | None, tuple[str, ...]]:
    if not _exists(path):
        return None, ()
    if not _is_file(path):
        return None, (f"`{path.name}` is not a regular file.",)
    try:
        with path.open("rb") as file:
            return file.read(MAX_SUBMISSION_BYTES + 1), ()
    except OSError as error:
        return None, (f"`{path.name}` cannot be read ({error.strerror}).",)


def _mode(path: Path) -> int:
    try:
        return path.lstat().st_mode
    except OSError:
        return 0


def _exists(path: Path) -> bool:
    return _mode(path) != 0


def _is_file(path: Path) -> bool:
    return stat.S_ISREG(_mode(path))


def _is_folder(path: Path) -> bool:
    return stat.S_ISDIR(_mode(path)) and stat.S_ISDIR(_mode(path.parent))

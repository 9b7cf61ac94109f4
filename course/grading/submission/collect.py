"""Submissions on disk, read without trusting their files: links and pipes are not followed."""

import re
import stat
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nbgrader.utils import parse_utc

from course.errors import CourseError
from course.grading.grade import MAX_SUBMISSION_BYTES
from course.grading.limits import Limits
from course.grading.plan import Job, Plan
from course.grading.submission.data_files import STAMP, DataFiles, read_data_files
from course.grading.submission.folders import obstacle, shown
from course.grading.submission.renamed import (
    Ids,
    beside,
    find_by_content,
    find_renamed,
    grade_ids_in,
)
from course.grading.tree import is_file, mode_of
from course.labs import Course, Lab

SUFFIX = ".ipynb"
NO_TIME = f"`{STAMP}` holds no time and does not count; nbgrader's own pages stop at it."
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?( [A-Z][\w/]{1,40}| [+-]\d{4})?")


def students_of(course: Course, lab: Lab, chosen: Collection[str] | None = None) -> tuple[str, ...]:
    """List whose submission of the lab can be graded, in order.

    Raises
    ------
    CourseError
        if a chosen one did not hand in.
    """
    found = _obstacles(course, lab)
    missing = sorted(set(chosen or ()) - found.keys())
    if missing:
        raise CourseError(
            f"there is no submission of {lab.name} by {', '.join(map(shown, missing))}",
            where=str(course.submitted),
            cure=f"Submissions lie in submitted/<student>/{lab.name}/.",
        )
    return tuple(n for n, why in found.items() if not why and (chosen is None or n in chosen))


def refused_of(
    course: Course, lab: Lab, chosen: Collection[str] | None = None
) -> tuple[tuple[str, str], ...]:
    """List the submissions that cannot be graded for their folder's sake: whose, and why."""
    found = _obstacles(course, lab).items()
    return tuple((shown(n), why) for n, why in found if why and (chosen is None or n in chosen))


def _obstacles(course: Course, lab: Lab) -> dict[str, str]:
    folders = course.submitted.iterdir() if course.submitted.is_dir() else ()
    found = ((folder.name, obstacle(folder, lab.name)) for folder in sorted(folders))
    return {name: why for name, why in found if why is not None}


@dataclass(frozen=True)
class Collected:
    """One submitted notebook as it lies on disk, with what else decides its verdict and its time.

    `data` is None where nothing was handed in; `notes` tell how it was found, `stamp` when it was
    handed in.
    """

    student: str
    notebook: str
    data: bytes | None
    files: DataFiles = ()
    notes: tuple[str, ...] = ()
    stamp: str = ""

    def job(self, plan: Plan) -> Job:
        """Give the job of grading it."""
        return Job(self.student, plan, self.data, self.files, self.notes)


def collect(
    course: Course, student: str, lab: Lab, notebook: str, size: int = Limits().data_bytes
) -> Collected:
    """Read a student's notebook of the lab, and `size` bytes of other files at most."""
    try:
        ids = {name: _ids(lab, name) for name in lab.notebooks}
        return _collect(course.submitted / student / lab.name, notebook, ids, size)
    except Exception as error:  # noqa: BLE001 - no folder may stop the class
        why = f"The folder cannot be read ({type(error).__name__})."
        return Collected(student, notebook, None, notes=(why,))


def jobs_of(course: Course, student: str, plans: Mapping[str, Plan]) -> Iterator[Job]:
    """Yield a job for each notebook of the lab, handed in by the student or not."""
    ids = {name: grade_ids_in(plan.source_json.encode()) for name, plan in plans.items()}
    for notebook, plan in plans.items():
        folder = course.submitted / student / plan.lab
        yield _collect(folder, notebook, ids, plan.limits.data_bytes).job(plan)


def _ids(lab: Lab, notebook: str) -> Ids:
    """Give the notebook's grade_ids, where there is another that it could be taken for."""
    is_alone = len(lab.notebooks) < 2
    return Ids() if is_alone else grade_ids_in(lab.notebook_path(notebook).read_bytes())


def _collect(folder: Path, notebook: str, ids: Mapping[str, Ids], size: int) -> Collected:
    path = folder / f"{notebook}{SUFFIX}"
    by_content = find_by_content(folder, notebook, ids) if len(ids) > 1 else None
    if by_content:
        path, note = by_content
    elif is_file(path):
        note = beside(folder, notebook, ids)
    else:
        path, note = find_renamed(folder, notebook, tuple(n for n in ids if n != notebook))
    data, trouble = _read(path)
    files = read_data_files(folder, size)
    notes = tuple(filter(None, (note, trouble, NO_TIME if has_odd_stamp(folder) else "")))
    return Collected(folder.parent.name, notebook, data, files, notes, handed_in(folder))


def handed_in(folder: Path) -> str:
    """Give the text of nbgrader's `timestamp.txt`, "" where there is none that can be a time."""
    path = folder / STAMP
    if not is_file(path):
        return ""
    try:
        with path.open("rb") as file:
            text = file.read(100).decode("utf-8", "replace").strip()
        return text if _TIME.fullmatch(text) and parse_utc(text) else ""
    except (OSError, ValueError, OverflowError):
        return ""


def has_odd_stamp(folder: Path) -> bool:
    """Tell whether there is a `timestamp.txt`, file or folder, that holds something but no time."""
    stamp = folder / STAMP
    return bool(mode_of(stamp)) and stamp.lstat().st_size > 0 and not handed_in(folder)


def _read(path: Path) -> tuple[bytes | None, str]:
    mode = mode_of(path)
    if not mode:
        return None, ""
    if not stat.S_ISREG(mode):
        return None, f"`{path.name}` is not a regular file."
    try:
        with path.open("rb") as file:
            return file.read(MAX_SUBMISSION_BYTES + 1), ""
    except OSError as error:
        return None, f"`{path.name}` cannot be read ({error.strerror})."

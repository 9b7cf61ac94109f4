"""Proof of a lab's tests, on the reference, the blank release, its mistakes and alternatives."""

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from course.authoring.evidence import differing, merge, prove_sheet, student_of
from course.authoring.handins import BLANK, MISTAKE, REFERENCE, HandIn, Sheet, sheets_of
from course.authoring.leaks import leaks, leaks_in
from course.authoring.proof import LabProof
from course.authoring.stock_nbgrader import autograde, make_stock_course
from course.authoring.sync import sync_lab
from course.authoring.trials import Progress, repeat_trials, run_trials
from course.errors import CourseError
from course.labs import Course

SEED = 20240917  # a proof can be repeated; it holds for any other seed as well


def verify(
    course: Course, lab_name: str, *, seeds: int = 1, progress: Progress = lambda *_: None
) -> LabProof:
    """Prove a lab's tests; `progress` hears what is being done, how many are, of how many.

    With more `seeds` than one, every hand-in is graded under so many, in two processes.

    Raises
    ------
    CourseError
        if the lab cannot be tried at all: its pairs are out of step, a mistake does not fit the
        reference, nbgrader refuses it.
    """
    lab = course.lab(lab_name)
    for change in sync_lab(lab, check=True):
        raise CourseError(change.why, where=str(change.path), cure="Run `course sync`.")
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        stock = make_stock_course(course, lab, Path(folder))
        sheets = sheets_of(lab, stock.release)
        trials = [run_trials(lab, sheet, SEED, progress) for sheet in sheets]
        progress("stock nbgrader", 0, 1)
        sample = autograde(stock, ((student_of(h), h) for h in _sample(sheets)))
        progress("stock nbgrader", 1, 1)
        found = leaks_in(stock.release, lab)
        more = range(SEED + 1, SEED + seeds)
        remarks = [
            remark
            for sheet in sheets
            for remark in differing(sheet, repeat_trials(lab, sheet, more, progress))
        ]
    if (course.release / lab.name).is_dir():
        found = tuple(dict.fromkeys((*found, *leaks(course, lab))))
    proofs = [prove_sheet(lab, s, t, sample) for s, t in zip(sheets, trials, strict=True)]
    proof = merge(proofs, found)
    return replace(proof, remarks=(*proof.remarks, *remarks))


def _sample(sheets: Iterable[Sheet]) -> Iterator[HandIn]:
    """Choose what goes through nbgrader itself: the reference, the blank, two mistakes of each."""
    for sheet in sheets:
        mistakes = [h for h in sheet.hand_ins if h.kind == MISTAKE]
        yield from (h for h in sheet.hand_ins if h.kind in (REFERENCE, BLANK))
        yield from {h.id: h for h in (*mistakes[:1], *mistakes[-1:])}.values()

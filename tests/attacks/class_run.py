"""Grade the class of attackers and honest students at one sandbox level; run in a cage.

    python -m tests.attacks.class_run LEVEL SCRATCH [ATTACK ...]

`SCRATCH/evidence.json` then says what became of it.
"""

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from nbgrader.api import Gradebook

from course.grading import plan
from course.grading.limits import Limits
from course.grading.run.workers import Machine
from course.grading.settings import nbgrader_environment
from course.grading.verdict.results import NotebookResult
from course.labs import Course
from course.reporting.grading_run import grade_and_record
from tests.attacks import evidence, lab
from tests.attacks.catalogue import ATTACKS, runs_at
from tests.attacks.corpus import Attack, released_notebook
from tests.attacks.evidence import Evidence, Gain
from tests.attacks.honest import HONEST, hand_in_honest
from tests.attacks.lab import LAB, NOTEBOOK, Target
from tests.attacks.listener import Listener

WORKERS = 2
LIMITS = replace(
    Limits(),
    cell_seconds=5.0,
    call_seconds=4.0,
    test_seconds=20.0,
    notebook_seconds=40.0,
    replacements=3,
    memory_bytes=2 * 2**30,
    file_bytes=16 * 2**20,
    disk_bytes=32 * 2**20,
    processes=48,
)


def main(level: str, scratch: Path, chosen: Sequence[str]) -> None:
    """Make the class, grade it, look for what the attackers got."""
    attacks = [a for a in ATTACKS if runs_at(a, level) and (not chosen or a.id in chosen)]
    home = Path(os.environ["HOME"])
    listener = Listener(scratch, scratch / "heard")
    course = lab.make_attacked_course(scratch / "course")
    target = listener.target(course.root, home)
    hand_in_honest(course)
    for attack in attacks:
        hand_in(course, attack, target)
    told = Evidence(level)
    kept = [course.source, course.submitted, home, course.root / "instructor-notes.txt"]
    before = evidence.snapshot(*kept)
    started = time.monotonic()
    results = _grade(course, level)
    told.seconds = time.monotonic() - started
    told.finished = True
    told.changed = evidence.differences(before, evidence.snapshot(*kept))
    told.gradebook = evidence.integrity_of(course.root / "gradebook.db")
    told.honest = {name: results[name].points for name in HONEST}
    told.recorded = recorded_points(course)
    told.gains = _gains(course, attacks, results, scratch)
    told.save(scratch / "evidence.json")


def hand_in(course: Course, attack: Attack, target: Target) -> None:
    """Write an attack's submission."""
    folder = course.submitted / attack.folder / LAB
    folder.mkdir(parents=True)
    attack.fill(folder, released_notebook(), target)


def _grade(course: Course, level: str) -> dict[str, NotebookResult]:
    """Grade as `course grade` does, but with shorter limits."""
    graded: dict[str, NotebookResult] = {}

    def keep(result: NotebookResult, *_: int) -> None:
        graded[result.student] = result

    with patch.object(plan, "Limits", lambda: LIMITS):
        here = Machine(WORKERS)
        grade_and_record(course, LAB, seed=lab.SEED, site=here, sandbox=level, on_result=keep)
    return graded


def recorded_points(course: Course) -> dict[str, float]:
    """Give what the gradebook holds of each student."""
    with nbgrader_environment(), Gradebook(course.gradebook_url) as gradebook:
        return {
            submission.student.id: float(submission.score)
            for submission in gradebook.assignment_submissions(LAB)
        }


def _gains(
    course: Course, attacks: Sequence[Attack], results: dict[str, NotebookResult], scratch: Path
) -> dict[str, Gain]:
    time.sleep(1.0)  # what was to outlive the grading has begun by now
    files = _files_left(course, scratch)
    processes = evidence.marked_processes()
    calls = evidence.marked_calls(scratch / "heard")
    gains = {}
    for attack in attacks:
        result = results[attack.folder]
        page = course.feedback / attack.folder / LAB / f"{NOTEBOOK}.html"
        shown = evidence.outputs_of(result.notebook_json)
        said = [part for c in result.cells for part in (c.message, c.output)]
        texts = (shown, *result.notes, *said)
        feedback = page.read_text("utf-8") if page.is_file() else ""
        gains[attack.id] = Gain(
            points=result.points,
            secrets=evidence.secrets_in(*texts, feedback),
            files=files.get(attack.id, []),
            processes=processes.get(attack.id, []),
            calls=calls.get(attack.id, []),
            active=evidence.active_in(page, attack.marker)
            + evidence.active_in(course.root / "reports" / f"{LAB}.html", attack.marker),
            told=evidence.told_in(attack.id, *texts),
            status=result.status,
        )
    return gains


def _files_left(course: Course, scratch: Path) -> dict[str, list[str]]:
    """Find marked files, but for the attackers' own submissions and what became of those."""
    outside = [place for place in evidence.SHARED_PLACES if place not in scratch.parents]
    root = course.root
    own = [root / name for name in ("autograded", "feedback", "gradebook.db", "reports", ".course")]
    own += [path for path in course.submitted.iterdir() if path.name not in HONEST]
    found = evidence.marked_files(root, Path(os.environ["HOME"]), *outside)
    return {
        key: [path for path in paths if not any(Path(path).is_relative_to(p) for p in own)]
        for key, paths in found.items()
    }


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])

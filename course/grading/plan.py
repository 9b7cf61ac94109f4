"""What a worker needs to grade one notebook: all of it frozen, all of it picklable."""

import secrets
from dataclasses import dataclass, field

from course.grading.limits import Limits
from course.grading.run.pool import TrustedPool
from course.grading.submission.data_files import DataFiles
from course.grading.verdict.catalogue import Catalogue, observe
from course.grading.verdict.references import References
from course.labs import Lab, cells_of, dump_notebook


@dataclass(frozen=True)
class Plan:
    """What is the same for the whole class: one notebook of a lab and how it is graded.

    `source_json` is the instructor's notebook with solutions and hidden tests; `sandbox` names the
    level that contains student code, "" for the best that there is where it runs; `references` are
    gradients that the tests need not find again.
    """

    lab: str
    notebook: str
    source_json: str
    seed: int
    limits: Limits = field(default_factory=Limits)
    forbidden_modules: tuple[str, ...] = ()
    catalogue: Catalogue = field(default_factory=Catalogue)
    sandbox: str = ""
    references: References = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """One submitted notebook: its bytes, None where nothing was handed in.

    `files` are the submission's other files; `notes` tell how it was collected.
    """

    student: str
    plan: Plan
    submission: bytes | None
    files: DataFiles = ()
    notes: tuple[str, ...] = ()


def new_seed() -> int:
    """Draw a seed that no student can know, or find by trying; any JSON reader can hold it."""
    return secrets.randbelow(2**53)


def make_plan(lab: Lab, notebook: str, seed: int, pool: TrustedPool, *, sandbox: str = "") -> Plan:
    """Read a notebook of the lab and observe its known mistakes under `seed`, in a pool.

    Raises
    ------
    CourseError
        if the lab's files cannot be read or a mistake does not fit the notebook.
    """
    source = lab.source(notebook)
    limits = Limits()
    exercises = {cell.grade_id for cell in cells_of(source)}
    text = dump_notebook(source)
    mistakes = tuple(mistake for mistake in lab.mistakes if mistake.exercise in exercises)
    references, catalogue = observe(text, mistakes, seed, limits.trusted_seconds, pool)
    forbidden = lab.forbidden_modules
    return Plan(lab.name, notebook, text, seed, limits, forbidden, catalogue, sandbox, references)

"""What a worker needs to grade one notebook: all of it frozen, all of it picklable."""

import secrets
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field

from course.grading.limits import Limits
from course.grading.pool import TrustedPool
from course.grading.submission.data_files import DataFiles
from course.grading.verdict.catalogue import Catalogue, observe
from course.grading.verdict.references import References, begin_references
from course.labs import Lab, cells_of, dump_notebook


@dataclass(frozen=True)
class Plan:
    """What is the same for the whole class: one notebook of a lab and how it is graded.

    `source_json` is the instructor's notebook with solutions and hidden tests; `sandbox` names the
    level that contains student code, "" for the best that there is where it runs; `references` are
    what the tests need not find again.
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


def begin_plan(
    lab: Lab, notebook: str, seed: int, pool: TrustedPool, *, sandbox: str = ""
) -> Callable[[], Plan]:
    """Read a notebook of the lab and begin to observe it and its mistakes under `seed`, in a pool.

    The function that is given waits for the end and gives the plan.

    Raises
    ------
    CourseError
        at once if the lab's files cannot be read, in the end if a mistake does not fit them.
    """
    source = lab.source(notebook)
    limits = Limits()
    exercises = {cell.grade_id for cell in cells_of(source)}
    text = dump_notebook(source)
    mistakes = tuple(mistake for mistake in lab.mistakes if mistake.exercise in exercises)
    seconds = limits.trusted_seconds
    try:
        begun = begin_references(text, seed, seconds, pool)
    except BrokenProcessPool:  # `observe` will find that out, and another pool
        begun = None

    def finish() -> Plan:
        references, catalogue = observe(text, mistakes, seed, seconds, pool, begun)
        return Plan(
            lab=lab.name,
            notebook=notebook,
            source_json=text,
            seed=seed,
            limits=limits,
            forbidden_modules=lab.forbidden_modules,
            catalogue=catalogue,
            sandbox=sandbox,
            references=references,
        )

    return finish

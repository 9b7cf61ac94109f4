"""A class: every submission of a lab that has to be graded, graded in parallel."""

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass

from course.grading.grade import nothing_graded
from course.grading.plan import Job, Plan
from course.grading.run.cluster import Cluster
from course.grading.run.crew import Site
from course.grading.run.store import (
    Agenda,
    Entry,
    Key,
    Shelf,
    digest_of,
    make_agenda,
    submission_digest,
)
from course.grading.run.workers import Machine
from course.grading.submission.collect import collect, refused_of, students_of
from course.grading.verdict.results import REFUSED, NotebookResult
from course.labs import Course, Lab, dump_notebook

Results = Generator[NotebookResult, None, None]


@dataclass(frozen=True)
class ClassRun:
    """The grading of a class, done while `results` is read: `total` of them, as they come.

    `kept` holds what was graded before and need not be again, without its notebooks. `done` takes
    each result that was recorded: the next run will keep it.
    """

    lab: str
    seed: int
    total: int
    kept: tuple[NotebookResult, ...]
    results: Results
    done: Callable[[NotebookResult], None]


def grade_class(
    course: Course,
    lab_name: str,
    *,
    seed: int | None = None,
    workers: int | None = None,
    students: Collection[str] | None = None,
    sandbox: str = "",
    force: bool = False,
    dask: str = "",
) -> ClassRun:
    """Grade what was handed in for a lab and changed since, by all students or the chosen ones.

    `seed` repeats an earlier run; without it a new secret one is drawn, and a run that did not get
    to its end goes on. `force` grades all anew. `sandbox` names the level that contains student
    code, `dask` the address of a cluster that grades in place of this machine.

    Raises
    ------
    CourseError
        if there is no such lab, student, level or cluster, this machine has no sandbox and
        `sandbox` does not name it, or the lab's own files are at fault.
    """
    lab = course.lab(lab_name)
    site: Site = Cluster(dask) if dask else Machine(workers)
    level = site.level(sandbox)
    names = students_of(course, lab, students)
    agenda = make_agenda(course, lab, names, level, seed=seed, force=force)
    refused = tuple(_refused(course, lab, students, agenda.run.seed))
    work = _Work(course, lab, agenda)
    return ClassRun(
        lab=lab.name,
        seed=agenda.seed,
        total=len(agenda.todo) + len(refused),
        kept=agenda.kept,
        results=work.results(site, level, refused),
        done=work.done,
    )


class _Work:
    """What is left to grade of a lab, and what becomes of it."""

    def __init__(self, course: Course, lab: Lab, agenda: Agenda) -> None:
        self._course, self._lab, self._agenda = course, lab, agenda
        self._shelf = Shelf(course, lab.name)
        self._digests: dict[Key, str] = {}

    def results(self, site: Site, level: str, refused: Iterable[NotebookResult]) -> Results:
        """Grade what there is to grade; then give the results of what was refused."""
        if self._agenda.todo:
            yield from self._graded(site, level)
        yield from refused

    def _graded(self, site: Site, level: str) -> Iterator[NotebookResult]:
        todo, seed = self._agenda.todo, self._agenda.run.seed
        self._shelf.begin(self._agenda.run)
        notebooks = dict.fromkeys(notebook for _, notebook in todo)
        with site.crew(len(todo)) as crew:
            plans = crew.prepare(self._lab, notebooks, seed, level)
            yield from crew.grade(self._jobs(plans))

    def _jobs(self, plans: Mapping[str, Plan]) -> Iterator[Job]:
        for student, notebook in self._agenda.todo:
            collected = collect(self._course, student, self._lab, notebook)
            lab = self._agenda.labs[notebook]
            self._digests[student, notebook] = submission_digest(collected, lab)
            yield collected.job(plans[notebook])

    def done(self, result: NotebookResult) -> None:
        """Keep a result that was recorded for the next run; what was refused comes up again."""
        key = (result.student, result.notebook)
        if result.status != REFUSED:
            digest, notebook = self._digests.pop(key), digest_of([result.notebook_json])
            self._shelf.put(key, Entry(digest, self._agenda.run.id, notebook, result.lean()))


def _refused(
    course: Course, lab: Lab, students: Collection[str] | None, seed: int
) -> Iterator[NotebookResult]:
    """Yield a result for each notebook of the folders that cannot be graded."""
    refused = refused_of(course, lab, students)
    for notebook in lab.notebooks if refused else ():
        plan = Plan(lab.name, notebook, dump_notebook(lab.source(notebook)), seed)
        yield from (nothing_graded(Job(name, plan, None), REFUSED, why) for name, why in refused)

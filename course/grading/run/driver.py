"""A class: every submission of a lab that has to be graded, graded in parallel."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

from course.errors import CourseError
from course.grading.grade import nothing_graded
from course.grading.plan import Job, Plan
from course.grading.run.crew import Meanwhile, Site, nothing_else
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


@dataclass(frozen=True)
class ClassRun(AbstractContextManager["ClassRun"]):
    """The grading of a class, a context: it begins on entry, and nothing is left of it on exit.

    `results` gives `total` of them, as they come. `kept` holds what was graded before and need not
    be again, without its notebooks; `others` what was found of students who were not chosen.
    """

    lab: str
    seed: int
    total: int
    kept: tuple[NotebookResult, ...]
    others: tuple[NotebookResult, ...]
    _work: "_Work"

    def __enter__(self) -> "ClassRun":
        self._work.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self._work.end()

    def results(self, meanwhile: Meanwhile = nothing_else) -> Iterator[NotebookResult]:
        """Grade what there is to grade; then give the results of what was refused.

        `meanwhile` is called where there is nothing to do but to wait.
        """
        return self._work.results(meanwhile)

    def done(self, result: NotebookResult) -> None:
        """Keep a result that was recorded: the next run will not grade it again."""
        self._work.done(result)


def grade_class(
    course: Course,
    lab_name: str,
    *,
    seed: int | None = None,
    students: Collection[str] | None = None,
    sandbox: str = "",
    force: bool = False,
    site: Site | None = None,
) -> ClassRun:
    """Grade what was handed in for a lab and changed since, by all students or the chosen ones.

    `seed` repeats an earlier run; without it a new secret one is drawn, and a run that did not get
    to its end goes on. `force` grades all anew. `sandbox` names the level that contains student
    code, `site` where to grade, on this machine if it is not given.

    Raises
    ------
    CourseError
        if there is no such lab, student, level or cluster, nobody handed in, this machine has no
        sandbox and `sandbox` does not name it, or the lab's own files are at fault.
    """
    lab = course.lab(lab_name)
    site = site or Machine()
    level = site.level(sandbox)
    names = students_of(course, lab, students)
    agenda = make_agenda(course, lab, names, level, seed=seed, force=force)
    refused = tuple(_refused(course, lab, students, agenda.run.seed))
    if not names and not refused:
        raise CourseError(
            f"there is no submission of {lab.name}",
            where=str(course.submitted),
            cure=f"Submissions lie in submitted/<student>/{lab.name}/.",
        )
    work = _Work(course, lab, agenda, refused, site, level)
    total = len(agenda.todo) + len(refused)
    others = () if students is None else tuple(_found(course, lab, {*names}))
    return ClassRun(lab.name, agenda.seed, total, agenda.kept, others, work)


class _Work:
    """What is left to grade of a lab, and what becomes of it."""

    def __init__(
        self,
        course: Course,
        lab: Lab,
        agenda: Agenda,
        refused: tuple[NotebookResult, ...],
        site: Site,
        level: str,
    ) -> None:
        self._course, self._lab, self._agenda, self._refused = course, lab, agenda, refused
        self._site, self._level = site, level
        self._shelf = Shelf(course, lab.name)
        self._digests: dict[Key, str] = {}
        self._stack = ExitStack()

    def begin(self) -> None:
        """Let those who grade find what they need, while this process does something else."""
        todo, seed = self._agenda.todo, self._agenda.run.seed
        if not todo:
            return
        notebooks = dict.fromkeys(notebook for _, notebook in todo)
        with ExitStack() as stack:
            self._crew = stack.enter_context(self._site.crew(len(todo)))
            self._plans = self._crew.prepare(self._lab, notebooks, seed, self._level, stack)
            self._stack = stack.pop_all()

    def end(self) -> None:
        """Leave nothing running."""
        self._stack.close()

    def results(self, meanwhile: Meanwhile) -> Iterator[NotebookResult]:
        """Give them as they come."""
        if self._agenda.todo:
            self._shelf.begin(self._agenda.run)
            yield from self._crew.grade(self._jobs(self._plans()), meanwhile)
        yield from self._refused

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


def _found(course: Course, lab: Lab, chosen: Collection[str]) -> Iterator[NotebookResult]:
    """Yield what was found in earlier runs of those who are not chosen now."""
    shelf = Shelf(course, lab.name)
    for student in (name for name in students_of(course, lab) if name not in chosen):
        entries = (shelf.entry((student, notebook)) for notebook in lab.notebooks)
        yield from (entry.result for entry in entries if entry)


def _refused(
    course: Course, lab: Lab, students: Collection[str] | None, seed: int
) -> Iterator[NotebookResult]:
    """Yield a result for each notebook of the folders that cannot be graded."""
    refused = refused_of(course, lab, students)
    for notebook in lab.notebooks if refused else ():
        plan = Plan(lab.name, notebook, dump_notebook(lab.source(notebook)), seed)
        yield from (nothing_graded(Job(name, plan, None), REFUSED, why) for name, why in refused)

"""What a run of `course grade` has to do: which submissions to grade, which results to keep."""

import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from statistics import mode

from course.grading.plan import new_seed
from course.grading.run.store.digests import digest_of, lab_digest, submission_digest
from course.grading.run.store.shelf import Entry, Key, Run, Shelf
from course.grading.submission.collect import collect, students_of
from course.grading.verdict.results import FAILED, NotebookResult
from course.labs import Course, Lab


@dataclass(frozen=True)
class Agenda:
    """The work of a run: `todo` in order, `kept` what need not be graded again.

    `labs` holds the digest of the lab for each of its notebooks.
    """

    run: Run
    labs: Mapping[str, str]
    todo: tuple[Key, ...]
    kept: tuple[NotebookResult, ...]

    @property
    def seed(self) -> int:
        """The seed of the run, or that of most results where nothing is graded."""
        return (
            mode(result.seed for result in self.kept)
            if self.kept and not self.todo
            else self.run.seed
        )


def make_agenda(
    course: Course,
    lab: Lab,
    students: Collection[str],
    level: str,
    *,
    seed: int | None = None,
    force: bool = False,
) -> Agenda:
    """Compare submissions with what lies on the shelf.

    A result is kept while submission, lab and package are as they were; under `seed`, if it was
    found under that seed. What changed is graded under a new seed, for a student may have learnt
    from feedback what the former one draws. A run that did not get to its end is continued under
    its own. `force` keeps nothing.
    """
    labs = {name: lab_digest(lab, name, level) for name in lab.notebooks}
    comparison = _Comparison(course, lab, labs, seed, force)
    kept, todo = [], []
    for key in ((student, name) for student in students for name in lab.notebooks):
        result = comparison.kept(key)
        if result is None:
            todo.append(key)
        else:
            kept.append(result)
    run = comparison.run
    left = [key for key in run.todo if key in comparison.pending and key[0] not in students]
    return Agenda(replace(run, todo=(*left, *todo)), labs, tuple(todo), tuple(kept))


class _Comparison:
    def __init__(
        self, course: Course, lab: Lab, labs: Mapping[str, str], seed: int | None, force: bool
    ) -> None:
        self._course, self._lab, self._labs = course, lab, labs
        self._seed, self._force = seed, force
        self._shelf = Shelf(course, lab.name)
        state = digest_of(labs.values())
        former = self._shelf.run()
        goes_on = former and former.lab == state and seed in (None, former.seed) and not force
        self.pending = frozenset(self._pending(former) if former and goes_on else ())
        if former and self.pending:
            self.run = former
        else:
            number = new_seed() if seed is None else seed
            self.run = Run(secrets.token_hex(8), number, state)

    def _pending(self, run: Run) -> Iterator[Key]:
        """Yield what a run was to grade and did not."""
        present = set(students_of(self._course, self._lab))
        for key in run.todo:
            entry = self._shelf.entry(key)
            if key[0] in present and (entry is None or entry.run != run.id):
                yield key

    def kept(self, key: Key) -> NotebookResult | None:
        """Give the result of a submission that need not be graded again."""
        entry = self._shelf.entry(key)
        if entry is None or self._force or key in self.pending or not self._is_whole(entry, key):
            return None
        student, notebook = key
        submission = collect(self._course, student, self._lab, notebook)
        same = entry.digest == submission_digest(submission, self._labs[notebook])
        return entry.result if same else None

    def _is_whole(self, entry: Entry, key: Key) -> bool:
        """Tell whether the result is one to keep and the graded notebook lies where it was put."""
        if entry.result.status == FAILED or self._seed not in (None, entry.result.seed):
            return False
        student, notebook = key
        path = self._course.autograded / student / self._lab.name / f"{notebook}.ipynb"
        try:
            return entry.notebook == digest_of([path.read_bytes()])
        except OSError:
            return False

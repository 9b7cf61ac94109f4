"""The run of one rebuilt notebook: cells to the student process, tests to the referee."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from course.checks import CheckFailed
from course.grading.plan import Plan
from course.grading.submission.names import names_bound, names_used
from course.grading.submission.rebuild import Step
from course.grading.verdict.diagnosis import diagnose
from course.grading.verdict.judging import Failures, clean, is_stub_of
from course.grading.verdict.plain import Sighting
from course.grading.verdict.referee import Referee, Trial
from course.grading.verdict.results import Status
from course.grading.wall.connection import CellRun, Student, StudentCell
from course.grading.wall.faults import StudentDied, StudentError, StudentFault, StudentTimeout
from course.labs import Kind, Mistake, cells_of, exercise_of, release_cell_source

# endings of a process that may have come from outside; a process can give itself any of them too
KILLED = ("killed by signal 9", "it was ended", "it closed its pipe")
LEFT_OUT = {
    "output_type": "stream",
    "name": "stderr",
    "text": "… the outputs of this notebook are too large; those of this cell were left out\n",
}


@dataclass
class NotebookRun:
    """One notebook while it is graded; keys are those of its steps.

    `definers` tells which of the instructor's cells defines which name; `mistakes` holds the known
    mistake that explains a failed test; `chars` counts what the cells showed.
    """

    plan: Plan
    definers: Mapping[str, str]
    runs: dict[str, CellRun] = field(default_factory=dict)
    trials: dict[str, Trial] = field(default_factory=dict)
    mistakes: dict[str, Mistake] = field(default_factory=dict)
    chars: int = 0
    lost: list[str] = field(default_factory=list)

    def run(self, steps: tuple[Step, ...], student: Student, until: float) -> None:
        """Run the cells in order, until `time.monotonic()` is `until`."""
        plan, limits = self.plan, self.plan.limits
        referee = Referee(
            student, plan.seed, limits.test_seconds, limits.output_chars, plan.references
        )
        self.lost = student.lost
        student.end_in(until - time.monotonic())
        for step in steps:
            if time.monotonic() > until:
                break
            if step.kind is Kind.TEST:
                failures = Failures(self._stopped(), self.definers)
                self.trials[step.key] = referee.run(step.key, step.source, failures)
            else:
                self.runs[step.key] = self._kept(student.run(StudentCell(step.key, step.source)))

    @property
    def was_killed(self) -> bool:
        """Tell whether the student process may have been killed from outside on the way."""
        ends = list(self.lost)
        ends += [run.error.text for run in self.runs.values() if run.status == "died" and run.error]
        ends += [t.message for t in self.trials.values() if t.status is Status.DIED]
        return any(is_killed(text) for text in ends)

    def stopped(self, steps: tuple[Step, ...]) -> tuple[str, ...]:
        """Tell the student which cells had to be stopped."""
        late = (s for s in steps if s.key in self.runs and self.runs[s.key].status == "timeout")
        return tuple(
            f"{_named(step)} did not come to its end in time and was stopped: "
            "is there a loop that never ends?"
            for step in late
        )

    def _kept(self, run: CellRun) -> CellRun:
        """Leave out what a cell showed where the cells of the notebook showed too much."""
        self.chars += sum(len(str(output)) for output in run.outputs)
        too_many = self.chars > self.plan.limits.notebook_chars
        return replace(run, outputs=(LEFT_OUT,)) if too_many else run

    def _stopped(self) -> dict[str, StudentFault]:
        return {key: _fault(run) for key, run in self.runs.items() if run.status != "ok"}

    def explain(self, steps: tuple[Step, ...]) -> None:
        """Say what is behind the failed tests of each exercise: another exercise, or a mistake."""
        texts = {step.key: step.source for step in steps if step.kind is Kind.SOLUTION}
        exercises = dict.fromkeys(exercise_of(key) for key in self.trials)
        failed = {exercise_of(key) for key, trial in self.trials.items() if trial.ending}
        for exercise in (name for name in exercises if name in failed):
            used = self._exercises_used(exercise, texts.get(exercise, ""))
            culprits = [name for name, other in used.items() if other in failed]
            if culprits:
                self._blame(exercise, culprits[0], texts[exercise])
            else:
                self._diagnose(exercise)

    def _exercises_used(self, exercise: str, text: str) -> dict[str, str]:
        """Give the functions of other exercises that a solution uses, and whose they are."""
        names = sorted(names_used(text) & self.definers.keys())
        return {name: self.definers[name] for name in names if self.definers[name] != exercise}

    def _diagnose(self, exercise: str) -> None:
        keys = [key for key in self.trials if exercise_of(key) == exercise]
        seen = {k: Sighting(self.trials[k].observations, self.trials[k].ending) for k in keys}
        mistake = diagnose(seen, self.plan.catalogue, exercise)
        if mistake is None:
            return
        for key in self._failed(exercise):
            self.mistakes[key] = mistake
            cause = f"{mistake.title} {mistake.hint}"
            self.trials[key] = _explained(self.trials[key], cause, mistake.see)

    def _blame(self, exercise: str, name: str, text: str) -> None:
        """Point to the exercise that defines `name`, unless the stub of this one still stands."""
        for key in self._failed(exercise):
            trial = self.trials[key]
            if trial.status is not Status.BLANK:
                cause = f"your solution uses `{name}`, which fails its own tests. Mend that first."
                self.trials[key] = _explained(trial, cause, "")
            elif not is_stub_of(trial.message, text):
                message = f"Your solution uses `{name}`, which is not written yet."
                self.trials[key] = replace(trial, status=Status.ERROR, message=message)

    def _failed(self, exercise: str) -> list[str]:
        return [k for k, t in self.trials.items() if t.ending and exercise_of(k) == exercise]


def _named(step: Step) -> str:
    return "A cell of yours" if step.key == f"cell-{step.index}" else f"The cell `{step.key}`"


def is_killed(text: str) -> bool:
    """Tell whether a text speaks of a process that may have been killed from outside."""
    return any(ending in text for ending in KILLED)


def definers_in(source: Any) -> dict[str, str]:
    """Tell which of the instructor's cells defines which name."""
    return {
        name: cell.grade_id
        for cell, node in zip(cells_of(source), source.cells, strict=True)
        if cell.grade_id and cell.kind is not Kind.TEST and cell.is_code
        for name in names_bound(release_cell_source(node))
    }


def _fault(run: CellRun) -> StudentFault:
    text = run.error.text if run.error else run.status
    if run.status == "timeout":
        return StudentTimeout(text)
    if run.status == "died":
        return StudentDied(text)
    return run.error or StudentError("Error", text)


def _explained(trial: Trial, cause: str, see: str) -> Trial:
    if trial.report is None:
        return replace(trial, message=f"{trial.message}\nLikely cause: {cause}")
    report = replace(trial.report, cause=cause, see=see or trial.report.see)
    return replace(trial, message=clean(str(CheckFailed(report))), report=report)

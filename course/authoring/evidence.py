"""From what became of the hand-ins to the proof."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from course.authoring.handins import ALTERNATIVE, BLANK, MISTAKE, REFERENCE, HandIn, Sheet
from course.authoring.proof import AlternativeProof, LabProof, Marks, MistakeProof
from course.authoring.stock_nbgrader import Earned
from course.authoring.trials import Trial
from course.grading.verdict.results import NotebookResult
from course.labs import Lab, exercise_of


def student_of(hand_in: HandIn) -> str:
    """Name the student in whose name a hand-in goes through nbgrader."""
    return hand_in.id or hand_in.kind


def prove_sheet(
    lab: Lab, sheet: Sheet, trials: Iterable[Trial], sample: Mapping[str, Earned]
) -> LabProof:
    """Draw the conclusions on one notebook; `sample` is what stock nbgrader itself gave."""
    by_kind: dict[str, list[Trial]] = {REFERENCE: [], BLANK: [], MISTAKE: [], ALTERNATIVE: []}
    for trial in trials:
        by_kind[trial.hand_in.kind].append(trial)
    reference, blank = by_kind[REFERENCE][0], by_kind[BLANK][0]
    return LabProof(
        lab=lab.name,
        points=sum(sheet.worth.values()),
        reference=_marks(sheet, reference, sample),
        blank=_marks(sheet, blank, sample),
        leaks=(),
        mistakes=tuple(_mistake(lab, sheet, trial) for trial in by_kind[MISTAKE]),
        alternatives=tuple(_alternative(sheet, trial) for trial in by_kind[ALTERNATIVE]),
        remarks=(
            *_lost_by_reference(sheet, reference),
            *_silent_stubs(sheet, blank),
            *(line for trials in by_kind.values() for t in trials for line in _differs(t, sample)),
        ),
    )


def merge(proofs: Sequence[LabProof], leaks: tuple[str, ...]) -> LabProof:
    """Put the proofs of a lab's notebooks together; an alternative solves the others rightly."""
    points = sum(proof.points for proof in proofs)
    return LabProof(
        lab=proofs[0].lab,
        points=points,
        reference=_sum(proof.reference for proof in proofs),
        blank=_sum(proof.blank for proof in proofs),
        leaks=leaks,
        mistakes=tuple(mistake for proof in proofs for mistake in proof.mistakes),
        alternatives=tuple(
            replace(alternative, points=alternative.points + points - proof.points)
            for proof in proofs
            for alternative in proof.alternatives
        ),
        remarks=tuple(remark for proof in proofs for remark in proof.remarks),
    )


def differing(
    sheet: Sheet, repeated: Iterable[tuple[int, HandIn, NotebookResult]]
) -> Iterator[str]:
    """Say where the proof does not hold under another seed: in two processes only."""
    for seed, hand_in, result in repeated:
        verdicts = {cell.grade_id: cell for cell in result.cells if cell.grade_id in sheet.worth}
        for problem in _problems(sheet, Trial(hand_in, verdicts, {})):
            yield f"seed {seed}: {problem}"


def _problems(sheet: Sheet, trial: Trial) -> Iterator[str]:
    who, earned = student_of(trial.hand_in), trial.two_process
    if trial.hand_in.kind == MISTAKE:
        exercise = trial.hand_in.exercise
        if all(earned[key] == sheet.worth[key] for key in earned):
            yield f"the mistake {who} loses no points of {exercise}"
        return
    for key, worth in sheet.worth.items():
        if earned[key] != (0.0 if trial.hand_in.kind == BLANK else worth):
            yield f"{who} earns {earned[key]:g} points in {key}: {trial.verdicts[key].message}"


def _sum(marks: Iterable[Marks]) -> Marks:
    pairs = [(m.two_process, m.stock) for m in marks]
    return Marks(sum(two for two, _ in pairs), sum(stock for _, stock in pairs))


def _marks(sheet: Sheet, trial: Trial, sample: Mapping[str, Earned]) -> Marks:
    real = sample[student_of(trial.hand_in)]
    return Marks(sum(trial.two_process.values()), sum(real[key] for key in sheet.worth))


def _mistake(lab: Lab, sheet: Sheet, trial: Trial) -> MistakeProof:
    mistake = next(m for m in lab.mistakes if m.id == trial.hand_in.id)
    tests = [key for key in sheet.worth if exercise_of(key) == mistake.exercise]
    full = sum(sheet.worth[key] for key in tests)
    known = {m.id for m in lab.mistakes}
    return MistakeProof(
        id=mistake.id,
        exercise=mistake.exercise,
        caught_two_process=sum(trial.two_process[key] for key in tests) < full,
        caught_stock=sum(trial.stock[key] for key in tests) < full,
        named=mistake.id in {trial.verdicts[key].diagnosis for key in tests},
        named_as=tuple(
            sorted({v.diagnosis for v in trial.verdicts.values()} & known - {mistake.id})
        ),
    )


def _alternative(sheet: Sheet, trial: Trial) -> AlternativeProof:
    earned = trial.two_process
    failed = tuple(key for key, worth in sheet.worth.items() if earned[key] < worth)
    message = trial.verdicts[failed[0]].message if failed else ""
    return AlternativeProof(trial.hand_in.id, sum(earned.values()), failed, message)


def _lost_by_reference(sheet: Sheet, trial: Trial) -> Iterator[str]:
    for key, verdict in trial.verdicts.items():
        if verdict.points < sheet.worth[key]:
            yield f"the reference fails {key}: {verdict.message}"


def _silent_stubs(sheet: Sheet, trial: Trial) -> Iterator[str]:
    for key, verdict in trial.verdicts.items():
        if not any(stub and stub in verdict.message for stub in sheet.stubs):
            yield f"{key} does not tell a blank hand-in what to write: {verdict.message}"


def _differs(trial: Trial, sample: Mapping[str, Earned]) -> Iterator[str]:
    """Say where one warm kernel judged otherwise than nbgrader with its own."""
    real = sample.get(student_of(trial.hand_in), trial.stock)
    for key, points in trial.stock.items():
        if points != real[key]:
            who = student_of(trial.hand_in)
            yield f"{key} on {who}: {points:g} in a warm kernel, {real[key]:g} in nbgrader's own"

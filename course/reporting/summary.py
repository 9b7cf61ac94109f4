"""A class of results in numbers: per student, per exercise, per mistake."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median

from course.grading.verdict.results import GRADED, CellResult, NotebookResult, Status
from course.labs import Lab, exercise_of, is_bonus

GLYPHS = {
    Status.PASSED: "✓",
    Status.FAILED: "✗",
    Status.ERROR: "!",
    Status.BLANK: "·",
    Status.TIMEOUT: "⧖",
    Status.DIED: "†",
    Status.MANUAL: "✎",
    Status.NOT_RUN: "–",
}


@dataclass(frozen=True)
class Row:
    """One student: all notebooks of the lab together; `seeds` are those they were graded under."""

    student: str
    seeds: tuple[int, ...]
    points: float
    max_points: float
    status: str
    cells: tuple[CellResult, ...]
    notes: tuple[str, ...]

    @property
    def share(self) -> float:
        """Points over those that tests can give, bonus aside: with bonus it may be more than 1."""
        return self.points / self.max_points if self.max_points else 0.0

    @property
    def diagnoses(self) -> tuple[str, ...]:
        """What was diagnosed, each once, in the order of the lab."""
        return tuple(dict.fromkeys(cell.diagnosis for cell in self.cells if cell.diagnosis))


@dataclass(frozen=True)
class Exercise:
    """How the class did in one exercise; `share` is the mean share of its points."""

    name: str
    max_points: float
    share: float
    solved: int


@dataclass(frozen=True)
class Fault:
    """One diagnosis and how many students met it."""

    id: str
    title: str
    hint: str
    exercise: str
    students: int


@dataclass(frozen=True)
class Summary:
    """The class in one lab."""

    lab: str
    title: str
    seed: int
    rows: tuple[Row, ...]
    exercises: tuple[Exercise, ...]
    faults: tuple[Fault, ...]

    @property
    def seeds(self) -> tuple[int, ...]:
        """All seeds that somebody was graded under, the last run's first."""
        return tuple(dict.fromkeys((self.seed, *(s for row in self.rows for s in row.seeds))))

    @property
    def mean(self) -> float:
        """Mean share of points over all students."""
        return mean(row.share for row in self.rows) if self.rows else 0.0

    @property
    def median(self) -> float:
        """Median share of points over all students."""
        return median(row.share for row in self.rows) if self.rows else 0.0

    @property
    def columns(self) -> tuple[str, ...]:
        """Grade ids of all graded cells, in the order of the lab."""
        longest = max(self.rows, key=lambda row: len(row.cells), default=None)
        return tuple(cell.grade_id for cell in longest.cells) if longest else ()

    @property
    def histogram(self) -> tuple[int, ...]:
        """Students in ten equal bins of the share of points, from low to high."""
        counts = Counter(min(int(row.share * 10), 9) for row in self.rows)
        return tuple(counts[index] for index in range(10))


def summarise(results: Sequence[NotebookResult], lab: Lab, seed: int) -> Summary:
    """Sum up the results of a class in one lab."""
    rows = tuple(_rows(results))
    return Summary(
        lab=lab.name,
        title=str(lab.settings.get("title", lab.name)),
        seed=seed,
        rows=rows,
        exercises=tuple(_exercises(rows)),
        faults=tuple(_faults(rows, lab)),
    )


def _rows(results: Sequence[NotebookResult]) -> Iterable[Row]:
    students: dict[str, list[NotebookResult]] = {}
    for result in results:
        students.setdefault(result.student, []).append(result)
    for student, notebooks in sorted(students.items()):
        cells = tuple(cell for result in notebooks for cell in result.cells)
        tested = [cell for cell in cells if cell.status is not Status.MANUAL]
        yield Row(
            student=student,
            seeds=tuple(dict.fromkeys(result.seed for result in notebooks)),
            points=sum(cell.points for cell in tested),
            max_points=sum(cell.max_points for cell in tested if not is_bonus(cell.grade_id)),
            status=next((r.status for r in notebooks if r.status != GRADED), GRADED),
            cells=cells,
            notes=tuple(note for result in notebooks for note in result.notes),
        )


def _exercises(rows: Sequence[Row]) -> Iterable[Exercise]:
    shares: dict[str, list[float]] = {}
    maxima: dict[str, float] = {}
    for row in rows:
        for name, cells in _by_exercise(row.cells).items():
            total = sum(cell.max_points for cell in cells)
            maxima[name] = max(total, maxima.get(name, 0.0))
            got = sum(cell.points for cell in cells)
            shares.setdefault(name, []).append(got / total if total else 0.0)
    for name, values in shares.items():
        yield Exercise(name, maxima[name], mean(values), sum(value == 1 for value in values))


def _by_exercise(cells: Iterable[CellResult]) -> Mapping[str, list[CellResult]]:
    groups: dict[str, list[CellResult]] = {}
    for cell in cells:
        if cell.status is not Status.MANUAL:
            groups.setdefault(exercise_of(cell.grade_id), []).append(cell)
    return groups


def _faults(rows: Sequence[Row], lab: Lab) -> Iterable[Fault]:
    known = {mistake.id: mistake for mistake in lab.mistakes}
    counts = Counter(diagnosis for row in rows for diagnosis in row.diagnoses)
    cells = {cell.diagnosis: cell for row in rows for cell in row.cells}
    for diagnosis, students in counts.most_common():
        mistake, cell = known.get(diagnosis), cells[diagnosis]
        yield Fault(
            id=diagnosis,
            title=mistake.title if mistake else diagnosis.replace("-", " "),
            hint=mistake.hint if mistake else _cause_in(cell.message),
            exercise=mistake.exercise if mistake else exercise_of(cell.grade_id),
            students=students,
        )


def _cause_in(message: str) -> str:
    """Give the likely cause that a message names, "" where it names none."""
    lines = (line.partition("Likely cause: ")[2] for line in message.splitlines())
    return next((line for line in lines if line), "")

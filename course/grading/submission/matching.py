"""Which cell of a submission is which of the instructor's, and which were added."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from course.grading.submission.names import names_bound
from course.grading.submission.submitted import SubmittedCell
from course.labs import Cell, Kind, cells_of, release_cell_source

WRITTEN_BY_STUDENTS = (Kind.SOLUTION, Kind.MANUAL)
LONG = 20_000  # characters: what is longer is no cell of a lab, and comes once
MANY = 3  # cells of the lab's own: a notebook that has none of them is another one
STRANGE = (
    "Not one of the cells that come with this lab is as it was handed out; they were put back. "
    "Is this the notebook of another lab?"
)


@dataclass(frozen=True)
class Match:
    """The submitted cell that each source cell takes its text from, and the added cells.

    Keys are places in the source notebook; -1 stands for its beginning. `added[place]` follow
    the source cell at that place, in the student's order.
    """

    texts: Mapping[int, SubmittedCell]
    added: Mapping[int, Sequence[SubmittedCell]]
    notes: tuple[str, ...]


def match_cells(source: Any, submitted: Sequence[SubmittedCell]) -> Match:
    """Match cells by grade_id, then by id, then by text; solutions also by what they define."""
    matching = _Matching(source, submitted)
    matching.find()
    matching.choose()
    matching.adopt()
    matching.tell_changes()
    return Match(
        {place: submitted[position] for place, position in matching.chosen.items()},
        matching.added(),
        tuple(matching.notes),
    )


class _Matching:
    def __init__(self, source: Any, submitted: Sequence[SubmittedCell]) -> None:
        self.submitted = submitted
        self.cells = tuple(cells_of(source))
        self.released = tuple(squeeze(release_cell_source(node)) for node in source.cells)
        self.copies: dict[int, list[int]] = {}  # place in source -> positions in submission
        self.chosen: dict[int, int] = {}
        self.extra: list[int] = []
        self.rewritten: dict[int, int] = {}  # position of an added cell -> place it replaces
        self.notes: list[str] = []
        self._names = cache(lambda position: names_bound(self.submitted[position].source))

    def find(self) -> None:
        by_grade_id = {cell.grade_id: cell.index for cell in self.cells if cell.grade_id}
        by_id = {cell.id: cell.index for cell in self.cells if cell.id}
        by_text = {text: place for place, text in enumerate(self.released) if text}
        for position, cell in enumerate(self.submitted):
            place = by_grade_id.get(cell.grade_id, by_id.get(cell.id))
            if place is not None and self._is_rewritten(place, cell):
                self.rewritten[position] = place
                place = None
            if place is None:
                place = by_text.get(squeeze(cell.source))
            if place is not None:
                self.copies.setdefault(place, []).append(position)
            elif cell.source.strip():
                self.extra.append(position)

    def _is_rewritten(self, place: int, cell: SubmittedCell) -> bool:
        """Tell whether an open cell of the instructor's now holds code of the student's."""
        source = self.cells[place]
        is_open = source.kind in (Kind.PLAIN, Kind.TEXT)
        return is_open and cell.is_code and squeeze(cell.source) != self.released[place]

    def choose(self) -> None:
        """Take the first copy that is not the stub; further ones (a split cell) follow as extra.

        Of a cell that stays the instructor's the copies that differ are extra, if one does not.
        """
        for place, copies in self.copies.items():
            written = [
                p for p in copies if squeeze(self.submitted[p].source) != self.released[place]
            ]
            self.chosen[place], *others = written or copies[:1]
            cell = self.cells[place]
            if cell.kind not in WRITTEN_BY_STUDENTS:
                if cell.kind in (Kind.GIVEN, Kind.TEST) and len(written) < len(copies):
                    self.chosen[place] = next(p for p in copies if p not in written)
                    self.extra += written
                continue
            self.extra += others
            if len(copies) > 1:
                ending = "they were run in your order" if others else "the one you wrote was graded"
                self._note(f"Your notebook has {len(copies)} cells `{cell.grade_id}`; {ending}.")
            if cell.is_code and not self.submitted[self.chosen[place]].is_code:
                self._note(f"The cell `{cell.grade_id}` is not a code cell; it was run as code.")

    def adopt(self) -> None:
        """Look for a lost solution among the added cells: the one that defines its names."""
        for cell in self.cells:
            if cell.index in self.chosen or cell.kind not in WRITTEN_BY_STUDENTS:
                continue
            names = names_bound(self.released[cell.index])
            heirs = [p for p in self.extra if names and self._defines(p, names)]
            if heirs:
                self.chosen[cell.index] = heirs[0]
                self.extra.remove(heirs[0])
                ending = f"the cell that defines `{min(names)}` was graded in its place"
            else:
                ending = "it counts as not written"
            self._note(f"The cell `{cell.grade_id}` is missing; {ending}.")

    def _defines(self, position: int, names: frozenset[str]) -> bool:
        return self.submitted[position].is_code and names <= self._names(position)

    def tell_changes(self) -> None:
        """Note what became of given and test cells, which are always the instructor's."""
        fixed = [c for c in self.cells if c.kind in (Kind.GIVEN, Kind.TEST)]
        fixed = [c for c in fixed if self.released[c.index]]
        changed = [change for change in map(self._change, fixed) if change]
        if len(changed) == len(fixed) >= MANY:
            changed = [STRANGE]
        self.notes += changed

    def _change(self, cell: Cell) -> str:
        """Say what became of a cell that comes with the lab, "" if nothing."""
        position = self.chosen.get(cell.index)
        if position is None:
            return f"The cell `{cell.grade_id}` is missing; it was put back."
        if squeeze(self.submitted[position].source) != self.released[cell.index]:
            return f"The cell `{cell.grade_id}` was changed; the original was used."
        return ""

    def added(self) -> dict[int, list[SubmittedCell]]:
        """Put each added cell behind the instructor's cell before it that was not moved."""
        anchors = {position: place for place, position in self.chosen.items()}
        unmoved = set(_longest_rise([anchors[p] for p in sorted(anchors)]))
        extra = set(self.extra)
        found: dict[int, list[SubmittedCell]] = {}
        place = -1
        for position, cell in enumerate(self.submitted):
            if anchors.get(position) in unmoved:
                place = anchors[position]
            if position in extra:
                found.setdefault(self.rewritten.get(position, place), []).append(cell)
        return found

    def _note(self, sentence: str) -> None:
        self.notes.append(sentence)


def squeeze(text: str) -> str:
    """Drop what editors change by themselves: line ends, blanks at the end of lines and text."""
    return _squeezed(text) if len(text) > LONG else _known(text)


def _squeezed(text: str) -> str:
    return "\n".join([line.rstrip() for line in text.splitlines()]).strip("\n")


_known = lru_cache(maxsize=1024)(_squeezed)  # most cells are the same in all submissions


def _longest_rise(places: Sequence[int]) -> Iterator[int]:
    """Yield the longest increasing subsequence, last first: the cells that kept their order."""
    tails: list[int] = []
    lengths = []
    for place in places:
        length = bisect_left(tails, place)
        tails[length : length + 1] = [place]
        lengths.append(length)
    wanted = len(tails) - 1
    for place, length in zip(reversed(places), reversed(lengths), strict=True):
        if length == wanted:
            yield place
            wanted -= 1

"""Submissions per minute of `course grade` against stock `nbgrader autograde`.

    python -m benchmarks.throughput --labs lab2_vectorized --n 20 --stock-n 2

Both grade hand-ins drawn from the same ones: the lab's reference, alternatives and mistakes. Both
leave out experiments. `course grade` is timed as its users run it, the whole command from a fresh
process with two workers, feedback pages and class report included; "no pages" ends with the last
result, as `nbgrader autograde` makes no pages. nbgrader's time begins with its first submission:
its start is not counted, because so few submissions could not make up for it. Lab by lab, one runs
after the other.
"""

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.classes import chosen_labs, hand_in, make_course, spread
from benchmarks.ours import grade
from benchmarks.stock import autograde
from benchmarks.table import table, tell
from course.authoring.stock_nbgrader import make_stock_course
from course.labs import Lab

HEAD = ("lab", "ours/min", "ours/min no pages", "stock/min", "ratio", "ratio no pages")


@dataclass(frozen=True)
class Pace:
    """Seconds per submission."""

    lab: str
    ours: float
    ours_no_pages: float
    stock: float

    def row(self) -> tuple[object, ...]:
        """Give the row of the table: submissions per minute, and how many times faster."""
        per_minute = (60 / self.ours, 60 / self.ours_no_pages, 60 / self.stock)
        return self.lab, *per_minute, self.stock / self.ours, self.stock / self.ours_no_pages


def measure_lab(lab: Lab, ours: int, stock: int, workers: int) -> Pace:
    """Grade a class of one lab in both ways."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        root = Path(folder)
        course, hand_ins = make_course(lab, root / "ours")
        hand_in(course, lab.name, spread(hand_ins, ours))
        graded = grade(course.root, lab.name, workers=workers)
        other = make_stock_course(course, lab, root / "stock").course
        hand_in(other, lab.name, spread(hand_ins, stock))
        _, seconds = autograde(other.root, lab.name)
    return Pace(lab.name, graded.taken.seconds / ours, graded.until_last / ours, seconds / stock)


def overall(paces: list[Pace]) -> Pace:
    """Give the pace of one submission of every lab."""
    parts = [(pace.ours, pace.ours_no_pages, pace.stock) for pace in paces]
    return Pace("all", *(sum(column) for column in zip(*parts, strict=True)))


def main(argv: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.throughput")
    parser.add_argument("--labs", nargs="*", help="default: all")
    parser.add_argument("--n", type=int, default=60, help="submissions per lab graded by us")
    parser.add_argument("--stock-n", type=int, default=4, help="... and by stock nbgrader")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, help="add the table to this file, too")
    options = parser.parse_args(argv)
    paces = []
    for lab in chosen_labs(options.labs):
        paces.append(measure_lab(lab, options.n, options.stock_n, options.workers))
        print(table(HEAD, [paces[-1].row()]), file=sys.stderr, flush=True)
    rows = [pace.row() for pace in paces] + [overall(paces).row()]
    tell(table(HEAD, rows), options.out)
    tell(f"ratio: {overall(paces).stock / overall(paces).ours:.1f}", options.out)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Cost of one submission in classes of growing size, and the peak of memory.

    python -m benchmarks.scaling --lab lab2_vectorized --sizes 50 100 200 1000

Each size is one run of `course grade`, the whole command from a fresh process with two workers,
pages and report included. Its process tree is sampled every half second: CPU is what the samples
saw, memory the largest sum of proportional shares (PSS) of all its processes at one time. Prints
the cost of a submission in the largest class over that in one of 100 (or the smallest).
"""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.classes import chosen_labs, hand_in, make_course, spread
from benchmarks.ours import Graded, grade
from benchmarks.table import table, tell
from course.labs import Lab

HEAD = ("submissions", "seconds each", "CPU seconds each", "whole seconds", "peak MiB")
EVERY = 0.5


def measure_size(lab: Lab, size: int, workers: int) -> Graded:
    """Grade a class of this size."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        course, hand_ins = make_course(lab, Path(folder))
        hand_in(course, lab.name, spread(hand_ins, size))
        return grade(course.root, lab.name, workers=workers, every=EVERY, memory=True)


def costs(graded: Graded) -> tuple[float, float]:
    """Give wall-clock and CPU seconds per submission."""
    cpu = sum(graded.taken.cpu[-1][1].values())
    return graded.taken.seconds / graded.students, cpu / graded.students


def row(graded: Graded) -> tuple[object, ...]:
    """Give the row of the table."""
    peak = graded.taken.peak_bytes / 2**20
    return graded.students, *costs(graded), graded.taken.seconds, peak


def main(argv: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling")
    parser.add_argument("--lab", default="lab2_vectorized")
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 100, 200, 1000])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, help="add the table to this file, too")
    options = parser.parse_args(argv)
    (lab,) = chosen_labs([options.lab])
    measured = {}
    for size in sorted(options.sizes):
        measured[size] = measure_size(lab, size, options.workers)
        print(table(HEAD, [row(measured[size])]), file=sys.stderr, flush=True)
    tell(table(HEAD, [row(graded) for graded in measured.values()]), options.out)
    small, large = (100 if 100 in measured else min(measured)), max(measured)
    pairs = zip(costs(measured[large]), costs(measured[small]), strict=True)
    wall, cpu = (big / little for big, little in pairs)
    tell(f"{large} against {small}: time each {wall:.2f}, CPU each {cpu:.2f}", options.out)


if __name__ == "__main__":
    main(sys.argv[1:])

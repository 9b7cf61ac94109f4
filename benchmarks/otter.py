"""Submissions per minute of `course grade` against otter-grader's `otter run`.

    python -m pip install -c constraints.txt -e '.[bench]'
    python -m benchmarks.otter --labs lab2_vectorized --n 20 --otter-n 2

Otter gets the same notebooks with the same solution cells, and the source's test cells as test
files of its own kind, which call the same checks and JAX. Experiments are left out of both. `otter
run` grades one submission per command; two commands run at a time, as `course grade` has two
workers. First the marks of both are compared on the reference and on the blank release. "No pages"
ends with the last result: otter makes no pages. Labs of several notebooks are left out.
"""

import argparse
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.classes import Files, chosen_labs, hand_in, make_course, spread
from benchmarks.otter_lab import make_autograder, points_in, run, submission
from benchmarks.ours import grade
from benchmarks.table import table, tell
from course.labs import Lab

HEAD = ("lab", "ours/min", "ours/min no pages", "otter/min", "ratio", "ratio no pages")
WORKERS = 2
Points = dict[str, float]


def otter_class(source: Any, students: list[tuple[str, bytes]], folder: Path) -> dict[str, Points]:
    """Grade hand-ins by `otter run`, so many at a time; give the points by student and test."""
    autograder = make_autograder(source, folder)

    def one(student: str, data: bytes) -> Points:
        out = folder / student
        out.mkdir()
        path = submission(data, out / "notebook.ipynb")
        run(["run", "-a", autograder, "-o", out, "--no-logo", path], out)
        return points_in(out)

    with ThreadPoolExecutor(WORKERS) as pool:
        results = list(pool.map(lambda pair: one(*pair), students))
    return dict(zip((name for name, _ in students), results, strict=True))


def same_marks(lab: Lab, root: Path, reference: Files) -> None:
    """Raise `RuntimeError` unless both give the same marks for the reference and the blank one."""
    (name,) = lab.notebooks
    course, _ = make_course(lab, root)
    blank = (course.release / lab.name / f"{name}.ipynb").read_bytes()
    students = [("blank", blank), ("reference", reference[name].data)]
    for student, data in students:
        folder = course.submitted / student / lab.name
        folder.mkdir(parents=True)
        (folder / f"{name}.ipynb").write_bytes(data)
    ours = grade(course.root, lab.name, workers=WORKERS).points
    theirs = otter_class(lab.source(name), students, root / "otter")
    sums = {student: sum(points.values()) for student, points in theirs.items()}
    if ours != sums:
        raise RuntimeError(f"the marks differ: ours {ours}, otter's {sums}")


def measure_lab(lab: Lab, ours: int, theirs: int) -> tuple[object, ...]:
    """Give the row of the table."""
    (name,) = lab.notebooks
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        root = Path(folder)
        course, hand_ins = make_course(lab, root / "ours")
        same_marks(lab, root / "marks", hand_ins[0])
        hand_in(course, lab.name, spread(hand_ins, ours))
        graded = grade(course.root, lab.name, workers=WORKERS)
        students = [(student, files[name].data) for student, files in spread(hand_ins, theirs)]
        start = time.perf_counter()
        otter_class(lab.source(name), students, root / "otter")
        otter = (time.perf_counter() - start) / theirs
    whole, no_pages = graded.taken.seconds / ours, graded.until_last / ours
    return lab.name, 60 / whole, 60 / no_pages, 60 / otter, otter / whole, otter / no_pages


def main(argv: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.otter")
    parser.add_argument("--labs", nargs="*", default=["lab1_backprop", "lab2_vectorized"])
    parser.add_argument("--n", type=int, default=60, help="submissions per lab graded by us")
    parser.add_argument("--otter-n", type=int, default=6, help="... and by otter")
    parser.add_argument("--out", type=Path, help="add the table to this file, too")
    options = parser.parse_args(argv)
    if find_spec("otter") is None:
        sys.exit("otter-grader is missing: pip install -c constraints.txt -e '.[bench]'")
    rows = [measure_lab(lab, options.n, options.otter_n) for lab in chosen_labs(options.labs)]
    tell(table(HEAD, rows), options.out)


if __name__ == "__main__":
    main(sys.argv[1:])

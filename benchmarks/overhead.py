"""CPU of grading one notebook beyond the student's own code.

    python -m benchmarks.overhead --labs lab2_vectorized

What is compared, for the reference solution of a notebook (the mean of a lab's notebooks):

"grading" is the CPU of all processes of `course grade` (the command, its worker, the student
processes and what starts them) for ten notebooks in the steady state: from the tenth result to the
twentieth, from the twentieth to the thirtieth and so on. Starts, imports, observed mistakes and
JAX's gradients of the class do not count. The tree is sampled every 20 ms; a process that ends may
lose as much.

"own code" is the CPU that the same solution and given cells, and every call that the same tests
make of what they define, take in one plain Python process, with the same seed and everything
imported and warm: no wall, no tests' own work, no comparison, no JAX. Where a test counts lines or
measures memory, the call is made in the same way in both. "notebook" is what the whole notebook
takes there, the tests' own work and comparisons included.

The overhead is grading less own code. Other users of a machine can only make both dearer, so
the least of several is told, as by `timeit`: the cheapest ten notebooks, the cheapest round of the
plain process. "median" is the overhead of the ten notebooks in the middle, against that round.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.classes import Files, chosen_labs, hand_in, make_course
from benchmarks.ours import SEED, Graded, grade
from benchmarks.own_code import Own
from benchmarks.table import table, tell
from course.authoring.handins import HandIn
from course.grading.sandbox.surroundings import ONE_THREAD
from course.labs import Kind, Lab, cells_of, dump_notebook, parse_notebook

HEAD = (
    *("lab", "command", "worker", "student", "grading"),
    *("notebook", "own code", "overhead", "median"),
)
EVERY = 0.02
PARTS = ("main", "workers", "students")
WINDOW = 10


def varied(one: HandIn, number: int) -> HandIn:
    """Give the hand-in with a comment of its own: no submission is the same as another."""
    notebook: Any = parse_notebook(one.data, where="the reference")
    first = next(cell for cell in cells_of(notebook) if cell.kind is Kind.SOLUTION)
    notebook.cells[first.index].source += f"\n# {number}"
    return HandIn(one.kind, one.id, one.notebook, dump_notebook(notebook).encode(), one.exercise)


def copies(files: Files, count: int) -> Iterator[tuple[str, Files]]:
    """Name so many students with the same solutions."""
    for number in range(count):
        yield f"student{number:04}", {name: varied(one, number) for name, one in files.items()}


def run(lab: Lab, size: int) -> tuple[Graded, Files]:
    """Grade a class of references with one worker."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        course, hand_ins = make_course(lab, Path(folder))
        hand_in(course, lab.name, copies(hand_ins[0], size))
        return grade(course.root, lab.name, workers=1, every=EVERY), hand_ins[0]


def own_code(lab: Lab, files: Files, rounds: int) -> Own:
    """Measure each notebook in a plain process, and add them up."""
    parts, env = [], {**os.environ, **ONE_THREAD}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder) / "submitted.ipynb"
        for name, one in files.items():
            path.write_bytes(one.data)
            arguments = [str(lab.notebook_path(name)), str(path), SEED, str(rounds)]
            command = [sys.executable, "-m", "benchmarks.own_code", *arguments]
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
            parts.append(json.loads(done.stdout))
    return Own(*(sum(column) for column in zip(*parts, strict=True)))


def windows(graded: Graded) -> Iterator[tuple[float, ...]]:
    """Give CPU seconds by part and notebook, ten at a time; the first ten are left out."""
    for start in range(WINDOW - 1, len(graded.results) - WINDOW, WINDOW):
        ends = graded.results[start], graded.results[start + WINDOW]
        before, after = map(graded.taken.cpu_at, ends)
        yield tuple((after[part] - before[part]) / WINDOW for part in PARTS)


def measure_lab(lab: Lab, size: int, rounds: int) -> tuple[object, ...]:
    """Give the row of the table."""
    graded, files = run(lab, size)
    plain, count = own_code(lab, files, rounds), len(lab.notebooks)
    notebook, own = plain.notebook / count, plain.code / count
    found = sorted(windows(graded), key=sum)
    least, middle = found[0], found[len(found) // 2]
    grading, overhead = sum(least), sum(least) - own
    return lab.name, *least, grading, notebook, own, overhead, sum(middle) - own


def main(argv: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.overhead")
    parser.add_argument("--labs", nargs="*", help="default: all")
    parser.add_argument("--size", type=int, default=80, help="of the class, 20 at least")
    parser.add_argument("--rounds", type=int, default=5, help="of the plain process")
    parser.add_argument("--out", type=Path, help="add the table to this file, too")
    options = parser.parse_args(argv)
    if options.size < 2 * WINDOW:
        parser.error(
            f"--size {options.size}: the first {WINDOW} are left out, and {WINDOW} looked at"
        )
    labs = chosen_labs(options.labs)
    rows = [measure_lab(lab, options.size, options.rounds) for lab in labs]
    tell(table(HEAD, rows), options.out)
    worst = max(float(str(row[HEAD.index("overhead")])) for row in rows)
    tell(f"CPU seconds per notebook; largest overhead: {worst:.3f}", options.out)


if __name__ == "__main__":
    main(sys.argv[1:])

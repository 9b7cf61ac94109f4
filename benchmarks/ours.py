"""`course grade` on a class, as its users run it."""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.tree import Taken, measure

SEED = "1"
_RESULT = re.compile(r"^(\d+)/(\d+) ")


@dataclass(frozen=True)
class Graded:
    """What grading a class took; `results` are the seconds at which notebooks were finished."""

    students: int
    taken: Taken
    results: tuple[float, ...]
    points: dict[str, float]

    @property
    def until_last(self) -> float:
        """Seconds until the last result, before the pages that are left."""
        return self.results[-1]


def grade(
    root: Path, lab: str, *, workers: int = 2, every: float = 0.0, memory: bool = False
) -> Graded:
    """Run the whole command in a fresh process, and check that it could grade all.

    `every` and `memory` say what `measure` samples.
    """
    told = root / "results.json"
    command = [sys.executable, "-m", "course", "--root", str(root), "grade", lab, "--force"]
    command += ["--workers", str(workers), "--seed", SEED, "--json", str(told)]
    taken = measure(command, cwd=root, every=every, memory=memory)
    results = json.loads(told.read_text("utf-8"))["submissions"]
    strange = [entry for entry in results if entry["status"] != "graded"]
    if strange:
        raise RuntimeError(f"{strange[0]['student']} was not graded: {strange[0]['notes']}")
    points: dict[str, float] = {}
    for entry in results:
        points[entry["student"]] = points.get(entry["student"], 0.0) + entry["points"]
    seconds = sorted(second for second, line in taken.lines if _RESULT.match(line))
    return Graded(len(points), taken, tuple(seconds), points)

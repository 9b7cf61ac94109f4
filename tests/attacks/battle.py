"""Let all attacks loose on our grader at one sandbox level."""

import os
from collections.abc import Sequence
from pathlib import Path

from course.grading.sandbox import working_levels
from tests.attacks import cage
from tests.attacks.evidence import Evidence
from tests.attacks.lab import ENVIRONMENT, HOME

SECONDS = float(os.environ.get("COURSE_ATTACKS_SECONDS", "540"))
SECRET_VARIABLE = "COURSE_ATTACKS_SECRET"


def level_names() -> tuple[str, ...]:
    """Name the sandbox levels that work here, best first."""
    return tuple(dict.fromkeys(level.name for level in working_levels()))


def environment(scratch: Path) -> dict[str, str]:
    """Make the grader's home, with a secret in it, and its environment, with another."""
    home = scratch / "home"
    home.mkdir(parents=True, exist_ok=True)
    (home / "diary.txt").write_text(f"{HOME}\n", "utf-8")
    return {"HOME": str(home), SECRET_VARIABLE: ENVIRONMENT}


def fight(level: str, scratch: Path, chosen: Sequence[str] = ()) -> Evidence:
    """Grade the class of attackers in a cage and give what became of it."""
    env = environment(scratch)
    error = cage.run("class_run", [level, str(scratch), *chosen], scratch, env, SECONDS)
    path = scratch / "evidence.json"
    told = Evidence.load(path) if path.is_file() else Evidence(level)
    told.error = error
    return told

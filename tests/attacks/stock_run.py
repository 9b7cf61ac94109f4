"""Let stock nbgrader grade one attack, and an honest student after it; run in a cage.

    python -m tests.attacks.stock_run ATTACK SCRATCH

`SCRATCH/course` is a copy of a prepared course folder. What became of it is told from outside, by
`tests.attacks.stock`, because the attack may end this process.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from course.labs import Course
from tests.attacks import evidence
from tests.attacks.catalogue import ATTACKS
from tests.attacks.corpus import released_notebook
from tests.attacks.honest import hand_in_honest
from tests.attacks.lab import LAB
from tests.attacks.listener import Listener

CELL_SECONDS = 10
VICTIM = "zz-right"


def main(attack_id: str, scratch: Path) -> None:
    """Hand in, grade both, look for what is left running."""
    attack = next(a for a in ATTACKS if a.id == attack_id)
    course, home = Course(scratch / "course"), Path(os.environ["HOME"])
    target = Listener(scratch, scratch / "heard").target(course.root, home)
    hand_in_honest(course)
    folder = course.submitted / attack.folder / LAB
    folder.mkdir(parents=True)
    attack.fill(folder, released_notebook(), target)
    _nbgrader(course, "autograde", attack.folder, scratch)
    if attack.kind == "hostile output":
        _nbgrader(course, "generate_feedback", attack.folder, scratch)
    if attack.aim != "marks":
        _nbgrader(course, "autograde", VICTIM, scratch)
    time.sleep(0.5)
    left = {
        "processes": evidence.marked_processes().get(attack.id, []),
        "files": evidence.marked_files(home, *evidence.SHARED_PLACES).get(attack.id, []),
    }
    (scratch / "left.json").write_text(json.dumps(left), "utf-8")


def _nbgrader(course: Course, command: str, student: str, scratch: Path) -> None:
    argv = [sys.executable, "-m", "nbgrader", command, LAB, f"--course-dir={course.root}"]
    argv += [f"--student={student}", f"--Execute.timeout={CELL_SECONDS}"]
    argv += ["--create"] if command == "autograde" else []
    with (scratch / "log").open("ab") as log:
        subprocess.run(
            argv,
            cwd=course.root,
            env={
                **os.environ,
                "JUPYTER_CONFIG_DIR": f"{course.root}/settings",
                "MPLBACKEND": "Agg",
                "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
        )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

"""Write the table of what every attack gains of stock nbgrader and of this project's grader.

python -m tests.attacks.compare            all attacks, in docs/attacks.md
python -m tests.attacks.compare ID ...     these attacks, printed only

With COURSE_ATTACKS_FOLDER set, what is found is kept there, and a stopped comparison goes on.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from tests.attacks import battle, stock
from tests.attacks.catalogue import ATTACKS, runs_at
from tests.attacks.corpus import Attack
from tests.attacks.evidence import Evidence, Gain
from tests.attacks.judgement import all_gained
from tests.attacks.table import table

PLACE = Path(__file__).parents[2] / "docs" / "attacks.md"
WORKERS = 2
Row = tuple[Gain, str]


def main(chosen: Sequence[str]) -> None:
    """Fight all battles and write, or print, the table."""
    attacks = [attack for attack in ATTACKS if not chosen or attack.id in chosen]
    with tempfile.TemporaryDirectory(prefix="course-attacks-") as folder:
        root = Path(os.environ.get("COURSE_ATTACKS_FOLDER", folder))
        against_stock = dict(zip((a.id for a in attacks), _stock(attacks, root), strict=True))
        ours = [_ours(level, root, attacks, chosen) for level in battle.level_names()]
    text = table(attacks, against_stock, ours)
    if chosen:
        _tell(text)
    else:
        PLACE.write_text(text, "utf-8")
        _tell(f"written: {PLACE}")


def _stock(attacks: Sequence[Attack], root: Path) -> list[Row]:
    prepared = stock.prepare(Path(tempfile.mkdtemp(dir=root)))

    def fight(attack: Attack) -> Row:
        started = time.monotonic()
        known = root / "stock" / f"{attack.id}.json"
        if known.is_file():
            gain, harm = json.loads(known.read_text("utf-8"))
            return Gain(**gain), harm
        scratch = root / "scratch" / attack.id
        shutil.rmtree(scratch, ignore_errors=True)
        row = stock.fight_stock(attack, prepared, scratch)
        shutil.rmtree(scratch, ignore_errors=True)
        known.parent.mkdir(parents=True, exist_ok=True)
        known.write_text(json.dumps([asdict(row[0]), row[1]]), "utf-8")
        words = "; ".join([*all_gained(attack, row[0]), row[1]]).strip("; ") or "nothing"
        _tell(f"{attack.id:28} {time.monotonic() - started:4.0f} s  {words[:150]}")
        return row

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(fight, attacks))


def _ours(level: str, root: Path, attacks: Sequence[Attack], chosen: Sequence[str]) -> Evidence:
    scratch = root / f"level-{level}"
    known = scratch / "evidence.json"
    told = Evidence.load(known) if known.is_file() else battle.fight(level, scratch, chosen)
    count = sum(runs_at(attack, level) for attack in attacks)
    _tell(f"{level}: {count} attacks in {told.seconds:.0f} s {told.error}")
    return told


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])

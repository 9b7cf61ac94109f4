"""The red team against the grader, at every sandbox level that this machine has."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.attacks import battle
from tests.attacks.catalogue import ATTACKS, runs_at
from tests.attacks.corpus import Attack
from tests.attacks.evidence import Evidence
from tests.attacks.gaps import reason
from tests.attacks.honest import HONEST
from tests.attacks.judgement import gained

pytestmark = [pytest.mark.slow, pytest.mark.timeout(int(battle.SECONDS) + 120)]

LEVELS = [
    pytest.param(level, marks=pytest.mark.xdist_group(f"attacks-{level}"), id=level)
    for level in battle.level_names()
]
Fought = Callable[[str], Evidence]


def cases() -> list[object]:
    found = []
    for level in battle.level_names():
        for attack in ATTACKS:
            if not runs_at(attack, level):
                continue
            why = reason(attack.id, level)
            marks = [pytest.mark.xdist_group(f"attacks-{level}")]
            marks += [pytest.mark.xfail(strict=True, reason=why)] if why else []
            found.append(pytest.param(level, attack, marks=marks, id=f"{level}-{attack.id}"))
    return found


@pytest.fixture(scope="module")
def fought(tmp_path_factory: pytest.TempPathFactory) -> Fought:
    """Grade the class once per level."""

    @cache
    def fight(level: str) -> Evidence:
        return battle.fight(level, tmp_path_factory.mktemp(f"attacks-{level}"))

    return fight


@pytest.mark.parametrize(("level", "attack"), cases())
def test_an_attack_gains_nothing(fought: Fought, level: str, attack: Attack) -> None:
    told = fought(level)
    assert told.finished, told.error
    assert gained(attack, told.gains[attack.id], level) == []


@pytest.mark.parametrize("level", LEVELS)
def test_the_class_is_graded_and_the_honest_keep_their_marks(fought: Fought, level: str) -> None:
    told = fought(level)
    assert told.error == ""
    assert told.finished
    assert told.honest == HONEST
    assert {name: told.recorded[name] for name in HONEST} == HONEST


@pytest.mark.parametrize("level", LEVELS)
def test_the_gradebook_holds_what_was_earned(fought: Fought, level: str) -> None:
    told = fought(level)
    assert told.gradebook == "ok"
    by_folder = {attack.folder: attack for attack in ATTACKS}
    wrong = {
        name: points
        for name, points in told.recorded.items()
        if name in by_folder and points != told.gains[by_folder[name].id].points
    }
    assert wrong == {}


@pytest.mark.parametrize("level", LEVELS)
def test_course_folder_and_home_are_as_before(fought: Fought, level: str) -> None:
    assert fought(level).changed == []


@pytest.mark.parametrize("level", [p for p in LEVELS if p.values == ("limits",)])
def test_an_attack_that_is_not_stopped_is_seen(tmp_path: Path, level: str) -> None:
    """Else the tests above could not fail: limits alone let a submission read the course.

    They fight alone: others that nothing stops at this level change what there is to read.
    """
    names = ("read-source", "read-home", "read-others", "proc-environ")
    gains = battle.fight(level, tmp_path, names).gains
    assert [name for name in names if not gains[name].secrets] == []

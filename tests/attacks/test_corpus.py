"""What the red team's own tools see."""

import pytest

from course.grading.wall.connection import Student, StudentCell
from course.grading.wall.proxy import Proxy
from tests.attacks.catalogue import ATTACKS
from tests.attacks.corpus import marker
from tests.attacks.evidence import Gain, outputs_of, secrets_in, told_in
from tests.attacks.gaps import GAPS
from tests.attacks.html import active_parts
from tests.attacks.judgement import gained
from tests.attacks.lab import HIDDEN
from tests.attacks.protocol import AGENT, LIES, SPEAKS

M = marker("x")


def test_every_kind_of_attack_is_there_and_no_id_twice() -> None:
    ids = [attack.id for attack in ATTACKS]
    assert len(set(ids)) == len(ids) >= 60
    assert len({attack.folder for attack in ATTACKS}) == len(ids)
    assert len({attack.kind for attack in ATTACKS}) >= 12
    assert set(GAPS) <= set(ids)


def test_attacks_on_the_agent_find_it() -> None:
    with Student() as student:
        assert student.run(StudentCell("agent", f"import os, sys\n{AGENT}")).status == "ok"
        assert isinstance(student.lookup("agent"), Proxy)
        for name, (_, code) in {**SPEAKS, **LIES}.items():
            if AGENT in code:
                cell = student.run(StudentCell(name, f"import os, sys\n{code}"))
                assert cell.status == "ok", (name, cell.error)


@pytest.mark.parametrize(
    "page",
    [
        f"<script>'{M}'</script>",
        f"<img src=x onerror='{M}'>",
        f"<svg onload=1><g id={M}></g><svg class={M}>",
        f"<a href=' javascript:{M}'>x</a>",
        f"<a href='&#106;avascript:{M}'>x</a>",
        f"<img src='//x.example/{M}'>",
        f"<form action='{M}'>",
        f"<p>$\\href{{javascript:{M}}}{{x}}$</p>",
        f"<style>a {{ b: url({M}) }}</style>",
    ],
)
def test_what_acts_on_a_page_is_found(page: str) -> None:
    assert active_parts(page, M)


@pytest.mark.parametrize(
    "page",
    [
        f"<p>&lt;script&gt;'{M}'&lt;/script&gt;</p>",
        f"<a href='https://x.example/{M}'>x</a>",
        f"<pre>\\href{{javascript:{M}}}</pre>",
        f"<p>{M}</p><script>ours()</script>",
        f"<img alt='{M}' src='data:image/png;base64,AA'>",
    ],
)
def test_what_only_stands_there_is_not(page: str) -> None:
    assert active_parts(page, M) == []


def test_secrets_and_claims_are_found_in_what_cells_show() -> None:
    shown = outputs_of(
        f'{{"cells": [{{"source": "{HIDDEN}", "outputs": [{{"text": ["a ", "got-x it\\n"]}}]}}]}}'
    )
    assert secrets_in(shown) == []
    assert told_in("x", shown) == ["got-x it"]
    assert told_in("x-y", shown) == []
    assert secrets_in(f"…{HIDDEN}…") == [HIDDEN]


def test_more_points_than_due_are_gained_at_every_level() -> None:
    attack = ATTACKS[0]
    assert gained(attack, Gain(points=attack.worth), "limits") == []
    assert gained(attack, Gain(points=attack.worth + 1), "limits")

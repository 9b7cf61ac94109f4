"""Every lab is proven: what `course verify` says of it, and the form in which it says it."""

import json

import pytest

from course.authoring.verify import verify
from tests.labs.conftest import COURSE


@pytest.mark.slow
@pytest.mark.timeout(2400)
@pytest.mark.xdist_group("proofs")  # each takes all cores
def test_the_lab_is_proven(lab):
    proof = verify(COURSE, lab.name)
    assert proof.problems == ()
    assert {m.id for m in proof.mistakes if m.named} == {m.id for m in lab.mistakes}
    assert len(proof.alternatives) == len(lab.alternatives) >= 3
    told = json.loads(json.dumps(proof.as_dict()))
    assert told["reference"] == {"two_process": proof.points, "stock": proof.points}
    assert told["blank"] == {"two_process": 0, "stock": 0}

import json

import pytest

from course.authoring.handins import MISTAKE, HandIn, submission_of
from course.authoring.stock_kernel import earned_in_one_kernel
from course.grading.pool import trusted_pool
from course.labs import Mistake, apply_mistake, dump_notebook, load_notebook, parse_notebook

pytestmark = pytest.mark.slow

SOLVED = {"test-double": 30.0, "test-double-hidden": 30.0, "test-half": 30.0}


@pytest.fixture(scope="module")
def run():
    """Run hand-ins in one warm process, away from pytest's handling of warnings and streams."""
    with trusted_pool(1) as pool:
        yield lambda *args: pool.submit(earned_in_one_kernel, *args).result()


@pytest.fixture
def reference(course, source):
    return load_notebook(source.with_suffix(".ipynb"))


def earned(run, reference, new="result = 2 * x"):
    edit = Mistake("m", "double", "t", "h", (("result = 2 * x", new),))
    hand_in = HandIn(MISTAKE, "m", "tiny", submission_of(apply_mistake(reference, edit)))
    return run(hand_in, dump_notebook(reference), 1, 1.0)


def test_a_hand_in_holds_solutions_without_markers_and_no_hidden_test(reference):
    text = dump_notebook(parse_notebook(submission_of(reference), where="hand-in"))
    assert "result = 2 * x" in text
    assert "Because one is not enough." in text
    for absent in ("BEGIN", "secret", "stub", "synced"):
        assert absent not in text


def test_the_reference_earns_all(run, reference):
    assert earned(run, reference) == SOLVED


def test_of_a_mistake_only_the_tests_of_its_exercise_run(run, reference):
    edit = Mistake("m", "double", "t", "h", (("result = 2 * x", "result = 3 * x"),))
    data = submission_of(apply_mistake(reference, edit))
    hand_in = HandIn(MISTAKE, "m", "tiny", data, exercise="double")
    earned = run(hand_in, dump_notebook(reference), 1, 1.0)
    assert earned == {"test-double": 0.0, "test-double-hidden": 0.0}


@pytest.mark.parametrize(
    "new",
    [
        "result = 3 * x",
        "result = undefined",
        "import sys; print('!', file=sys.stderr); result = 2 * x",
        "import warnings; warnings.warn('odd'); result = 2 * x",
        "while True: pass",
        "raise SystemExit(0)",
    ],
)
def test_what_stock_nbgrader_gives_nothing_for_earns_nothing(run, reference, new):
    for _ in range(2):  # a warning shows in every hand-in, not in the first alone
        assert earned(run, reference, new=new) == {**SOLVED, **dict.fromkeys(list(SOLVED)[:2], 0.0)}


def test_hidden_tests_are_put_back(run, reference):
    marks = earned(run, reference, new="result = np.full(x.shape, 2.0)")
    assert marks == {**SOLVED, "test-double-hidden": 0.0}


def test_a_value_at_the_end_is_partial_credit(run, reference):
    text = dump_notebook(reference).replace('print(\\"half ok\\")', "7.5")
    changed = parse_notebook(text.encode(), where="source")
    assert earned(run, changed)["test-half"] == 7.5


def test_each_hand_in_has_a_namespace_of_its_own(run, reference):
    earned(run, reference)
    node = json.loads(dump_notebook(reference))
    cell = next(cell for cell in node["cells"] if cell["id"] == "double")
    cell["source"] = "pass"
    hand_in = HandIn(MISTAKE, "m", "tiny", json.dumps(node).encode())
    marks = run(hand_in, dump_notebook(reference), 1, 1.0)
    assert marks == {"test-double": 0.0, "test-double-hidden": 0.0, "test-half": 30.0}


def test_experiments_are_skipped(run, reference):
    node = json.loads(dump_notebook(reference))
    node["cells"].insert(1, node["cells"].pop())
    node["cells"][1]["source"] = "import os; os._exit(3)"
    hand_in = HandIn(
        MISTAKE, "m", "tiny", submission_of(parse_notebook(json.dumps(node).encode(), where="x"))
    )
    assert run(hand_in, dump_notebook(reference), 1, 1.0) == SOLVED

# ruff: noqa: E501 - one example per line

import nbformat
import pytest

from course.authoring.lint import lint
from course.authoring.rules import RULES
from course.authoring.sync import sync
from course.labs import load_notebook

TEST = "import numpy as np\n\nassert np.allclose(half("  # how the test of `half` begins
END = 'print("half ok")'  # and ends
EXPERIMENT = 'raise RuntimeError("grading must not run this")'
STUB = ' stub="Return an array of the shape of x, (B, n): half of x."'
GIVEN = 'import numpy as np\n\n\n# %% grade_id="double"'


def given(text: str) -> tuple[str, str]:
    return (GIVEN, f'import numpy as np\n{text}\n\n\n# %% grade_id="double"')


# rule, edit that breaks it, a word of the message
WRONG = [
    ("test-imports", (TEST, TEST.replace("import numpy as np", "")), "np"),
    ("test-imports", (END, f"checks.rng()\n{END}"), "checks"),
    ("test-imports", (END, f"jax.grad(half)\n{END}"), "jax"),
    ("test-free-name", (END, f"assert quarter(4.0) == 1.0\n{END}"), "quarter"),
    ("test-free-name", (END, f"def f():\n    return secret\n\n\n{END}"), "secret"),
    ("forbidden-module", ("    return 0.5 * x", "    import jax\n\n    return 0.5 * x"), "jax"),
    ("forbidden-module", given("import torch"), "torch"),
    ("fixed-seed", (END, f"rng = np.random.default_rng(0)\n{END}"), "default_rng"),
    ("fixed-seed", (END, f"rng = np.random.default_rng(seed=0)\n{END}"), "default_rng"),
    ("fixed-seed", (END, f"import jax\n\nkey = jax.random.key(42)\n{END}"), "key"),
    ("fixed-seed", (END, f"np.random.seed(3)\n{END}"), "seed"),
    ("global-random", (END, f"x = np.random.normal(size=3)\n{END}"), "normal"),
    ("global-random", (END, f"np.random.seed(3)\n{END}"), "seed"),
    ("grade-id-form", ('grade_id="half"', 'grade_id="Half"'), "Half"),
    ("grade-id-form", ('grade_id="question-why"', 'grade_id="question-"'), "question-"),
    ("grade-id-unique", ('grade_id="half"', 'grade_id="double"'), "2 cells"),
    ("exercise-untested", ('grade_id="half"', 'grade_id="quarter"'), "no test"),
    ("test-without-exercise", ('grade_id="half"', 'grade_id="quarter"'), "'half'"),
    ("points-positive", ('"test-half" points=30', '"test-half"'), "None"),
    ("points-positive", ('"test-half" points=30', '"test-half" points=-30'), "-30"),
    ("points-total", ("points=10", "points=9"), "99"),
    ("markers", ("    return 0.5 * x\n    ### END SOLUTION\n", "    return 0.5 * x\n"), "no `### E"),
    ("markers", ("    return 0.5 * x\n", "    ### BEGIN SOLUTION\n    return 0.5 * x\n"), "none is"),
    ("markers", ("### END HIDDEN TESTS", "#"), "no `### END HIDDEN TESTS`"),
    ("markers", ("### BEGIN HIDDEN TESTS", "# BEGIN HIDDEN TESTS"), "stand alone"),
    ("solution-missing", (
        "    ### BEGIN SOLUTION\n    return 0.5 * x\n    ### END SOLUTION\n", "    return 0.5 * x\n"
    ), "no solution region"),
    ("solution-elsewhere", given("### BEGIN SOLUTION\ntwo = 2\n### END SOLUTION"), "not clear"),
    ("hidden-elsewhere", given("### BEGIN HIDDEN TESTS\nassert 1\n### END HIDDEN TESTS"), "no test"),
    ("stub", (STUB, ""), "no stub"),
    ("stub", (STUB, ' stub="half of x, as an array"'), "half of x"),
    ("stub", (STUB, ' stub="Return it."'), "Return it."),
    ("stub", (STUB, STUB.replace('="', '=["').replace('x."', 'x.", "Return it twice over."]')), "2 st"),
    ("stub", (STUB, " stub=3"), "no stub"),
    ("solution-shown", (
        "    return 0.5 * x\n",
        "    scale = np.full(x.shape, 0.5)\n    return np.multiply(scale, x)\n",
        EXPERIMENT,
        "scale = np.full(x.shape, 0.5)\ndef f(x):\n    return np.multiply(scale, x)",
    ), "can be read"),
    ("python", (EXPERIMENT, "print('oh"), "not valid"),
    ("test-last-value", (END, f"{END}\n1.0"), "1.0"),
    ("test-last-value", (END, f"{END}\nhalf(np.ones(2))"), "half"),
    ("test-says-nothing", (END, "pass"), "nothing"),
    ("experiment-graded", ('tags=["exp', 'grade_id="given-plot" tags=["exp'), "experiment"),
    ("given-locked", ('grade_id="given-imports"', ""), "neither"),
    ("image-missing", ("# Why two?", "# ![two](figures/two.svg)"), "two.svg"),
    ("image-missing", ("# Why two?", '# <img width="3" src="figures/two.svg">'), "two.svg"),
]  # fmt: skip

# edits that come near to breaking the rule
RIGHT = [
    ("test-imports", (END, f"from course import checks\n\nchecks.rng()\n{END}")),
    ("test-free-name", (END, f"assert half(double(1.0)) == 1.0\n{END}")),
    ("test-free-name", (END, f"total = sum(v for v in range(3))\nf = lambda q: q + total\n{END}")),
    ("test-free-name", (END, f"def f(n):\n    return n and f(n - 1)\n\n\n{END}")),
    ("forbidden-module", (EXPERIMENT, "import jax")),
    ("forbidden-module", (END, f"import jax\n\n{END}")),
    ("fixed-seed", (
        END, f"import jax\nfrom course import checks\n\nkey = jax.random.key(checks.rng().integers(9))\n{END}"
    )),
    ("fixed-seed", (EXPERIMENT, "rng = np.random.default_rng(0)")),
    ("global-random", (EXPERIMENT, "np.random.normal()")),
    ("points-total", ('"test-half" points=30\n', '"test-half" points=30.0\n')),
    ("solution-shown", (EXPERIMENT, "def f(x):\n    return 0.5 * x")),
    ("python", (EXPERIMENT, "%matplotlib inline\n!ls\n%timeit double(2)")),
    ("test-last-value", (END, f"y = half(np.ones(2))\n{END}")),
    ("test-says-nothing", (END, f"if True:\n    {END}")),
    ("given-locked", (EXPERIMENT, "pass\n\n# %%")),
    ("image-missing", ("# Why two?", "# ![two](https://example.org/two.svg)")),
]  # fmt: skip


def edited(course, source, edit):
    text = source.read_text("utf-8")
    for old, new in zip(edit[::2], edit[1::2], strict=True):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    source.write_text(text, "utf-8")
    sync(course)
    return lint(course)


def test_a_good_lab_has_no_findings(course):
    assert lint(course) == ()


@pytest.mark.parametrize(("rule", "edit", "says"), WRONG)
def test_a_broken_rule_is_found(course, source, rule, edit, says):
    findings = [f for f in edited(course, source, edit) if f.rule == rule]
    assert findings
    assert any(says in finding.message for finding in findings)
    assert all(finding.cure for finding in findings)


@pytest.mark.parametrize(("rule", "edit"), RIGHT)
def test_what_keeps_the_rule_is_not_found(course, source, rule, edit):
    assert rule not in {finding.rule for finding in edited(course, source, edit)}


def test_findings_name_file_cell_and_cure(course, source):
    (finding,) = edited(course, source, (END, f"{END}\n1.0"))
    text = str(finding)
    assert "tiny.ipynb, test-half" in text
    assert "[test-last-value]" in text
    assert finding.cure in text


def test_bonus_comes_on_top(course, source):
    text = source.read_text("utf-8")
    bonus = text[text.index('# %% grade_id="half"') : text.index("# %% [markdown] grade_id")]
    source.write_text(f"{text}\n{bonus.replace('half', 'bonus_half')}", "utf-8")
    sync(course)
    assert lint(course) == ()


def tampered(course, source, change):
    path = source.with_suffix(".ipynb")
    node = load_notebook(path)
    change({cell.id: cell for cell in node.cells})
    nbformat.write(node, str(path))
    return {finding.rule for finding in lint(course)}


def test_outputs_are_found(course, source):
    def change(cells):
        cells["test-half"]["execution_count"] = 3

    assert "outputs" in tampered(course, source, change)


@pytest.mark.parametrize(
    ("rule", "metadata"),
    [
        ("grade-id-role", {"grade": False, "grade_id": "half", "locked": True, "solution": True}),
        ("grade-id-form", {"grade": False, "grade_id": "", "locked": False, "solution": True}),
        ("nbgrader-schema", {"grade": False, "grade_id": "half", "solution": True, "task": False}),
        ("nbgrader-schema", {"grade": True, "grade_id": "test-half", "locked": True}),
    ],
)
def test_wrong_metadata_is_found(course, source, rule, metadata):
    def change(cells):
        cells["half"].metadata["nbgrader"] = {"schema_version": 3, **metadata}

    assert rule in tampered(course, source, change)


def test_a_given_cell_that_is_not_locked_is_found(course, source):
    def change(cells):
        cells["given-imports"].metadata["nbgrader"]["locked"] = False

    assert "grade-id-role" in tampered(course, source, change)


def test_pictures_that_are_there_are_no_finding(course, source):
    (source.parent / "figures").mkdir()
    (source.parent / "figures" / "two.svg").write_text("<svg/>")
    assert edited(course, source, ("# Why two?", "# ![two](figures/two.svg)")) == ()


def test_allowed_modules_are_read_from_the_lab(course, source):
    (source.parent / "lab.toml").write_text("forbidden_modules = []\n")
    assert "forbidden-module" not in {f.rule for f in edited(course, source, given("import jax"))}


def test_every_rule_has_a_wrong_example():
    by_metadata = {"outputs", "grade-id-role", "nbgrader-schema"}
    assert {rule.id for rule in RULES} == {rule for rule, *_ in WRONG} | by_metadata
    assert len({rule.id for rule in RULES}) == len(RULES)

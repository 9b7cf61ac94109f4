import os
import pickle
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
from nbformat import v4

from course.errors import CourseError
from course.grading.plan import begin_plan
from course.grading.pool import trusted_pool
from course.grading.submission.rebuild import Step, steps_of
from course.grading.verdict.catalogue import observe, sightings_of
from course.grading.verdict.plain import run_plain
from course.labs import Kind, Mistake, dump_notebook
from tests.support.toylab import LAB, NOTEBOOK, make_course, source_notebook

SOURCE = dump_notebook(source_notebook())


def mistakes(tmp_path: Path) -> dict[str, Mistake]:
    return {mistake.id: mistake for mistake in make_course(tmp_path).lab(LAB).mistakes}


def test_the_reference_passes_and_experiments_do_not_run() -> None:
    found = dict(run_plain(steps_of(source_notebook()), 7, 10))
    assert {key: sighting.ending for key, sighting in found.items()} == {
        "test-squares": "",
        "test-squares-hidden": "",
        "test-line": "",
    }


def test_a_mistake_is_seen_by_the_tests_of_its_exercise(tmp_path: Path) -> None:
    known = mistakes(tmp_path)
    found = sightings_of(SOURCE, known["squares-doubled"], seed=7, seconds=10)
    assert found.keys() == {"test-squares", "test-squares-hidden"}
    assert {sighting.ending for sighting in found.values()} == {"CheckFailed"}
    again = sightings_of(SOURCE, known["squares-doubled"], seed=7, seconds=10)
    other = sightings_of(SOURCE, known["squares-doubled"], seed=8, seconds=10)
    value = found["test-squares"].observations[0].value
    assert (value == again["test-squares"].observations[0].value).all()
    assert (value != other["test-squares"].observations[0].value).all()


def test_an_endless_mistake_is_given_up(tmp_path: Path) -> None:
    found = sightings_of(SOURCE, mistakes(tmp_path)["squares-endless"], seed=7, seconds=0.2)
    assert [sighting.ending[:9] for sighting in found.values()] == ["OutOfTime"]


@pytest.mark.slow
def test_a_catalogue_comes_from_processes_of_its_own(tmp_path: Path) -> None:
    known = mistakes(tmp_path)
    chosen = [known["squares-doubled"], known["mean-missing"]]
    with trusted_pool(2) as pool:
        references, found = observe(SOURCE, chosen, 7, 10, pool)
    assert references == {}
    assert found.sightings.keys() == {"squares-doubled", "mean-missing"}
    assert pickle.loads(pickle.dumps(found)).mistakes == tuple(chosen)


@pytest.mark.slow
def test_a_mistake_that_kills_its_process_is_reported() -> None:
    deadly = Mistake(
        "deadly", "squares", "", "", (("return x**2", "import os; os._exit(3)"),)
    )  # fmt: skip
    with trusted_pool(1) as pool, pytest.raises(CourseError, match="deadly"):
        observe(SOURCE, [deadly], 7, 10, pool)


@pytest.mark.slow
def test_a_pool_that_is_broken_from_the_start_is_not_used(tmp_path: Path) -> None:
    lab = make_course(tmp_path).lab(LAB)
    path = lab.folder / "mistakes.py"
    text = path.read_text("utf-8")
    path.write_text(f"{text}\nMISTAKES = MISTAKES[:1]\n", "utf-8")
    with trusted_pool(1) as pool:
        with pytest.raises(BrokenProcessPool):
            pool.submit(os._exit, 3).result()
        plan = begin_plan(lab, NOTEBOOK, 7, pool)()
    assert len(plan.catalogue.sightings) == 1


def test_a_mistake_that_does_not_fit_is_reported() -> None:
    with pytest.raises(CourseError, match="fits 0 times"):
        sightings_of(SOURCE, Mistake("m", "squares", "", "", (("nothing", ""),)), 7, 10)


def test_magics_do_nothing_and_cells_that_stop_are_left() -> None:
    sources = ["%matplotlib inline\n!ls\nx = 1", "y = 1\nraise ValueError", "%%time\n1"]
    steps = [Step(f"c{n}", Kind.GIVEN, text, 0, n) for n, text in enumerate(sources)]
    steps.append(Step("test-x", Kind.TEST, "assert x == y == 1", 1, 3))
    assert dict(run_plain(steps, 0, 5))["test-x"].ending == ""


def test_source_text_is_there_for_inspect() -> None:
    source = "import inspect\ndef f():\n    return 1\n"
    steps = [
        Step("c", Kind.GIVEN, source, 0, 0),
        Step("test-c", Kind.TEST, "assert 'return 1' in inspect.getsource(f)", 1, 1),
    ]
    assert dict(run_plain(steps, 0, 5))["test-c"].ending == ""


def test_steps_know_points_and_order() -> None:
    notebook = v4.new_notebook(cells=[v4.new_code_cell("1"), v4.new_markdown_cell("2")])
    assert steps_of(notebook) == (Step("cell-0", Kind.PLAIN, "1", 0.0, 0),)

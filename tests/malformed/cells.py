"""Notebooks that are JSON, but whose cells and metadata are not what they should be."""

import copy
from random import Random
from typing import Any

from tests.malformed.mutation import Layer, Outcome

KEEPS, GRADED, REFUSED = Outcome.KEEPS, Outcome.GRADED, Outcome.REFUSED
notebook = Layer()

HOSTILE_IDS = (
    "../../../gradebook.db", "x" * 10_000, "té\u0301st-\u202egnp", "", "<b>id</b>", "a\nb\x1b[2J",
    "test-squares", "test-squares-hidden", "squares", "%s{0}", "\x00",
)  # fmt: skip
ABSURD = (None, 3, -1.5, True, [], ["x", 4], {}, {"a": {"b": []}}, "text", "")
VERSIONS = (2, 3, 5, 99, -4, 0, "4", "four", None, [4], 1e308)


def solutions(nb: Any) -> list[Any]:
    return [cell for cell in nb["cells"] if grade_id(cell) in ("squares", "line")]


def tests(nb: Any) -> list[Any]:
    return [cell for cell in nb["cells"] if grade_id(cell).startswith("test-")]


def grade_id(cell: Any) -> str:
    known = isinstance(cell, dict) and isinstance(cell.get("metadata"), dict)
    meta = cell["metadata"].get("nbgrader") if known else None
    found = meta.get("grade_id") if isinstance(meta, dict) else ""
    return found if isinstance(found, str) else ""


def code(source: Any, **more: Any) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], **more}


def dicts(nb: Any) -> list[Any]:
    return [cell for cell in nb["cells"] if isinstance(cell, dict)]


def insert(nb: Any, rng: Random, cell: Any) -> None:
    nb["cells"].insert(rng.randrange(len(nb["cells"]) + 1), cell)


@notebook(KEEPS)
def test_cells_deleted(nb: Any, rng: Random) -> None:
    nb["cells"] = [cell for cell in nb["cells"] if cell not in tests(nb)]


@notebook(KEEPS)
def only_solutions_left(nb: Any, rng: Random) -> None:
    nb["cells"] = solutions(nb)


@notebook(KEEPS)
def test_cells_twice(nb: Any, rng: Random) -> None:
    for cell in tests(nb):
        insert(nb, rng, copy.deepcopy(cell))


@notebook(KEEPS)
def solutions_twice_the_same(nb: Any, rng: Random) -> None:
    nb["cells"] += copy.deepcopy(solutions(nb))


@notebook(KEEPS)
def test_cells_retyped(nb: Any, rng: Random) -> None:
    for cell in tests(nb):
        cell["cell_type"] = rng.choice(["markdown", "raw"])


@notebook(KEEPS, shakes=True)
def solutions_retyped(nb: Any, rng: Random) -> None:
    for cell in solutions(nb):
        cell["cell_type"] = rng.choice(["markdown", "raw", "heading", "widget", ""])


@notebook(KEEPS, shakes=True)
def types_lost(nb: Any, rng: Random) -> None:
    for cell in dicts(nb):
        cell.pop("cell_type", None)


@notebook(KEEPS)
def cells_reversed(nb: Any, rng: Random) -> None:
    nb["cells"].reverse()


@notebook(KEEPS)
def cells_shuffled(nb: Any, rng: Random) -> None:
    rng.shuffle(nb["cells"])


@notebook(KEEPS, shakes=True)
def metadata_and_ids_lost(nb: Any, rng: Random) -> None:
    for cell in dicts(nb):
        cell["metadata"] = {}
        cell.pop("id", None)


@notebook(KEEPS, shakes=True)
def grade_ids_renamed(nb: Any, rng: Random) -> None:
    for cell in solutions(nb):
        cell["metadata"]["nbgrader"]["grade_id"] = rng.choice(["my-cell", "squares2", "Test"])


@notebook(KEEPS, shakes=True)
def grade_ids_hostile(nb: Any, rng: Random) -> None:
    for cell in solutions(nb):
        cell["metadata"]["nbgrader"]["grade_id"] = rng.choice([*HOSTILE_IDS[:6], *ABSURD])


@notebook(KEEPS)
def added_cells_with_hostile_grade_ids(nb: Any, rng: Random) -> None:
    for name in HOSTILE_IDS[:8]:
        insert(nb, rng, code("1", metadata={"nbgrader": {"grade_id": name, "grade": True}}))


@notebook(KEEPS, shakes=True)
def ids_absurd(nb: Any, rng: Random) -> None:
    for cell in dicts(nb):
        cell["id"] = rng.choice([*HOSTILE_IDS[:6], *ABSURD])


@notebook(KEEPS, shakes=True)
def ids_all_one(nb: Any, rng: Random) -> None:
    for cell in dicts(nb):
        cell["id"] = "one"


@notebook(KEEPS)
def tags_that_skip(nb: Any, rng: Random) -> None:
    for cell in dicts(nb):
        if isinstance(cell.get("metadata"), dict):
            cell["metadata"]["tags"] = ["skip-execution", "raises-exception", "experiment"]


@notebook(KEEPS, shakes=True)
def cell_metadata_absurd(nb: Any, rng: Random) -> None:
    for cell in dicts(nb):
        cell["metadata"] = rng.choice(ABSURD)


@notebook(KEEPS)
def notebook_metadata_absurd(nb: Any, rng: Random) -> None:
    nb["metadata"] = rng.choice(ABSURD)


@notebook(KEEPS)
def metadata_missing(nb: Any, rng: Random) -> None:
    nb.pop("metadata", None)


@notebook(KEEPS)
def kernel_of_another_language(nb: Any, rng: Random) -> None:
    kernel = {"name": "ir", "display_name": "R", "language": "R"}
    nb["metadata"] = {"kernelspec": kernel, "language_info": {"name": "R"}}


@notebook(KEEPS)
def kernel_absurd(nb: Any, rng: Random) -> None:
    nb["metadata"] = {"kernelspec": rng.choice(ABSURD), "language_info": rng.choice(ABSURD)}


@notebook(KEEPS)
def version_absurd(nb: Any, rng: Random) -> None:
    nb["nbformat"] = rng.choice(VERSIONS)


@notebook(KEEPS)
def minor_version_absurd(nb: Any, rng: Random) -> None:
    nb["nbformat_minor"] = rng.choice([0, 1, 2, 3, 4, 5, 6, 77, -1, "5", None, [], 10**30])


@notebook(KEEPS)
def versions_missing(nb: Any, rng: Random) -> None:
    nb.pop("nbformat", None)
    nb.pop("nbformat_minor", None)


@notebook(KEEPS, alone=True)
def version_three(nb: Any, rng: Random) -> None:
    for cell in dicts(nb):
        if cell.get("cell_type") == "code":
            cell["input"] = cell.pop("source")
            cell["language"] = "python"
    cells = nb.pop("cells")
    nb["worksheets"] = [{"cells": cells[:3]}, None, {"cells": 3}, {"cells": cells[3:]}]
    nb["nbformat"], nb["nbformat_minor"] = rng.choice([2, 3]), 0


@notebook(KEEPS, shakes=True)
def outputs_missing(nb: Any, rng: Random) -> None:
    for cell in dicts(nb):
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


@notebook(KEEPS, shakes=True)
def outputs_absurd(nb: Any, rng: Random) -> None:
    for cell in dicts(nb):
        cell["outputs"] = rng.choice([*ABSURD, [None], [{"output_type": "x", "data": 3}]])
        cell["execution_count"] = rng.choice(ABSURD)


@notebook(KEEPS)
def outputs_forged(nb: Any, rng: Random) -> None:
    html = {"text/html": "<script>alert(1)</script>", "text/plain": "16 points"}
    for cell in tests(nb):
        cell["outputs"] = [{"output_type": "display_data", "data": html, "metadata": {}}]


@notebook(KEEPS, alone=True)
def outputs_of_twenty_megabytes(nb: Any, rng: Random) -> None:
    text = "0.12345678 [[nan, 1.0]]\n" * 900_000
    nb["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]


@notebook(KEEPS)
def sources_as_lists(nb: Any, rng: Random) -> None:
    for cell in dicts(nb):
        if isinstance(cell.get("source"), str):
            cell["source"] = cell["source"].splitlines(keepends=True)


@notebook(KEEPS)
def sources_as_lists_with_other_things(nb: Any, rng: Random) -> None:
    for cell in dicts(nb):
        if isinstance(cell.get("source"), str):
            cell["source"] = [None, *cell["source"].splitlines(keepends=True), 7, {}]


@notebook(KEEPS)
def things_that_are_no_cells(nb: Any, rng: Random) -> None:
    for thing in ABSURD:
        insert(nb, rng, thing)


@notebook(KEEPS)
def cells_without_anything(nb: Any, rng: Random) -> None:
    for key in ("source", "cell_type", "metadata"):
        insert(nb, rng, {k: v for k, v in code("pass").items() if k != key})


@notebook(KEEPS)
def attachments_odd(nb: Any, rng: Random) -> None:
    for cell in dicts(nb):
        cell["attachments"] = rng.choice(
            [*ABSURD, {"../x.png": {"image/png": "no base64!"}}, {"a": {"text/html": "<script>"}}]
        )


@notebook(KEEPS)
def unknown_keys_everywhere(nb: Any, rng: Random) -> None:
    for thing in (nb, *dicts(nb)):
        thing["__class__"] = thing["\udc80"] = {"x": ABSURD}


@notebook(KEEPS, alone=True)
def fifteen_hundred_empty_cells(nb: Any, rng: Random) -> None:
    nb["cells"] += [code("") for _ in range(1_500)]


@notebook(KEEPS)
def given_and_test_cells_changed(nb: Any, rng: Random) -> None:
    for cell in tests(nb):
        cell["source"] = "print('passed')"


@notebook(GRADED)
def one_solution_missing(nb: Any, rng: Random) -> None:
    nb["cells"].remove(rng.choice(solutions(nb)))


@notebook(GRADED)
def one_source_absurd(nb: Any, rng: Random) -> None:
    rng.choice(solutions(nb))["source"] = rng.choice(ABSURD)


@notebook(GRADED)
def one_source_missing(nb: Any, rng: Random) -> None:
    rng.choice(solutions(nb)).pop("source")


@notebook(GRADED)
def two_versions_of_a_solution(nb: Any, rng: Random) -> None:
    other = copy.deepcopy(solutions(nb)[0])
    other["source"] = "def squares(x):\n    return 2 * x"
    insert(nb, rng, other)


@notebook(GRADED)
def solutions_exchanged(nb: Any, rng: Random) -> None:
    one, two = solutions(nb)
    one["source"], two["source"] = two["source"], one["source"]


@notebook(GRADED)
def no_cell_at_all(nb: Any, rng: Random) -> None:
    nb["cells"] = []


@notebook(GRADED)
def all_cells_text(nb: Any, rng: Random) -> None:
    nb["cells"] = [{"cell_type": "markdown", "source": "# Hello", "metadata": {}}] * 5


@notebook(REFUSED)
def cells_are_no_list(nb: Any, rng: Random) -> None:
    nb["cells"] = rng.choice([None, 3, "cells", {"0": code("1")}, True])


@notebook(REFUSED)
def cells_missing(nb: Any, rng: Random) -> None:
    nb.pop("cells")


@notebook(REFUSED, alone=True)
def ten_thousand_cells(nb: Any, rng: Random) -> None:
    nb["cells"] += [code(str(n)) for n in range(10_000)]

"""Grade ids: present, unique, named by the convention, each test with its exercise."""

import re
from collections import Counter
from copy import deepcopy

from nbgrader.nbgraderformat import MetadataValidator

from course.authoring._shorthand import nbgrader_metadata
from course.authoring.rules._registry import Broken, View, rule
from course.labs import Kind, exercise_of

_VALID = re.compile(r"[a-z][a-z0-9_]*|(test|question|given)-[a-z0-9_]+(-[a-z0-9_]+)*")
_FLAGS = ("grade", "locked", "solution")


@rule("grade-id-form", "Write <exercise>, test-<exercise>[-<part>], question-<name>, given-<name>.")
def grade_id_form(view: View) -> Broken:
    """A cell that nbgrader knows has no grade_id, or not one of the four forms."""
    for place in view.places:
        name = place.cell.grade_id
        if place.nbgrader and not name:
            yield place, "the cell has nbgrader metadata and no grade_id"
        elif name and not _VALID.fullmatch(name):
            yield place, f"the grade_id {name!r} has none of the four forms"


@rule("grade-id-unique", "Give each cell a grade_id of its own.")
def grade_id_unique(view: View) -> Broken:
    """Two cells of the lab have one grade_id."""
    count = Counter(place.cell.grade_id for place in view.places if place.cell.grade_id)
    for place in view.places:
        if count[place.cell.grade_id] > 1:
            yield place, f"{count[place.cell.grade_id]} cells are named {place.cell.grade_id!r}"


@rule("grade-id-role", "Rename the cell, or let `course sync` derive its metadata from the name.")
def grade_id_role(view: View) -> Broken:
    """A cell's nbgrader metadata is not what its grade_id says."""
    for place in view.places:
        if place.cell.grade_id:
            wanted = nbgrader_metadata(place.cell.grade_id)
            wrong = [
                f"{flag}={place.nbgrader.get(flag)}"
                for flag in _FLAGS
                if place.nbgrader.get(flag) != wanted[flag]
            ]
            if wrong:
                yield place, f"the name says otherwise than the metadata: {', '.join(wrong)}"


@rule("nbgrader-schema", "Mend the cell's marker; docs/authoring.md shows each kind of cell.")
def nbgrader_schema(view: View) -> Broken:
    """nbgrader itself does not accept the cell."""
    validator = MetadataValidator()
    for place in view.places:
        if place.nbgrader:
            try:
                validator.validate_cell(deepcopy(place.node))
            except Exception as error:  # noqa: BLE001 - it raises KeyError and TypeError as well
                yield place, f"nbgrader: {str(error).splitlines()[0]}"


@rule("exercise-untested", 'Add a test cell: `# %% grade_id="test-<exercise>" points=...`.')
def exercise_untested(view: View) -> Broken:
    """A solution cell has no test."""
    for place in view.of(Kind.SOLUTION):
        if (place.file, place.cell.grade_id) not in view.tested:
            yield place, "no test cell belongs to this exercise"


@rule("test-without-exercise", "Name the test after the solution cell that it tests.")
def test_without_exercise(view: View) -> Broken:
    """A test cell belongs to an exercise that no solution cell before it bears."""
    for place in view.of(Kind.TEST):
        exercise = exercise_of(place.cell.grade_id)
        if exercise not in {p.cell.grade_id for p in view.before(place)}:
            yield place, f"no solution cell {exercise!r} stands before it"

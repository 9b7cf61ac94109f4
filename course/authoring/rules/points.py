"""Points: every test and question has some, and a lab has 100."""

from course.authoring.rules._registry import Broken, View, rule
from course.labs import Kind, is_bonus

TOTAL = 100


@rule("points-positive", "Write points=<number above 0> in the cell's marker.")
def points_positive(view: View) -> Broken:
    """A graded cell has no points, or not a positive number of them."""
    for place in view.of(Kind.TEST, Kind.MANUAL):
        points = place.nbgrader.get("points")
        if isinstance(points, bool) or not isinstance(points, int | float) or not points > 0:
            yield place, f"points are {points!r}"


@rule("points-total", f"Make the lab's points sum to {TOTAL}, exercises bonus_* aside.")
def points_total(view: View) -> Broken:
    """The points of a lab, bonus aside, do not sum to 100."""
    graded = list(view.of(Kind.TEST, Kind.MANUAL))
    total = sum(place.cell.points for place in graded if not is_bonus(place.cell.grade_id))
    if graded and total != TOTAL:
        yield None, f"the lab has {total:g} points"

"""Lint of labs: collect the cells, run the rules, report in order."""

from dataclasses import dataclass

from course.authoring.rules import RULES, View
from course.labs import Course, Lab


@dataclass(frozen=True)
class Finding:
    """One broken rule: in which file and cell, which rule, in what way, and what to do."""

    file: str
    cell: str
    rule: str
    message: str
    cure: str

    def __str__(self) -> str:
        place = f"{self.file}, {self.cell}" if self.cell else self.file
        return f"{place}: {self.message} [{self.rule}]\n    {self.cure}"


def lint(course: Course, lab_name: str = "") -> tuple[Finding, ...]:
    """Check one lab, or all; empty where nothing is to be said."""
    labs = (course.lab(lab_name),) if lab_name else course.labs
    return tuple(finding for lab in labs for finding in lint_lab(lab))


def lint_lab(lab: Lab) -> tuple[Finding, ...]:
    """Check one lab; findings come in the order of its cells."""
    view = View(lab)
    found = [
        (place.file if place else "", place.cell.index if place else -1, place, message, rule)
        for rule in RULES
        for place, message in rule.check(view)
    ]
    return tuple(
        Finding(file or lab.name, place.label if place else "", rule.id, message, rule.cure)
        for file, _, place, message, rule in sorted(found, key=lambda f: f[:2])
    )

"""The rules that `course lint` knows, in families."""

from course.authoring.rules import cells, identity, names, points, regions, seeds
from course.authoring.rules._registry import RULES, Place, Rule, View

__all__ = [
    "RULES",
    "Place",
    "Rule",
    "View",
    "cells",
    "identity",
    "names",
    "points",
    "regions",
    "seeds",
]

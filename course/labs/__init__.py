"""A course folder: its labs, their notebooks and cells, the known mistakes and alternatives."""

from course.labs._cells import Cell, Kind, cells_of, exercise_of, has_hidden_tests, is_bonus
from course.labs._layout import Course, Lab
from course.labs._notebook import (
    dump_by_cells,
    dump_notebook,
    load_notebook,
    parse_notebook,
    parsed_source,
)
from course.labs._stubs import clear_solution, release_cell_source
from course.labs._variants import Alternative, Mistake, apply_alternative, apply_mistake

__all__ = [
    "Alternative",
    "Cell",
    "Course",
    "Kind",
    "Lab",
    "Mistake",
    "apply_alternative",
    "apply_mistake",
    "cells_of",
    "clear_solution",
    "dump_by_cells",
    "dump_notebook",
    "exercise_of",
    "has_hidden_tests",
    "is_bonus",
    "load_notebook",
    "parse_notebook",
    "parsed_source",
    "release_cell_source",
]

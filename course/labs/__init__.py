"""A course folder: its labs, their notebooks and cells, the known mistakes and alternatives."""

from course.labs._cells import (
    HIDDEN_BEGIN,
    Cell,
    Kind,
    cell_of,
    cells_of,
    exercise_of,
    is_bonus,
)
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
    "HIDDEN_BEGIN",
    "Alternative",
    "Cell",
    "Course",
    "Kind",
    "Lab",
    "Mistake",
    "apply_alternative",
    "apply_mistake",
    "cell_of",
    "cells_of",
    "clear_solution",
    "dump_by_cells",
    "dump_notebook",
    "exercise_of",
    "is_bonus",
    "load_notebook",
    "parse_notebook",
    "parsed_source",
    "release_cell_source",
]

"""Gradients that the tests of a notebook need, found once for the whole class.

The reference solution is run by its tests in trusted code. Whoever grades is given the gradients
that JAX found there, with what tells for which losses they are right: see `course.checks`.
"""

import os
from collections.abc import Mapping
from types import MappingProxyType

from course.checks import Reference
from course.grading.submission.rebuild import steps_of
from course.grading.verdict.plain import run_plain
from course.labs import parse_notebook

References = Mapping[str, tuple[Reference, ...]]  # by test cell, in order of its checks
NO_REFERENCES: References = MappingProxyType({})


def references_of(source_json: str, seed: int, seconds: float) -> References:
    """Run the instructor's notebook in this process; give the references of each test cell.

    A test that fails gives those up to where it stopped: its gradients are then found anew
    whenever it is run, and so is its fault.
    """
    os.environ.setdefault("MPLBACKEND", "Agg")
    notebook = parse_notebook(source_json.encode(), where="source")
    seen = run_plain(steps_of(notebook), seed, seconds)
    return {key: sighting.references for key, sighting in seen if sighting.references}

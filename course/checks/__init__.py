"""What test cells call: comparison, gradient oracles, structure checks, diagnosis.

Numpy and the standard library only; JAX is imported when a gradient is first asked of it.
"""

from course.checks._calls import Call, call
from course.checks._differences import central_difference
from course.checks._errors import CheckFailed, OracleError
from course.checks._gradients import check_gradients
from course.checks._once import once
from course.checks._oracles import compiler_options, jax_gradient, taylor_slope
from course.checks._references import Known, Reference
from course.checks._report import Passed, Report
from course.checks._session import Observation, Session, record, rng, session
from course.checks._structure import check_integers, check_pure
from course.checks._taylor import check_taylor
from course.checks._together import call_all, call_there, get_all, places, set_all
from course.checks._value import check_true, check_value
from course.checks._values import is_sequence
from course.checks._vectorised import check_vectorised
from course.checks._walk_back import check_walk_back

__all__ = [
    "Call",
    "CheckFailed",
    "Known",
    "Observation",
    "OracleError",
    "Passed",
    "Reference",
    "Report",
    "Session",
    "call",
    "call_all",
    "call_there",
    "central_difference",
    "check_gradients",
    "check_integers",
    "check_pure",
    "check_taylor",
    "check_true",
    "check_value",
    "check_vectorised",
    "check_walk_back",
    "compiler_options",
    "get_all",
    "is_sequence",
    "jax_gradient",
    "once",
    "places",
    "record",
    "rng",
    "session",
    "set_all",
    "taylor_slope",
]

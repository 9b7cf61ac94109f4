"""`once`: what takes a test long and is the same for every student, found once for the class."""

import copy
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from course.checks._references import Found, digest
from course.checks._session import current_session
from course.checks._trees import flatten


def once(function: Callable[..., Any], *args: Any) -> Any:
    """Give `function(*args)`, or a copy of what another run of the test cell found it to be.

    For a test's own heavy work, such as the gradients of a deep network. The arguments are real
    arrays and numbers, or lists and tuples of them, and all that the function computes from: it
    must read nothing else that can be another for another student. The value is plain data.

    Raises
    ------
    OracleError
        if the arguments are anything else.
    """
    current, at = current_session(), _name(function) + digest(flatten(args))
    known = current.known() if current else None
    if not isinstance(known, Found) or known.at != at:
        known = Found(at, function(*args))
    if current:
        current.found.append(known)
    return copy.deepcopy(known.value)


def _name(function: Callable[..., Any]) -> bytes:
    """Give what tells a function from the others of its cell."""
    code = function.__code__
    place = f"{code.co_filename}:{code.co_firstlineno}:{code.co_name}:".encode()
    return blake2b(place + code.co_code, digest_size=16).digest()

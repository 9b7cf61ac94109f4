"""Waiting for a gradebook that another program writes into."""

import re
import time
from collections.abc import Callable
from typing import TypeVar

from nbgrader.api import InvalidEntry
from sqlalchemy.exc import ArgumentError, DatabaseError

from course.errors import CourseError

T = TypeVar("T")
OnWait = Callable[[str], None]  # hears what is waited for
_PASSWORD = re.compile(r"(://[^:/@]*:)[^@/]*@")
SECONDS = 60.0
TOLD_AFTER = 3.0  # seconds of waiting
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0
_BROKEN = ("not a database", "malformed")
_BUSY = ("locked", "deadlock", "could not obtain lock")


def patiently(
    action: Callable[[], T],
    where: str,
    on_wait: OnWait = lambda _: None,
    seconds: float = SECONDS,
) -> T:
    """Do `action`, which changes all or nothing, again and again while the gradebook is locked.

    Where that takes longer than a moment, `on_wait` is called, once.

    Raises
    ------
    CourseError
        if it is still locked after `seconds`, or cannot be written for another reason.
    """
    where = without_password(where)
    begin, pause, is_told = time.monotonic(), FIRST_PAUSE, False
    while True:
        try:
            return action()
        except (DatabaseError, InvalidEntry) as error:
            waited = time.monotonic() - begin
            _give_up_on(error, where, is_late=waited > seconds)
            if waited > TOLD_AFTER and not is_told:
                on_wait(f"Another program keeps the gradebook locked: {where}")
                is_told = True
        except (ImportError, ArgumentError) as error:  # no driver, or no URL
            raise CourseError(
                f"the gradebook cannot be used: {error}",
                where=where,
                cure="Look at db_url in nbgrader_config.py; for Postgres: "
                "pip install 'nn-course[postgres]'.",
            ) from error
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def without_password(url: str) -> str:
    """Give the URL of a database as people may see it."""
    return _PASSWORD.sub(r"\1***@", url)


def _give_up_on(error: Exception, where: str, is_late: bool) -> None:
    text = str(error).splitlines()[0]
    if any(word in text for word in _BROKEN):
        raise CourseError(
            f"the gradebook is broken: {text}",
            where=where,
            cure="Put a copy of it in its place. Or move it away: `course grade` then makes a new "
            "one, without the marks and comments that people gave.",
        ) from error
    if not any(word in text for word in _BUSY):
        raise CourseError(
            f"the gradebook cannot be used: {text}",
            where=where,
            cure="Results that were recorded are kept: the same command goes on from there.",
        ) from error
    if is_late:
        raise CourseError(
            "another program keeps the gradebook locked",
            where=where,
            cure="End it (formgrader, `nbgrader`), then give the command again: it goes on.",
        ) from error

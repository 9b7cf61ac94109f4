"""What the last gradings of a lab left behind, so that the next one does no work twice.

All of it lies in `.course/` of the course folder and may be deleted: then everything is graded
again.
"""

from course.grading.run.store.agenda import Agenda, make_agenda
from course.grading.run.store.digests import (
    digest_of,
    lab_digest,
    package_digest,
    submission_digest,
)
from course.grading.run.store.shelf import Entry, Key, Shelf
from course.grading.run.store.turn import turn

__all__ = [
    "Agenda",
    "Entry",
    "Key",
    "Shelf",
    "digest_of",
    "lab_digest",
    "make_agenda",
    "package_digest",
    "submission_digest",
    "turn",
]

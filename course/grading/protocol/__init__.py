"""What travels between referee and student process: frames of typed values, nothing evaluated."""

from course.grading.protocol.bounds import Bounds, Malformed, Unsendable
from course.grading.protocol.frames import read_frame, write_frame
from course.grading.protocol.messages import (
    Failure,
    Message,
    Refusal,
    Request,
    Value,
    pack_message,
    unpack_message,
)
from course.grading.protocol.references import Lent, Mine, Reference, Yours

__all__ = [
    "Bounds",
    "Failure",
    "Lent",
    "Malformed",
    "Message",
    "Mine",
    "Reference",
    "Refusal",
    "Request",
    "Unsendable",
    "Value",
    "Yours",
    "pack_message",
    "read_frame",
    "unpack_message",
    "write_frame",
]

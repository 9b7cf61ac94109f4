"""What travels between referee and student process: frames of typed values, nothing evaluated."""

from course.grading.protocol.bounds import Bounds, Malformed, Unsendable
from course.grading.protocol.frames import CHUNK, Frames, frame_of, write_frame
from course.grading.protocol.messages import (
    Failure,
    Message,
    Refusal,
    Request,
    Value,
    pack_message,
    unpack_message,
)
from course.grading.protocol.references import Lent, Node, Resolver, mine, yours

__all__ = [
    "CHUNK",
    "Bounds",
    "Failure",
    "Frames",
    "Lent",
    "Malformed",
    "Message",
    "Node",
    "Refusal",
    "Request",
    "Resolver",
    "Unsendable",
    "Value",
    "frame_of",
    "mine",
    "pack_message",
    "unpack_message",
    "write_frame",
    "yours",
]

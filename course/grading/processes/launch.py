"""Start of a student process: forked from a warm template where that works, else started afresh."""

import sys
import tempfile
from pathlib import Path

from course.grading.limits import Limits
from course.grading.processes.nursery import CannotFork, nursery
from course.grading.processes.process import Executed, Process, execute
from course.grading.processes.warden import Warden
from course.grading.sandbox import Level, Room
from course.grading.submission.data_files import DataFiles, write_data_files

ARGV = [sys.executable, "-P", "-s", "-X", "utf8", "-m", "course.grading.student"]
_forked: set[Level] = set()
_unforkable: set[Level] = set()


def launch(level: Level, limits: Limits, forbidden: tuple[str, ...], files: DataFiles) -> Process:
    """Start a student process with private copies of the data `files`."""
    room = Room(Path(tempfile.mkdtemp(prefix="course-student-")))
    room.data.mkdir()
    room.home.mkdir()
    write_data_files(files, room.data)
    process = _started(level, room, limits, forbidden)
    process.guard()
    return process


def _started(level: Level, room: Room, limits: Limits, forbidden: tuple[str, ...]) -> Process:
    there = nursery()
    if there is not None and level not in _unforkable:
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - `Process.kill` closes it
        try:
            process = there.fork(level, room, limits, forbidden, errors)
        except CannotFork:
            errors.close()
            if level not in _forked:  # else it was bad luck, or somebody's kill
                _unforkable.add(level)
        else:
            _forked.add(level)
            return process
    return _execute(level, room, limits, forbidden)


def _execute(level: Level, room: Room, limits: Limits, forbidden: tuple[str, ...]) -> Executed:
    start = level.start(ARGV, room, limits, forbidden)
    errors = tempfile.TemporaryFile()  # noqa: SIM115 - `Process.kill` closes it
    popen = execute(start, errors)
    assert popen.stdin is not None
    assert popen.stdout is not None
    return Executed(
        popen.stdin, popen.stdout, errors, room, Warden(limits), popen, bool(start.wrapper)
    )

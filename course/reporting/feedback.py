"""Feedback pages: `feedback/<student>/<lab>/<notebook>.html`, made by nbgrader."""

from collections.abc import Collection
from pathlib import Path

from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from course.errors import CourseError
from course.grading.settings import load_config, nbgrader_environment
from course.labs import Course


def write_feedback(course: Course, lab_name: str, students: Collection[str] | None = None) -> Path:
    """Write the pages of all graded submissions of a lab, or of the chosen students'.

    Pages that are there are written anew. Scores and comments come from the gradebook. Gives the
    folder of the pages.

    Raises
    ------
    CourseError
        if nothing is graded yet or nbgrader cannot make a page.
    """
    config = load_config(course)
    config.CourseDirectory.assignment_id = lab_name
    with nbgrader_environment():
        for student in ["*"] if students is None else sorted(students):
            config.CourseDirectory.student_id = student
            converter = GenerateFeedback(coursedir=CourseDirectory(config=config), config=config)
            converter.force = True
            try:
                converter.start()
            except NbGraderException as error:
                raise CourseError(
                    f"feedback cannot be made: {error}",
                    where=str(course.autograded),
                    cure=f"Grade the lab first: course grade {lab_name}.",
                ) from error
    return course.feedback

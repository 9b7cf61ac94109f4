"""nbgrader's configuration of this course folder.

It puts two-process grading into `nbgrader autograde` and the formgrader page, stubs that say what
to write into releases, and keeps hidden tests out of feedback.
"""

from course.grading.settings import configure

c = get_config()  # noqa: F821 - nbgrader defines it
configure(c)
c.CourseDirectory.course_id = "nn-course"

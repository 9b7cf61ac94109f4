"""The two ways a check ends badly: the student's answer is wrong, or the test is."""

from course.checks._report import Report


class CheckFailed(AssertionError):
    """The student's answer is wrong; `report` says how."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.report = report

    def __str__(self) -> str:
        return self.report.render()

    def _render_traceback_(self) -> list[str]:
        """Show the message alone in IPython: the frames of a check help no student."""
        return str(self).splitlines()


class OracleError(RuntimeError):
    """The test itself is broken: its oracles disagree or cannot be computed."""

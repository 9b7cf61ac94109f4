"""What can go wrong on the student's side of the wall, as the referee sees it."""


class StudentFault(Exception):
    """Base of all that student code can do wrong while a test cell runs."""


class StudentError(StudentFault):
    """An exception raised in student code.

    `type_name` is the exception's type, `text` its message, `traceback` the student's frames as
    text, all bounded in length. An instance is also one of the built-in type of the same name
    where there is one that can be made.
    """

    def __init__(self, type_name: str, text: str, traceback: str = "") -> None:
        super().__init__(type_name, text, traceback)
        self.type_name, self.text, self.traceback = type_name, text, traceback

    def __str__(self) -> str:
        return f"{self.type_name}: {self.text}" if self.text else self.type_name


class StudentNameError(StudentFault, NameError):
    """A test cell needs a name that the student's cells did not define."""


class StudentTimeout(StudentFault):
    """Student code did not answer before its deadline."""


class StudentDied(StudentFault):
    """The student process ended, or a proxy outlived it."""


class ProtocolFault(StudentFault):
    """The student process answered with something that is not a valid reply."""

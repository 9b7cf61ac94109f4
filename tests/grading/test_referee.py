"""The referee alone: the student's side is a function from names to objects."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import pytest

from course.errors import CourseError
from course.grading.verdict.judging import Failures
from course.grading.verdict.referee import Referee, Trial
from course.grading.verdict.results import Status
from course.grading.wall.connection import Student, StudentCell
from course.grading.wall.faults import (
    ProtocolFault,
    StudentDied,
    StudentError,
    StudentNameError,
    StudentTimeout,
)


@dataclass
class Namespace:
    names: dict[str, Any]

    def lookup(self, name: str) -> Any:
        if name not in self.names:
            raise StudentNameError(f"name {name!r} is not defined")
        return self.names[name]

    def within(self, seconds: float) -> AbstractContextManager[None]:
        return nullcontext()


class InterruptError(StudentError, KeyboardInterrupt):
    pass


class StubError(StudentError, NotImplementedError):
    pass


def run(source: str, failures: Failures | None = None, seconds: float = 5.0, **names: Any) -> Trial:
    return Referee(Namespace(names), 7, seconds, 1000).run("test-f", source, failures or Failures())


def raising(error: BaseException) -> Any:
    def f(*_: object) -> None:
        raise error

    return f


def test_a_cell_that_runs_to_its_end_passes_and_keeps_what_it_printed() -> None:
    trial = run("print('checked', f(2))", f=lambda x: x + 1)
    assert (trial.status, trial.output, trial.message) == (Status.PASSED, "checked 3\n", "")


def test_free_names_are_found_in_nested_functions_and_classes_methods() -> None:
    source = """
def outer():
    return [inner() for _ in range(2)]
def inner():
    return (lambda: f(1))()
class Check:
    def go(self):
        return f(2) + len(outer())
assert Check().go() == 4
"""
    assert run(source, f=lambda x: x).status is Status.PASSED


def test_a_name_that_is_never_used_does_not_matter() -> None:
    assert run("if False:\n    missing()").status is Status.PASSED


def test_builtins_are_the_referees_own() -> None:
    assert run("assert sum([1, 2]) == 3", sum=raising(StudentError("E", ""))).status is (
        Status.PASSED
    )


def test_the_same_seed_draws_the_same_numbers() -> None:
    source = "from course import checks\nprint(checks.rng().normal())"
    assert run(source).output == run(source).output != ""


def test_a_failed_check_gives_its_report_and_its_observations() -> None:
    source = """
from course import checks
checks.check_value("E · f", f(2.0), 4.0, name="f(2)")
"""
    trial = run(source, f=lambda x: x)
    assert trial.status is Status.FAILED
    assert trial.ending == "CheckFailed"
    assert trial.report is not None
    assert "E · f" in trial.message
    assert [o.name for o in trial.observations] == ["f(2)"]


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (
            StubError("NotImplementedError", "return x"),
            Status.BLANK,
            "Not written yet. return x",
        ),
        (StudentError("ValueError", "bad", "line 3"), Status.ERROR, "ValueError: bad\nline 3"),
        (InterruptError("KeyboardInterrupt", ""), Status.ERROR, "KeyboardInterrupt"),
        (StudentError("SystemExit", "0"), Status.ERROR, "SystemExit"),
        (StudentTimeout("late"), Status.TIMEOUT, "did not answer in time"),
        (StudentDied("signal 9"), Status.DIED, "ended its Python process"),
        (ProtocolFault("too deep"), Status.ERROR, "cannot be read"),
    ],
)
def test_what_student_code_does_wrong_has_a_status_and_words(
    error: BaseException, status: Status, words: str
) -> None:
    trial = run("f(1)", f=raising(error))
    assert trial.status is status
    assert words in trial.message


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("a, b = f(1)", "The test could not use what `f` gave it: TypeError"),
        ("f(1).shape", "AttributeError"),
        ("raise SystemExit(0)", "SystemExit"),
        ("import sys; sys.exit()", "SystemExit"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("def", "SyntaxError"),
    ],
)
def test_a_test_that_stops_for_any_other_reason_does_not_pass(source: str, words: str) -> None:
    trial = run(source, f=lambda x: None)
    assert trial.status is Status.ERROR
    assert words in trial.message


def test_a_plain_assertion_fails_with_its_message_alone() -> None:
    trial = run("secret = 41\nassert f(secret) == 42, 'f is off'", f=lambda x: 0)
    assert (trial.status, trial.message) == (Status.FAILED, "f is off")
    silent = run("assert f(41) == 42", f=lambda x: 0)
    assert "41" not in silent.message
    assert silent.status is Status.FAILED


def test_an_endless_loop_in_the_test_is_stopped() -> None:
    assert run("while f(1):\n    pass", seconds=0.2, f=lambda x: True).status is Status.TIMEOUT


def test_a_keyboard_interrupt_from_the_terminal_is_not_swallowed() -> None:
    with pytest.raises(KeyboardInterrupt):
        run("f(1)", f=raising(KeyboardInterrupt()))


def test_what_is_printed_is_bounded_and_errors_cost_nothing() -> None:
    trial = run("import sys; print('x' * 5000); print('warning', file=sys.stderr)")
    assert trial.status is Status.PASSED
    assert len(trial.output) == 1000


def test_a_missing_name_blames_the_cell_that_should_define_it() -> None:
    text = 'File "<cell network>", line 3\n    def (:\n        ^\nSyntaxError: invalid syntax'
    stopped = {"network": StudentError("SyntaxError", text)}
    failures = Failures(stopped, {"Network": "network", "Other": "other"})
    trial = run("Network()", failures)
    assert trial.status is Status.ERROR
    assert trial.message == (
        "`Network` is not defined: the cell `network` stopped with "
        "SyntaxError: invalid syntax (line 3)"
    )
    assert "the cell `other` should define it" in run("Other()", failures).message
    assert "no cell defines it" in run("Unknown()", failures).message


def test_a_missing_name_takes_over_how_its_cell_ended() -> None:
    stopped = {
        "a": StubError("NotImplementedError", "write it"),
        "b": StudentTimeout("it did not end in time"),
    }
    failures = Failures(stopped, {"A": "a", "B": "b"})
    assert run("A()", failures).status is Status.BLANK
    assert run("B()", failures).status is Status.TIMEOUT


def test_an_undefined_name_in_student_code_is_explained_too() -> None:
    failures = Failures({"helper": StudentError("TypeError", "oops")}, {"help_me": "helper"})
    error = StudentError("NameError", "name 'help_me' is not defined")
    assert (
        "the cell `helper` stopped with TypeError: oops"
        in run("f()", failures, f=raising(error)).message
    )


def test_a_missing_method_is_explained_by_the_cell_that_should_add_it() -> None:
    stopped = {"step": StudentDied("killed"), "walk": StudentError("TypeError", "oops")}
    failures = Failures(stopped, {"step": "step", "walk": "walk", "mean": "mean"})

    def message(text: str) -> str:
        return run("f()", failures, f=raising(StudentError("AttributeError", text))).message

    assert "the cell `walk` stopped with TypeError: oops" in message(
        "'Net' has no attribute 'walk'"
    )
    assert "the cell `step` ended its Python" in message("'Net' has no attribute 'step'")
    lacking = "module 'numpy' has no attribute 'mean'"
    assert message(lacking) == f"Your code stopped with AttributeError: {lacking}"


def test_what_a_traceback_says_is_not_said_twice() -> None:
    error = StudentError("TypeError", "oops", "TypeError: oops")
    assert run("f()", f=raising(error)).message == "Your code stopped with TypeError: oops"


def test_terminal_sequences_and_control_characters_do_not_get_through() -> None:
    trial = run("f()", f=raising(StudentError("E", "\x1b[31mred\x1b[0m\x07\x00 \x9b2J end")))
    assert "red" in trial.message
    assert not any(ord(c) < 32 and c not in "\n\t" for c in trial.message)
    assert "\x9b" not in trial.message


def test_a_fault_of_the_grader_is_no_verdict() -> None:
    with pytest.raises(CourseError):
        run("f()", f=raising(CourseError("no student process can be started")))


def test_a_wrong_call_of_a_function_of_the_test_is_shown_where_it_stands() -> None:
    cell = "def apply(f):\n    once = f(1)\n    return f(once, 2)"
    with Student() as student:
        assert student.run(StudentCell("apply", cell)).status == "ok"
        referee = Referee(student, 7, test_seconds=10, output_chars=100)
        trial = referee.run("test-apply", "apply(lambda x: x)", Failures())
    assert trial.status is Status.ERROR
    assert "Your code called a function of this test, which stopped with TypeError" in trial.message
    assert "cell apply, line 3, in apply\n    return f(once, 2)" in trial.message
    assert "RefereeError" not in trial.message
    assert "File" not in trial.message

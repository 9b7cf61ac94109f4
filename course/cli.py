"""The `course` command: parses and prints; all work is done below."""

import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from course.errors import CourseError

if TYPE_CHECKING:
    from course.labs import Course, Lab

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)
ROOT_HELP = "The course folder (with source/, submitted/, ...); default: here."
Command = Callable[..., Any]


def main() -> None:
    """Run the command line; user errors end in one plain message and exit status 2."""
    from mnist_utils import DataError

    try:
        commands(standalone_mode=False)
    except (CourseError, DataError) as error:
        err.print(f"[bold red]error[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        err.print("stopped")
        sys.exit(130)


@click.group()
@click.option("--root", type=click.Path(path_type=Path), default=Path(), help=ROOT_HELP)
@click.version_option(package_name="nn-course")
@click.pass_context
def commands(context: click.Context, root: Path) -> None:
    """How neural networks learn: build, verify and grade the labs."""
    context.obj = root


def on_course(command: Command) -> Command:
    """Give a command the course folder as its first argument, and the option --root."""

    @click.option("--root", type=click.Path(path_type=Path), default=None, help=ROOT_HELP)
    @click.pass_context
    @wraps(command)
    def with_course(context: click.Context, /, *, root: Path | None, **options: Any) -> Any:
        from course.labs import Course

        folder = (root if root is not None else context.find_root().obj).resolve()
        return command(Course(folder), **options)

    return with_course


def _chosen(course: "Course", names: Iterable[str]) -> tuple["Lab", ...]:
    chosen = tuple(course.lab(name) for name in names)
    return chosen or course.labs


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
    )


@commands.command()
@click.argument("lab", default="")
@click.option("--check", is_flag=True, help="Say what differs, write nothing; exit 1 if anything.")
@on_course
def sync(course: "Course", lab: str, check: bool) -> None:
    """Carry edits between each lab's .py source and its notebook."""
    from course.authoring.sync import sync as carry

    changes = carry(course, lab, check=check)
    for change in changes:
        out.print(escape(str(change)), soft_wrap=True)
    if check and changes:
        err.print("Run `course sync` and commit both files.")
        sys.exit(1)
    if not changes:
        out.print("All notebooks are in step with their sources.")


@commands.command()
@click.argument("labs", nargs=-1)
@on_course
def lint(course: "Course", labs: tuple[str, ...]) -> None:
    """Check the cells of labs: names, imports, seeds, grade ids, points; exit 1 on findings."""
    from course.authoring.lint import lint_lab

    findings = [finding for lab in _chosen(course, labs) for finding in lint_lab(lab)]
    for finding in findings:
        out.print(escape(str(finding)), soft_wrap=True)
    if findings:
        sys.exit(1)
    out.print("Nothing to mend in the labs.")


@commands.command()
@click.argument("labs", nargs=-1)
@on_course
def build(course: "Course", labs: tuple[str, ...]) -> None:
    """Make the student release of labs (default: all) in release/."""
    from course.authoring.build import build as release

    for lab in _chosen(course, labs):
        out.print(f"{release(course, lab.name)}: no solution, no hidden test, no source in it")


@commands.command()
def doctor() -> None:
    """Tell which optional parts this machine has, and what follows."""
    from course.doctor import examine

    for finding in examine():
        mark = "[green]here   [/]" if finding.present else "[yellow]missing[/]"
        out.print(f"{mark} [bold]{finding.name}[/]: {escape(finding.meaning)}", soft_wrap=True)


@commands.group()
def data() -> None:
    """Bring the complete MNIST into the cache; the labs need only the subset carried along."""


@data.command()
def fetch() -> None:
    """Download the complete set from the usual mirrors, verified; resumes where it stopped."""
    import mnist_utils

    with _bytes_bar() as bar:
        tasks: dict[str, Any] = {}

        def show(done: int, total: int, name: str) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=total)
            bar.update(tasks[name], completed=done, total=total)

        mnist_utils.fetch(progress=show)
    out.print(f"The complete set is in {mnist_utils.cache_folder()}", soft_wrap=True)


@data.command("import")
@click.argument("path", type=click.Path(path_type=Path))
def import_(path: Path) -> None:
    """Take the complete set from PATH: mnist.npz, mnist.pkl.gz, idx files or a folder of them."""
    import mnist_utils

    mnist_utils.import_path(path)
    missing = mnist_utils.missing()
    where = mnist_utils.cache_folder()
    still = f"still missing: {', '.join(missing)}" if missing else "the set is complete"
    out.print(f"Imported into {where}; {still}", soft_wrap=True)


def _bytes_bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), console=err, transient=True
    )

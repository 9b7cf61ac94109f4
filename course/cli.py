"""The `course` command: parses and prints; all work is done below."""

import atexit
import gc
import sys
import time
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
from rich.table import Table

from course.errors import CourseError

if TYPE_CHECKING:
    from course.authoring.proof import LabProof
    from course.grading.run.crew import Site
    from course.grading.verdict.results import NotebookResult
    from course.labs import Course, Lab
    from course.reporting.grading_run import GradingRun
    from course.reporting.summary import Summary

PLAIN_WIDTH = 130  # where the output is not a terminal: a log of CI, a pipe
out = Console(highlight=False, emoji=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
err = Console(stderr=True, highlight=False, emoji=False)
ROOT_HELP = "The course folder (with source/, submitted/, ...); default: here."
Command = Callable[..., Any]


def main() -> None:
    """Run the command line; user errors end in one plain message and exit status 2."""
    from course.grading.pool import leave_out_grammar
    from mnist_utils import DataError

    leave_out_grammar()
    atexit.register(gc.freeze)  # to look at all that is loaded once more takes half a second
    try:
        commands(standalone_mode=False)
    except (CourseError, DataError) as error:
        err.print(f"[bold red]error[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(2)
    except ModuleNotFoundError as error:
        if str(error.name).split(".")[0] == "course":
            raise
        err.print(f"[bold red]error[/] `{error.name}` is not installed")
        err.print("  What this command needs comes with: pip install 'nn-course\\[instructor]'")
        sys.exit(2)
    except OSError as error:  # a folder that cannot be written into, or a full disk
        said = f"{error.filename or 'a file'}: {error.strerror or error}"
        err.print(f"[bold red]error[/] {escape(said)}", soft_wrap=True)
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


@commands.command()
@click.argument("labs", nargs=-1)
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the proof here.")
@click.option("--seeds", type=click.IntRange(min=1), default=1, help="Grade under so many seeds.")
@on_course
def verify(course: "Course", labs: tuple[str, ...], json_file: Path | None, seeds: int) -> None:
    """Prove labs: reference, blank release, leaks, mistakes, alternatives; exit 1 if one fails."""
    proofs = _verify(course, [lab.name for lab in _chosen(course, labs)], seeds)
    if json_file:
        from course.reporting.grading_run import write_json

        write_json(json_file, {"labs": [proof.as_dict() for proof in proofs]})
    if not all(proof.ok for proof in proofs):
        sys.exit(1)


def _verify(course: "Course", labs: Iterable[str], seeds: int = 1) -> "list[LabProof]":
    from course.authoring.verify import verify as prove

    proofs = []
    for name in labs:
        with _bar() as bar:
            task = bar.add_task(name)

            def show(what: str, done: int, total: int) -> None:
                bar.update(task, description=f"{name}: {what}", completed=done, total=total)  # noqa: B023

            proofs.append(prove(course, name, seeds=seeds, progress=show))
        _show_proof(proofs[-1])
    return proofs


def _show_proof(proof: "LabProof") -> None:
    named = sum(mistake.named for mistake in proof.mistakes)
    right = sum(other.points == proof.points for other in proof.alternatives)
    verdict = "[green]proven[/]" if proof.ok else "[bold red]not proven[/]"
    out.print(
        f"[bold]{proof.lab}[/] {verdict}: reference {proof.reference.two_process:g} of "
        f"{proof.points:g} points (stock nbgrader {proof.reference.stock:g}), blank release "
        f"{proof.blank.two_process:g}, {len(proof.leaks)} leaks, "
        f"{len(proof.mistakes)} mistakes of which {named} named, "
        f"{right} of {len(proof.alternatives)} alternatives accepted",
        soft_wrap=True,
    )
    for problem in proof.problems:
        out.print(f"  [red]·[/] {escape(problem)}", soft_wrap=True)


@commands.command()
@click.argument("lab")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write results here.")
@click.option("--seed", type=int, help="Repeat the run that had this seed.")
@click.option("--force", is_flag=True, help="Grade what is unchanged, too.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes; default: one per core.")
@click.option("--student", "students", multiple=True, help="Only this one; may be repeated.")
@click.option("--sandbox", default="", help="What contains student code; default: the best wall.")
@click.option("--dask", default="", metavar="ADDRESS", help="Grade on the cluster of a scheduler.")
@on_course
def grade(
    course: "Course",
    lab: str,
    json_file: Path | None,
    students: tuple[str, ...],
    workers: int | None,
    dask: str,
    **options: Any,
) -> None:
    """Grade what was handed in for LAB: gradebook, autograded/, feedback/, class report.

    Submissions that are as they were when they were last graded keep their results, and a run that
    was stopped goes on where it was.
    """
    notebooks = course.lab(lab).notebooks  # no lab: told before anything starts
    if json_file and (json_file.is_dir() or not json_file.parent.is_dir()):
        raise CourseError("no file can be written there", where=str(json_file))
    folders = len(students) or sum(1 for _ in course.submitted.glob("*"))
    with _site(workers, dask, folders * len(notebooks)) as site:
        run = _grade(course, lab, students=students or None, site=site, **options)
    if json_file:
        from course.reporting.grading_run import write_json

        write_json(json_file, run.as_dict())


def _site(workers: int | None, dask: str, jobs: int) -> "Site":
    """Say where to grade; processes of this machine load while nbgrader, which takes long, does."""
    if dask:
        from course.grading.run.cluster import Cluster

        return Cluster(dask, workers)
    from course.grading.run.workers import Machine

    machine = Machine(workers)
    machine.begin(jobs)
    return machine


def _grade(course: "Course", lab: str, **options: Any) -> "GradingRun":
    from course.reporting.grading_run import grade_and_record
    from course.reporting.progress import time_left

    with _bar() as bar:
        task = bar.add_task(lab, total=None)

        times: list[float] = []

        def wait(reason: str) -> None:
            bar.console.print(escape(f"{reason}; this one waits."), soft_wrap=True)

        def start(kept: int, total: int) -> None:
            bar.update(task, total=total)
            if kept:
                bar.console.print(f"unchanged since they were graded: {kept}; to grade: {total}")

        def show(result: "NotebookResult", done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            times.append(time.monotonic())
            said = f"{done}/{total} {result.student}: {result.in_short}{time_left(times, total)}"
            bar.console.print(escape(said), soft_wrap=True)

        try:
            run = grade_and_record(
                course, lab, on_wait=wait, on_start=start, on_result=show, **options
            )
        except KeyboardInterrupt:
            err.print(f"What is graded is kept: `course grade {lab}` goes on from there.")
            raise
    _show_class(run.summary)
    out.print(f"Class report: {run.report}", soft_wrap=True)
    out.print(f"Graded notebooks: {course.autograded}", soft_wrap=True)
    out.print(f"Pages for students: {course.feedback}", soft_wrap=True)
    return run


def _show_class(summary: "Summary") -> None:
    from course.reporting.summary import GLYPHS

    seeds = ", ".join(map(str, summary.seeds))
    table = Table(title=f"{summary.title} (seed {seeds})", title_justify="left")
    table.add_column("student", overflow="fold")
    table.add_column("points", justify="right")
    table.add_column("tests")
    table.add_column("diagnosis", overflow="fold")
    for row in summary.rows:
        marks = "".join(GLYPHS[cell.status] for cell in row.cells)
        said = ", ".join(row.diagnoses) if row.status == "graded" else row.status
        table.add_row(
            escape(row.student), f"{row.points:g}/{row.max_points:g}", marks, escape(said)
        )
    out.print(table)
    out.print(" ".join(f"{glyph} {status.value}" for status, glyph in GLYPHS.items()), style="dim")


@commands.command()
@click.argument("lab", default="")
@click.option("--dir", "folder", type=click.Path(path_type=Path), default=Path("demo"))
@on_course
def demo(course: "Course", lab: str, folder: Path) -> None:
    """Build, verify and grade a sample class of LAB (default: the first) in a folder of its own."""
    from course.authoring.demo import make_demo
    from course.doctor import examine
    from course.grading.sandbox import best_level

    name = lab or course.labs[0].name
    out.print(f"Building the release of {name} and handing in for a sample class ...")
    sample = make_demo(course, name, folder.resolve())
    out.print("Proving the lab: reference, blank release, mistakes, alternatives ...")
    proofs = _verify(sample, [name])
    out.print("Grading the class ...")
    _grade(sample, name, sandbox=best_level().name)
    for finding in examine():
        if not finding.present:
            out.print(
                f"[yellow]missing[/] {finding.name}: {escape(finding.meaning)}", soft_wrap=True
            )
    out.print(f"Everything lies in {sample.root}", soft_wrap=True)
    if not all(proof.ok for proof in proofs):
        sys.exit(1)

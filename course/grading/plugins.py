"""nbgrader's preprocessors over two-process grading, named in `course.grading.settings`."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import v4
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from course.errors import CourseError
from course.grading.plan import new_seed
from course.grading.record.gradebook import answers_in, stubs_of
from course.grading.record.ledger import Ledger
from course.grading.record.pages import disarm, hide_hidden_tests
from course.grading.run.store import digest_of, lab_digest
from course.grading.run.workers import Workers
from course.grading.sandbox.trust import agreed_level
from course.grading.submission import rebuild
from course.grading.submission.collect import collect, has_odd_stamp
from course.grading.submission.data_files import STAMP
from course.grading.submission.folders import obstacle, shown, unfit_file
from course.labs import Course, Lab, load_notebook, parse_notebook

RESULT = "course_result"


class TolerantExporter(NotebookExporter):  # type: ignore[misc]
    """Reads what is no notebook as an empty one; the referee says in its result what is wrong.

    nbgrader follows links, reads pipes, copies files of any size and stops at a time that is none.
    Submissions with any of these are taken from its list and named in its log; `course grade`
    grades them.
    """

    def __init__(self, parent: Any = None, **options: Any) -> None:
        super().__init__(parent=parent, **options)
        for folder in list(getattr(parent, "assignments", ())):
            why = _not_for_nbgrader(Path(folder), parent.coursedir.max_file_size * 1000)
            if why:
                del parent.assignments[folder]
                parent.log.error("Not graded: %s: %s", shown(folder), why)

    def from_filename(self, filename: str, resources: Any = None, **options: Any) -> Any:
        """Export a notebook file."""
        try:
            notebook = load_notebook(Path(filename))
        except CourseError:
            notebook = v4.new_notebook()
        return self.from_notebook_node(notebook, resources, **options)


def _not_for_nbgrader(folder: Path, max_bytes: int) -> str:
    why = obstacle(folder.parent, folder.name)
    if why:
        return why
    name = unfit_file(folder, max_bytes)
    if name:
        return f"`{name}` is a link, a pipe, a device, too large or too deep; try `course grade`."
    return f"`{STAMP}` holds no time; try `course grade`." if has_odd_stamp(folder) else ""


class Rebuild(NbGraderPreprocessor):  # type: ignore[misc]
    """Makes of a submitted notebook the one that is graded."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Put the student's text into the instructor's notebook."""
        lab, name = _lab(self), resources["nbgrader"]["notebook"]
        return rebuild.rebuild(lab.source(name), nb).notebook, resources


class Referee(NbGraderPreprocessor):  # type: ignore[misc]
    """Grades the submission and gives the notebook with its outputs."""

    sandbox = Unicode("", help="what contains student code; empty for the best").tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Grade; the result stays in `resources` for `SaveVerdicts`."""
        student, notebook = resources["nbgrader"]["student"], resources["nbgrader"]["notebook"]
        course, lab = _course(self), _lab(self)
        workers = workers_for(lab, agreed_level(self.sandbox))
        plan = workers.plans[notebook]
        self.log.info("Grading in two processes with seed %d", plan.seed)
        (result,) = workers.grade([collect(course, student, lab, notebook).job(plan)])
        resources[RESULT] = result
        return parse_notebook(result.notebook_json.encode(), where="autograded"), resources


class SaveVerdicts(NbGraderPreprocessor):  # type: ignore[misc]
    """Writes the referee's verdicts into the gradebook."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Save scores and comments; what a person graded comes up for review."""
        result = resources[RESULT]
        lab = _lab(self)
        answers = answers_in(result.notebook_json, stubs_of(lab.source(result.notebook)))
        with Gradebook(resources["nbgrader"]["db_url"]) as gradebook:
            Ledger(gradebook, lab.name).save(result, answers)
        return nb, resources


class HideHiddenTests(Preprocessor):  # type: ignore[misc]
    """Takes the source of hidden tests out of feedback; their messages stay."""

    enabled = True

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Hide them in every test cell."""
        return hide_hidden_tests(nb), resources


class DisarmAnswers(Preprocessor):  # type: ignore[misc]
    """Lets nothing that a student wrote act on a page: formgrader's or feedback's."""

    enabled = True

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Disarm text cells that students wrote."""
        return disarm(nb), resources


_workers: dict[str, Workers] = {}  # for one state of one lab, the last that was graded
_seed = new_seed()  # one for all that this process grades


def workers_for(lab: Lab, level: str) -> Workers:
    """Give the process that grades a lab: the code of its tests stays out of nbgrader's own.

    That may be a web server, so that there is one process at a time, with the lab's present plans.
    """
    state = digest_of((str(lab.folder), *(lab_digest(lab, n, level) for n in lab.notebooks)))
    if state not in _workers:
        while _workers:
            _workers.popitem()[1].close()
        with ExitStack() as stack:
            workers = Workers(1)
            stack.callback(workers.close)
            workers.prepare(lab, lab.notebooks, _seed, level, stack)()
            stack.pop_all()
        _workers[state] = workers
    return _workers[state]


def _course(preprocessor: Any) -> Course:
    """Find the course folder of the converter that runs this preprocessor."""
    return Course(Path(preprocessor.parent.parent.coursedir.root))


def _lab(preprocessor: Any) -> Lab:
    return _course(preprocessor).lab(preprocessor.parent.parent.coursedir.assignment_id)

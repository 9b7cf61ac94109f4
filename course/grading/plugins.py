"""nbgrader's preprocessors over two-process grading, named in `course.grading.settings`."""

from functools import cache
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import v4
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from course.errors import CourseError
from course.grading import rebuild
from course.grading.collect import jobs_of
from course.grading.driver import Workers
from course.grading.gradebook import answers_in, save_result
from course.grading.pages import disarm, hide_hidden_tests
from course.grading.plan import Plan, make_plan, new_seed
from course.labs import Course, Lab, load_notebook, parse_notebook

RESULT = "course_result"


class TolerantExporter(NotebookExporter):  # type: ignore[misc]
    """Reads what is no notebook as an empty one; the referee says in its result what is wrong."""

    def from_filename(self, filename: str, resources: Any = None, **options: Any) -> Any:
        """Export a notebook file."""
        try:
            notebook = load_notebook(Path(filename))
        except CourseError:
            notebook = v4.new_notebook()
        return self.from_notebook_node(notebook, resources, **options)


class Rebuild(NbGraderPreprocessor):  # type: ignore[misc]
    """Makes of a submitted notebook the one that is graded."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Put the student's text into the instructor's notebook."""
        lab, name = _lab(self), resources["nbgrader"]["notebook"]
        return rebuild.rebuild(lab.source(name), nb).notebook, resources


class Referee(NbGraderPreprocessor):  # type: ignore[misc]
    """Grades the submission and gives the notebook with its outputs."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Grade; the result stays in `resources` for `SaveVerdicts`."""
        where = resources["nbgrader"]
        course = _course(self)
        plan = plan_of(_lab(self), where["notebook"])
        (job,) = jobs_of(course, where["student"], {where["notebook"]: plan})
        self.log.info("Grading in two processes with seed %d", plan.seed)
        workers = _workers()
        result = workers.result(job, workers.submit(job))
        resources[RESULT] = result
        return parse_notebook(result.notebook_json.encode(), where="autograded"), resources


class SaveVerdicts(NbGraderPreprocessor):  # type: ignore[misc]
    """Writes the referee's verdicts into the gradebook."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Save scores and comments; what a person graded comes up for review."""
        result = resources[RESULT]
        lab = _lab(self)
        answers = answers_in(result.notebook_json, lab.source(result.notebook))
        with Gradebook(resources["nbgrader"]["db_url"]) as gradebook:
            save_result(gradebook, lab.name, result, answers, None)
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


@cache
def _workers() -> Workers:
    """Keep one process: the code of tests stays out of nbgrader's, which may be a web server."""
    return Workers(1)


_plans: dict[tuple[str, str, str, str], Plan] = {}
_seed = new_seed()  # one for all that this process grades


def plan_of(lab: Lab, notebook: str) -> Plan:
    """Give the plan of a notebook, made once for this process and this state of the lab."""
    state = "\0".join(path.read_text("utf-8") for path in _files_of(lab, notebook))
    key = (str(lab.folder), lab.name, notebook, state)
    if key not in _plans:
        _plans[key] = make_plan(lab, notebook, _seed)
    return _plans[key]


def _files_of(lab: Lab, notebook: str) -> list[Path]:
    paths = [lab.notebook_path(notebook), *lab.mistake_files, lab.folder / "lab.toml"]
    return [path for path in paths if path.is_file()]


def _course(preprocessor: Any) -> Course:
    """Find the course folder of the converter that runs this preprocessor."""
    return Course(Path(preprocessor.parent.parent.coursedir.root))


def _lab(preprocessor: Any) -> Lab:
    return _course(preprocessor).lab(preprocessor.parent.parent.coursedir.assignment_id)

"""nbgrader's settings for a course folder: what `nbgrader_config.py` says, and its default."""

import contextlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from traitlets.config import Config, PyFileConfigLoader

from course.errors import CourseError
from course.labs import Course

CONFIG = "nbgrader_config.py"
PLUGINS = "course.grading.plugins"
PAGES = "course.reporting"


def configure(config: Any, *, sandbox: str = "") -> None:
    """Put the course's steps in the place of nbgrader's: release, autograding, feedback, pages.

    `sandbox` names the level that contains student code; "" is the best there is, which must be a
    wall.
    """
    config.Referee.sandbox = sandbox
    config.CourseDirectory.ignore = [
        ".ipynb_checkpoints",
        "__pycache__",
        "*.pyc",
        "feedback",
        "*.py",  # notebook sources, mistakes and alternatives
        "*.toml",
    ]
    config.GenerateAssignment.preprocessors = [
        "nbgrader.preprocessors.IncludeHeaderFooter",
        "nbgrader.preprocessors.LockCells",
        "course.authoring.release.ClearSolutionsWithStub",
        "nbgrader.preprocessors.ClearOutput",
        "nbgrader.preprocessors.CheckCellMetadata",
        "nbgrader.preprocessors.ComputeChecksums",
        "nbgrader.preprocessors.SaveCells",
        "nbgrader.preprocessors.ClearHiddenTests",
        "nbgrader.preprocessors.ClearMarkScheme",
        "nbgrader.preprocessors.ComputeChecksums",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    config.Autograde.exporter_class = f"{PLUGINS}.TolerantExporter"
    config.Autograde.sanitize_preprocessors = [f"{PLUGINS}.Rebuild"]
    config.Autograde.autograde_preprocessors = [
        f"{PLUGINS}.Referee",
        f"{PLUGINS}.SaveVerdicts",
        "nbgrader.preprocessors.AssignLatePenalties",
    ]
    config.GenerateFeedback.exporter_class = f"{PAGES}.exporter.FeedbackExporter"
    config.GenerateFeedback.preprocessors = [
        f"{PLUGINS}.HideHiddenTests",
        f"{PAGES}.marks.GetMarks",
        "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
    ]
    config.HTMLExporter.preprocessors = [f"{PLUGINS}.DisarmAnswers"]
    config.HTMLExporter.sanitize_html = True
    config.HTMLExporter.filters = {"markdown2html": f"{PAGES}.maths.markdown2html"}
    config.FeedbackExporter.filters = {}  # it has its own
    config.Execute.skip_cells_with_tag = "experiment"  # `nbgrader validate` runs notebooks as well


def load_config(course: Course) -> Config:
    """Read the course folder's `nbgrader_config.py`, over the settings of `configure`.

    Raises
    ------
    CourseError
        if the file cannot be read.
    """
    config = Config()
    configure(config)
    path = course.root / CONFIG
    if path.is_file():
        try:
            config.merge(PyFileConfigLoader(CONFIG, path=str(course.root)).load_config())
        except Exception as error:
            raise CourseError(
                f"cannot be read: {type(error).__name__}: {error}", where=str(path)
            ) from error
    config.CourseDirectory.root = str(course.root)
    return config


@contextlib.contextmanager
def nbgrader_environment() -> Iterator[None]:
    """Let nbgrader work in this process: `alembic` on PATH, its log and warnings silent."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    log = logging.getLogger("traitlets")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="nbgrader")
            yield
    finally:
        log.setLevel(level)
        os.environ["PATH"] = before

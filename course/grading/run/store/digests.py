"""Digests of what a verdict depends on: our code, the lab, the submission."""

import hashlib
import platform
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from course.grading.limits import Limits
from course.grading.submission.collect import Collected
from course.labs import Lab

PACKAGES = ("course", "mnist_utils")
LIBRARIES = ("ipython", "jax", "numpy")


def digest_of(parts: Iterable[bytes | str]) -> str:
    """Give one digest of several texts; where one ends and the next begins counts."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big"))
        total.update(data)
    return total.hexdigest()


@cache
def package_digest() -> str:
    """Give the digest of the code that grades, and of the Python and the libraries under it."""
    return digest_of(_code())


def _code() -> Iterator[bytes | str]:
    yield platform.python_version()
    yield from map(version, LIBRARIES)
    for spec in filter(None, map(find_spec, PACKAGES)):
        folder = Path(str(spec.origin)).parent
        for path in sorted(folder.rglob("*.py")):
            yield path.relative_to(folder).as_posix()
            yield path.read_bytes()


def lab_digest(lab: Lab, notebook: str, level: str) -> str:
    """Give the digest of what decides the verdicts on a notebook of the lab, but for the seed.

    `level` is the sandbox.
    """
    return digest_of((*_files(lab, notebook), level, repr(Limits()), package_digest()))


def _files(lab: Lab, notebook: str) -> Iterator[bytes | str]:
    for path in (lab.notebook_path(notebook), *lab.mistake_files, lab.folder / "lab.toml"):
        if path.is_file():
            yield path.name
            yield path.read_bytes()


def submission_digest(submission: Collected, lab: str) -> str:
    """Give the digest of a submission and of the lab whose digest is `lab`."""
    is_here = submission.data is not None
    head = (lab, submission.student, submission.notebook, str(is_here), submission.stamp)
    files = (part for file in submission.files for part in file)
    return digest_of((*head, submission.data or b"", "\0".join(submission.notes), *files))

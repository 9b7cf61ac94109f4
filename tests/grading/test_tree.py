"""Folders that somebody else filled: too deep, too long, shut."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from course.grading.submission.collect import collect, handed_in
from course.grading.submission.data_files import read_data_files
from course.grading.submission.folders import unfit_file
from course.grading.submission.renamed import find_renamed
from course.grading.tree import DEEPEST, Hidden, remove, walk
from tests.support.toylab import LAB, NOTEBOOK, make_course


def nest(top: Path, depth: int, name: str = "d") -> None:
    """Make folders within folders; one path to the last of them may be too long for the system."""
    here = os.open(top, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=here)
        inner = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(os.open("x.ipynb", os.O_CREAT, dir_fd=here))
    os.close(here)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    made = tmp_path / "made"
    made.mkdir()
    yield made
    remove(made)
    assert not made.exists()


needs_rights = pytest.mark.skipif(os.geteuid() == 0, reason="root may look everywhere")


def test_names_come_in_order_and_links_are_not_followed(folder: Path) -> None:
    for name in ("b", "a", "a/c"):
        (folder / name).mkdir()
    (folder / "a" / "file").touch()
    (folder / "link").symlink_to(folder)
    seen = [(path.name, names, others) for path, names, others in walk(folder)]
    assert seen == [
        ("made", ["a", "b"], ["link"]),
        ("a", ["c"], ["file"]),
        ("c", [], []),
        ("b", [], []),
    ]


def test_of_the_folders_those_that_are_left_in_the_list_are_looked_into(folder: Path) -> None:
    for name in ("b", "a", "a/c"):
        (folder / name).mkdir()
    seen = []
    for path, names, _ in walk(folder):
        seen.append(path.name)
        names[:] = [name for name in names if name != "a"]
    assert seen == ["made", "b"]


@pytest.mark.parametrize(("depth", "name"), [(1500, "d"), (30, "e" * 200)])
def test_what_lies_too_deep_is_passed_over_and_told_if_it_matters(
    folder: Path, depth: int, name: str
) -> None:
    (folder / "here.txt").write_text("x")
    nest(folder, depth, name)
    assert 10 < len(list(walk(folder))) <= DEEPEST + 1
    with pytest.raises(Hidden):
        list(walk(folder, strict=True))
    assert read_data_files(folder, 100) == (("here.txt", b"x"),)
    assert "no notebook `lines.ipynb`" in find_renamed(folder, "lines")[1]
    assert unfit_file(folder, 100)


def test_a_submission_in_a_deep_folder_is_collected(folder: Path) -> None:
    course = make_course(folder / "course")
    place = course.submitted / "mallory" / LAB
    place.mkdir(parents=True)
    nest(place, 1500)
    (place / f"{NOTEBOOK}.ipynb").write_bytes(b"{}")
    assert collect(course, "mallory", course.lab(LAB), NOTEBOOK).data == b"{}"


@needs_rights
def test_shut_folders_and_files_stop_nobody(folder: Path) -> None:
    (folder / "dark").mkdir()
    (folder / "dark" / "x.ipynb").touch()
    (folder / "timestamp.txt").write_text("2020-01-01 00:00:00 UTC")
    (folder / "timestamp.txt").chmod(0)
    for mode in (0o300, 0o400):
        (folder / "dark").chmod(mode)
        assert find_renamed(folder, "lines")[0] == folder / "lines.ipynb"
        assert handed_in(folder) == ""
    (folder / "dark").chmod(0o300)
    with pytest.raises(Hidden):
        list(walk(folder, strict=True))

"""Whole folders that are not what they seem: links, pipes, paths, forged result files."""

import os
from pathlib import Path
from typing import Any

from tests.attacks.corpus import Code, Kind, dump, write
from tests.attacks.lab import HIDDEN, NOTEBOOK, SOLUTIONS, Target
from tests.support.toylab import cell

KIND = Kind("submission folders")
FILE = f"{NOTEBOOK}.ipynb"
RIGHT = "zz-right"
SHOWS = """
for above, _, names in os.walk("."):
    for name in names:
        loot(read(os.path.join(above, name)))
"""


def _link_to_source(folder: Path, _: Any, target: Target) -> None:
    (folder / FILE).symlink_to(target.course / "source" / "toy" / FILE)


def _link_to_other(folder: Path, _: Any, target: Target) -> None:
    (folder / FILE).symlink_to(target.course / "submitted" / RIGHT / "toy" / FILE)


def _hard_link_to_other(folder: Path, _: Any, target: Target) -> None:
    """Make a hard link, which only somebody with rights on the file could."""
    os.link(target.course / "submitted" / RIGHT / "toy" / FILE, folder / "other.bin")
    (folder / FILE).write_text("{}")


def _data_links(folder: Path, released: Any, target: Target) -> None:
    source = target.course / "source" / "toy"
    (folder / "a.txt").symlink_to(source / "mistakes.py")
    (folder / "b").symlink_to(source)
    (folder / "c.txt").symlink_to("../../zz-right/toy/notes.txt")
    (folder / "d").symlink_to("/proc/self")
    (folder / "e").symlink_to(target.home)
    Code(last=SHOWS).for_attack("data-links")(folder, released, target)


def _folder_link(folder: Path, _: Any, target: Target) -> None:
    folder.rmdir()
    folder.symlink_to(target.course / "submitted" / RIGHT / "toy")


def _fifo(folder: Path, _: Any, __: Target) -> None:
    os.mkfifo(folder / FILE)


def _data_fifo(folder: Path, released: Any, _: Target) -> None:
    for grade_id, text in SOLUTIONS.items():
        cell(released, grade_id).source = text
    write(folder, released)
    os.mkfifo(folder / "data.csv")
    os.mkfifo(folder / "timestamp.txt")


def _folder_as_notebook(folder: Path, released: Any, _: Target) -> None:
    (folder / FILE).mkdir()
    write(folder / FILE, released)


def _autograded_in_submission(folder: Path, released: Any, target: Target) -> None:
    """Copy the grader's folders and database into the submission."""
    for grade_id in SOLUTIONS:
        cell(released, grade_id).source = "pass"
    write(folder, released)
    for name in ("autograded", "feedback", "source", "release"):
        inner = folder / name / "toy"
        inner.mkdir(parents=True)
        write(inner, released)
    (folder / "gradebook.db").write_bytes(b"SQLite format 3\x00" + bytes(100))
    (folder / "results.json").write_text('{"points": 34.0, "status": "graded"}')
    (folder / "timestamp.txt").write_text("2000-01-01 00:00:00 UTC")
    (folder / "nbgrader_config.py").write_text("raise SystemExit")


def _not_json(folder: Path, _: Any, __: Target) -> None:
    (folder / FILE).write_bytes(b'{"cells": [' + b"[" * 200_000)


def _huge_number(folder: Path, _: Any, __: Target) -> None:
    (folder / FILE).write_text('{"nbformat": ' + "9" * 6_000_000 + ', "cells": []}')


def _keys_that_collide(folder: Path, released: Any, _: Target) -> None:
    """Give a great many attachments, metadata keys and empty cells."""
    released.metadata.update({f"k{i}": {} for i in range(20_000)})
    node = released.cells[0]
    node.attachments = {f"a{i}": {"image/png": "AAAA"} for i in range(20_000)}
    write(folder, released)


def _surrogates(folder: Path, released: Any, _: Target) -> None:
    text = dump(released).replace("Square every entry", "\\ud800\\udfff \\u0000 \\u202e")
    (folder / FILE).write_text(text, "utf-8")


def _many_files(folder: Path, released: Any, _: Target) -> None:
    for grade_id, text in SOLUTIONS.items():
        cell(released, grade_id).source = text
    write(folder, released)
    deep = folder
    for _ in range(60):
        deep = deep / "d"
        deep.mkdir()
    for number in range(2_000):
        (folder / f"{number}.txt").touch()


def _sparse(folder: Path, released: Any, _: Target) -> None:
    for grade_id, text in SOLUTIONS.items():
        cell(released, grade_id).source = text
    write(folder, released)
    with (folder / "data.bin").open("wb") as file:
        file.truncate(2**40)


def _sparse_notebook(folder: Path, _: Any, __: Target) -> None:
    with (folder / FILE).open("wb") as file:
        file.truncate(2**40)


def _two_notebooks(folder: Path, released: Any, _: Target) -> None:
    """Hand in under another spelling, and one of a name that leads elsewhere."""
    write(folder, released, "LINES")
    write(folder, released, "lines-Copy1")
    (folder / "..lines.ipynb").write_text("{}")


def _named_like_devices(folder: Path, released: Any, _: Target) -> None:
    for grade_id, text in SOLUTIONS.items():
        cell(released, grade_id).source = text
    write(folder, released)
    for name in ("CON", "NUL", "COM1.txt", "-rf", "--help", "a;b", "$(touch x)", "\n", "%00", "~"):
        (folder / name).write_text("x")


def _whose_name(folder: Path, released: Any, _: Target) -> None:
    write(folder, released)
    (folder / f"{HIDDEN[:6]}' onerror='x.txt").touch()


WORTH = 34.0

ATTACKS = (
    KIND.folder("link-to-source", "The notebook is a link to the instructor's.", "marks",
                _link_to_source),
    KIND.folder("link-to-other", "The notebook is a link to another student's.", "marks",
                _link_to_other),
    KIND.folder("link-hard", "A data file is a hard link to another's notebook.", "class",
                _hard_link_to_other),
    KIND.folder("data-links", "Data files are links to the source, home and /proc.", "secrets",
                _data_links),
    KIND.folder("link-folder", "The lab's folder is a link to another's submission.", "marks",
                _folder_link),
    KIND.folder("fifo", "The notebook is a pipe that nobody writes into.", "class", _fifo),
    KIND.folder("fifo-data", "Data files and the time stamp are pipes.", "class", _data_fifo,
                worth=WORTH),
    KIND.folder("notebook-folder", "The notebook is a folder.", "class", _folder_as_notebook),
    KIND.folder("results-forged", "Result files, a gradebook and nbgrader's folders come along.",
                "marks", _autograded_in_submission),
    KIND.folder("json-deep", "JSON nested 200 000 deep, unfinished.", "class", _not_json),
    KIND.folder("json-number", "A version number of six million digits.", "class", _huge_number),
    KIND.folder("json-keys", "Tens of thousands of attachments and keys.", "class",
                _keys_that_collide),
    KIND.folder("json-surrogates", "Lone surrogates, null bytes, writing turned around.", "class",
                _surrogates),
    KIND.folder("files-many", "Two thousand files and a deep folder.", "class", _many_files,
                worth=WORTH),
    KIND.folder("file-sparse", "A data file of a terabyte that takes no room.", "class", _sparse,
                worth=WORTH),
    KIND.folder("notebook-sparse", "A notebook of a terabyte that takes no room.", "class",
                _sparse_notebook),
    KIND.folder("notebooks-two", "Two notebooks, neither of the right name.", "class",
                _two_notebooks),
    KIND.folder("names-odd", "Files named like devices, options and commands.", "machine",
                _named_like_devices, worth=WORTH),
    KIND.folder("file-name-html", "A file name that breaks out of an HTML attribute.", "class",
                _whose_name),
)  # fmt: skip

"""Folders that hold a submission in no place, in several, or beside things that are no files.

A mutation gets a `Place` with the right notebook's bytes, and writes what is handed in.
"""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.malformed.mutation import Layer, Outcome

KEEPS, REFUSED, ANY = Outcome.KEEPS, Outcome.REFUSED, Outcome.ANY
folder = Layer()


@dataclass(frozen=True)
class Place:
    """A student's folder, which is not there yet; the lab's name, its notebook's, and the bytes."""

    student: Path
    lab: str
    notebook: str
    data: bytes

    @property
    def lab_folder(self) -> Path:
        return self.student / self.lab

    def write(self, name: str = "") -> Path:
        """Write the notebook, under its own name or another one."""
        path = self.lab_folder / (name or f"{self.notebook}.ipynb")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.data)
        return path


def _under(*names: str):  # type: ignore[no-untyped-def]
    def apply(place: Place, rng: Random) -> None:
        place.write(rng.choice(names))

    return apply


folder.add(
    KEEPS,
    another_name=_under("my work.ipynb", "lines (1).ipynb", "lines_final_v2.ipynb", "-rf.ipynb"),
    suffix_in_capitals=_under("lines.IPYNB", "LINES.Ipynb"),
    in_a_subfolder=_under("toy/lines.ipynb", "a/b/c/solved.ipynb", "lines.ipynb/lines.ipynb"),
    name_with_control_characters=_under("a\nb\x1b[2J.ipynb", "\x07.ipynb", "a\tb.ipynb"),
    name_of_a_pattern=_under("[a-z]*.ipynb", "?.ipynb", "{a,b}.ipynb", "$(x).ipynb", "`.ipynb"),
    name_of_markup=_under("<img src=x onerror=alert(1)>.ipynb", "a&amp;b.ipynb", "](x).ipynb"),
    name_of_other_scripts=_under("Lo\u0308sung.ipynb", "L\u00f6sung.ipynb", "\u89e3.ipynb"),
    name_of_no_text=_under(os.fsdecode(b"l\xf6sung.ipynb")),
    name_very_long=_under("n" * 249 + ".ipynb"),
)


@folder(KEEPS)
def checkpoints_beside(place: Place, rng: Random) -> None:
    place.write()
    for name in (".ipynb_checkpoints/lines-checkpoint.ipynb", "__MACOSX/._lines.ipynb"):
        (place.lab_folder / name).parent.mkdir()
        (place.lab_folder / name).write_bytes(b"{")


@folder(KEEPS)
def other_notebooks_beside(place: Place, rng: Random) -> None:
    place.write()
    for name in ("draft.ipynb", "lines (1).ipynb", "old/lines.ipynb"):
        path = place.lab_folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(rng.choice([b"", b"{", b"[]"]))


@folder(KEEPS)
def links_beside(place: Place, rng: Random) -> None:
    place.write()
    targets = ("/etc/passwd", "/", "nowhere", "loop", "..", "/dev/zero", "../../../source")
    for target in targets:
        (place.lab_folder / ("loop" if target == "loop" else f"to{len(target)}")).symlink_to(target)


@folder(KEEPS)
def pipes_and_devices_beside(place: Place, rng: Random) -> None:
    place.write()
    for name in ("pipe", "timestamp.txt"):
        os.mkfifo(place.lab_folder / name)
    with suppress(OSError):
        os.mknod(place.lab_folder / "socket", stat.S_IFSOCK | 0o600)
        os.mknod(place.lab_folder / "zero", stat.S_IFCHR | 0o600, os.makedev(1, 5))


@folder(KEEPS)
def modules_beside(place: Place, rng: Random) -> None:
    place.write()
    for name in ("numpy.py", "sitecustomize.py", "course.py", "conftest.py"):
        (place.lab_folder / name).write_text("raise SystemExit('shadow')")


@folder(KEEPS)
def odd_names_beside(place: Place, rng: Random) -> None:
    place.write()
    for name in ("a\nb", "-n", "*", "\x1b[31m", os.fsdecode(b"\xff"), " ", "\u202e.txt", "x" * 255):
        (place.lab_folder / name).write_bytes(b"x")


@folder(KEEPS, alone=True)
def many_files_beside(place: Place, rng: Random) -> None:
    place.write()
    for number in range(1_000):
        (place.lab_folder / f"file{number}").write_bytes(b"x")


@folder(KEEPS, alone=True)
def large_file_beside(place: Place, rng: Random) -> None:
    place.write()
    with (place.lab_folder / "film.mp4").open("wb") as file:
        file.truncate(5 * 2**30)  # sparse


@folder(KEEPS, alone=True)
def deep_folders_beside(place: Place, rng: Random) -> None:
    place.write()
    (place.lab_folder / "/".join(["d"] * 500)).mkdir(parents=True)


@folder(KEEPS)
def timestamp_odd(place: Place, rng: Random) -> None:
    place.write()
    texts = (b"yesterday", b"", b"\xff\x00", b"9" * 10**6, b"9999-12-31 23:59:59 UTC", b"0-0-0")
    (place.lab_folder / "timestamp.txt").write_bytes(rng.choice(texts))


@folder(KEEPS)
def timestamp_a_folder(place: Place, rng: Random) -> None:
    place.write()
    (place.lab_folder / "timestamp.txt").mkdir()


@folder(KEEPS)
def not_writable(place: Place, rng: Random) -> None:
    place.write().chmod(0o444)
    place.lab_folder.chmod(0o555)


@folder(ANY)
def notebook_not_readable(place: Place, rng: Random) -> None:
    place.write().chmod(0)


@folder(ANY)
def folder_not_readable(place: Place, rng: Random) -> None:
    place.write()
    rng.choice([place.student, place.lab_folder]).chmod(0)


@folder(REFUSED)
def nothing(place: Place, rng: Random) -> None:
    place.lab_folder.mkdir(parents=True)


@folder(REFUSED)
def two_unknown_notebooks(place: Place, rng: Random) -> None:
    place.write("a.ipynb")
    place.write(rng.choice(["b.ipynb", "b/b.ipynb"]))


@folder(REFUSED)
def notebook_a_folder(place: Place, rng: Random) -> None:
    (place.lab_folder / f"{place.notebook}.ipynb").mkdir(parents=True)


@folder(REFUSED)
def notebook_a_link(place: Place, rng: Random) -> None:
    place.lab_folder.mkdir(parents=True)
    targets = ("../../source/toy/lines.ipynb", "/dev/zero", "lines.ipynb", "nowhere", "/")
    (place.lab_folder / f"{place.notebook}.ipynb").symlink_to(rng.choice(targets))


@folder(REFUSED)
def notebook_a_pipe(place: Place, rng: Random) -> None:
    place.lab_folder.mkdir(parents=True)
    os.mkfifo(place.lab_folder / f"{place.notebook}.ipynb")


@folder(REFUSED)
def notebook_a_socket(place: Place, rng: Random) -> None:
    place.lab_folder.mkdir(parents=True)
    os.mknod(place.lab_folder / f"{place.notebook}.ipynb", stat.S_IFSOCK | 0o600)


@folder(REFUSED)
def lab_a_file(place: Place, rng: Random) -> None:
    place.student.mkdir()
    place.lab_folder.write_bytes(place.data)


@folder(REFUSED)
def lab_a_link(place: Place, rng: Random) -> None:
    place.student.mkdir()
    place.lab_folder.symlink_to(rng.choice(["../../source/toy", "nowhere", place.lab, "/"]))


@folder(REFUSED)
def student_a_link(place: Place, rng: Random) -> None:
    place.student.symlink_to("../source")

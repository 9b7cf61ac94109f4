"""The doctor says what is there and, where something is not, how to get it."""

import pytest

from course import doctor


def test_every_missing_part_comes_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "which", lambda _: None)
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda _: None)
    findings = {finding.name: finding for finding in doctor.examine()}
    assert not findings["graphviz"].present
    assert "Install it" in findings["graphviz"].meaning
    assert not findings["torch"].present
    assert "TORCH=1" in findings["torch"].meaning
    assert "nn-course[dask]" in findings["distributed"].meaning


def test_a_missing_sandbox_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = doctor.sandbox.LimitsOnly()
    monkeypatch.setattr(doctor.sandbox, "working_levels", lambda: (alone,))
    monkeypatch.setattr(doctor.sandbox, "best_level", lambda: alone)
    first, bubblewrap, landlock, *_ = doctor.examine()
    assert not first.present
    assert "Install bubblewrap" in first.meaning
    assert "apt-get install bubblewrap" in bubblewrap.meaning
    assert not landlock.present


def test_what_each_level_protects_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    levels = (doctor.sandbox.Landlock(), doctor.sandbox.LimitsOnly())
    monkeypatch.setattr(doctor.sandbox, "working_levels", lambda: levels)
    monkeypatch.setattr(doctor.sandbox, "best_level", lambda: levels[0])
    first, bubblewrap, landlock, *_ = doctor.examine()
    assert (first.present, first.meaning) == (True, "landlock is used")
    assert not bubblewrap.present
    assert landlock.present
    assert "sees which files exist" in landlock.meaning


def test_the_sandbox_is_named() -> None:
    sandbox = next(iter(doctor.examine()))
    assert sandbox.name == "sandbox"
    assert sandbox.meaning

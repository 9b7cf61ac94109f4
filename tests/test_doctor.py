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


def test_a_missing_sandbox_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.sandbox, "best_level", lambda: doctor.sandbox.LimitsOnly())
    first = next(iter(doctor.examine()))
    assert not first.present
    assert "Install bubblewrap" in first.meaning


def test_the_sandbox_is_named() -> None:
    sandbox = next(iter(doctor.examine()))
    assert sandbox.name == "sandbox"
    assert sandbox.meaning

"""Every test has the small set, and a cache of its own."""

from pathlib import Path

import pytest

from tests.mnist_utils.support import SmallSet, small_set


@pytest.fixture(scope="session")
def small() -> SmallSet:
    return small_set()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("MNIST_UTILS_CACHE", str(folder))
    monkeypatch.setenv("no_proxy", "*")  # mirrors are on loopback
    return folder

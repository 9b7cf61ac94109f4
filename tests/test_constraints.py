"""The pinned packages can be installed on every Python that the project says it runs on."""

import importlib.metadata
import tomllib
from pathlib import Path

from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
OLDEST = PROJECT["requires-python"].removeprefix(">=")


def takes_oldest(requires_python: str) -> bool:
    """Tell whether a package runs on the first release of the oldest Python."""
    return SpecifierSet(requires_python).contains(f"{OLDEST}.0")


def test_what_is_installed_runs_on_the_oldest_python() -> None:
    needs = {
        f"{found.name} {found.version}": found.metadata.get("Requires-Python") or ""
        for found in importlib.metadata.distributions()
    }
    assert len(needs) > 50
    assert [name for name, versions in needs.items() if not takes_oldest(versions)] == []


def test_a_package_for_later_releases_is_found() -> None:
    assert not takes_oldest(">=3.11.5")
    assert takes_oldest("!=3.0.*,>=2.7")

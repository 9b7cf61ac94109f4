"""What Python and the course's packages need of the machine, and the environment they start in."""

import importlib.util
import os
import sys
from functools import cache
from pathlib import Path

FONTS = "matplotlib"  # folder of matplotlib's cache, in the home
SYSTEM = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"),
    *("/etc/ld.so.cache", "/etc/fonts", "/etc/localtime"),
)
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
KEPT_ENVIRONMENT = ("LD_LIBRARY_PATH", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT")


def environment(home: str) -> dict[str, str]:
    """Give the student process's environment: nothing of the instructor's but what Python needs."""
    fixed = {
        "HOME": home,
        "TMPDIR": home,
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), "/usr/bin", "/bin")),
        "LANG": "C.UTF-8",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": os.path.join(home, FONTS),
        "JAX_PLATFORMS": "cpu",
        "PYTHONHASHSEED": "0",  # the order of a set is the same in every run
        "PYTHONDONTWRITEBYTECODE": "1",
        **ONE_THREAD,
    }
    return {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ} | fixed


@cache
def needed() -> tuple[Path, ...]:
    """Give what Python, its packages and the course's two packages consist of, outermost only."""
    places = [*map(Path, SYSTEM), Path(sys.base_prefix), Path(sys.prefix)]
    places += [*folders(("mnist_utils",)), Path(__file__).parents[2]]
    there = [place for place in dict.fromkeys(places) if place.exists()]
    return tuple(p for p in there if not any(other in p.parents for other in there))


def folders(packages: tuple[str, ...]) -> list[Path]:
    """Give the folders of those top-level packages that are installed; nothing is imported."""
    specs = [importlib.util.find_spec(name) for name in packages]
    return [Path(place) for s in specs if s for place in s.submodule_search_locations or ()]


def font_lists() -> list[Path]:
    """Give matplotlib's list of fonts, which takes a second to make, where the user has one."""
    caches = (Path.home() / ".cache" / "matplotlib", Path.home() / ".matplotlib")
    given = os.environ.get("MPLCONFIGDIR")
    places = (Path(given),) if given else caches
    return [path for place in places for path in place.glob("fontlist-*.json")]

"""The arrows of docs/architecture.md, held against the imports in the code."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted([*ROOT.glob("course/**/*.py"), *ROOT.glob("mnist_utils/**/*.py")])

# Which packages each one may import, of the project's own; itself is always allowed.
ALLOWED = {
    "mnist_utils": set(),
    "course": set(),
    "course.errors": set(),
    "course.checks": set(),
    "course.plots": {"course.errors"},
    "course.labs": {"course.errors"},
    "course.grading": {"course.errors", "course.labs", "course.checks"},
    "course.reporting": {"course.errors", "course.labs", "course.grading"},
    "course.authoring": {
        "course.errors",
        "course.labs",
        "course.checks",
        "course.grading",
        "course.reporting",
    },
    "course.doctor": {"course.errors", "course.grading"},
    "course.cli": {
        "course.errors",
        "course.labs",
        "course.grading",
        "course.reporting",
        "course.authoring",
        "course.doctor",
        "mnist_utils",
    },
    "course.__main__": {"course.cli"},
}
# What student kernels import must be light: these come late, inside functions, or not at all.
LAZY = ("jax", "matplotlib", "nbgrader", "nbformat", "IPython", "torch", "torchvision")
STUDENT_SIDE = ("course.checks", "course.plots", "mnist_utils")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer(module: str) -> str:
    return ".".join(module.split(".")[:2]) if module.startswith("course.") else module.split(".")[0]


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own(name: str) -> bool:
    return name.split(".")[0] in {"course", "mnist_utils"} and name != "course"


def offences(module: str, tree: ast.AST) -> list[str]:
    here = layer(module)
    up = {layer(name) for name in imports(tree) if own(name)}
    return [f"{module} imports {name}" for name in sorted(up - ALLOWED[here] - {here, "course"})]


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_arrows_point_down(path: Path) -> None:
    assert offences(module_name(path), ast.parse(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("course.checks._x", "import course.grading.verdict.results"),
        ("course.checks._x", "def f():\n    from course.labs import Lab"),
        ("course.grading.x", "from course.authoring import sync"),
        ("mnist_utils.x", "from course.errors import CourseError"),
    ],
)
def test_an_arrow_upwards_is_seen(module: str, text: str) -> None:
    assert offences(module, ast.parse(text)) != []


# Modules that are programs of their own: what they print is read by their parent or by make.
PROGRAMS = {"course.cli", "course.__main__", "course.plots.figures", "course.grading.pool"}


def calls(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found.add(ast.unparse(node.func))
    return found & {"print", "sys.exit", "exit", "quit", "os._exit"}


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_only_the_command_line_prints_or_exits(path: Path) -> None:
    if module_name(path) not in PROGRAMS and ".student" not in module_name(path):
        assert calls(ast.parse(path.read_text("utf-8"))) == set()


def test_the_package_itself_imports_nothing() -> None:
    assert list(imports(ast.parse((ROOT / "course/__init__.py").read_text("utf-8")))) == []


@pytest.mark.parametrize("package", STUDENT_SIDE)
def test_student_side_packages_are_light(package: str) -> None:
    program = f"import sys, {package}; print(*(set(sys.modules) & set({LAZY!r})))"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == []

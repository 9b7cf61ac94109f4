"""The built wheel, alone in a fresh environment, loads digits and runs the checks."""

import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROGRAM = """
    import sys
    import numpy as np
    from mnist_utils import load_mnist
    from course import checks
    (x, y), (x_test, y_test) = load_mnist()
    assert x.shape[1:] == (784,) and y.shape[1:] == (10,), (x.shape, y.shape)
    w = checks.rng().normal(size=(3, 4))
    loss = lambda xp, w: 0.5 * (w**2).sum()
    print(checks.check_gradients("wheel", (w.copy(),), loss, (w,), names=("w",)))
    try:
        checks.check_gradients("wheel", (2 * w,), loss, (w,), names=("w",))
    except checks.CheckFailed as failed:
        print("caught:", str(failed).splitlines()[0])
    assert "/site-packages/" in checks.__file__.replace("\\\\", "/"), checks.__file__
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (path,) = out.glob("*.whl")
    return path


@pytest.mark.slow
def test_wheel_holds_the_package_and_no_lab(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    roots = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert roots == {"course", "mnist_utils"}
    assert "course/py.typed" in names
    assert any(name.endswith("NOTICE.md") for name in names)
    data = [info for info in zipfile.ZipFile(wheel).infolist() if "/data/" in info.filename]
    assert sum(info.compress_size for info in data) <= 3 * 2**20


@pytest.mark.slow
def test_wheel_works_alone(wheel: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True, timeout=120)
    folder = "Scripts" if sys.platform == "win32" else "bin"
    python = str(tmp_path / "env" / folder / "python")
    install = ["-m", "pip", "install", "-q", "-c", str(ROOT / "constraints.txt"), str(wheel)]
    subprocess.run([python, *install], check=True, timeout=600)
    program = textwrap.dedent(PROGRAM)
    ran = subprocess.run(
        [python, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    assert "caught: wheel" in ran.stdout

"""Files beside the notebook that pass for modules, settings or start-up files."""

from tests.attacks.corpus import Code, Kind

KIND = Kind("shadow modules")

SPEAKS = """
import os, sys
mark = "go" + "t-@ID@"
try:
    with open(os.path.join("@HOME@", "pw" + "ned-@ID@"), "w") as file: file.write("was here")
except OSError: pass
try: sys.__stdout__.write(mark + " imported\\n")
except Exception: pass
class Yes:
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __iter__(self): return iter([])
    def __rsub__(self, o): return self
def __getattr__(name):
    if name.startswith("__"): raise AttributeError(name)
    return Yes()
"""

NAMES = {
    "shadow-numpy": ("A module numpy.py.", {"numpy.py": SPEAKS}),
    "shadow-launcher": ("A module ipykernel_launcher.py.", {"ipykernel_launcher.py": SPEAKS}),
    "shadow-sitecustomize": ("sitecustomize.py and usercustomize.py.",
                             {"sitecustomize.py": SPEAKS, "usercustomize.py": SPEAKS}),
    "shadow-course": ("A package course/ with checks of its own.",
                      {"course/__init__.py": SPEAKS, "course/checks/__init__.py": SPEAKS}),
    "shadow-checks-pyc": ("Checks as compiled code in __pycache__.",
                          {"__pycache__/numpy.cpython-311.pyc": "x", "course.pth": SPEAKS}),
    "shadow-pth": (".pth files that run code.",
                   {"evil.pth": "import os; " + "open('@HOME@/pwned-@ID@', 'w')",
                    "lib/evil.pth": "import os"}),
    "shadow-conftest": ("conftest.py, setup.py and pytest.ini.",
                        {"conftest.py": SPEAKS, "setup.py": SPEAKS, "pytest.ini": "[pytest]\n"}),
    "shadow-stdlib": ("json.py, random.py, ast.py and others of the standard library.",
                      {f"{name}.py": SPEAKS for name in
                       ("json", "random", "ast", "typing", "traceback", "inspect", "warnings",
                        "logging", "asyncio", "socket", "queue", "token", "types", "re")}),
    "shadow-ours": ("msgpack.py, nbformat.py, IPython/ and jax/.",
                    {f"{name}/__init__.py": SPEAKS for name in
                     ("msgpack", "nbformat", "IPython", "jax", "matplotlib", "traitlets")}),
    "shadow-settings": ("Settings of nbgrader, Jupyter, IPython and matplotlib.",
                        {"nbgrader_config.py": SPEAKS, "jupyter_config.py": SPEAKS,
                         "ipython_config.py": SPEAKS, "ipython_kernel_config.py": SPEAKS,
                         ".ipython/profile_default/startup/00.py": SPEAKS,
                         "matplotlibrc": "backend: module://numpy", "lab.toml": "points = 1",
                         "pyvenv.cfg": "home = .", ".env": "PYTHONPATH=.", "alembic.ini": ""}),
    "shadow-mistakes": ("mistakes.py and alternatives.py of one's own.",
                        {"mistakes.py": SPEAKS, "alternatives.py": SPEAKS}),
}  # fmt: skip

USES = """
import importlib
for name in ("numpy", "json", "course.checks", "msgpack", "random", "mistakes"):
    try: importlib.import_module(name)
    except Exception: pass
"""

PATH = """
import sys, os
open("numpy.py", "w").write("def __getattr__(name): return lambda *a, **k: 0")
sys.path.insert(0, os.getcwd())
for name in [n for n in sys.modules if n.split(".")[0] in ("numpy", "course")]:
    del sys.modules[name]
os.environ["PYTHONPATH"] = os.environ["PYTHONSTARTUP"] = os.getcwd()
os.environ["NBGRADER_EXECUTION"] = "validate"
"""

ATTACKS = (
    *(
        KIND.code(name, what, "marks", Code(USES, files=files))
        for name, (what, files) in NAMES.items()
    ),
    KIND.code(
        "shadow-path",
        "Put the working folder first on the path, forget what was imported.",
        "marks",
        Code(PATH),
    ),
)

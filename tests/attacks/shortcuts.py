"""Automatic differentiation where the lab is done by hand."""

from tests.attacks.corpus import WALLS, Code, Kind

KIND = Kind("forbidden libraries")

USE = """
import numpy as np
def layer_gradient(x, w, g):
    jax, jnp = get()
    return np.asarray(jax.grad(lambda w: (jnp.tanh(x @ w) * g).sum())(w), dtype=float)
"""
SUBPROCESS = """
import numpy as np, subprocess, json
CODE = '''
import json, sys
for extra in %r: sys.path.append(extra)
import jax, jax.numpy as jnp
jax.config.update("jax_enable_x64", True)
x, w, g = (jnp.asarray(a) for a in json.load(sys.stdin))
print(json.dumps(jax.grad(lambda w: (jnp.tanh(x @ w) * g).sum())(w).tolist()))
''' % (sys.path,)
def layer_gradient(x, w, g):
    text = json.dumps([x.tolist(), w.tolist(), g.tolist()])
    done = subprocess.run([sys.executable, "-I", "-c", CODE], input=text, text=True,
                          capture_output=True, timeout=30)
    return np.asarray(json.loads(done.stdout))
"""

WAYS = {
    "jax-import": ("Import JAX.", """
def get():
    import jax, jax.numpy as jnp
    jax.config.update("jax_enable_x64", True)
    return jax, jnp
"""),
    "jax-importlib": ("Import JAX by importlib, pkgutil and runpy.", """
def get():
    import importlib, pkgutil, runpy
    for way in (importlib.import_module, __import__, pkgutil.resolve_name):
        try: jax = way("jax")
        except ImportError: continue
        jax.config.update("jax_enable_x64", True)
        return jax, way("jax.numpy")
    raise ImportError
"""),
    "jax-guard-removed": ("Remove the guard from sys.meta_path, forget and reload.", """
def get():
    import importlib
    sys.meta_path[:] = [f for f in sys.meta_path if type(f).__name__ != "Forbidden"]
    sys.path_importer_cache.clear(); importlib.invalidate_caches()
    import jax, jax.numpy as jnp
    jax.config.update("jax_enable_x64", True)
    return jax, jnp
"""),
    "jax-loader": ("Load JAX by path with a loader of one's own.", """
def get():
    import importlib.util, glob
    for folder in sys.path:
        path = os.path.join(folder, "jax", "__init__.py")
        if os.path.exists(path):
            for name in ("jaxlib", "jax"):
                place = os.path.join(folder, name, "__init__.py")
                spec = importlib.util.spec_from_file_location(
                    name, place, submodule_search_locations=[os.path.dirname(place)])
                module = sys.modules[name] = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(module)
            jax = sys.modules["jax"]; jax.config.update("jax_enable_x64", True)
            import jax.numpy as jnp
            return jax, jnp
"""),
    "jax-renamed": ("Copy JAX's source under other names and run it.", """
def get():
    import shutil
    for folder in sys.path:
        if os.path.isdir(os.path.join(folder, "jax")):
            for name in ("jax", "jaxlib"):
                shutil.copytree(os.path.join(folder, name), f"/tmp/lib/{name}", symlinks=True)
    sys.meta_path[:] = sys.meta_path[-3:]; sys.path.insert(0, "/tmp/lib")
    import jax, jax.numpy as jnp
    return jax, jnp
"""),
    "jax-loaded": ("Find JAX among what is already loaded.", """
def get():
    import gc, types
    for thing in gc.get_objects():
        if isinstance(thing, types.ModuleType) and thing.__name__ == "jax":
            thing.config.update("jax_enable_x64", True)
            return thing, thing.numpy
    raise ImportError
"""),
    "checks-oracle": ("Use the oracle of `course.checks`.", """
def get(): raise ImportError
def gradient(x, w, g):
    from course import checks
    import numpy as np
    sys.meta_path[:] = [f for f in sys.meta_path if type(f).__name__ != "Forbidden"]
    return checks.jax_gradient(lambda w: (np.tanh(x @ w) * g).sum(), w)
"""),
}  # fmt: skip

TORCH = """
import numpy as np
def layer_gradient(x, w, g):
    import importlib
    for name in ("torch", "tensorflow", "autograd", "mxnet", "theano", "tinygrad", "paddle"):
        try: library = importlib.import_module(name)
        except ImportError: continue
        v = library.tensor(w, requires_grad=True)
        (library.tanh(library.tensor(x) @ v) * library.tensor(g)).sum().backward()
        return v.grad.numpy()
    raise ImportError
"""
ABOVE_GRADIENT = {"layer": "# it stands above"}
GIVES_LAYER = "\nimport numpy as np\ndef layer(x, w): return np.zeros((len(x), w.shape[1]))\n"

ATTACKS = (
    *(
        KIND.code(
            name,
            what,
            "marks",
            Code(code + USE + GIVES_LAYER, solutions=ABOVE_GRADIENT),
            stopped_by=WALLS,
        )
        for name, (what, code) in WAYS.items()
    ),
    KIND.code(
        "jax-subprocess",
        "Ask another Python for the gradient.",
        "marks",
        Code(SUBPROCESS + GIVES_LAYER, solutions=ABOVE_GRADIENT),
        stopped_by=WALLS,
    ),
    KIND.code(
        "torch-and-others",
        "Import another library that differentiates.",
        "marks",
        Code(TORCH + GIVES_LAYER, solutions=ABOVE_GRADIENT),
    ),
)

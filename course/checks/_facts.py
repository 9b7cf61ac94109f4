"""What is seen of a wrong leaf, in lines of text; only its worst entry is ever shown."""

from typing import Any

import numpy as np

from course.checks._compare import Leaf, Stage, agreeing, widened
from course.checks._values import Array, describe

MAX_NAMES = 8
LONGEST_NAME = 60


def facts_of(leaf: Leaf) -> tuple[str, ...]:
    """Describe one wrong leaf, up to the stage at which it failed."""
    got, expected = leaf.got, leaf.expected
    if not isinstance(got, np.ndarray) or not isinstance(expected, np.ndarray):
        return (_structure_fact(leaf),)
    if leaf.stage is Stage.SHAPE:
        return (f"shape {got.shape}, expected {expected.shape}",)
    if leaf.stage is Stage.DTYPE:
        return (f"shape {got.shape} ok · dtype {got.dtype}, expected {_kind_of(expected)}",)
    if not got.ndim:
        return (_number_fact(leaf, got, expected),)
    start = f"shape {got.shape} ok · dtype {got.dtype} ok · "
    if leaf.stage is Stage.FINITE:
        return (start + _special_fact(widened(got)),)
    return (start + _finite_fact(got), *_value_facts(leaf, widened(got), widened(expected)))


def _structure_fact(leaf: Leaf) -> str:
    got, expected = leaf.got, leaf.expected
    if isinstance(got, dict) and isinstance(expected, dict):
        missing = [str(key) for key in expected if key not in got]
        extra = len(set(got) - set(expected))
        return f"keys missing: {_listed(missing) or 'none'} · keys too many: {extra}"
    if isinstance(got, str) and isinstance(expected, str):
        return f"yours {got[:40]!r}, expected {expected[:40]!r}"
    return f"this is {describe(got)}, expected {describe(expected)}"


def _kind_of(expected: Array) -> str:
    return {"f": "float64", "b": "bool", "c": "complex128"}.get(expected.dtype.kind, "an integer")


def _finite_fact(got: Array) -> str:
    return "finite ok" if np.all(np.isfinite(got)) else "not finite where expected"


def _number_fact(leaf: Leaf, got: Array, expected: Array) -> str:
    if leaf.stage is Stage.FINITE:
        return f"this is {got[()]}, expected a finite number"
    pair = _pair(widened(got)[()], widened(expected)[()])
    return f"{pair} (allowed: {leaf.tolerance})"


def _special_fact(got: Array) -> str:
    nans, infinities = int(np.isnan(got).sum()), int(np.isinf(got).sum())
    parts = [
        f"{count} of {got.size} entries {'is' if count == 1 else 'are'} {what}"
        for count, what in ((nans, "nan"), (infinities, "infinite"))
        if count
    ]
    return ", ".join(parts)


def _value_facts(leaf: Leaf, got: Array, expected: Array) -> tuple[str, ...]:
    wrong = ~agreeing(got, expected, leaf.tolerance)
    index = _worst(got, expected, wrong)
    verb = "differs" if wrong.sum() == 1 else "differ"
    return (
        f"{wrong.sum()} of {wrong.size} entries {verb} (allowed: {leaf.tolerance})",
        f"largest at {[int(i) for i in index]}: {_pair(got[index], expected[index])}",
    )


def _worst(got: Array, expected: Array, wrong: Array) -> tuple[np.intp, ...]:
    with np.errstate(all="ignore"):
        distance = np.where(wrong, np.abs(got - expected), -1.0)
    distance = np.where(wrong & ~np.isfinite(distance), np.inf, distance)
    return np.unravel_index(int(distance.argmax()), distance.shape)


def _pair(got: Any, expected: Any) -> str:
    """Show two numbers with as many digits as it takes to tell them apart."""
    for digits in (4, 6, 8, 17):
        yours, right = (f"{value + 0.0:.{digits}g}" for value in (got, expected))  # no "-0"
        if yours != right:
            break
    return f"yours {yours}, expected {right}"


def others_fact(focus: Leaf, leaves: tuple[Leaf, ...], labels: dict[int, str]) -> tuple[str, ...]:
    """Say which of the other leaves are right and which are wrong as well."""
    right = [labels[id(leaf)] for leaf in leaves if leaf.right]
    wrong = [labels[id(leaf)] for leaf in leaves if not leaf.right and leaf is not focus]
    parts = []
    if wrong:
        parts.append(f"also wrong: {_listed(wrong)}")
    if right:
        parts.append(f"right: {_listed(right)}")
    return (" · ".join(parts),) if parts else ()


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"`{_short(name)}`" for name in names[:MAX_NAMES])
    return shown + (f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else "")


def _short(name: str) -> str:
    """Keep the end of a long name: it has the index."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 15]}…{name[-14:]}"


def label(keys: tuple[str | int, ...], names: str | tuple[str, ...]) -> str:
    """Write where a leaf is: `grads_w[0]`; a tuple of `names` names the items of the root."""
    if isinstance(names, tuple):
        if not keys:
            return f"({', '.join(names)})"
        names, keys = names[int(keys[0])], keys[1:]
    return names + "".join(f"[{key!r}]" for key in keys)

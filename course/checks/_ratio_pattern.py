"""The constant ratio: yours / expected is the same everywhere, and equals something known."""

import math
from collections.abc import Iterator

import numpy as np

from course.checks._compare import Leaf, Stage, matches, widened
from course.checks._finding import Case, Finding
from course.checks._tolerance import Tolerance

_NOT_ONE = 1e-3  # nearer to 1, the entries that differ are too few to speak of a ratio
_TOO_LITTLE_TO_TELL = 3  # entries: fewer are in some constant ratio by chance


def constant_ratio(case: Case) -> Finding | None:
    """Find one ratio in all suspects, and what it equals among sizes, 2, 1/2 and -1."""
    if case.focus.stage is not Stage.VALUES:
        return None
    ratio = _ratio(case.focus)
    if ratio is None or not all(_has_ratio(leaf, ratio) for leaf in case.suspects):
        return None
    meanings = list(_meanings(ratio, case))
    few = sum(_entries(leaf) for leaf in case.suspects) < _TOO_LITTLE_TO_TELL
    if few and (not meanings or _whole(case.focus)):
        return None
    return _finding(ratio, meanings or [_UNNAMED], _where(case))


def _ratio(leaf: Leaf) -> float | None:
    """Least-squares ratio of one leaf, None where there is none to speak of."""
    if not isinstance(leaf.got, np.ndarray) or not isinstance(leaf.expected, np.ndarray):
        return None
    if "c" in (leaf.got.dtype.kind, leaf.expected.dtype.kind):
        return None
    got, expected = widened(leaf.got), widened(leaf.expected)
    scale = np.abs(expected).max(initial=0.0)
    if not np.isfinite(got).all() or not np.isfinite(expected).all() or not scale:
        return None
    unit = expected / scale
    with np.errstate(all="ignore"):
        ratio = float((got / scale * unit).sum() / (unit * unit).sum())
    if not math.isfinite(ratio) or ratio == 0 or abs(ratio - 1) < _NOT_ONE:
        return None
    return ratio


def _has_ratio(leaf: Leaf, ratio: float) -> bool:
    if not isinstance(leaf.expected, np.ndarray) or not isinstance(leaf.got, np.ndarray):
        return False
    expected = np.asarray(leaf.expected.astype(np.float64) * ratio)
    return matches(leaf.got.astype(np.float64), expected, leaf.tolerance)


def _where(case: Case) -> str:
    if isinstance(case.focus.expected, np.ndarray) and case.focus.expected.size == 1:
        return ""
    return " in every wrong array" if any(leaf.right for leaf in case.leaves) else " everywhere"


def _whole(leaf: Leaf) -> bool:
    """Tell whether whole numbers are expected, which are in simple ratios by chance."""
    expected = leaf.expected
    return isinstance(expected, np.ndarray) and bool(np.all(expected == np.rint(expected)))


def _entries(leaf: Leaf) -> int:
    if not isinstance(leaf.expected, np.ndarray):
        return 0
    size = np.abs(leaf.expected)
    return int((size > 1e-3 * size.max(initial=0.0)).sum())


_UNNAMED = Finding("ratio-constant", "a constant factor is missing or is applied once too often.")
_KNOWN = (
    (
        2.0,
        Finding(
            "ratio-two",
            "a factor of 2 is left in, or a division by 2 left out; ½·x² has the derivative x.",
        ),
    ),
    (
        0.5,
        Finding(
            "ratio-half",
            "a factor of ½ too much; or what is used twice sends back only one of its two "
            "gradients.",
        ),
    ),
    (
        -1.0,
        Finding("ratio-minus-one", "the sign is flipped: which is subtracted from which?"),
    ),
)


def _meanings(ratio: float, case: Case) -> Iterator[Finding]:
    for name, size in case.claim.sizes.items():
        if size != 1 and _equal(ratio, float(size)):
            yield _size_finding(name, size)
        if size != 1 and _equal(ratio, 1.0 / size):
            yield _inverse_finding(name, size)
    yield from (finding for value, finding in _KNOWN if _equal(ratio, value))


def _equal(ratio: float, value: float) -> bool:
    return math.isclose(ratio, value, rel_tol=Tolerance.rtol * 10)


def _size_finding(name: str, size: float) -> Finding:
    cause = f"the division by the {name} is missing, or a product with it is too much."
    if name == "batch size":
        cause = (
            "the mean over the batch is asked for, and this is the sum: it is not divided by the "
            "batch size."
        )
    return Finding(f"ratio-{_slug(name)}", cause, f", and the {name} is {size}")


def _inverse_finding(name: str, size: float) -> Finding:
    cause = f"the division by the {name} is made once too often, or does not belong here."
    if name == "batch size":
        cause = "the mean over the batch is taken twice, perhaps in two places."
    return Finding(f"ratio-one-over-{_slug(name)}", cause, f", and the {name} is {size}")


def _slug(name: str) -> str:
    return "-".join(name.lower().replace("_", " ").split())


def _finding(ratio: float, meanings: list[Finding], where: str) -> Finding:
    """Join what a ratio can mean: where a size is 2, both readings are told."""
    causes = " Or: ".join(dict.fromkeys(meaning.cause for meaning in meanings))
    fact = f"yours / expected = {ratio:.4g}{where}{meanings[0].fact}"
    return Finding(meanings[0].pattern, causes, fact)

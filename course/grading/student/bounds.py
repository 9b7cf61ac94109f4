"""Limits that the process sets on itself before any student code runs, and cannot raise again."""

from contextlib import suppress
from typing import Any

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]


def set_limits(limits: dict[str, int]) -> None:
    """Set each limit that this system knows: `{"RLIMIT_AS": bytes, ...}`.

    Where memory runs out all the same, Linux ends this process or its children first.
    """
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")
    for name, value in limits.items():
        kind: Any = getattr(resource, name, None)
        if kind is None:
            continue
        _, hard = resource.getrlimit(kind)
        wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (wanted, wanted))
        except (ValueError, OSError):  # macOS refuses some
            continue

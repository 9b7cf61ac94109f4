"""All attacks, and where each may run."""

from tests.attacks import (
    files,
    given,
    hardcoded,
    machine,
    metadata,
    modules,
    network,
    objects,
    output,
    patches,
    processes,
    protocol,
    resources,
    shortcuts,
    submissions,
    theft,
)
from tests.attacks.corpus import Attack

_FILES = (metadata, submissions, objects, patches, modules, files, theft, processes, resources)
_FILES += (output, network, machine, hardcoded, given, shortcuts, protocol)
ATTACKS: tuple[Attack, ...] = tuple(attack for part in _FILES for attack in part.ATTACKS)


def runs_at(attack: Attack, level: str) -> bool:
    """Tell whether an attack is let loose at a level: not where it would only prove the obvious.

    Without a wall, what aims at the machine or at the class would hit them.
    """
    return level in attack.stopped_by or attack.aim in ("marks", "secrets")

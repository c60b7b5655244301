"""
Adapters by name: one at a time, when it is asked for.

An adapter announces itself as an entry point of one of the groups below. Nothing is loaded that was not named; two of
one name are refused, because which of them would answer is chance.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any, Final

from eszkola_core.errors import BrokenPromise, InvalidValue

STORAGE: Final = "eszkola.storage"
EMAIL: Final = "eszkola.email"
RENDERER: Final = "eszkola.renderer"
LETTERS: Final = "eszkola.letters"
GRADEBOOK: Final = "eszkola.gradebook"
EVENTS: Final = "eszkola.events"
SMS: Final = "eszkola.sms"


def load(group: str, name: str) -> Any:  # noqa: ANN401 - what it is, the group's port says
    """
    Return the factory that is announced as *name* in *group*.

    Raises:
        InvalidValue: none is announced by that name; the text names those that are.
        BrokenPromise: two are, or the one cannot be loaded.
    """
    found = tuple(entry_points(group=group, name=name))
    if not found:
        known = ", ".join(sorted({each.name for each in entry_points(group=group)})) or "none"
        raise InvalidValue(f"no adapter {name!r} is installed for {group} (installed: {known})", code="unknown-adapter")
    if len({each.value for each in found}) > 1:
        raise BrokenPromise(f"two adapters call themselves {name!r} in {group}", code="ambiguous-adapter")
    try:
        return found[0].load()
    except (ImportError, AttributeError) as cause:
        raise BrokenPromise(f"the adapter {name!r} of {group} cannot be loaded", code="broken-adapter") from cause

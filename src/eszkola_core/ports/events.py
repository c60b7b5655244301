"""How services hear what happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from eszkola_core.domain.emails import Outcome, Receipt
from eszkola_core.domain.events import Event


class EventSubscriber(Protocol):
    """
    A service that wants to hear what happened, or the way to it.

    An event may come more than once: after a crash nobody knows whether it was heard.

    ES1. It yields one receipt for each event, in order, with the event's key as reference.
    ES2. *Sent* means that the service has it, with all of its data and its key; anything less is a failure.
    ES3. A failure that trying again may mend is *for now*; one that it cannot is *for good*.
    ES4. One event that fails does not keep the others from being heard.
    ES5. Where the service cannot be reached at all it raises `Unavailable`; nothing was heard that has no receipt.
    """

    def hear(self, events: Sequence[Event]) -> Iterable[Receipt]:
        """Hand *events* over, yielding what became of each."""


__all__ = ["EventSubscriber", "Outcome", "Receipt"]

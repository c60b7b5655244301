"""What happened, told to the service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

from eszkola_core.domain.events import Event
from eszkola_core.errors import Unavailable
from eszkola_core.ports.events import Outcome, Receipt
from eszkola_template.gateway import Gateway, Lost, Unreachable, gateway

if TYPE_CHECKING:
    from eszkola_core.ports.events import EventSubscriber

_TRY_AGAIN: Final = timedelta(minutes=1)


@frozen
class GatewaySubscriber:
    """Hands events over one by one; one that comes twice has the same key."""

    gateway: Gateway

    def hear(self, events: Sequence[Event]) -> Iterator[Receipt]:
        """
        Hand *events* over, yielding what became of each (ES1).

        Raises:
            Unavailable: nobody answers; what has no receipt was not heard.
        """
        for event in events:
            try:
                yield self._attempt(event)
            except Unreachable as error:
                raise Unavailable("the service does not answer", code="no-answer", retry_after=_TRY_AGAIN) from error

    def _attempt(self, event: Event) -> Receipt:
        body = {
            "key": event.key,
            "kind": event.kind.value,
            "at": event.happened_at.isoformat(),
            "person": event.person,
            "data": dict(event.data),
        }
        try:
            answer = self.gateway.post("events", body, key=event.key)
        except Lost:
            return Receipt(event.key, Outcome.FAILED_FOR_NOW, "answer-lost")
        if answer.is_fine:
            return Receipt(event.key, Outcome.SENT)
        failed = Outcome.FAILED_FOR_NOW if answer.is_for_now else Outcome.FAILED_FOR_GOOD
        return Receipt(event.key, failed, answer.code)


def plugin(options: Mapping[str, object], *, base: Path) -> GatewaySubscriber:
    """Return the subscriber that a table ``[events.NAME]`` of ``eszkola.toml`` describes: see `gateway`."""
    return GatewaySubscriber(gateway(options, base=base))


if TYPE_CHECKING:
    _kept: type[EventSubscriber] = GatewaySubscriber

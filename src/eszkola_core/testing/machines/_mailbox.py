"""What comes to the mailboxes of a machine's world."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from eszkola_core._usecases.deliver_messages import DeliverMessages
from eszkola_core.testing.doubles import MemoryCourier, PlainRenderer
from eszkola_core.testing.region import Region


class Mailbox:
    """Everybody's mailbox: letters are sent when they are looked for."""

    def __init__(self, region: Region) -> None:
        self._courier = MemoryCourier()
        self._delivering = DeliverMessages(region.storage, region.tenant, region.clock, PlainRenderer(), self._courier)

    def links(self) -> list[str]:
        """Send what waits, and return the tokens in the letters that came now, oldest first."""
        before = len(self._courier.sent)
        while self._delivering.next_batch().total:
            pass
        found = (_token(each.text) for each in self._courier.sent[before:])
        return [token for token in found if token is not None]


def _token(text: str) -> str | None:
    links = [line.partition(": ")[2] for line in text.splitlines() if line.startswith("link: ")]
    found = parse_qs(urlsplit(links[0]).query).get("token") if links else None
    return found[0] if found else None

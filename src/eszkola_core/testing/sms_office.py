"""A tenant that sends text messages, with everything around it in memory: for tests that tell a story."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from eszkola_core._usecases.deliver_sms import DeliverSms, SmsDelivered
from eszkola_core._usecases.record_sms_report import RecordSmsReport, ReportFate
from eszkola_core.domain.money import Money
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.settings import Settings
from eszkola_core.domain.sms_ledger import ChargeState, SmsEntry
from eszkola_core.domain.sms_quotes import NotPriced
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.text_messages import SmsReport, SmsRequest
from eszkola_core.testing.doubles import FrozenClock
from eszkola_core.testing.gateways import GatewayAnswer, MemoryGateway, MemorySmsCourier
from eszkola_core.testing.memory import MemoryStorage

NOON: Final = datetime(2026, 9, 30, 12, tzinfo=UTC)
"""When every story begins: twelve hours before another month in UTC, ten in Warsaw."""

TO: Final = PhoneNumber("+48601234567")
CENTS: Final = Money.parse("0.05 EUR")


class SmsOffice:
    """A tenant, a gateway, and whoever dispatches; settings and price lists are chosen by name."""

    def __init__(self, *, deduplicates: bool = False, **chosen: Any) -> None:  # noqa: ANN401 - settings of many kinds
        self.clock = FrozenClock(NOON)
        self.storage = MemoryStorage()
        self.gateway = MemoryGateway(self.clock.now, deduplicates=deduplicates)
        self.choose(**chosen)

    def choose(self, **chosen: Any) -> None:  # noqa: ANN401 - the same
        """Choose settings, ``tariffs`` and ``school_budgets``."""
        of_tenant = {name: chosen.pop(name) for name in ("tariffs", "school_budgets") if name in chosen}
        self.tenant = Tenant(
            key="t",
            name="Opolska eSzkoła",
            base_url="https://e.example",
            platform_domain="e.example",
            settings=Settings(**chosen),
            **of_tenant,
        )

    @property
    def delivering(self) -> DeliverSms:
        """The use case."""
        return DeliverSms(self.storage, self.tenant, self.clock, MemorySmsCourier(self.gateway))

    def queue(self, *keys: str, **more: Any) -> list[SmsEntry | NotPriced]:  # noqa: ANN401 - whatever a request has
        """Let messages of the school ``sp1`` wait."""
        known = {"school": "sp1", "to": TO, "text": "Hasło: żółw"}
        return [self.delivering.queue(SmsRequest(**{"key": key, **known, **more})) for key in keys]

    def dispatch(self, *answers: GatewayAnswer, later: timedelta = timedelta()) -> SmsDelivered:
        """Send what is due, after a while, to a gateway that answers so."""
        self.clock.advance(later)
        self.gateway.answers[:] = answers
        return self.delivering.next_batch()

    def report(self, **said: Any) -> ReportFate:  # noqa: ANN401 - whatever a report says
        """Hear from the gateway."""
        return RecordSmsReport(self.storage).one(SmsReport(**said))

    def entry(self, key: str) -> SmsEntry:
        """Return a line of the ledger."""
        with self.storage.snapshot() as unit:
            return unit.sms.known([key])[0]

    def states(self, *keys: str) -> list[ChargeState]:
        """Return where messages stand."""
        return [self.entry(each).state for each in keys]

    def booked(self, payer: str = "sp1", month: str = "2026-09") -> Money:
        """Return what a payer's month comes to."""
        with self.storage.snapshot() as unit:
            return unit.sms.booked(payer, month, "EUR")

"""Text messages that are paid, in whatever order things happen, and whatever breaks in between (SMS-4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final, cast

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from eszkola_core._usecases.account_for_sms import AccountForSms
from eszkola_core._usecases.deliver_sms import DeliverSms
from eszkola_core._usecases.record_sms_report import RecordSmsReport
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.money import Money
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.settings import Settings
from eszkola_core.domain.sms_ledger import ChargeState, SmsEntry
from eszkola_core.domain.sms_statements import together
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.text_messages import Delivery, SmsReport, SmsRequest
from eszkola_core.ports.storage import SmsLedger, Storage, Unit
from eszkola_core.testing.doubles import FrozenClock, Killed, MortalStorage
from eszkola_core.testing.gateways import GatewayAnswer, MemoryGateway, MemorySmsCourier
from eszkola_core.testing.memory import MemoryStorage

_PRICE: Final = Money.parse("0.05 EUR")
_CAP: Final = _PRICE.times(4)
_PAYERS: Final = ("sp1", "sp2", "")
_TO: Final = PhoneNumber("+48601234567")
_CONSOLE: Final = Actor.console("console:machine")


class _Ledger:
    """The ledger of a unit, looked at whenever something is reserved."""

    def __init__(self, ledger: SmsLedger) -> None:
        self._ledger = ledger

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the ledger has
        return getattr(self._ledger, name)

    def reserve(self, entry: SmsEntry, month: str, *, cap: Money) -> SmsEntry | None:
        """Reserve, and see that no cap was passed by it."""
        reserved = self._ledger.reserve(entry, month, cap=cap)
        if reserved is not None:
            assert self._ledger.booked(entry.payer, month, cap.currency).micros <= cap.micros
        return reserved


class _Watched:
    """A storage whose ledgers are looked at."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the storage has
        return getattr(self._storage, name)

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """Open a unit that writes."""
        with self._storage.unit() as unit:
            setattr(unit, "sms", _Ledger(unit.sms))  # noqa: B010 - to everybody else a unit's parts are read only
            yield unit


class SmsLedgerMachine(RuleBasedStateMachine):
    """
    Messages of two schools and of the tenant, a gateway that answers in every way, and dispatchers that die anywhere.

    At every moment what the payers' months come to is the sum of their messages; nobody's month passed its cap when
    something was reserved; and no message is at the gateway twice, nor once while it is believed that it is not.
    """

    fresh_storage: ClassVar[Callable[[], Storage]] = MemoryStorage

    @initialize(deduplicates=st.booleans(), dearer=st.sampled_from([1, 1, 2]), tells=st.booleans())
    def begin(self, *, deduplicates: bool, dearer: int, tells: bool) -> None:
        """Open a tenant, and a gateway that may take more than was quoted, and may say so."""
        settings = Settings(sms_tariff="by-segment", sms_school_budget=_CAP, sms_tenant_budget=_CAP)
        self.tenant = Tenant(
            key="t", name="T", base_url="https://e.example", platform_domain="e.example", settings=settings
        )
        self.clock = FrozenClock(datetime(2026, 9, 29, 12, tzinfo=UTC))
        self.storage: Storage = cast("Storage", _Watched(type(self).fresh_storage()))
        self.gateway = MemoryGateway(
            self.clock.now, price=_PRICE.times(dearer), deduplicates=deduplicates, tells_the_price=tells
        )
        self.queued: dict[str, str] = {}

    @rule(payer=st.sampled_from(_PAYERS), segments=st.sampled_from([1, 1, 2]), again=st.booleans())
    def queue(self, payer: str, segments: int, *, again: bool) -> None:
        """Let a message wait, or ask for one that waits already."""
        key = f"k{len(self.queued) if again and self.queued else len(self.queued) + 1}"
        self.queued.setdefault(key, payer)
        request = SmsRequest(
            key=key,
            school=payer or "sp1",
            asked_by_owner=not payer,
            to=_TO,
            text="a" * (153 * segments if segments > 1 else 9),
            useful_until=self.clock.now() + timedelta(days=60),
        )
        DeliverSms(self.storage, self.tenant, self.clock, self.courier).queue(request)

    @rule(answers=st.lists(st.sampled_from(GatewayAnswer), max_size=3), limit=st.integers(1, 5))
    def dispatch(self, answers: list[GatewayAnswer], limit: int) -> None:
        """Send what is due, to a gateway that answers as it likes."""
        self.gateway.answers[:] = answers
        DeliverSms(self.storage, self.tenant, self.clock, self.courier).next_batch(limit=limit)
        self.gateway.answers.clear()

    @rule(answers=st.lists(st.sampled_from(GatewayAnswer), max_size=3), lives=st.integers(0, 40))
    def die(self, answers: list[GatewayAnswer], lives: int) -> None:
        """Send what is due, and die at one of the calls of the ports, before or after it did anything."""
        self.gateway.answers[:] = answers
        storage = MortalStorage(self.storage, lives)
        courier = MemorySmsCourier(storage.mortal("gateway", self.gateway))
        clock = storage.mortal("clock", self.clock)
        with suppress(Killed):
            DeliverSms(storage, self.tenant, clock, courier).next_batch()
        self.gateway.answers.clear()

    @rule()
    def close_the_gateway(self) -> None:
        """Send while nobody can be reached."""
        self.gateway.is_closed = True
        DeliverSms(self.storage, self.tenant, self.clock, self.courier).next_batch()
        self.gateway.is_closed = False

    @rule(at=st.integers(0, 5), delivery=st.sampled_from(Delivery), by_key=st.booleans())
    def report(self, at: int, delivery: Delivery, *, by_key: bool) -> None:
        """Hear from the gateway of a message that it took."""
        if self.gateway.billed:
            billed = self.gateway.billed[at % len(self.gateway.billed)]
            name = {"reference": billed.sms.reference} if by_key else {"gateway_id": billed.gateway_id}
            RecordSmsReport(self.storage).one(SmsReport(delivery=delivery, cost=billed.cost, **name))

    @rule()
    def reconcile(self) -> None:
        """Compare with the gateway's list: what no dispatcher holds is in doubt no more, and all is paid as billed."""
        self.clock.advance(self.tenant.settings.message_lease)
        AccountForSms(self.storage, self.tenant, self.clock).reconcile(_CONSOLE, self.gateway.rows())
        assert ChargeState.IN_DOUBT not in {each.state for each in self.entries()}
        charged = [each.booked for each in self.entries() if each.state is ChargeState.CHARGED]
        assert sum(each.micros for each in charged) == sum(each.cost.micros for each in self.gateway.billed)

    @rule(minutes=st.sampled_from([1, 11, 61, 60 * 24 * 3]))
    def wait(self, minutes: int) -> None:
        """Let time pass: a lease, a pause, the end of the month."""
        self.clock.advance(timedelta(minutes=minutes))

    @property
    def courier(self) -> MemorySmsCourier:
        """A courier to the gateway."""
        return MemorySmsCourier(self.gateway)

    def entries(self) -> list[SmsEntry]:
        """Return all lines of the ledger."""
        with self.storage.snapshot() as unit:
            return list(unit.sms.known(list(self.queued)))

    @invariant()
    def every_message_has_its_line(self) -> None:
        """Exactly one, and its payer's."""
        if hasattr(self, "queued"):
            assert {each.key: each.payer for each in self.entries()} == self.queued
            assert len(self.entries()) == len(self.queued)

    @invariant()
    def what_is_booked_is_the_sum(self) -> None:
        """In each payer's every month."""
        if not hasattr(self, "queued"):
            return
        entries = self.entries()
        with self.storage.snapshot() as unit:
            for payer in _PAYERS:
                for month in ("2026-09", "2026-10", "2026-11"):
                    mine = [each for each in entries if (each.payer, each.month) == (payer, month)]
                    assert unit.sms.booked(payer, month, "EUR") == together(mine, "EUR")

    @invariant()
    def nobody_pays_twice(self) -> None:
        """What is at the gateway is there once, and is charged or in doubt here; what is not is not charged."""
        if not hasattr(self, "queued"):
            return
        billed = Counter(each.sms.reference for each in self.gateway.billed)
        assert set(billed.values()) <= {1}
        for entry in self.entries():
            if entry.key in billed:
                assert entry.state in (ChargeState.CHARGED, ChargeState.IN_DOUBT)
            else:
                assert entry.state is not ChargeState.CHARGED
            if entry.state in (ChargeState.CHARGED, ChargeState.RELEASED):
                assert (entry.to, entry.text) == (None, None)

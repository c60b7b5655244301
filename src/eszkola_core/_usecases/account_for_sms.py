"""What text messages cost a school or the tenant, and whether the gateway says the same (SMS-5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._schools import known_schools
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.permissions import Action, NotPermitted
from eszkola_core.domain.sms_budgets import Spending
from eszkola_core.domain.sms_ledger import OF_TENANT, ChargeState
from eszkola_core.domain.sms_reconciliation import GatewayRow, Reconciliation, around, reconcile
from eszkola_core.domain.sms_statements import Statement
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock


@frozen
class SmsStatus:
    """How many text messages are in each state, and since when the oldest waits."""

    counts: Mapping[ChargeState, int]
    oldest_waiting_at: datetime | None


@frozen
class AccountForSms:
    """Tells what a month came to, and brings the ledger and the gateway's list together."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def statement(self, actor: Actor, payer: str, month: str) -> Statement | NotPermitted:
        """
        Return what *payer*, a school or the tenant itself, paid or reserved in *month*.

        Raises:
            InvalidValue: there is no such school, and none of that name paid in that month.
        """
        with self.storage.snapshot() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            allowed = acting.permission(actor, Action.READ_SMS_STATEMENT, Target.of_school(payer))
            if not allowed:
                return NotPermitted(allowed)
            entries = tuple(unit.sms.of_month(payer, month))
            if payer != OF_TENANT and not entries:
                known_schools(unit, payer)
            cap = self.tenant.sms_budget(payer)
            spent = unit.sms.booked(payer, month, cap.currency)
            return Statement(
                payer=payer,
                month=month,
                entries=entries,
                spending=Spending(payer, month, spent, cap, self.tenant.settings.sms_warning_share),
                zone=self.tenant.zone,
            )

    def reconcile(self, actor: Actor, rows: Sequence[GatewayRow]) -> Reconciliation | NotPermitted:
        """
        Book what the gateway's list says, and return what it says otherwise than the ledger did.

        Raises:
            Conflict: somebody changed an entry meanwhile; nothing was booked.
        """
        now = self.clock.now()
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, now)
            allowed = acting.permission(actor, Action.RECONCILE_SMS, Target.of_school(""))
            if not allowed:
                return NotPermitted(allowed)
            keys = {each.reference for each in rows if each.reference}
            ids = {each.gateway_id for each in rows if each.gateway_id}
            found = {each.id: each for each in unit.sms.known(keys, ids)}
            if (times := around(rows)) is not None:
                found |= {each.id: each for each in unit.sms.handed_between(*times)}
            done = reconcile([each for _, each in sorted(found.items())], rows, now)
            for before, after in done.changes:
                if not unit.sms.change(before, after):
                    raise Conflict("a text message was changed in the meantime", code="sms-moved")
            if done.changes:
                detail = {"matched": str(done.matched), "changed": str(len(done.changes))}
                acting.note(actor, "sms-reconciled", detail=detail)
            return done

    def status(self) -> SmsStatus:
        """Return what waits, and since when."""
        with self.storage.snapshot() as unit:
            return SmsStatus(unit.sms.counts(), unit.sms.oldest_waiting())

"""
Writing a text message down: quoted, in the unit of whatever caused it, as nothing leaves inside a transaction.

Text messages do not wait in the outbox of e-mails, whose messages are tried again whenever it is unclear what became of
them. They are lines of the ledger from the beginning (`eszkola_core.domain.sms_ledger`): one row is the message and its
payment, so that no crash can part them.
"""

from __future__ import annotations

from datetime import datetime

from eszkola_core.domain.days import day_of
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.sms_ledger import SmsEntry, payer_of
from eszkola_core.domain.sms_quotes import NotPriced, quote
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.text_messages import SmsRequest
from eszkola_core.ports.storage import Unit


def queue_sms(unit: Unit, tenant: Tenant, request: SmsRequest, now: datetime) -> SmsEntry | NotPriced:
    """
    Quote a text message and let it wait; one whose key is known waits once (SMS-4).

    Raises:
        InvalidValue: its text is empty, or holds half a character.
    """
    found = quote(request.text, tenant.tariff, to=request.to, day=day_of(now, tenant.zone))
    if isinstance(found, NotPriced):
        return found
    entry = SmsEntry(
        key=request.key,
        school=request.school,
        payer=payer_of(request.school, asked_by_owner=request.asked_by_owner),
        person=request.person,
        to=request.to,
        text=Secret(request.text),
        tariff=found.tariff,
        segments=found.travels.segments,
        messages=found.messages,
        cost=found.cost,
        created_at=now,
        due_at=now,
        useful_until=request.useful_until,
    )
    unit.sms.add([entry])
    (kept,) = unit.sms.known([request.key])
    return kept

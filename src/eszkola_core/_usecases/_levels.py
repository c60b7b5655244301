"""Keeping what guardians choose to hear, and that their contact data are their own (LINK-8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._gathering import decided_about
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import OWNS_ADDRESS, OWNS_PHONE, Decision, DecisionKind
from eszkola_core.domain.communication import Level, standing_choices
from eszkola_core.domain.contacts import OwnContacts
from eszkola_core.domain.hidden import Secret
from eszkola_core.ports.storage import Unit

_REASON = "security code"


def choose(
    unit: Unit, guardian: PersonId, levels: Mapping[PersonId | None, Level], *, author: str, now: datetime
) -> None:
    """Keep the level that *guardian* chose for themselves (None) and for children, in the stead of former ones."""
    decisions = decided_about(unit, guardian)
    for child, level in levels.items():
        for former in standing_choices(decisions, guardian, child):
            unit.people.withdraw(former.id, now, by=author)
        unit.people.decide(
            Decision(
                kind=DecisionKind.LEVEL_CHOSEN,
                subject=guardian,
                object=child,
                value=Secret(level.value),
                author=author,
                at=now,
            )
        )


def own_contacts(acting: Acting, guardian: PersonId, *, author: str) -> None:
    """
    Make address and telephone number the guardian's own, and ask for them in a year (LINK-8d).

    What the owner chose before stays the owner's; who has no account yet has nothing to own.
    """
    unit, now = acting.unit, acting.now
    person = unit.people.get_many([guardian])[guardian]
    if not person.is_opened:
        return
    owned = {each.kind for each in unit.people.decisions(guardian) if each.subject == guardian and each.stands}
    if person.central is not None and not owned & OWNS_ADDRESS:
        verified = DecisionKind.ADDRESS_VERIFIED
        unit.people.decide(
            Decision(kind=verified, subject=guardian, address=person.central, author=author, reason=_REASON, at=now)
        )
    if person.phone is not None and not owned & OWNS_PHONE:
        number = Secret(person.phone.e164)
        verified = DecisionKind.PHONE_VERIFIED
        unit.people.decide(
            Decision(kind=verified, subject=guardian, value=number, author=author, reason=_REASON, at=now)
        )
    every = acting.tenant.settings.confirm_contacts_every
    known = unit.contacts.get(guardian)
    unit.contacts.put(OwnContacts.taken(guardian, now, every) if known is None else known.confirmed(now, every))

"""
Contact data that their owner answers for, and is asked about once a year (LINK-8d).

From the code on a guardian owns them: what a record states then only asks the owner (MAIL-4b).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import evolve, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.days import aware


@frozen(kw_only=True)
class OwnContacts:
    """Whose contact data are their own, since when, when the owner last confirmed them, and when to ask next."""

    person: PersonId
    since: datetime
    confirmed_at: datetime
    ask_at: datetime

    @classmethod
    def taken(cls, person: PersonId, now: datetime, every: timedelta) -> OwnContacts:
        """Return the contact data of somebody who takes them over on *now*."""
        return cls(person=person, since=aware(now), confirmed_at=now, ask_at=now + every)

    def confirmed(self, now: datetime, every: timedelta) -> OwnContacts:
        """Return them as they are after the owner has confirmed them: the next question comes *every* so often."""
        return evolve(self, confirmed_at=aware(now), ask_at=now + every)

    def asked(self, now: datetime, every: timedelta) -> OwnContacts:
        """Return them as they are after the owner was asked; an owner who does not answer is asked again in time."""
        return evolve(self, ask_at=max(self.ask_at + every, aware(now) + timedelta(days=1)))

"""The way from a right password to a session: a ticket for the acts that come first, one after the other (ACCESS-5)."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve, frozen

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.sessions import open_session
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.tokens import RANDOM_BYTES, Act, Purpose, Token, issue
from eszkola_core.ports.storage import Unit
from eszkola_core.ports.system import Secrets


@frozen
class SignedIn:
    """A session is open; ``key`` is what its owner shows from now on, and is told once."""

    person: PersonId
    key: Secret


@frozen
class MustAct:
    """No session opens before these acts are done, in order, with the ticket; each act gives a ticket for the rest."""

    ticket: Secret
    acts: tuple[Act, ...]


@frozen
class Entrance:
    """Lets somebody whose password was right go on, in one unit."""

    unit: Unit
    tenant: Tenant
    secrets: Secrets
    now: datetime

    def let_in(self, person: Person, acts: tuple[Act, ...], *, until: datetime | None = None) -> SignedIn | MustAct:
        """
        Open a session, or issue a ticket for *acts*, which replaces any other ticket of the person.

        A ticket for what is left does not live longer than the first one: ``until``.
        """
        random = self.secrets.token_bytes(RANDOM_BYTES)
        if not acts:
            return self._open(person, random)
        settings = self.tenant.settings
        token, text = issue(Purpose.MUST_ACT, person.id, random=random, settings=settings, now=self.now, acts=acts)
        self.unit.tokens.add(token if until is None else evolve(token, expires_at=until))
        return MustAct(text, acts)

    def after_act(self, ticket: Token, person: Person) -> SignedIn | MustAct:
        """Go on once the first act of a spent *ticket* is done."""
        return self.let_in(person, ticket.acts[1:], until=ticket.expires_at)

    def _open(self, person: Person, random: bytes) -> SignedIn:
        if not person.has_signed_in:
            self.unit.people.save(person.changed(first_signed_in_at=self.now))
        session, key = open_session(person.id, random=random, now=self.now)
        self.unit.sessions.add(session)
        return SignedIn(person.id, key)

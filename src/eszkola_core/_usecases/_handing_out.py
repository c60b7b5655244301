"""Planning what is handed out: everybody of a school or class, what is done for each, by which route, at what cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from attrs import evolve, field, frozen

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core._usecases._candidates import Candidate, Candidates
from eszkola_core._usecases._passwords import policy_of
from eszkola_core._usecases._post import login_of
from eszkola_core._usecases._schools import known_schools
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.address_books import AddressBook
from eszkola_core.domain.credential_channels import (
    ClosedBecause,
    CredentialChannel,
    Priced,
    Reach,
    Route,
    addressee,
    cheapest,
    routes,
)
from eszkola_core.domain.credential_texts import text_message
from eszkola_core.domain.credentials import Credential
from eszkola_core.domain.days import day_of
from eszkola_core.domain.handing_out import Deed, Nothing, Preview, PreviewRow, deed_for, live_credential
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.initial_credentials import invent
from eszkola_core.domain.letters import Letter, LetterKind
from eszkola_core.domain.money import Money
from eszkola_core.domain.permissions import Action
from eszkola_core.domain.roles import Role
from eszkola_core.domain.sms_quotes import NotPriced, quote_both
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue


@frozen(kw_only=True)
class Order:
    """
    For whom, and how: a school, or one class in it; those with one of ``roles``, or of these only the ones in ``only``.

    ``renew`` says that everybody in it gets a new credential, though there be one that works (INIT-2);
    ``renew_expired`` that they do whose former one has expired. ``plain_letters`` sends text messages transliterated
    (SMS-3); ``addresses`` is where letters go.
    """

    school: str
    class_name: str | None = None
    roles: frozenset[Role] = frozenset({Role.STUDENT})
    only: frozenset[PersonId] | None = None
    renew: bool = False
    renew_expired: bool = False
    channels: frozenset[CredentialChannel] = frozenset(CredentialChannel)
    addresses: AddressBook = field(factory=AddressBook)
    plain_letters: bool = False
    locale: str = ""

    @property
    def said(self) -> Mapping[str, str]:
        """What of it a preview stands for, beside people and channels."""
        return {"school": self.school, "plain": str(self.plain_letters), "locale": self.locale}


@frozen
class Wanted:
    """One candidate with what is to be done: a deed, though no channel be open, as print-outs need none."""

    candidate: Candidate
    deed: Deed | Nothing
    row: PreviewRow

    @property
    def person(self) -> Person:
        """Whose account it is; only of whoever has one."""
        if self.candidate.person is None:
            raise AssertionError("something is done only for somebody with an account")
        return self.candidate.person


@frozen
class Plan:
    """Everybody in order, and the preview of it."""

    wanted: tuple[Wanted, ...]
    preview: Preview

    def to_make(self, *, sending: bool) -> Sequence[Person]:
        """Return who gets a new credential: of those with a channel where it is sent, else of all."""
        return [
            each.person
            for each in self.wanted
            if each.deed is Deed.MAKE and (each.row.priced is not None or not sending)
        ]


@frozen
class Planner:
    """Plans within one unit; ``sends_sms`` says whether there is a gateway for text messages."""

    acting: Acting
    order: Order
    sends_sms: bool = True

    @property
    def tenant(self) -> Tenant:
        """Whose settings hold."""
        return self.acting.tenant

    @property
    def locale(self) -> str:
        """The language of what is handed out."""
        return self.order.locale or self.tenant.locale

    def plan(self, actor: Actor) -> Plan | NotPermitted:
        """
        Return what would be done for everybody.

        Raises:
            InvalidValue: there is no such school, nobody in such a class, or somebody who is named has no role there.
        """
        order, acting = self.order, self.acting
        known_schools(acting.unit, order.school)
        of_school = Target.of_school(order.school, order.class_name or "")
        allowed = acting.permission(actor, Action.VIEW_READINESS, of_school)
        if not allowed:
            return NotPermitted(allowed)
        found = Candidates(acting, order.school, order.class_name, order.addresses).with_roles(order.roles, actor)
        wanted = tuple(
            self._wanted(each)
            for each in found
            if order.only is None or (each.person is not None and each.person.id in order.only)
        )
        if order.only is not None and not order.only <= {each.row.person for each in wanted}:
            raise InvalidValue(
                f"somebody who is named has no such role in school {order.school!r} today", code="not-in-school"
            )
        currency = self.tenant.settings.letter_price.currency
        by = acting.storage.fingerprints[0]
        return Plan(wanted, Preview.of([each.row for each in wanted], order.said, currency=currency, by=by))

    def letter(self, kind: LetterKind, each: Wanted, school: str, data: Mapping[str, str]) -> Letter:
        """Return a letter about somebody: to a minor's guardian, else to the owner (INIT-4)."""
        candidate, reach = each.candidate, each.candidate.reach or Reach(name=str(each.candidate.name))
        to = addressee(reach)
        return Letter(
            kind=kind,
            locale=self.locale,
            to=to.to,
            address=to.address,
            owner=str(each.person.name),
            school=school,
            reference=reference(candidate),
            day=self.acting.today,
            data={"login": login_of(each.person, self.tenant), **data},
        )

    def last_day(self, credential: Credential | None) -> date:
        """Return the last day on which a credential surely works: that of a new one where there is none."""
        lifetime = self.tenant.settings.initial_credential_lifetime
        ends = credential.expires_at if credential is not None else None
        return day_of((ends or self.acting.now + lifetime) - timedelta(days=1), self.tenant.zone)

    def text(self, person: Person, password: Secret, until: date) -> Secret:
        """Return the text message that hands a credential out."""
        return text_message(
            self.locale,
            tenant=self.tenant.name,
            login=login_of(person, self.tenant),
            password=password,
            until=until,
            link=self.tenant.base_url,
        )

    def signs_in_with(self, each: Wanted) -> str:
        """Return what somebody signs in with, or nothing where no account is open."""
        person = each.candidate.person
        return login_of(person, self.tenant) if person is not None and each.row.person is not None else ""

    def _wanted(self, each: Candidate) -> Wanted:
        name = f"{each.name.last} {each.name.first}".strip()
        row = PreviewRow(class_name=each.class_name, name=name, record=each.record)
        person = each.person
        if person is None or not person.is_opened or each.reach is None:
            return Wanted(each, Nothing.NO_ACCOUNT, evolve(row, nothing=Nothing.NO_ACCOUNT))
        row = evolve(row, person=person.id, login=person.login)  # which is nobody's address (ACCESS-5)
        order = self.order
        renewals = {"renew": order.renew, "renew_expired": order.renew_expired}
        deed = deed_for(person, each.credential, **renewals, now=self.acting.now)
        if not each.permitted and deed is not Nothing.HAS_OWN_PASSWORD:
            deed = Nothing.NOT_PERMITTED
        if isinstance(deed, Nothing):
            return Wanted(each, deed, evolve(row, nothing=deed))
        found = {
            channel: self._priced(route, each, person, deed)
            for channel, route in routes(each.reach, order.channels).items()
        }
        closed = {channel: why for channel, why in found.items() if isinstance(why, ClosedBecause)}
        taken = cheapest([priced for priced in found.values() if isinstance(priced, Priced)])
        if taken is None:
            return Wanted(each, deed, evolve(row, nothing=Nothing.NO_CHANNEL, closed=closed))
        return Wanted(each, deed, evolve(row, deed=deed, priced=taken, closed=closed))

    def _priced(
        self, route: Route | ClosedBecause, each: Candidate, person: Person, deed: Deed
    ) -> Priced | ClosedBecause:
        """Return what a route costs, or why nobody can say."""
        if isinstance(route, ClosedBecause):
            return route
        if route.channel is CredentialChannel.SMS:
            return self._quoted(route, each, person, deed)
        settings = self.tenant.settings
        home = settings.letter_price.currency
        fixed = {CredentialChannel.LETTER: settings.letter_price, CredentialChannel.PHONE: settings.call_price}
        cost = fixed.get(route.channel, Money(Decimal(), home))
        return Priced(route=route, cost=cost) if cost.currency == home else ClosedBecause.OTHER_CURRENCY

    def _quoted(self, route: Route, each: Candidate, person: Person, deed: Deed) -> Priced | ClosedBecause:
        if not self.sends_sms:
            return ClosedBecause.NO_GATEWAY
        live = live_credential(each.credential, self.acting.now) if deed is Deed.AGAIN else None
        # One that is yet to be made is as long as any other, and made of the same letters.
        password = live.sealed if live is not None and live.sealed is not None else specimen(self.tenant)
        text = self.text(person, password, self.last_day(live))
        quoted = quote_both(text.reveal(), self.tenant.tariff, to=route.phone, day=self.acting.today)
        if isinstance(quoted, NotPriced):
            return ClosedBecause.NO_PRICE
        taken = quoted.transliterated if self.order.plain_letters else quoted.as_written
        if taken.cost.currency != self.tenant.settings.letter_price.currency:
            return ClosedBecause.OTHER_CURRENCY
        return Priced(route=route, cost=taken.cost, in_plain_letters=quoted.transliterated.cost)


def reference(candidate: Candidate) -> str:
    """Return by what a school sorts what it prints."""
    return " · ".join(filter(None, (candidate.class_name, candidate.record)))


def specimen(tenant: Tenant) -> Secret:
    """Return a credential that is nobody's, as long as any that the tenant's policy makes."""
    return invent(lambda _: 0, policy_of(tenant))

"""
By which way an initial credential reaches its owner: what may be first, then what costs least (INIT-5).

A channel is *closed* to somebody where it leads nowhere, where the law or a choice of theirs forbids it, or where
nobody can say what it costs. Of the open ones the cheapest is taken; of equally cheap ones the first in the
order below.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.communication import Level
from eszkola_core.domain.letters import PostalAddress
from eszkola_core.domain.money import Money
from eszkola_core.domain.phones import PhoneNumber


class CredentialChannel(StrEnum):
    """How a credential comes to its owner; of those that cost the same the first is taken."""

    EMAIL = "e-mail"
    GUARDIAN = "guardian"
    SMS = "sms"
    PHONE = "phone"
    LETTER = "letter"


class ClosedBecause(StrEnum):
    """Why a channel is closed to somebody."""

    NOT_WANTED = "not-wanted"
    NO_ADDRESS = "no-address"
    UNUSABLE_ADDRESS = "unusable-address"
    SHARED_ADDRESS = "shared-address"
    NO_PHONE = "no-phone"
    NO_POSTAL_ADDRESS = "no-postal-address"
    NO_ELECTRONIC_COMMUNICATION = "no-electronic-communication"
    RESTRICTION = "restriction"
    STAFF = "staff"
    OF_AGE = "of-age"
    NO_GUARDIAN = "no-guardian"
    NO_ACTIVE_LINK = "no-active-link"
    NO_GATEWAY = "no-gateway"
    NO_PRICE = "no-price"
    OTHER_CURRENCY = "other-currency"


@frozen(kw_only=True)
class GuardianReach:
    """
    One guardian with an active link to somebody, as far as channels go.

    ``verified`` says that a school made sure of the link, ``sees`` that the guardian has an own password and signs in.
    """

    person: PersonId
    name: str = field(repr=False)
    phone: PhoneNumber | None = field(default=None, repr=False)
    email: EmailAddress | None = field(default=None, repr=False)
    address: PostalAddress | None = None
    verified: bool = False
    sees: bool = False


@frozen(kw_only=True)
class Reach:
    """
    How somebody can be reached, and what is in the way.

    ``is_student`` and ``is_guardian`` say what they are in the school that asks; who is neither is staff. ``is_minor``
    counts whoever may be one. ``has_link`` is a guardian's own active link to a child there. ``level`` is what was
    chosen of electronic messages; None before a choice. ``address`` is where the school's list sends the post to, for a
    student the household's. ``barred_*`` is what somebody reads, answers or opens who is kept from the student
    (LINK-3).
    """

    name: str = field(repr=False)
    is_student: bool = False
    is_guardian: bool = False
    is_minor: bool = False
    has_link: bool = False
    email: EmailAddress | None = field(default=None, repr=False)
    email_unusable: bool = False
    email_shared: bool = False
    phone: PhoneNumber | None = field(default=None, repr=False)
    level: Level | None = None
    address: PostalAddress | None = None
    guardians: tuple[GuardianReach, ...] = ()
    is_restricted: bool = False
    barred_phones: frozenset[PhoneNumber] = field(default=frozenset(), repr=False)
    barred_mailboxes: frozenset[str] = field(default=frozenset(), repr=False)
    barred_addresses: frozenset[PostalAddress] = field(default=frozenset(), repr=False)


@frozen(kw_only=True)
class Route:
    """
    A channel with where it leads: to whom, and where.

    ``guardian`` is who gets it in the stead of the owner. The places themselves are hidden, as they are personal data.
    """

    channel: CredentialChannel
    to: str = field(repr=False)
    guardian: PersonId | None = None
    email: EmailAddress | None = field(default=None, repr=False)
    phone: PhoneNumber | None = field(default=None, repr=False)
    address: PostalAddress | None = None

    @property
    def shown(self) -> str:
        """Where it leads, as a preview shows it: enough to see a mistake, too little to use."""
        if self.email is not None:
            return self.email.masked
        if self.phone is not None:
            return self.phone.masked
        return f"{self.to}, {self.address.city}" if self.address is not None else self.to


@frozen(kw_only=True)
class Priced:
    """A route with what it costs; ``in_plain_letters`` is what an SMS would cost transliterated (SMS-3)."""

    route: Route
    cost: Money
    in_plain_letters: Money | None = None


def routes(
    reach: Reach, wanted: Collection[CredentialChannel] = frozenset(CredentialChannel)
) -> Mapping[CredentialChannel, Route | ClosedBecause]:
    """Return for every channel where it leads, or why it is closed: the law and consent first (INIT-5)."""
    return MappingProxyType(
        {
            channel: _ROUTES[channel](reach) if channel in wanted else ClosedBecause.NOT_WANTED
            for channel in CredentialChannel
        }
    )


def cheapest(open_ones: Collection[Priced]) -> Priced | None:
    """Return the route that costs least, of equally cheap ones the first in the order of channels; None of none."""
    order = list(CredentialChannel)
    return min(open_ones, key=lambda each: (each.cost.amount, order.index(each.route.channel)), default=None)


def addressee(reach: Reach) -> Route:
    """
    Return who opens a letter about somebody, and where: a minor's guardian, else the owner (INIT-4).

    Where a restriction stands for a student, a letter goes only to a guardian at an address of the guardian's own, and
    to none that whoever is kept away has too. Without such an address it is handed over.
    """
    if not (reach.is_student and reach.is_minor):
        return Route(channel=CredentialChannel.LETTER, to=reach.name, address=_safe(reach.address, reach))
    household = None if reach.is_restricted else reach.address
    for each in reach.guardians:
        own = _safe(each.address, reach) or household
        if own is not None:
            return Route(channel=CredentialChannel.LETTER, to=each.name, guardian=each.person, address=own)
    if reach.guardians:
        first = reach.guardians[0]
        return Route(channel=CredentialChannel.LETTER, to=first.name, guardian=first.person)
    return Route(channel=CredentialChannel.LETTER, to=reach.name, address=household)


def _by_email(reach: Reach) -> Route | ClosedBecause:
    if reach.email is None:
        return ClosedBecause.NO_ADDRESS
    if reach.email_unusable:
        return ClosedBecause.UNUSABLE_ADDRESS
    if reach.email.mailbox in reach.barred_mailboxes:
        return ClosedBecause.RESTRICTION
    if reach.email_shared and not reach.is_minor:
        return ClosedBecause.SHARED_ADDRESS
    if reach.level is Level.NONE:
        return ClosedBecause.NO_ELECTRONIC_COMMUNICATION
    return Route(channel=CredentialChannel.EMAIL, to=reach.name, email=reach.email)


def _by_sms(reach: Reach) -> Route | ClosedBecause:
    if reach.phone is None:
        return ClosedBecause.NO_PHONE
    if reach.phone in reach.barred_phones:
        return ClosedBecause.RESTRICTION
    if reach.level is Level.NONE:
        return ClosedBecause.NO_ELECTRONIC_COMMUNICATION
    return Route(channel=CredentialChannel.SMS, to=reach.name, phone=reach.phone)


def _by_phone(reach: Reach) -> Route | ClosedBecause:
    """A credential is read out to the student, or to a guardian with an active link, and to nobody else."""
    if reach.is_student:
        return _by_students_phone(reach)
    if not reach.is_guardian:
        return ClosedBecause.STAFF
    if not reach.has_link:
        return ClosedBecause.NO_ACTIVE_LINK
    if reach.phone is None:
        return ClosedBecause.NO_PHONE
    return Route(channel=CredentialChannel.PHONE, to=reach.name, phone=reach.phone)


def _by_students_phone(reach: Reach) -> Route | ClosedBecause:
    barred = reach.phone in reach.barred_phones
    if reach.phone is not None and not barred:
        return Route(channel=CredentialChannel.PHONE, to=reach.name, phone=reach.phone)
    for each in reach.guardians if reach.is_minor else ():
        if each.phone is not None and each.phone not in reach.barred_phones:
            return Route(channel=CredentialChannel.PHONE, to=each.name, guardian=each.person, phone=each.phone)
    return ClosedBecause.RESTRICTION if barred else ClosedBecause.NO_PHONE


def _by_letter(reach: Reach) -> Route | ClosedBecause:
    route = addressee(reach)
    if route.address is None:
        return ClosedBecause.RESTRICTION if reach.is_restricted else ClosedBecause.NO_POSTAL_ADDRESS
    return route


def _by_guardian(reach: Reach) -> Route | ClosedBecause:
    """A guardian with a verified link sees it where they see the child's login (LINK-9)."""
    if not reach.is_student:
        return ClosedBecause.NO_GUARDIAN
    if not reach.is_minor:
        return ClosedBecause.OF_AGE
    for each in reach.guardians:
        if each.verified and each.sees and each.email is not None:
            return Route(channel=CredentialChannel.GUARDIAN, to=each.name, guardian=each.person, email=each.email)
    return ClosedBecause.NO_ACTIVE_LINK if reach.guardians else ClosedBecause.NO_GUARDIAN


def _safe(address: PostalAddress | None, reach: Reach) -> PostalAddress | None:
    return None if address in reach.barred_addresses else address


_ROUTES: Final = MappingProxyType(
    {
        CredentialChannel.EMAIL: _by_email,
        CredentialChannel.GUARDIAN: _by_guardian,
        CredentialChannel.SMS: _by_sms,
        CredentialChannel.PHONE: _by_phone,
        CredentialChannel.LETTER: _by_letter,
    }
)

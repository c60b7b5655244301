"""The ladder of channels: the law and consent first, then what costs least (INIT-5)."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.address_books import HOUSEHOLD, AddressBook
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.communication import Level
from eszkola_core.domain.credential_channels import (
    ClosedBecause,
    CredentialChannel,
    GuardianReach,
    Priced,
    Reach,
    Route,
    addressee,
    cheapest,
    routes,
)
from eszkola_core.domain.credential_texts import text_message
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.letters import PostalAddress
from eszkola_core.domain.money import Money
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.sms_segments import segmentation
from eszkola_core.domain.tenants import LOCALES
from eszkola_core.testing import strategies as s

C, B = CredentialChannel, ClosedBecause
PHONES = [PhoneNumber(f"+4860123456{number}") for number in range(4)]
MAILS = [EmailAddress.parse(f"{name}@example.com") for name in ("a", "b", "c")]
HOMES = [PostalAddress(street=f"Polna {number}", postal_code="45-064", city="Opole") for number in range(4)]
any_reach = s.reaches(emails=st.sampled_from(MAILS), phones=st.sampled_from(PHONES), addresses=st.sampled_from(HOMES))
ALA = Reach(name="Ala Lis", is_student=True, is_minor=True, email=MAILS[0], phone=PHONES[0], address=HOMES[0])
MOTHER = GuardianReach(
    person=PersonId(7), name="Ewa Lis", phone=PHONES[1], email=MAILS[1], address=HOMES[1], verified=True, sees=True
)


def open_in(reach):
    """Return the routes that are open, by channel."""
    return {channel: route for channel, route in routes(reach).items() if isinstance(route, Route)}


@pytest.mark.rule("INIT-5")
@given(reach=any_reach)
def test_every_channel_leads_somewhere_or_says_why_not(reach):
    """Each has an answer, and an open one a place that fits it and that is the owner's or a guardian's."""
    found = routes(reach)

    assert found.keys() == set(C)
    guardians = {each.person: each for each in reach.guardians}
    for channel, route in open_in(reach).items():
        to = guardians[route.guardian] if route.guardian is not None else reach
        assert route.channel is channel
        assert route.to == to.name
        assert (route.email or route.phone or route.address) is not None
        assert route.email in (None, to.email)
        assert route.phone in (None, to.phone)


@pytest.mark.rule("INIT-5")
@given(reach=any_reach)
def test_no_electronic_message_goes_to_whoever_wants_none(reach):
    """Neither e-mail nor SMS, whatever they cost; letters, calls and what a guardian sees are no such messages."""
    refused = evolve(reach, level=Level.NONE)

    assert not {C.EMAIL, C.SMS} & open_in(refused).keys()
    assert {C.LETTER, C.PHONE, C.GUARDIAN} & open_in(refused).keys() == {C.LETTER, C.PHONE, C.GUARDIAN} & open_in(
        reach
    ).keys()


@pytest.mark.rule("INIT-5")
@pytest.mark.rule("LINK-3c")
@given(
    reach=any_reach,
    guardians=st.lists(
        s.guardian_reaches(phones=st.sampled_from(PHONES), addresses=st.sampled_from(HOMES)),
        min_size=1,
        max_size=3,
        unique_by=lambda each: each.person,
    ),
    phones=st.frozensets(st.sampled_from(PHONES), min_size=1),
    mails=st.frozensets(st.sampled_from([each.mailbox for each in MAILS]), min_size=1),
    homes=st.frozensets(st.sampled_from(HOMES), min_size=1),
)
def test_nothing_goes_where_somebody_is_who_is_kept_away(reach, guardians, phones, mails, homes):
    """Neither mailbox, nor telephone, nor letter box; and to the household only while nobody is kept from the child."""
    barred = {"barred_phones": phones, "barred_mailboxes": mails, "barred_addresses": homes}
    reach = evolve(reach, is_student=True, is_restricted=True, guardians=tuple(guardians), **barred)
    for route in (*open_in(reach).values(), addressee(reach)):
        assert route.phone not in reach.barred_phones
        assert route.address not in reach.barred_addresses
        if route.channel is C.EMAIL:
            assert route.email.mailbox not in reach.barred_mailboxes
        if reach.is_restricted and reach.is_minor and route.address is not None:
            assert route.address in {each.address for each in reach.guardians if each.person == route.guardian}


@pytest.mark.rule("INIT-5")
@given(reach=any_reach)
def test_it_is_read_out_to_students_and_to_guardians_with_a_link_only(reach):
    """Nobody of the staff hears a credential on the telephone, and a guardian only while a link is active."""
    route = routes(reach)[C.PHONE]
    if isinstance(route, Route):
        assert reach.is_student or (reach.is_guardian and reach.has_link)
        assert route.guardian is None or reach.is_minor
    if not reach.is_student and not reach.is_guardian:
        assert route is B.STAFF


@pytest.mark.rule("INIT-4")
@given(reach=any_reach)
def test_a_letter_is_opened_by_the_owner_or_a_minors_guardian(reach):
    """A guardian opens a minor's wherever there is one; an adult's is opened by nobody else."""
    route = addressee(reach)
    of_guardian = reach.is_student and reach.is_minor and bool(reach.guardians)

    assert (route.guardian is not None) is of_guardian or not of_guardian
    assert route.guardian is None or reach.is_minor
    if of_guardian:
        assert route.guardian in {each.person for each in reach.guardians}


@pytest.mark.rule("INIT-5")
@given(reach=any_reach, wanted=st.frozensets(st.sampled_from(C)))
def test_only_what_is_wanted_is_open(reach, wanted):
    """What is asked for changes nothing else: the rest is as it would be."""
    found, everything = routes(reach, wanted), routes(reach)

    assert found == {each: everything[each] if each in wanted else B.NOT_WANTED for each in C}


amounts = st.decimals(0, 5, places=2).map(lambda amount: Money(amount, "EUR"))


@pytest.mark.rule("INIT-5")
@given(reach=any_reach, costs=st.fixed_dictionaries(dict.fromkeys(C, amounts)))
def test_the_cheapest_open_way_is_taken(reach, costs):
    """None that is open costs less; of equally cheap ones the first of the ladder; of none nothing."""
    open_ones = [Priced(route=route, cost=costs[channel]) for channel, route in open_in(reach).items()]
    taken = cheapest(open_ones)

    assert (taken is None) is (not open_ones)
    if taken is not None:
        assert taken in open_ones
        order = list(C)
        for each in open_ones:
            assert each.cost.amount >= taken.cost.amount
            if each.cost.amount == taken.cost.amount:
                assert order.index(each.route.channel) >= order.index(taken.route.channel)
        assert cheapest(open_ones[::-1]) == taken


@pytest.mark.rule("INIT-5")
@pytest.mark.parametrize(
    ("changed", "channel", "why"),
    [
        ({"email": None}, C.EMAIL, B.NO_ADDRESS),
        ({"email_unusable": True}, C.EMAIL, B.UNUSABLE_ADDRESS),
        ({"email_shared": True, "is_minor": False}, C.EMAIL, B.SHARED_ADDRESS),
        ({"barred_mailboxes": frozenset({"a@example.com"})}, C.EMAIL, B.RESTRICTION),
        ({"level": Level.NONE}, C.EMAIL, B.NO_ELECTRONIC_COMMUNICATION),
        ({"level": Level.NONE}, C.SMS, B.NO_ELECTRONIC_COMMUNICATION),
        ({"phone": None}, C.SMS, B.NO_PHONE),
        ({"barred_phones": frozenset(PHONES)}, C.SMS, B.RESTRICTION),
        ({"barred_phones": frozenset(PHONES)}, C.PHONE, B.RESTRICTION),
        ({"phone": None, "guardians": ()}, C.PHONE, B.NO_PHONE),
        ({"is_student": False}, C.PHONE, B.STAFF),
        ({"is_student": False, "is_guardian": True}, C.PHONE, B.NO_ACTIVE_LINK),
        ({"is_student": False, "is_guardian": True, "has_link": True, "phone": None}, C.PHONE, B.NO_PHONE),
        ({"address": None, "guardians": (evolve(MOTHER, address=None),)}, C.LETTER, B.NO_POSTAL_ADDRESS),
        ({"is_restricted": True, "guardians": (evolve(MOTHER, address=None),)}, C.LETTER, B.RESTRICTION),
        ({"is_student": False}, C.GUARDIAN, B.NO_GUARDIAN),
        ({"is_minor": False}, C.GUARDIAN, B.OF_AGE),
        ({"guardians": ()}, C.GUARDIAN, B.NO_GUARDIAN),
        ({"guardians": (evolve(MOTHER, verified=False),)}, C.GUARDIAN, B.NO_ACTIVE_LINK),
        ({"guardians": (evolve(MOTHER, sees=False),)}, C.GUARDIAN, B.NO_ACTIVE_LINK),
        ({"guardians": (evolve(MOTHER, email=None),)}, C.GUARDIAN, B.NO_ACTIVE_LINK),
    ],
)
def test_what_is_in_the_way_is_told(changed, channel, why):
    """Of everything that can be, in a code of its own; without it the channel is open."""
    whole = evolve(ALA, guardians=(MOTHER,))

    assert set(open_in(whole)) == set(C)
    assert routes(evolve(whole, **changed))[channel] is why


@pytest.mark.rule("INIT-5")
def test_where_a_way_leads():
    """A minor's letter to the guardian's own address, else the household's; a call to the student first."""
    whole = evolve(ALA, guardians=(MOTHER,))
    poor = evolve(whole, phone=None, guardians=(evolve(MOTHER, address=None),))

    assert routes(whole)[C.LETTER] == Route(channel=C.LETTER, to="Ewa Lis", guardian=MOTHER.person, address=HOMES[1])
    assert routes(poor)[C.LETTER] == Route(channel=C.LETTER, to="Ewa Lis", guardian=MOTHER.person, address=HOMES[0])
    assert routes(evolve(whole, guardians=()))[C.LETTER] == Route(channel=C.LETTER, to="Ala Lis", address=HOMES[0])
    assert routes(evolve(whole, is_minor=False))[C.LETTER] == Route(channel=C.LETTER, to="Ala Lis", address=HOMES[0])
    assert routes(whole)[C.PHONE] == Route(channel=C.PHONE, to="Ala Lis", phone=PHONES[0])
    assert routes(poor)[C.PHONE] == Route(channel=C.PHONE, to="Ewa Lis", guardian=MOTHER.person, phone=PHONES[1])
    assert routes(evolve(poor, is_minor=False))[C.PHONE] is B.NO_PHONE
    assert routes(whole)[C.GUARDIAN] == Route(channel=C.GUARDIAN, to="Ewa Lis", guardian=MOTHER.person, email=MAILS[1])
    assert routes(evolve(whole, email_shared=True))[C.EMAIL] == Route(channel=C.EMAIL, to="Ala Lis", email=MAILS[0])
    assert [route.shown for route in routes(whole).values()] == [
        "a•••@example.com", "b•••@example.com", "•••560", "•••560", "Ewa Lis, Opole",
    ]  # fmt: skip
    assert addressee(evolve(ALA, guardians=(evolve(MOTHER, address=None),), address=None)).shown == "Ewa Lis"


@pytest.mark.rule("ID-10a")
@given(reach=any_reach)
def test_no_place_shows_in_a_repr(reach):
    """Neither mailbox, nor number, nor street."""
    shown = repr(reach) + repr(routes(reach))

    assert "example.com" not in shown
    assert "60123456" not in shown
    assert "Polna" not in shown


@given(name=s.person_names(), home=s.postal_addresses(), own=s.postal_addresses())
def test_an_address_book_knows_lines_and_households(name, home, own):
    """A name is found however it is spelt; who has no line has none of their own."""
    book = AddressBook.of({("7", HOUSEHOLD): home, ("7", str(name)): own})

    assert book.household("7") == home
    assert book.own("7", name) == own
    assert book.own("7", PersonName(name.last, name.first)) == own
    assert book.own("8", name) is None
    assert book.household("8") is None
    assert book.own("7", PersonName("Ktoś", "Zupełnie-Inny")) is None


@pytest.mark.rule("INIT-6")
@pytest.mark.parametrize("locale", LOCALES)
def test_a_text_message_says_all_and_warns(locale):
    """Login, password, last day and address; to change it and to tell nobody; in two messages at the most."""
    text = text_message(
        locale,
        tenant="Opolska eSzkoła",
        login="zbigniew.brzeczyszczykiewicz",
        password=Secret("Kamu-7dep-rasi-3ket-bina"),
        until=date(2026, 9, 30),
        link="https://konto.eszkola.opolskie.pl",
    ).reveal()

    for part in (
        "Opolska",
        "zbigniew.brzecz",
        "Kamu-7dep-rasi-3ket-bina",
        "2026-09-30",
        "https://konto.eszkola.opolskie.pl",
    ):
        assert part in text
    assert {"pl": "nikomu", "sl": "nikomur", "en": "nobody"}[locale] in text
    assert segmentation(text).segments <= 4

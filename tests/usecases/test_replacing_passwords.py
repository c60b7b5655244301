"""Replacing a password that its owner set: on whose word, by whom, and what comes of it (ACCESS-8)."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._usecases.recover_access import Completed, NotCompleted
from eszkola_core._usecases.replace_password import CredentialHandedOver, LinkSent, NotReplaced, ReplacingRefused
from eszkola_core._usecases.restrict_links import RestrictLinks
from eszkola_core._usecases.sign_in import MustAct, SignedIn, SignInRefused
from eszkola_core.domain.accounts import State
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.credentials import CredentialKind
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.permissions import NotPermitted
from eszkola_core.domain.replacements import Identity, Proof, Request, Unfounded, Way
from eszkola_core.domain.roles import Role
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.stated import StatedId
from eszkola_core.errors import Conflict, InvalidValue
from eszkola_core.testing.notation import pesel, reading

CONSOLE = Actor.console("console:test")
PASSWORD = "Zielony-Dom-7"
_NEW = "Szary-Kamień-9"
_CARD = Identity(proof=Proof.IDENTITY_CARD)


def of(number, born):
    """Return the id of somebody born on a day."""
    return StatedId(pesel(number, born=born), "pl.pesel")


def with_child(a_region, *lines, born=date(2014, 5, 1)):
    """Return a region with a girl, born on a day, her father, and staff; she and he have passwords of their own."""
    region = a_region("open")
    stated = reading("A/1: s Ala 1 ala, g Jan 8 jan", "A/2: s Ola 2 ola, g Ewa 9 ewa", "A/t: t Ida 7 ida", *lines)
    (students,) = [each for each in stated.rosters if each.list == "students" and each.school == "A"]
    first, *others = students.records
    child, *guardians = first.people
    changed = evolve(first, people=(evolve(child, ids=(of(1, born),)), *guardians))
    rosters = tuple(evolve(each, records=(changed, *others)) if each == students else each for each in stated.rosters)
    region.take(evolve(stated, rosters=rosters))
    for name in ("Ala", "Jan"):
        region.enters(name)
    region.letters()
    return region


def asked(region, way=Way.IN_PERSON, guardian=None, **more):
    """Return a request of just now."""
    number = region.person(guardian).id if guardian else None
    return Request(**{"at": region.clock.now(), "way": way, "guardian": number, **more})


def replace(region, login, request, actor=CONSOLE, identity=_CARD):
    """Replace somebody's password."""
    return region.replacing.replace(actor, region.person(login).id, request, identity)


def forget_address(region, login):
    """Take somebody's central address away."""
    region.become(login, central=None)


@pytest.mark.rule("ACCESS-8")
def test_where_there_is_an_address_a_link_goes_there(a_region):
    """Sessions and older links end at once; the link sets a new password; until then the old one stands."""
    region = with_child(a_region)
    key, older = region.signs_in("jan.lis"), region.token_for(pesel(8))
    begun = region.pairing.begin(key)
    device = region.pairing.complete(begun.qr.reveal(), begun.pin.reveal(), "Telefon").key.reveal()

    assert replace(region, "Jan", asked(region, Way.BY_PHONE)) == LinkSent()

    assert region.end_of(key) is SessionEnd.PASSWORD_REPLACED
    assert region.pairing.person_of(device) is None
    assert isinstance(region.access.complete(older, _NEW), NotCompleted)
    letters = region.letters()
    assert {(each.kind, each.to) for each in letters} == {
        (MessageKind.PASSWORD_REPLACED, "jan@example.com"),
        (MessageKind.RECOVERY, "jan@example.com"),
    }
    assert isinstance(region.signing_in.attempt("jan.lis", PASSWORD), SignedIn)
    (token,) = [each.token for each in letters if each.kind is MessageKind.RECOVERY]
    assert isinstance(region.access.complete(token, _NEW), Completed)
    assert region.person("Jan").state is State.ACTIVE


@pytest.mark.rule("ACCESS-8")
def test_only_without_an_address_a_credential_is_handed_over(a_region):
    """It is sealed, must be changed, replaces the old password at once, and the receipt says what the journal says."""
    region = with_child(a_region)
    forget_address(region, "Jan")
    key = region.signs_in("jan.lis")

    done = replace(region, "Jan", asked(region), region.appoint("Ida", Role.SCHOOL_ADMINISTRATOR))

    assert isinstance(done, CredentialHandedOver)
    assert done.password.reveal() not in repr(done)
    kept = region.credential("Jan")
    assert (kept.kind, kept.sealed) == (CredentialKind.GIVEN, done.password)
    assert region.end_of(key) is SessionEnd.PASSWORD_REPLACED
    assert isinstance(region.signing_in.attempt("jan.lis", PASSWORD), SignInRefused)
    must_act = region.signing_in.attempt(done.login, done.password.reveal())
    assert isinstance(must_act, MustAct)
    refused = region.signing_in.change_password(must_act.ticket.reveal(), PASSWORD)
    assert refused.violations, "the old password is among the last four"
    assert isinstance(region.signing_in.change_password(must_act.ticket.reveal(), _NEW), SignedIn)
    (entry,) = region.done_to("Jan", "password-replaced")
    receipt = done.receipt
    assert (receipt.entry, receipt.collected_by, receipt.handed_by) == (
        entry.number,
        region.person("Jan").id,
        "ida.lis",
    )
    assert entry.detail == {
        "way": "credential",
        "asked": "in-person",
        "asked-at": "2026-11-23T10:00:00+00:00",
        "asked-by": str(region.person("Jan").id),
        "proof": "identity-card",
        "confirmed-by": str(region.person("Ida").id),
    }


@pytest.mark.rule("ACCESS-8")
@given(way=st.sampled_from(Way), older=st.booleans())
def test_a_minor_asks_in_person_and_an_adult_in_any_way(a_region, way, older):
    """The day of coming of age counts: before it a letter or a call is no ground."""
    region = with_child(a_region, born=date(2008, 11, 23) if older else date(2008, 11, 24))

    done = replace(region, "Ala", asked(region, way))

    good = older or way is Way.IN_PERSON
    assert done == (LinkSent() if good else NotReplaced(Unfounded.MINOR_ASKS_IN_PERSON))


@pytest.mark.rule("ACCESS-8")
def test_a_guardian_asks_for_a_minor_with_an_active_link(a_region):
    """The father does; another child's mother does not, nor he any more once the link has ended."""
    region = with_child(a_region)

    assert replace(region, "Ala", asked(region, Way.BY_PHONE, "Jan")) == LinkSent()
    assert replace(region, "Ala", asked(region, guardian="Ewa")) == NotReplaced(Unfounded.NO_ACTIVE_LINK)
    region.take("A/1: s Ala ~ ala", "A/2: s Ola 2 ola, g Ewa 9 ewa, g Jan 8 jan")
    assert replace(region, "Ala", asked(region, guardian="Jan")) == NotReplaced(Unfounded.NO_ACTIVE_LINK)


@pytest.mark.rule("ACCESS-8")
@pytest.mark.rule("LINK-3a")
def test_a_restricted_guardian_asks_for_nothing(a_region):
    """A link that a court suspended is not active; for an adult no guardian asks at all."""
    region = with_child(a_region)
    father, child = region.person("Jan").id, region.person("Ala").id
    world = (region.storage, region.tenant, region.clock, region.secrets)
    RestrictLinks(*world).restrict(CONSOLE, father, child, reason="court order")

    assert replace(region, "Ala", asked(region, guardian="Jan")) == NotReplaced(Unfounded.NO_ACTIVE_LINK)
    grown = with_child(a_region, born=date(2008, 1, 1))
    assert replace(grown, "Ala", asked(grown, guardian="Jan")) == NotReplaced(Unfounded.OWNER_ASKS)


@pytest.mark.rule("ACCESS-8")
def test_who_confirms_the_identity_works_there(a_region):
    """Neither the owner nor the guardian who asks, nor another parent, nor somebody of another school."""
    region = with_child(a_region, "B/t: t Olga 6 olga")
    asking = asked(region, guardian="Jan")
    by = {
        name: Identity(proof=Proof.KNOWN_IN_PERSON, by=region.person(name).id) for name in ("Ala", "Jan", "Ewa", "Olga")
    }

    refused = NotReplaced(Unfounded.CONFIRMED_BY_NO_STAFF)
    assert [replace(region, "Ala", asking, identity=each) for each in by.values()] == [refused] * 4
    teacher = Identity(proof=Proof.SCHOOL_CARD, by=region.person("Ida").id)
    assert replace(region, "Ala", asking, identity=teacher) == LinkSent()
    assert region.done_to("Ala", "password-replaced")[0].detail["confirmed-by"] == str(region.person("Ida").id)


@pytest.mark.rule("ACCESS-8")
@pytest.mark.rule("ROLE-6a")
def test_the_actor_stands_above_every_role_and_is_somebody_else(a_region):
    """A secretary does not, nor a head over their equal, over somebody of two schools, or over themselves."""
    region = with_child(a_region, "A/y: y Zofia 5 zofia", "A/t3: t Olga 6 olga", "B/1: s Iga 3 iga, g Jan 8 jan")
    region.appoint("Olga", Role.SCHOOL_ADMINISTRATOR)
    head = region.appoint("Ida", Role.SCHOOL_ADMINISTRATOR)
    asking = asked(region)

    denied = {
        "secretary": replace(region, "Ala", asking, region.actor("Zofia")),
        "equal": replace(region, "Olga", asking, head),
        "two schools": replace(region, "Jan", asking, head),
        "oneself": replace(region, "Ida", asking, head),
    }
    assert {name: each.permission.ground for name, each in denied.items()} == {
        "secretary": "no-role",
        "equal": "not-covered",
        "two schools": "not-covered",
        "oneself": "concerns-actor",
    }
    assert replace(region, "Ala", asking, head) == LinkSent()
    assert replace(region, "Jan", asking, region.appoint("Ida", Role.REGIONAL_ADMINISTRATOR)) == LinkSent()
    assert region.letters(MessageKind.RECOVERY, "olga") == []


@pytest.mark.rule("ACCESS-8")
@pytest.mark.rule("INIT-1")
def test_there_is_one_way_to_replace_an_own_password_and_one_to_give_a_first(a_region):
    """Who has set one gets no initial credential, whatever the command; who has none gets no replacement."""
    region = with_child(a_region)
    forget_address(region, "Jan")

    assert region.giving.to(region.person("Jan").id).reason == "has-own-password"
    assert isinstance(replace(region, "Jan", asked(region)), CredentialHandedOver)
    assert region.giving.to(region.person("Jan").id).reason == "has-own-password"
    again = replace(region, "Jan", asked(region))
    assert isinstance(again, CredentialHandedOver), "the slip may be lost before it is used"
    assert replace(region, "Ola", asked(region)) == NotReplaced(ReplacingRefused.NO_OWN_PASSWORD)


@pytest.mark.rule("ACCESS-8")
def test_a_link_is_noted_and_nothing_is_invented_for_it(a_region, monkeypatch):
    """On whose word, at what instant of universal time wherever the machine stands; no password is hashed."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        region = with_child(a_region)
        work = region.hasher.work

        replace(region, "Jan", asked(region, Way.BY_PHONE))
    finally:
        monkeypatch.undo()
        time.tzset()

    assert region.hasher.work == work
    (entry,) = region.done_to("Jan", "password-replaced")
    assert entry.detail == {
        "way": "link",
        "asked": "by-phone",
        "asked-at": "2026-11-23T10:00:00+00:00",
        "asked-by": str(region.person("Jan").id),
        "proof": "identity-card",
        "confirmed-by": "console:test",
    }


@pytest.mark.rule("ACCESS-8")
def test_a_student_of_unknown_age_counts_as_a_minor_and_nobody_else_does(a_region):
    """Without a birth date a student asks in person, and a guardian in any way."""
    region = a_region("open")
    region.take("A/1: s Iga - iga, g Ewa - ewa")
    for name in ("Iga", "Ewa"):
        region.enters(name)

    assert replace(region, "Iga", asked(region, Way.BY_PHONE)) == NotReplaced(Unfounded.MINOR_ASKS_IN_PERSON)
    assert replace(region, "Iga", asked(region)) == LinkSent()
    assert replace(region, "Ewa", asked(region, Way.BY_PHONE)) == LinkSent()


@pytest.mark.rule("ACCESS-8")
def test_an_address_that_goes_in_the_meantime_leaves_everything_as_it_was(a_region):
    """It was to be a link; now there is nowhere to send it to, and trying again hands a credential over."""
    region = with_child(a_region)
    key = region.signs_in("jan.lis")
    opened = region.storage.unit

    def losing():
        region.storage.unit = opened
        forget_address(region, "Jan")
        return opened()

    region.storage.unit = losing
    with pytest.raises(Conflict) as moved:
        replace(region, "Jan", asked(region))

    assert (str(moved.value), moved.value.code) == (
        "the account has lost its address in the meantime; try again",
        "address-moved",
    )
    assert region.is_open(key)
    assert isinstance(replace(region, "Jan", asked(region)), CredentialHandedOver)


@pytest.mark.rule("CRED-5b")
def test_what_is_handed_over_says_nothing_of_its_owner(a_region):
    """The very words that another would get are drawn again for whoever bears one of them as a name."""

    def handed_to(last_name):
        region = a_region("open")
        region.take(f"A/1: s Ala 1 ala, g Jan_{last_name} 8 jan")
        login = next(each for each in region.people() if each.startswith("jan"))
        region.enters(login)
        forget_address(region, login)
        return replace(region, login, asked(region)).password.reveal()

    first = handed_to("Lis")
    word = first.partition("-")[0]

    assert handed_to("Kot") == first
    assert word.lower() not in handed_to(word).lower()


@pytest.mark.rule("LAW-2a")
@pytest.mark.rule("ACCESS-8")
def test_after_a_report_the_office_is_the_other_way_back(a_region):
    """Without an address a reported account is opened again by a credential, and the reported password stays spent."""
    region = with_child(a_region)
    forget_address(region, "Jan")
    region.reporting.by_staff(CONSOLE, region.person("Jan").id, "it was on the board")

    done = replace(region, "Jan", asked(region))

    ticket = region.signing_in.attempt("jan.lis", done.password.reveal()).ticket.reveal()
    assert region.signing_in.change_password(ticket, PASSWORD).violations
    assert isinstance(region.signing_in.change_password(ticket, _NEW), SignedIn)


def test_what_rests_or_is_shut_is_not_replaced(a_region):
    """A locked account is unlocked first; one without a role rests; nobody asks in the future."""
    region = with_child(a_region)
    assert region.replacing.replace(CONSOLE, 99, asked(region), _CARD).reason is ReplacingRefused.NO_SUCH_PERSON
    region.locking.lock(CONSOLE, region.person("Jan").id, why="x")
    assert replace(region, "Jan", asked(region)).reason is ReplacingRefused.ACCOUNT_SHUT
    region.locking.unlock(CONSOLE, region.person("Jan").id)
    region.take(empty=("A",))
    assert replace(region, "Jan", asked(region)).reason is ReplacingRefused.ACCOUNT_SHUT
    with pytest.raises(InvalidValue) as refused:
        replace(region, "Jan", asked(region, at=region.clock.now() + timedelta(seconds=1)))
    assert (str(refused.value), refused.value.code) == ("a request cannot be of the future", "request-in-the-future")
    assert not isinstance(replace(region, "Jan", asked(region)), NotPermitted)

"""A disclosed password: of no use from then on, told to those who answer, and kept (LAW-2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._usecases.lock_account import Locked, Unlocked
from eszkola_core._usecases.recover_access import Completed, NotCompleted
from eszkola_core._usecases.report_disclosure import NotReported, Reported, ReportingRefused
from eszkola_core._usecases.sign_in import SignedIn, SignInRefused
from eszkola_core.domain.accounts import State
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.offices import Contacts
from eszkola_core.domain.passwords import ViolationCode
from eszkola_core.domain.reports import ReportedBy
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.testing.notation import pesel

CONSOLE = Actor.console("console:test")
PASSWORD = "Zielony-Dom-7"
_NEW = "Szary-Kamień-9"
_ALA = "A/1: s Ala 1 ala"
_WAYS = st.sampled_from(ReportedBy)


def mail(name):
    """Return an address."""
    return EmailAddress.parse(f"{name}@office.example")


OFFICES = Contacts(region=mail("region"), data_protection_officer=mail("iod"), schools={"A": mail("school")})


def with_ala(a_region, **more):
    """Return a region in which Ala has a password and a session."""
    region = a_region("open", **more)
    region.take(_ALA)
    return region, region.enters("Ala")


def report(region, key, way):
    """Let the owner say it in one of the three ways."""
    if way is ReportedBy.SESSION:
        return region.reporting.by_owner(key, "my brother knows it")
    if way is ReportedBy.STAFF:
        return region.reporting.by_staff(CONSOLE, region.person("Ala").id, "she came to the office")
    letters = region.moves(key, f"new{region.clock.now():%H}")
    (dispute,) = [each.token for each in letters if each.kind is MessageKind.ADDRESS_LEFT]
    return region.addresses.dispute(dispute)


def reports(region):
    """Return all reports."""
    with region.storage.snapshot() as unit:
        return unit.reports.entries()


@pytest.mark.rule("LAW-2a")
@given(way=_WAYS)
def test_the_old_password_no_longer_helps_a_thief(a_region, way):
    """It signs nobody in, sets no password and cannot be chosen again; the owner's mailbox leads back in."""
    region, key = with_ala(a_region)
    report(region, key, way)

    assert region.person("Ala").state is State.RECOVERY_REQUIRED
    assert isinstance(region.signing_in.attempt("ala.lis", PASSWORD), SignInRefused)
    assert region.passwords.change(key, PASSWORD, _NEW).reason == "no-session"
    token = region.token_for(pesel(1))
    refused = region.access.complete(token, PASSWORD)
    assert [each.code for each in refused.violations] == [ViolationCode.REUSED]
    assert isinstance(region.access.complete(token, _NEW), Completed)
    assert isinstance(region.signing_in.attempt("ala.lis", _NEW), SignedIn)
    assert isinstance(region.signing_in.attempt("ala.lis", PASSWORD), SignInRefused)


@pytest.mark.rule("LAW-2a")
@given(way=_WAYS, later=st.integers(4, 7))
def test_a_disclosed_password_is_spent_for_ever(a_region, way, later):
    """However many others were used since: no policy forgets it."""
    region, key = with_ala(a_region)
    report(region, key, way)
    region.access.complete(region.token_for(pesel(1)), "Zupelnie-Inne-0")
    key, current = region.signs_in("ala.lis", "Zupelnie-Inne-0"), "Zupelnie-Inne-0"
    for number in range(1, later):
        assert not hasattr(region.passwords.change(key, current, f"Zupelnie-Inne-{number}"), "reason")
        current = f"Zupelnie-Inne-{number}"

    assert [each.code for each in region.passwords.change(key, current, PASSWORD).violations] == [ViolationCode.REUSED]


@pytest.mark.rule("LAW-2b")
@pytest.mark.rule("DEV-3")
@given(way=_WAYS)
def test_everything_that_was_open_ends(a_region, way):
    """Sessions, links in mailboxes, telephones, pairings that have begun, and what still waited to leave."""
    region, key = with_ala(a_region)
    begun = region.pairing.begin(key)
    device = region.pairing.complete(begun.qr.reveal(), begun.pin.reveal(), "Telefon Ali").key.reveal()
    begun = region.pairing.begin(key)
    other = region.signs_in("ala.lis")
    token = region.token_for(pesel(1))
    ends = SessionEnd.ADDRESS_CHANGED if way is ReportedBy.LINK else SessionEnd.REPORTED

    report(region, key, way)

    assert [region.end_of(each) for each in (key, other)] == [ends] * 2
    assert isinstance(region.access.complete(token, _NEW), NotCompleted)
    assert region.pairing.person_of(device) is None
    assert not hasattr(region.pairing.complete(begun.qr.reveal(), begun.pin.reveal(), "x"), "key")


@pytest.mark.rule("LAW-2b")
@given(way=_WAYS)
def test_those_who_answer_are_told_and_the_report_is_kept(a_region, way):
    """School, region and data-protection officer, each once, and the owner; the journal names the report by number."""
    region, key = with_ala(a_region, contacts=OFFICES)
    region.letters()
    report(region, key, way)

    letters = region.letters()
    notices = [each for each in letters if each.kind is MessageKind.DISCLOSURE_REPORTED]
    assert sorted(each.to for each in notices) == [
        "iod@office.example",
        "region@office.example",
        "school@office.example",
    ]
    assert {each.data["school"] for each in notices} == {"School A"}
    assert "token" not in "".join(each.data["link"] for each in notices)
    assert [each.to for each in letters if each.kind is MessageKind.PASSWORD_DISABLED] == ["ala@example.com"]
    (kept,) = reports(region)
    assert (kept.person, kept.way, kept.at) == (region.person("Ala").id, way, region.clock.now())
    assert (kept.told, kept.untold) == (("school:A", "region", "data-protection-officer"), ())
    (entry,) = region.done_to("Ala", "disclosure-reported")
    told = "school:A, region, data-protection-officer"
    assert entry.detail == {"report": str(kept.id), "way": way, "told": told}
    by = {ReportedBy.SESSION: (region.person("Ala").id, ""), ReportedBy.STAFF: (None, CONSOLE.name)}
    assert (kept.by, kept.console) == by.get(way, (None, ""))
    assert "Ala" not in repr(entry)


@pytest.mark.rule("LAW-2b")
def test_an_office_without_an_address_is_named(a_region):
    """Whoever takes the report down sees whom to tell by hand, and so does the report for ever."""
    region, key = with_ala(a_region, contacts=Contacts(schools={"B": mail("other")}))

    done = region.reporting.by_owner(key)

    assert done.report.untold == ("school:A", "region", "data-protection-officer")
    assert reports(region) == [done.report]
    assert region.letters(MessageKind.DISCLOSURE_REPORTED) == []


@pytest.mark.rule("LAW-2b")
def test_what_was_said_shows_nowhere_but_in_the_report(a_region):
    """The owner's words are hidden in what is printed, and long numbers in them are masked."""
    region, key = with_ala(a_region)

    done = region.reporting.by_owner(key, f"they found {pesel(1)} and the slip")

    assert "slip" not in repr(done)
    assert "slip" in done.report.words
    assert pesel(1) not in done.report.words


@pytest.mark.rule("LAW-2a")
def test_a_report_while_locked_outlives_the_lock(a_region):
    """Lifting the lock does not bring the disclosed password back."""
    region, _ = with_ala(a_region)
    person = region.person("Ala").id
    assert isinstance(region.locking.lock(CONSOLE, person, why="suspicion"), Locked)
    assert isinstance(region.reporting.by_staff(CONSOLE, person, "she rang"), Reported)

    assert region.person("Ala").state is State.LOCKED
    assert region.locking.unlock(CONSOLE, person) == Unlocked(State.RECOVERY_REQUIRED)
    assert isinstance(region.signing_in.attempt("ala.lis", PASSWORD), SignInRefused)
    assert isinstance(region.access.complete(region.token_for(pesel(1)), _NEW), Completed)


@pytest.mark.rule("LAW-2a")
def test_a_reported_initial_credential_is_of_no_use(a_region):
    """The slip that somebody found signs nobody in, its text is wiped, and first access still works."""
    region = a_region("open")
    region.take(_ALA)
    found = region.gives("Ala").password.reveal()

    region.reporting.by_staff(CONSOLE, region.person("Ala").id, "lost the slip")

    assert isinstance(region.signing_in.attempt("ala.lis", found), SignInRefused)
    assert region.credential("Ala").sealed is None
    token = region.token_for(pesel(1))
    assert [each.code for each in region.access.complete(token, found).violations] == [ViolationCode.REUSED]
    assert isinstance(region.access.complete(token, _NEW), Completed)


@pytest.mark.rule("LAW-2b")
def test_who_has_no_password_yet_can_report_as_well(a_region):
    """A letter that went astray: its link dies, the report is kept, and the account still waits for its owner."""
    region = a_region("open")
    region.take(_ALA)
    token = region.token_for(pesel(1))

    assert isinstance(region.reporting.by_staff(CONSOLE, region.person("Ala").id, "opened by a neighbour"), Reported)

    assert isinstance(region.access.complete(token, _NEW), NotCompleted)
    assert region.person("Ala").state is State.AWAITING
    assert len(reports(region)) == 1


@pytest.mark.rule("ROLE-2a")
def test_the_office_reports_for_its_own_people(a_region):
    """A secretary does so for anybody of her school, even those above her, as it only protects; others do not."""
    region = a_region("open")
    region.take(_ALA, "B/1: s Ola 2 ola", "A/y: y Ewa 9 ewa", "A/t: t Jan 8 jan")
    secretary, teacher = region.actor("Ewa"), region.actor("Jan")
    person = {name: region.person(name).id for name in ("Ala", "Ola", "Jan", "Ewa")}

    assert isinstance(region.reporting.by_staff(secretary, person["Ala"], "x"), Reported)
    assert isinstance(region.reporting.by_staff(secretary, person["Jan"], "x"), Reported)
    denied = [
        region.reporting.by_staff(secretary, person["Ola"], "x"),
        region.reporting.by_staff(secretary, person["Ewa"], "x"),
        region.reporting.by_staff(teacher, person["Ala"], "x"),
    ]
    assert [each.permission.ground for each in denied] == ["out-of-scope", "concerns-actor", "no-role"]
    assert len(reports(region)) == 2


def test_nobody_reports_without_an_account_or_a_session(a_region):
    """A session that has ended reports nothing, nor is there anything to report of an account that is no more."""
    region, key = with_ala(a_region)
    region.signing_in.sign_out(key)

    assert region.reporting.by_owner(key) == NotReported(ReportingRefused.NO_SESSION)
    assert region.reporting.by_staff(CONSOLE, 99, "x") == NotReported(ReportingRefused.NO_SUCH_PERSON)
    region.become("Ala", state=State.CLOSED)
    assert region.reporting.by_staff(CONSOLE, region.person("Ala").id, "x").reason is ReportingRefused.ACCOUNT_SHUT
    assert reports(region) == []

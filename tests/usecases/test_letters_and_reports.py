"""What a letter, a link, an event or a report holds, word by word (ACCESS-4, MAIL-5e, MAIL-7, LAW-2)."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core._usecases.change_address import AddressChanged
from eszkola_core._usecases.recover_access import Completed
from eszkola_core._usecases.report_disclosure import Reported
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.events import EventKind
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.offices import Contacts
from eszkola_core.domain.passwords import ViolationCode
from eszkola_core.domain.settings import Sharing
from eszkola_core.testing.notation import pesel

CONSOLE = Actor.console("console:test")
REGION = EmailAddress.parse("region@office.example")


def dispute_of(letters):
    """Return the token by which the owner of the former mailbox says no."""
    (token,) = [each.token for each in letters if each.kind is MessageKind.ADDRESS_LEFT]
    return token


def notice_of(region, login):
    """Let the office report somebody's password, and return what the region's office reads, and the report."""
    region.letters()
    done = region.reporting.by_staff(CONSOLE, region.person(login).id, "she rang")
    assert isinstance(done, Reported)
    (notice,) = region.letters(MessageKind.DISCLOSURE_REPORTED, "region@office.example")
    return notice.data, done.report


@pytest.mark.rule("LAW-2b")
def test_the_offices_read_in_which_schools_the_account_is(a_region):
    """All of them by name, in order, or a dash where the account is in none; and a link to the platform itself."""
    region = a_region("open", contacts=Contacts(region=REGION))
    region.take("B/1: s Ola 2 ola, g Ewa 8 ewa", "A/1: s Ala 1 ala, g Ewa 8 ewa")
    region.appoints("Rena")

    assert {login: notice_of(region, login)[0]["school"] for login in ("Ewa", "Ola", "Rena")} == {
        "Ewa": "School A, School B",
        "Ola": "School B",
        "Rena": "–",
    }
    region.wait(days=1)
    data, _ = notice_of(region, "Ewa")
    assert data["link"] == region.tenant.base_url + "/"
    assert (data["name"], data["login"]) == ("region@office.example", "ewa.lis")


@pytest.mark.rule("LAW-2a")
def test_a_report_without_words_has_none(a_region):
    """Whoever says *this was not me* by the link in the letter to the former mailbox writes nothing."""
    region = a_region("open")
    region.take("A/1: s Ala 1 ala")
    region.addresses.dispute(dispute_of(region.moves(region.enters("Ala"), "other")))

    with region.storage.snapshot() as unit:
        assert [each.words for each in unit.reports.entries()] == [""]


@pytest.mark.rule("LAW-2a")
def test_a_disclosed_password_is_never_chosen_again(a_region):
    """Nor is the one that was disclosed before it, nor a slip of the office."""
    region = a_region("open")
    region.take("A/1: s Ala 1 ala")
    ala = region.person("Ala").id
    known = [region.gives("Ala").password.reveal(), "Zielony-Dom-7", "Szary-Kamień-9"]
    region.reporting.by_staff(CONSOLE, ala, "lost the slip")
    for password in known[1:]:
        assert isinstance(region.access.complete(region.token_for(pesel(1)), password), Completed)
        region.wait(days=1)
        region.reporting.by_staff(CONSOLE, ala, "told a friend")

    token = region.token_for(pesel(1))
    for password in known:
        assert [each.code for each in region.access.complete(token, password).violations] == [ViolationCode.REUSED]
    assert isinstance(region.access.complete(token, "Czerwony-Las-5"), Completed)


@pytest.mark.rule("MAIL-5e")
def test_every_link_in_a_shared_letter_is_bound_to_the_mailbox_it_went_to(a_region):
    """So that it is known of each token where it was sent."""
    region = a_region("open", sharing=Sharing.FAMILY)
    region.take("A/1: s Ala 1 box, g Ewa 8 box, g Jan 9 jan")
    region.asks("box@example.com")

    with region.storage.snapshot() as unit:
        tokens = [each for login in ("Ala", "Ewa") for each in unit.dossiers.traces(region.person(login).id).tokens]
    assert [each.address.spelling for each in tokens] == ["box@example.com", "box@example.com"]


@pytest.mark.rule("MAIL-6d")
def test_a_dispute_outlives_a_new_password(a_region):
    """A thief who moved the address and sets another password does not silence the owner's link."""
    region = a_region("open")
    region.take("A/1: s Ala 1 ala")
    dispute = dispute_of(region.moves(region.enters("Ala"), "thief"))
    assert isinstance(region.access.complete(region.token_for(pesel(1)), "Szary-Kamień-9"), Completed)

    assert region.addresses.dispute(dispute) == AddressChanged()


@pytest.mark.rule("MAIL-7")
def test_services_hear_of_a_first_address_and_of_a_lost_one(a_region):
    """What was not there, or is there no more, is told as nothing."""
    region = a_region("open")
    region.tenant = evolve(region.tenant, subscriptions={"messenger": frozenset(EventKind)})
    region.wire()
    region.take("A/1: s Ala 1 -")
    region.take("A/1: s Ala 1 ala")

    with region.storage.snapshot() as unit:
        events = unit.dossiers.traces(region.person("Ala").id).events
    assert [(each.data["old"], each.data["new"]) for each in events if each.kind is EventKind.ADDRESS_CHANGED] == [
        ("", "ala@example.com")
    ]

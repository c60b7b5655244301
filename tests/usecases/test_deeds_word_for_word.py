"""What the journal says of single deeds, whole: by whom, on whom, from where, why, and in detail (LAW-3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from eszkola_core.defaults import shipped_notices
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.devices import DeviceState
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.notices import Notice, NoticeKind
from eszkola_core.domain.permissions import NotPermitted
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settings import WhenOfAge
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.notation import pesel
from eszkola_core.testing.region import CONSOLE
from eszkola_core.usecases.acknowledge_notices import AcknowledgeNotices
from eszkola_core.usecases.announce_maintenance import AnnounceMaintenance, Ended
from eszkola_core.usecases.give_consent import GiveConsent
from eszkola_core.usecases.manage_devices import ListedDevice
from eszkola_core.usecases.manage_schools import ManageSchools
from eszkola_core.usecases.restrict_links import RestrictLinks
from eszkola_core.usecases.see_sources import SeeSources
from eszkola_core.usecases.shorten_journal import Shortened, ShortenJournal
from eszkola_core.usecases.who_sees import WhoSees

_BY_CONSOLE = (None, CONSOLE.name)


@pytest.fixture
def region(a_region):
    """Return a region in which Ala can be given an account, and Ewa keeps the school's office."""
    region = a_region()
    region.take("A/1: s Ala 1 ala", "A/y: y Ewa 9 ewa")
    return region


def said(region, deed):
    """Return all that the journal says of a deed, but when it was and where it stands in the chain."""
    return [
        (each.by, each.console, each.on, each.where, each.why, dict(each.detail)) for each in region.journal(deed)
    ]


def world(region):
    """Return what every use case is made of."""
    return {"storage": region.storage, "tenant": region.tenant, "clock": region.clock}


@pytest.mark.rule("LAW-3a")
@pytest.mark.parametrize("school", ["A", ""])
def test_a_notice_that_was_published_is_named_by_kind_school_and_version(region, school):
    """It holds where it was published for, and the journal says which it was, and not what it says."""
    noticing = AcknowledgeNotices(**world(region), notices=shipped_notices())
    own = Notice(kind=NoticeKind.SAFETY_RULES, school=school, version="2026-09", texts={"pl": "Zasady"})

    noticing.publish(CONSOLE, own)

    detail = {"kind": "safety-rules", "school": school, "version": "2026-09"}
    assert said(region, "notice-published") == [(*_BY_CONSOLE, (), CONSOLE.where, "", detail)]
    assert own in noticing.in_force("A")
    assert (own in noticing.in_force()) is (not school)


@pytest.mark.rule("LAW-1")
@pytest.mark.parametrize(("shown", "kept"), [("sl", "sl"), (None, "pl")])
def test_what_is_acknowledged_in_a_session_is_kept_in_the_language_it_was_shown_in(region, shown, kept):
    """In the tenant's where nothing is said of it."""
    noticing = AcknowledgeNotices(**world(region), notices=shipped_notices())
    key = region.enters("Ala")

    noticing.in_session(key, [each.digest for each in noticing.outstanding(key)], locale=shown)

    assert {each.locale for each in noticing.by(region.person("Ala").id)} == {kept}


@pytest.mark.rule("LAW-3a")
@pytest.mark.parametrize(
    ("expected", "detail"),
    [(None, {}), (datetime(2026, 11, 24, 6, tzinfo=UTC), {"expected-end": "2026-11-24T06:00:00+00:00"})],
)
def test_a_maintenance_is_in_the_journal_with_its_expected_end(region, expected, detail):
    """Its end is too; and where none was under way there is nothing to tell."""
    announcing = AnnounceMaintenance(**world(region))
    assert announcing.end(CONSOLE) == Ended(None)
    assert said(region, "maintenance-ended") == []

    announcing.begin(CONSOLE, expected_end_at=expected)
    announcing.end(CONSOLE)

    assert said(region, "maintenance-begun") == [(*_BY_CONSOLE, (), CONSOLE.where, "", detail)]
    assert said(region, "maintenance-ended") == [(*_BY_CONSOLE, (), CONSOLE.where, "", {})]


@pytest.mark.rule("DEV-1b")
@pytest.mark.rule("LAW-3a")
def test_devices_that_the_office_ended_are_counted(region):
    """Who may end them may see them, with the instant of pairing; the reason is kept, and how many there were."""
    key, ala = region.enters("Ala"), region.person("Ala").id
    for name in ("telefon", "tablet"):
        begun = region.pairing.begin(key)
        region.pairing.complete(begun.qr.reveal(), begun.pin.reveal(), name)
    first, second = region.devices.mine(key)
    region.devices.rename(key, first.id, "stary telefon")
    secretary = region.actor("Ewa")
    assert isinstance(region.devices.of(secretary, ala), NotPermitted)
    assert isinstance(region.devices.revoke_all(secretary, ala, why="lost"), NotPermitted)

    head = region.appoint("Ewa", Role.SCHOOL_ADMINISTRATOR)
    seen = region.devices.of(head, ala)
    assert region.devices.revoke_all(head, ala, why="lost on the bus") == 2

    now = region.clock.now()
    assert seen == (
        ListedDevice(first.id, "stary telefon", DeviceState.PAIRED, now),
        ListedDevice(second.id, "tablet", DeviceState.PAIRED, now),
    )
    expected = (head.person, "", (ala,), head.where, "lost on the bus", {"devices": "2"})
    assert said(region, "devices-revoked") == [expected]


@pytest.mark.rule("LAW-2")
@pytest.mark.rule("LAW-3a")
def test_a_disclosure_is_in_the_journal_by_the_way_that_it_was_told(region):
    """By its owner in a session, by staff with what the owner said, or by a link of which nobody knows who followed."""
    ala, ewa = region.person("Ala").id, region.actor("Ewa")
    letters = region.moves(region.enters("Ala"), "new")
    (dispute,) = [each.token for each in letters if each.kind is MessageKind.ADDRESS_LEFT]
    region.addresses.dispute(dispute)
    region.access.complete(region.token_for(pesel(1)), "Szary-Kamień-9")
    region.reporting.by_owner(region.signs_in("ala.lis", "Szary-Kamień-9"), "my brother knows it")
    region.reporting.by_staff(ewa, ala, "she came to the office")

    assert [(*each[:5], each[5]["way"]) for each in said(region, "disclosure-reported")] == [
        (None, "", (ala,), "link", "", "link"),
        (ala, "", (ala,), "session", "", "session"),
        (ewa.person, "", (ala,), ewa.where, "", "staff"),
    ]
    with region.storage.snapshot() as unit:
        assert [each.words for each in unit.reports.entries()] == ["", "my brother knows it", "she came to the office"]


@pytest.mark.rule("SYNC-8")
def test_what_an_owner_chose_says_by_which_way(region):
    """An address that was confirmed, one that was taken back, a number that was entered: each decision has its reason."""
    letters = region.moves(region.enters("Ala"), "new")
    (dispute,) = [each.token for each in letters if each.kind is MessageKind.ADDRESS_LEFT]
    region.addresses.dispute(dispute)
    region.access.complete(region.token_for(pesel(1)), "Szary-Kamień-9")
    region.phones.change(region.signs_in("ala.lis", "Szary-Kamień-9"), "Szary-Kamień-9", "+48 601 234 567")

    with region.storage.snapshot() as unit:
        chosen = [(each.kind, each.reason, each.stands) for each in unit.people.decisions(region.person("Ala").id)]
    assert [(kind.value, reason, stands) for kind, reason, stands in chosen] == [
        ("address-chosen", "confirmed from the new mailbox", False),
        ("address-chosen", "this was not me", True),
        ("phone-chosen", "entered in a session, with the password", True),
    ]


@pytest.mark.rule("LINK-4")
@pytest.mark.rule("LAW-3a")
def test_consents_are_the_students_deeds(a_region):
    """Each is about the guardian; other decisions of the student outlive it, and who withdrew it is kept."""
    region = a_region(links_when_of_age=WhenOfAge.NEED_CONSENT)
    region.take(f"A/1: s Ala {pesel(7, born=date(2008, 12, 1))} ala, g Jan 8 jan")
    region.clock.advance(datetime(2026, 12, 1, 12, tzinfo=UTC) - region.clock.now())
    ala, jan = region.person("Ala").id, region.person("Jan").id
    key = region.enters("Ala")
    region.moves(key, "new")
    key = region.signs_in("ala.lis")
    consenting = GiveConsent(**world(region), secrets=region.secrets)

    consenting.give(key, jan)
    consenting.withdraw(key, jan)

    deeds = [*said(region, "link-consented"), *said(region, "link-consent-withdrawn")]
    assert deeds == [(ala, "", (jan,), "", "", {})] * 2
    with region.storage.snapshot() as unit:
        found = [(each.kind.value, each.stands, each.withdrawn_by) for each in unit.people.decisions(ala)]
    assert found == [("address-chosen", True, ""), ("consented", False, "ala.lis")]


@pytest.mark.rule("LAW-3b")
def test_shortening_says_up_to_where(region):
    """The number of the last entry that went."""
    ManageSchools(**world(region)).add(CONSOLE, "B", "Dwójka")
    region.clock.advance(region.tenant.settings.audit_retention + timedelta(days=1))
    gone = len(region.journal())

    assert isinstance(ShortenJournal(**world(region)).run(CONSOLE), Shortened)

    with region.storage.snapshot() as unit:
        (entry,) = unit.audit.entries()
    assert (entry.deed, entry.console, entry.detail) == ("journal-shortened", CONSOLE.name, {"up-to": str(gone)})


@pytest.mark.rule("MAIL-9b")
def test_what_came_back_is_told_by_kind_of_message(region):
    """By the platform, on whoever has the address: why, and which message it was."""
    region.enters("Ala")
    region.comes_back("ala")

    detail = {"why": "hard", "message": "password-set"}
    assert said(region, "address-unusable") == [(None, "", (region.person("Ala").id,), "", "", detail)]


_NOBODY = PersonId(99)
_UNKNOWN = ("unknown-person", "nobody has this number")
_KEY = ("wrong-key", "a school's key is a short text without spaces around it, such as sp1")


@pytest.mark.parametrize(
    ("ask", "refusal"),
    [
        (lambda region: WhoSees(**world(region)).of(CONSOLE, _NOBODY), _UNKNOWN),
        (lambda region: SeeSources(**world(region)).of(CONSOLE, _NOBODY), _UNKNOWN),
        (
            lambda region: RestrictLinks(**world(region), secrets=region.secrets).restrict(
                CONSOLE, _NOBODY, region.person("Ala").id, reason="sąd"
            ),
            _UNKNOWN,
        ),
        (lambda region: ManageSchools(**world(region)).add(CONSOLE, " sp1", "Jedynka"), _KEY),
        (
            lambda region: region.clearing.clear(CONSOLE, "ala@example.com", why=" "),
            ("reason-missing", "say why the address can be used again"),
        ),
    ],
)
def test_what_nobody_could_mean_is_refused_by_code_and_in_words(region, ask, refusal):
    """Whoever asks is told what is wrong with the question; the journal is as before."""
    before = region.journal()

    with pytest.raises(InvalidValue) as caught:
        ask(region)

    assert (caught.value.code, str(caught.value)) == refusal
    assert region.journal() == before

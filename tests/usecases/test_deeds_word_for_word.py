"""What the journal says of single deeds, whole: by whom, on whom, from where, why, and in detail (LAW-3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from attrs import evolve

from eszkola_core._defaults import shipped_notices
from eszkola_core._usecases import check_permission
from eszkola_core._usecases.acknowledge_notices import AcknowledgeNotices
from eszkola_core._usecases.announce_maintenance import AnnounceMaintenance, Ended
from eszkola_core._usecases.check_permission import CheckPermission
from eszkola_core._usecases.give_consent import ConsentRefused, ConsentUnchanged, GiveConsent
from eszkola_core._usecases.manage_devices import ListedDevice, NoSuchDevice
from eszkola_core._usecases.manage_schools import ManageSchools
from eszkola_core._usecases.pair_device import NotPaired, PairingRefused
from eszkola_core._usecases.read_journal import ReadJournal
from eszkola_core._usecases.recover_access import CompletionRefused, NotCompleted
from eszkola_core._usecases.restrict_links import RestrictLinks
from eszkola_core._usecases.see_sources import SeeSources
from eszkola_core._usecases.shorten_journal import Shortened, ShortenJournal
from eszkola_core._usecases.sign_in import SignedIn
from eszkola_core._usecases.who_sees import WhoSees
from eszkola_core.domain.accounts import PersonId, State
from eszkola_core.domain.devices import DeviceState
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.notices import Notice, NoticeKind
from eszkola_core.domain.passwords import ViolationCode
from eszkola_core.domain.permissions import Action, Ground, NotPermitted
from eszkola_core.domain.roles import Role
from eszkola_core.domain.runs import RunKind
from eszkola_core.domain.settings import WhenOfAge
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.doubles import CountingHasher
from eszkola_core.testing.notation import pesel
from eszkola_core.testing.region import CONSOLE

PASSWORD = "Zielony-Dom-7"
_BY_CONSOLE = (None, CONSOLE.name)


@pytest.fixture
def region(a_region):
    """Return a region in which Ala can be given an account, and Ewa keeps the school's office."""
    region = a_region()
    region.take("A/1: s Ala 1 ala", "A/y: y Ewa 9 ewa")
    return region


def said(region, deed):
    """Return all that the journal says of a deed, but when it was and where it stands in the chain."""
    return [(each.by, each.console, each.on, each.where, each.why, dict(each.detail)) for each in region.journal(deed)]


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


@pytest.mark.rule("LAW-2a")
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
    """An address that was confirmed or taken back, and a number that was entered: each decision has its reason."""
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

    assert consenting.withdraw(key, jan) == ConsentUnchanged(ConsentRefused.NOT_GIVEN)
    consenting.give(key, jan)
    consenting.withdraw(key, jan)
    assert consenting.withdraw(key, jan) == ConsentUnchanged(ConsentRefused.NOT_GIVEN)

    deeds = [*said(region, "link-consented"), *said(region, "link-consent-withdrawn")]
    assert deeds == [(ala, "", (jan,), "", "", {})] * 2
    with region.storage.snapshot() as unit:
        found = [(each.kind.value, each.stands, each.withdrawn_by) for each in unit.people.decisions(ala)]
    assert found == [("address-chosen", True, ""), ("consented", False, "ala.lis")]


@pytest.mark.rule("ACCESS-5a")
def test_an_open_session_of_an_account_that_is_shut_opens_nothing(region):
    """Whatever asks whose session it is hears that it is nobody's, though nobody has ended it."""
    key = region.enters("Ala")
    region.become("Ala", state=State.LOCKED)

    assert region.end_of(key) is None
    assert region.devices.mine(key) == NoSuchDevice()
    assert not region.is_open(key)


@pytest.mark.rule("LAW-2a")
def test_a_report_without_words_has_none(region):
    """What was not said is not kept."""
    reported = region.reporting.by_owner(region.enters("Ala"))

    assert reported.report.words == ""


@pytest.mark.rule("LAW-2a")
def test_a_disputed_address_hears_nothing_it_could_dispute_with(region):
    """Whoever moved the account there does not get a link to move it back."""
    letters = region.moves(region.enters("Ala"), "new")
    (dispute,) = [each.token for each in letters if each.kind is MessageKind.ADDRESS_LEFT]

    region.addresses.dispute(dispute)

    assert [each.data.get("link") for each in region.letters(MessageKind.ADDRESS_LEFT, "new")] == []


@pytest.mark.rule("WHY-4")
def test_the_region_is_among_those_who_see_a_student(region):
    """With everybody of the school's office, and nobody else's."""
    region.take("A/1: s Ala 1 ala", "A/y: y Ewa 9 ewa", "B/y: y Iga 7 iga")
    region.appoints("Rena")

    seen = WhoSees(**world(region)).of(CONSOLE, region.person("Ala").id)

    assert [str(each.name) for each in seen] == ["Ala Lis", "Ewa Lis", "Rena Lis"]


@pytest.mark.rule("LAW-3a")
def test_the_journal_names_whoever_did_it_and_whoever_it_was_done_to(region):
    """By their logins, beside the numbers that the entries hold."""
    region.appoints("Rena")
    ewa, rena = region.person("Ewa"), region.person("Rena")
    region.grants("Ewa", Role.DELEGATE, by="Rena")

    assert ReadJournal(**world(region)).show(CONSOLE, about=ewa.id).logins == {
        ewa.id: "ewa.lis",
        rena.id: "rena.lis",
    }


@pytest.mark.rule("DEV-1a")
def test_the_code_on_the_screen_leads_to_the_platform(region):
    """Whatever reads it is led there; a PIN that no keyboard types is wrong like any other."""
    begun = region.pairing.begin(region.enters("Ala"))

    assert begun.qr.reveal().startswith("CERT#https://konto.example.org/eszkola/mobile#")
    wrong = region.pairing.complete(begun.qr.reveal(), "\ud800", "telefon")
    assert wrong == NotPaired(PairingRefused.NOT_PAIRED)


@pytest.mark.rule("ACCESS-7a")
@pytest.mark.parametrize("source", ["", "\ud800"])
def test_attempts_of_no_said_place_come_from_one(a_region, source):
    """Whether it is left out or empty, they stand in each other's way; what is no text is a place of its own."""
    region = a_region("open", failures_here=5)
    region.take("A/1: s Ala 1 ala")
    region.enters("Ala")
    for number in range(5):
        region.signing_in.attempt("ala.lis", f"Niebieski-Most-{number}")

    opened = region.signing_in.attempt("ala.lis", PASSWORD, source=source)

    assert isinstance(opened, SignedIn) is bool(source)


@pytest.mark.rule("ACCESS-7a")
@pytest.mark.parametrize("way", ["address", "phone"])
def test_passwords_that_are_asked_for_again_are_throttled_together(a_region, way):
    """Whether nobody says from where, or says nothing: it is one place."""
    region = a_region("open", failures_here=5)
    region.take("A/1: s Ala 1 ala")
    key = region.enters("Ala")

    def tries(password, **source):
        if way == "address":
            return region.addresses.request(key, password, "new@example.com", **source)
        return region.phones.change(key, password, "+48 601 234 567", **source)

    for number in range(5):
        tries(f"Niebieski-Most-{number}")

    assert tries(PASSWORD, source="").reason == "wrong-password"
    assert not hasattr(tries(PASSWORD, source="home"), "reason")


@pytest.mark.rule("CRED-4b")
@pytest.mark.parametrize("way", ["first access", "ticket"])
def test_a_password_that_was_given_stays_refused(region, way):
    """Through whichever way the first own one was set, and whichever is set next."""
    former = region.gives("Ala").password.reveal()
    given = region.gives("Ala").password.reveal()
    if way == "ticket":
        ticket = region.signing_in.attempt("ala.lis", given).ticket.reveal()
        key = region.signing_in.change_password(ticket, PASSWORD).key.reveal()
    else:
        key = region.enters("Ala")

    for each in (former, given, PASSWORD):
        refused = region.passwords.change(key, PASSWORD, each)
        assert ViolationCode.REUSED in {found.code for found in refused.violations}


@pytest.mark.rule("ACCESS-4b")
def test_a_link_that_is_dead_judges_no_password(region):
    """Whoever holds it hears that it is dead, and nothing of what is wrong with the password."""
    token = region.token_for(pesel(1))
    region.access.complete(token, PASSWORD)

    assert region.access.complete(token, "x") == NotCompleted(CompletionRefused.TOKEN_NOT_LIVE)


@pytest.mark.rule("ROLE-4b")
def test_the_answers_given_longest_ago_are_forgotten_first(region, monkeypatch):
    """As many as are to be remembered are, and no more."""
    monkeypatch.setattr(check_permission, "_MOST", 2)
    checking = CheckPermission(**world(region))
    ala, ewa = region.person("Ala").id, region.person("Ewa").id

    def looks(person, target):
        before = len(region.storage.trace)
        checking.may(person, Action.VIEW, target)
        return len(region.storage.trace) - before > 2

    asked = [(ala, ala), (ewa, ala), (ewa, ewa)]
    assert [looks(*each) for each in (*asked[:2], *asked[:2])] == [True, True, False, False]
    assert [looks(*each) for each in (asked[2], asked[2], asked[1], asked[0])] == [True, False, False, True]


@pytest.mark.rule("LINK-3a")
def test_a_restriction_is_what_decides_of_whoever_works_at_the_school_too(a_region):
    """A father who keeps the office may do nothing about the child whom he is kept from."""
    region = a_region()
    region.take("A/1: s Ala 1 ala, g Jan 8 jan", "A/y: y Jan 8 jan")
    jan, ala = region.actor("Jan"), region.person("Ala").id
    RestrictLinks(**world(region), secrets=region.secrets).restrict(CONSOLE, jan.person, ala, reason="sąd")

    assert CheckPermission(**world(region)).may(jan.person, Action.VIEW, ala).ground is Ground.RESTRICTED
    assert WhoSees(**world(region)).of(jan, ala).permission.ground is Ground.RESTRICTED


@pytest.mark.rule("ROLE-4b")
def test_a_school_that_a_student_left_for_another_has_no_power_any_more(region):
    """Where there is a role today it decides; where there is none, the one that ended."""
    ewa, ala = region.person("Ewa").id, region.person("Ala").id
    checking = CheckPermission(**world(region))
    region.take("A/y: y Ewa 9 ewa", empty=("A",))
    gone = checking.may(ewa, Action.VIEW, ala)
    region.take("A/y: y Ewa 9 ewa", "B/1: s Ala 1 ala", empty=("A",))
    elsewhere = checking.may(ewa, Action.VIEW, ala)

    assert [gone.ground, elsewhere.ground] == [Ground.ROLE, Ground.OUT_OF_SCOPE]


def test_where_nothing_is_warned_of_nobody_is_warned(a_region):
    """The answer is none, and not that one was."""
    assert a_region("open", password_policy="NIST_800_63B_4").reminding.run() == 0


@pytest.mark.rule("LINK-4")
@pytest.mark.rule("ID-7d")
def test_every_consent_to_one_guardian_is_taken_back(a_region):
    """Where two accounts became one there may be two; they are told in the order in which they were given."""
    region = a_region(links_when_of_age=WhenOfAge.NEED_CONSENT)
    region.take(f"A/1: s Ala {pesel(7, born=date(2008, 12, 1))} ala, g Jan 8 jan")
    region.clock.advance(datetime(2026, 12, 1, 12, tzinfo=UTC) - region.clock.now())
    ala, jan = region.person("Ala").id, region.person("Jan").id
    key = region.enters("Ala")
    consenting = GiveConsent(**world(region), secrets=region.secrets)
    first = consenting.give(key, jan).decision
    with region.storage.unit() as unit:
        second = unit.people.decide(evolve(first, id=0))

    assert consenting.withdraw(key, jan).decisions == (first, second)

    with region.storage.snapshot() as unit:
        assert [each.stands for each in unit.people.decisions(ala)] == [False, False]


@pytest.mark.rule("DEV-3")
@pytest.mark.parametrize("keeping", [{}, {"keep_devices": False}, {"keep_devices": True}])
def test_devices_end_with_recovery_unless_their_owner_keeps_them(region, keeping):
    """Whoever says nothing of them keeps none."""
    begun = region.pairing.begin(region.enters("Ala"))
    device = region.pairing.complete(begun.qr.reveal(), begun.pin.reveal(), "telefon").key.reveal()

    region.access.complete(region.token_for(pesel(1)), "Szary-Kamień-9", **keeping)

    assert (region.pairing.person_of(device) is not None) is keeping.get("keep_devices", False)


@pytest.mark.rule("ACCESS-7c")
def test_requests_of_no_said_place_come_from_one(a_region):
    """Whether it is left out or empty: after so many no message leaves; from elsewhere one does."""
    region = a_region("open", requests_here=3)
    region.take("A/1: s Ala 1 ala")
    for _ in range(3):
        assert len(region.asks(pesel(1))) == 1

    region.access.request(pesel(1), source="")
    region.access.answer_waiting()
    assert region.letters() == []
    region.access.request(pesel(1), source="home")
    region.access.answer_waiting()
    assert len(region.letters()) == 1


class Stronger(CountingHasher):
    """A hasher by whose measure every encoding is too weak, once it is told so."""

    demands = False

    def needs_rehash(self, encoded):
        """Return whether to make another."""
        return self.demands or super().needs_rehash(encoded)


@pytest.mark.rule("CRED-4b")
@pytest.mark.rule("CRED-10")
def test_a_stronger_encoding_forgets_no_former_password(region):
    """The password stays, its encoding is renewed at sign-in, and what was given stays refused."""
    region.hasher = Stronger()
    region.wire()
    given = region.gives("Ala").password.reveal()
    ticket = region.signing_in.attempt("ala.lis", given).ticket.reveal()
    region.signing_in.change_password(ticket, PASSWORD)
    before = region.credential("Ala").encoded

    region.hasher.demands = True
    key = region.signs_in("ala.lis")

    assert region.credential("Ala").encoded != before
    refused = region.passwords.change(key, PASSWORD, given)
    assert ViolationCode.REUSED in {found.code for found in refused.violations}


@pytest.mark.rule("CRED-10")
def test_a_stronger_encoding_leaves_nothing_of_the_weak_one(region):
    """Neither where the password stands nor where it is remembered as one that was given."""
    region.hasher = Stronger()
    region.wire()
    given = region.gives("Ala").password.reveal()
    weak = region.credential("Ala").encoded

    region.hasher.demands = True
    region.signing_in.attempt("ala.lis", given)

    kept = region.credential("Ala")
    assert kept.spent == (kept.encoded,)
    assert weak not in {kept.encoded, *kept.history, *kept.spent}


@pytest.mark.rule("CRED-5b")
def test_what_is_given_does_not_hold_its_owners_name(a_region):
    """Whoever is called like a word of it gets another one, out of the same chances."""

    def given(name):
        region = a_region()
        region.take(f"A/1: s {name} 1 ala")
        return region.gives(name).password.reveal().casefold()

    word = given("Ala").partition("-")[0]

    assert word not in given(word.capitalize())


@pytest.mark.rule("LAW-2b")
def test_what_a_dispute_moves_is_kept_as_a_report(region):
    """Whoever looks through the runs tells it from what an owner decided."""
    letters = region.moves(region.enters("Ala"), "new")
    (dispute,) = [each.token for each in letters if each.kind is MessageKind.ADDRESS_LEFT]

    region.addresses.dispute(dispute)

    with region.storage.snapshot() as unit:
        kinds = [run.kind for run in unit.runs.newest(2)]
    assert kinds == [RunKind.REPORT, RunKind.DECISION]


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

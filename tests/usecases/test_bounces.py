"""What comes back makes an address unusable, if it proves that it answers us; and how it is used again (MAIL-9)."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core._usecases.change_address import AddressChanged
from eszkola_core._usecases.clear_address import Cleared, NotUnusable
from eszkola_core._usecases.recover_access import Completed, Requested
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.bounces import Bounce, BounceFate, BounceKind, UnusableAddress, proof_of, proved_message
from eszkola_core.domain.cause_texts import how, says
from eszkola_core.domain.causes import CauseCode
from eszkola_core.domain.messages import MessageKind, MessageState
from eszkola_core.domain.offices import Contacts
from eszkola_core.domain.permissions import Ground, NotPermitted
from eszkola_core.domain.settings import Sharing
from eszkola_core.domain.settlement import ConflictKind
from eszkola_core.domain.tenants import LOCALES
from eszkola_core.errors import InvalidValue
from eszkola_core.testing import strategies as s
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.notation import pesel
from eszkola_core.testing.region import CONSOLE, START, Region

_ALA = "A/1: s Ala 1 ala"
_NEW = "Szary-Kamień-9"
_FAILS = pytest.mark.parametrize("kind", [BounceKind.HARD, BounceKind.COMPLAINT])


def with_ala(a_region, *more, **chosen):
    """Return a region in which Ala has signed in, and the session's key."""
    region = a_region("open", **chosen)
    region.take(_ALA, *more)
    return region, region.enters("Ala")


def marked(region, *names):
    """Return which of the mailboxes are marked."""
    with region.storage.snapshot() as unit:
        found = unit.unusable.among([f"{name}@example.com" for name in names])
    return [each.partition("@")[0] for each in found]


def counts(region):
    """Return how many reports led to what."""
    return region.delivering.status().bounces


def central(region, name):
    """Return somebody's central address, before the @."""
    address = region.person(name).central
    return address.spelling.partition("@")[0] if address is not None else None


def keyed(storage):
    """Return a storage's fingerprint as proofs are made with it."""
    return lambda data, context: storage.fingerprint(data, context=context)


def codes(region, identifier):
    """Return the codes of what stands in somebody's way."""
    return [each.code for each in region.diagnosing.of(CONSOLE, identifier).causes]


# What a bounce does


@_FAILS
@pytest.mark.rule("MAIL-9a")
def test_nothing_is_sent_to_an_address_that_came_back(a_region, kind):
    """Whatever would go there is kept back, also what waited before; others get theirs."""
    region, key = with_ala(a_region, "A/2: s Ola 2 ola")
    report = region.report("ala", kind)
    region.passwords.change(key, "Zielony-Dom-7", _NEW)

    assert region.bouncing.record(report) is BounceFate.MARKED

    assert marked(region, "ala", "ola") == ["ala"]
    assert region.delivering.next_batch().kept_back == 1
    region.locking.lock(CONSOLE, region.person("Ala").id, why="x")
    region.locking.lock(CONSOLE, region.person("Ola").id, why="x")
    assert [(each.kind, each.to) for each in region.letters()] == [(MessageKind.ACCOUNT_LOCKED, "ola@example.com")]
    (entry,) = region.done_to("ala.lis", "address-unusable")
    assert (entry.by, entry.console, entry.detail["why"]) == (None, "", kind.value)
    assert "ala@" not in repr(entry)


@pytest.mark.rule("MAIL-9a")
def test_what_failed_for_now_changes_nothing(a_region):
    """The address is used as before, and the message is a sent one still; a later report for good counts."""
    region, _ = with_ala(a_region)

    assert region.comes_back("ala", BounceKind.SOFT) is BounceFate.FOR_NOW

    assert marked(region, "ala") == []
    assert MessageState.BOUNCED not in region.delivering.status().counts
    assert region.comes_back("ala") is BounceFate.MARKED
    assert region.delivering.status().counts[MessageState.BOUNCED] == 1
    assert counts(region) == {BounceFate.MARKED: 1, BounceFate.FOR_NOW: 1}


@pytest.mark.rule("MAIL-9a")
def test_recovery_by_an_unusable_address_answers_as_always_and_sends_nothing(a_region):
    """By address, login or national id; and no link of before dies for it."""
    region, _ = with_ala(a_region)
    link = region.token_for("ala.lis")
    region.comes_back("ala")

    for identifier in ("ala@example.com", "ala.lis", pesel(1)):
        assert region.access.request(identifier) == region.access.request("nobody@example.com") == Requested()
        region.access.answer_waiting()

    assert region.letters() == []
    assert isinstance(region.access.complete(link, _NEW), Completed)


@pytest.mark.rule("MAIL-9a")
def test_those_who_share_an_address_share_the_mark(a_region):
    """One came back: nobody of the household gets anything there, and everybody is told why."""
    region = a_region("open", sharing=Sharing.FAMILY)
    region.take("A/1: s Ala 1 box, g Ewa 8 box, g Jan 9 jan")

    region.comes_back("box")

    for name in ("ala.lis", "ewa.lis"):
        assert CauseCode.ADDRESS_UNUSABLE in codes(region, name)
        assert region.asks(name) == []
    assert CauseCode.ADDRESS_UNUSABLE not in codes(region, "jan.lis")
    assert [each.to for each in region.asks(pesel(9))] == ["jan@example.com"]


@pytest.mark.rule("MAIL-9a")
def test_readiness_and_diagnosis_name_it_with_the_remedy(a_region):
    """The mark stands in the list of the school and on the page of the person, masked, until it is cleared."""
    region, _ = with_ala(a_region)
    region.comes_back("ala")

    (row,) = region.readiness.of(CONSOLE, "A").rows
    assert row.reasons == ("address-unusable",)
    (cause,) = [
        each for each in region.diagnosing.of(CONSOLE, "ala.lis").causes if each.code is CauseCode.ADDRESS_UNUSABLE
    ]
    assert dict(cause.facts) == {"central": "a•••@example.com"}
    assert not cause.blocks
    assert all(says(cause, locale) and how(cause, locale) for locale in LOCALES)

    region.clearing.clear(CONSOLE, "ala@example.com", why="the mailbox was full of water")
    (row,) = region.readiness.of(CONSOLE, "A").rows
    assert row.reasons == ()
    assert CauseCode.ADDRESS_UNUSABLE not in codes(region, "ala.lis")


@pytest.mark.rule("MAIL-9a")
def test_an_office_hears_of_disclosures_whatever_came_back(a_region):
    """Its address is configured, and nobody could confirm it."""
    office = EmailAddress.parse("sp@example.com")
    region, key = with_ala(a_region, contacts=Contacts(schools={"A": office}))
    region.reporting.by_owner(key)
    region.comes_back("sp")

    region.reporting.by_owner(region.enters("Ala", _NEW))

    assert [each.to for each in region.letters(MessageKind.DISCLOSURE_REPORTED)] == ["sp@example.com"]


# How it is used again


@_FAILS
@pytest.mark.rule("MAIL-9a")
def test_the_owner_confirms_it_from_the_mailbox(a_region, kind):
    """The one letter that still goes there asks for it; then all goes there again, and the old report is old."""
    region, key = with_ala(a_region)
    report = region.report("ala", kind)
    region.bouncing.record(report)

    assert region.addresses.confirm(region.asks_to_move(key, "ala")) == AddressChanged()

    assert marked(region, "ala") == []
    assert region.readiness.of(CONSOLE, "A").rows[0].reasons == ()
    assert region.bouncing.record(report) is BounceFate.KNOWN
    assert [each.to for each in region.asks("ala.lis")] == ["ala@example.com"]


@pytest.mark.rule("MAIL-9a")
def test_the_owner_leaves_it_behind(a_region):
    """All goes to the new address; the old one stays what it is, for whoever states it."""
    region, key = with_ala(a_region)
    region.comes_back("ala")

    letters = region.moves(key, "new")

    assert [each.to for each in letters] == ["new@example.com"]
    assert [each.to for each in region.asks("ala.lis")] == ["new@example.com"]
    assert marked(region, "ala") == ["ala"]
    region.wait(days=8)
    region.take(_ALA, "A/2: s Ola 2 ala")
    assert central(region, "Ola") is None


@pytest.mark.rule("MAIL-9a")
def test_whoever_disputes_from_a_mailbox_reads_it(a_region):
    """Saying *this was not me* restores the address, and recovery must reach it: else nobody could enter any more."""
    region, key = with_ala(a_region)
    (dispute,) = [each.token for each in region.moves(key, "new") if each.kind is MessageKind.ADDRESS_LEFT]
    region.comes_back("ala")

    assert region.addresses.dispute(dispute) == AddressChanged()

    assert [each.to for each in region.asks("ala.lis")] == ["ala@example.com"]


@pytest.mark.rule("MAIL-9a")
def test_staff_clear_it_with_a_reason_that_is_kept(a_region):
    """The office of the school does; messages go there again, and the journal says who, on whom and why."""
    region, _ = with_ala(a_region, "A/k: y Ewa 9 ewa")
    region.comes_back("ala")
    person = region.person("Ala").id

    assert region.clearing.clear(region.actor("Ewa"), "ALA@example.com", why="spoke with the mother") == Cleared(
        (person,)
    )

    (entry,) = region.journal("address-cleared")
    assert (entry.by, entry.on, entry.why) == (region.person("Ewa").id, (person,), "spoke with the mother")
    assert [each.to for each in region.asks("ala.lis")] == ["ala@example.com"]
    assert region.clearing.clear(CONSOLE, "ala@example.com", why="again") == NotUnusable()
    assert len(region.journal("address-cleared")) == 1


@pytest.mark.rule("MAIL-9a")
@pytest.mark.parametrize(("address", "why"), [("ala@example.com", " "), ("ala", "x")])
def test_no_reason_or_no_address_clears_nothing(a_region, address, why):
    """Both are told before anything is looked at."""
    region, _ = with_ala(a_region)
    region.comes_back("ala")

    with pytest.raises(InvalidValue):
        region.clearing.clear(CONSOLE, address, why=why)
    assert marked(region, "ala") == ["ala"]


@pytest.mark.rule("MAIL-9a")
@pytest.mark.rule("ROLE-6b")
def test_nobody_clears_what_is_out_of_reach_or_their_own(a_region):
    """Neither a teacher, nor another school's office, nor the one whose address it is, by account or in a record."""
    region = a_region("open")
    region.take(_ALA, "A/k: y Ewa 9 ewa", "A/l: t Jan 8 jan", "B/k: y Iga 7 iga")
    region.comes_back("ala")
    region.comes_back("ewa")

    def grounds(login, address):
        found = region.clearing.clear(region.actor(login), f"{address}@example.com", why="x")
        assert isinstance(found, NotPermitted), found
        return found.permission.ground

    assert grounds("Jan", "ala") is Ground.NO_ROLE
    assert grounds("Iga", "ala") is Ground.OUT_OF_SCOPE
    assert grounds("Ewa", "ewa") is Ground.CONCERNS_ACTOR
    assert grounds("Ewa", "nobody") is Ground.OUT_OF_SCOPE
    assert marked(region, "ala", "ewa") == ["ala", "ewa"]


@pytest.mark.rule("MAIL-9a")
@pytest.mark.rule("ROLE-6b")
def test_nobody_clears_what_their_own_child_shares(a_region):
    """A secretary's child has one address with the father: it is theirs to confirm, or another's to clear."""
    region = a_region("open", sharing=Sharing.FAMILY)
    region.take("A/1: s Ala 1 box, g Jan 8 box, g Ewa 9 ewa", "A/k: y Ewa 9 ewa")
    region.comes_back("box")

    found = region.clearing.clear(region.actor("Ewa"), "box@example.com", why="x")

    assert isinstance(found, NotPermitted)
    assert found.permission.ground is Ground.CONCERNS_ACTOR
    assert marked(region, "box") == ["box"]


@pytest.mark.rule("MAIL-9a")
def test_an_address_of_somebody_without_an_account_is_cleared_too(a_region):
    """Nothing opens by an unusable address; once the office has cleared it, the account opens by itself."""
    region = a_region("uonet")
    region.take("A/k: y Ewa 9 ewa")
    with region.storage.unit() as unit:
        unit.unusable.mark(_mark("ala"))
    region.take(_ALA, "A/k: y Ewa 9 ewa")
    assert codes(region, "A/1") == [CauseCode.MISSING_EMAIL, CauseCode.ADDRESS_UNUSABLE]

    assert region.clearing.clear(region.actor("Ewa"), "ala@example.com", why="typed twice, it is right") == Cleared(())

    assert central(region, "Ala") == "ala"
    assert [each.kind for each in region.letters(to="ala")] == [MessageKind.ACCOUNT_OPENED]


@pytest.mark.rule("MAIL-9a")
def test_who_once_stated_an_address_gives_nobody_a_say(a_region):
    """A student's former school had it: the school where the student is now cannot clear it, the console can."""
    region = a_region("open")
    region.take("A/1: s Ala 1 ala", "A/2: s Ola 2 box", "B/k: y Iga 7 iga")
    region.comes_back("box")
    region.take("B/2: s Ola 2 ola", "B/k: y Iga 7 iga", empty=("A",))
    assert central(region, "Ola") == "ola"

    refused = region.clearing.clear(region.actor("Iga"), "box@example.com", why="x")

    assert refused.permission.ground is Ground.OUT_OF_SCOPE
    assert region.clearing.clear(CONSOLE, "box@example.com", why="x") == Cleared(())


def with_unknown(a_region, *lines):
    """Return a region in which an address was marked before the records came that state it."""
    region = a_region("uonet")
    with region.storage.unit() as unit:
        unit.unusable.mark(_mark("box"))
    region.take("A/k: y Ewa 9 ewa", "A/l: y Iga 7 iga", *lines)
    return region


@pytest.mark.rule("ROLE-6b")
@pytest.mark.parametrize(
    "lines",
    [
        ("A/1: s Ala 1 ala, g Ewa - box",),
        ("A/1: s Ala 1 box", "B/k: y Ewa 9 box"),
    ],
)
def test_nobody_clears_what_may_be_their_own_beside_a_strangers(a_region, lines):
    """Somebody unknown of the same name states it, or the actor does so too, at another school; a colleague may."""
    region = with_unknown(a_region, *lines)

    refused = region.clearing.clear(region.actor("Ewa"), "box@example.com", why="x")

    assert isinstance(refused, NotPermitted)
    assert refused.permission.ground is Ground.CONCERNS_ACTOR
    assert region.clearing.clear(CONSOLE, "box@example.com", why="x") != NotUnusable()


@pytest.mark.rule("MAIL-9a")
def test_an_address_of_nobody_is_the_regions(a_region):
    """Who looks after every school looks after it too; there is nothing to be cleared."""
    region = a_region("open")
    region.appoints("Rena")

    assert region.clearing.clear(region.actor("Rena"), "nobody@example.com", why="x") == NotUnusable()


# What cannot be used does not vote


def _mark(name):
    return UnusableAddress(address=EmailAddress.parse(f"{name}@example.com"), why=BounceKind.HARD, since=START)


@pytest.mark.rule("MAIL-4a")
@pytest.mark.rule("MAIL-9a")
def test_the_address_that_the_other_records_agree_on_becomes_central(a_region):
    """Two schools state two addresses; the first came back, so the second is stated by all that vote."""
    region = a_region("open")
    region.take(_ALA, "B/1: s Ala 1 other")
    assert central(region, "Ala") == "ala"

    region.comes_back("ala")

    assert central(region, "Ala") == "other"
    assert [each.to for each in region.letters()] == ["other@example.com"]
    region.clearing.clear(CONSOLE, "ala@example.com", why="it works")
    assert central(region, "Ala") == "other"


@pytest.mark.rule("MAIL-4a")
@pytest.mark.rule("MAIL-9a")
def test_who_has_no_other_keeps_what_they_had(a_region):
    """An unusable address is central still, through every import, and no record may take it away."""
    region, _ = with_ala(a_region)
    region.comes_back("ala")

    region.take(_ALA)
    region.take(_ALA, "B/1: s Ala 1 ala", "A/2: s Ola 2 ala")

    assert (central(region, "Ala"), central(region, "Ola")) == ("ala", None)


@pytest.mark.rule("MAIL-4a")
@pytest.mark.rule("MAIL-9a")
def test_an_address_that_is_nobodys_loses_its_vote_at_once_too(a_region):
    """One record states what came back: by then the schools agree on the other, and that is what is kept of them."""
    region, key = with_ala(a_region, "B/1: s Ala 1 other")
    region.asks_to_move(key, "other")

    region.comes_back("other")

    with region.storage.snapshot() as unit:
        kept = list(unit.rosters.conflicts())
    assert [(each.kind, each.facts) for each in kept] == [(ConflictKind.ADDRESS_UNUSABLE, ("o•••@example.com",))]


@pytest.mark.rule("MAIL-4b")
@pytest.mark.rule("MAIL-9a")
def test_an_owners_choice_is_not_moved_by_a_bounce(a_region):
    """Other records agree on another address by now: the chosen one stays, and only its owner moves."""
    region, key = with_ala(a_region, "B/1: s Ala 1 other")
    region.moves(key, "chosen")
    region.comes_back("chosen")

    region.take("A/1: s Ala 1 other", "B/1: s Ala 1 other")

    assert central(region, "Ala") == "chosen"
    assert [each.to for each in region.letters()] == ["other@example.com"]


_people = st.tuples(st.sampled_from("AB"), st.integers(1, 4), st.sampled_from(["x", "x", "y", "z", "-"]))


@pytest.mark.rule("MAIL-4a")
@pytest.mark.rule("MAIL-4d")
@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(_people, max_size=5, unique_by=lambda each: each[:2]), min_size=1, max_size=3))
def test_to_state_what_cannot_be_used_is_to_state_nothing(runs):
    """For any rosters, one after the other: every address goes where it goes when the unusable one is left out."""
    marked_one, silent = Region(), Region()
    with marked_one.storage.unit() as unit:
        unit.unusable.mark(_mark("x"))
    for run in runs:
        lines = [f"{school}/{number}: s Osoba{number} {number} {mail}" for school, number, mail in run]
        marked_one.take(*lines, empty=("A", "B"))
        silent.take(*(line.replace(" x", " -") for line in lines), empty=("A", "B"))
        found = [
            {each.login: each.central for each in region.world().people.values()} for region in (marked_one, silent)
        ]
        assert found[0] == found[1]
        before = marked_one.seen()
        assert marked_one.take(*lines, empty=("A", "B")).run is None
        assert marked_one.seen() == before


# What proves nothing


@pytest.mark.rule("MAIL-9b")
@given(bounces=st.lists(s.bounces(), max_size=4))
def test_a_forged_report_changes_nothing_and_is_counted(a_region, bounces):
    """Whatever it says and however often: nothing but the count differs afterwards."""
    region, key = with_ala(a_region)
    before = region.people(), region.journal(), region.readiness.of(CONSOLE, "A"), region.delivering.status().counts

    assert {region.bouncing.record(each) for each in bounces} <= {BounceFate.UNPROVED}

    assert before == (
        region.people(),
        region.journal(),
        region.readiness.of(CONSOLE, "A"),
        region.delivering.status().counts,
    )
    assert counts(region) == ({BounceFate.UNPROVED: len(bounces)} if bounces else {})
    assert region.is_open(key)
    assert region.asks("ala.lis")


@pytest.mark.rule("MAIL-9b")
def test_a_proof_of_another_tenant_proves_nothing_here(a_region):
    """The same message there has another proof: nobody who runs a school makes addresses of another unusable."""
    region, _ = with_ala(a_region)
    proofs = tuple(proof_of(each, keyed(MemoryStorage("other"))) for each in range(9))

    assert region.bouncing.record(Bounce(kind=BounceKind.HARD, proofs=proofs)) is BounceFate.UNPROVED
    assert marked(region, "ala") == []


@pytest.mark.rule("MAIL-9b")
def test_a_report_speaks_of_the_address_that_the_message_went_to(a_region):
    """Every e-mail leaves with the proof of its own message; what a report says beside it matters to nobody."""
    region, _ = with_ala(a_region, "A/2: s Ola 2 ola")
    region.letters()
    with region.storage.snapshot() as unit:
        kept = {each.reference: unit.outbox.peek(each.reference) for each in region.courier.sent}

    for email in region.courier.sent:
        assert proved_message(email.proof, keyed(region.storage)) == kept[email.reference].id
    ours = region.report("ola")
    noise = evolve(ours, proofs=("a" * 39, *ours.proofs))
    assert region.bouncing.record(noise) is BounceFate.MARKED
    assert marked(region, "ala", "ola") == ["ola"]


@pytest.mark.rule("MAIL-9b")
def test_a_message_comes_back_once(a_region):
    """The same report again says nothing new: not while the mark stands, and not after the office cleared it."""
    region, _ = with_ala(a_region)
    report = region.report("ala")
    assert region.bouncing.record(report) is BounceFate.MARKED

    assert region.bouncing.record(report) is BounceFate.KNOWN
    region.clearing.clear(CONSOLE, "ala@example.com", why="it works")
    assert region.bouncing.record(evolve(report, kind=BounceKind.COMPLAINT)) is BounceFate.KNOWN

    assert marked(region, "ala") == []
    region.asks("ala.lis")
    assert region.comes_back("ala") is BounceFate.MARKED


@pytest.mark.rule("MAIL-9b")
def test_what_has_not_left_cannot_come_back(a_region):
    """A proof of a message that still waits is good for nothing yet."""
    region, _ = with_ala(a_region)
    region.letters()
    region.access.request("ala.lis")
    region.access.answer_waiting()
    with region.storage.snapshot() as unit:
        waiting = sum(unit.outbox.counts().values())  # numbers follow each other, and it is the newest

    early = Bounce(kind=BounceKind.HARD, proofs=(proof_of(waiting, keyed(region.storage)),))

    assert region.bouncing.record(early) is BounceFate.KNOWN
    assert region.letters(MessageKind.RECOVERY)
    assert region.bouncing.record(early) is BounceFate.MARKED

"""What was given out under one digest key is worth the same under the next, until that key is forgotten (LAW-5b)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from eszkola_core._usecases.issue_codes import CodeIssued, IssueCodes
from eszkola_core._usecases.pair_device import NotPaired, Paired
from eszkola_core._usecases.read_journal import ReadJournal
from eszkola_core._usecases.redeem_code import NotRedeemed, RedeemCode, Redeemed
from eszkola_core._usecases.saved_plans import read_plan, write_plan
from eszkola_core._usecases.shorten_journal import Shortened, ShortenJournal
from eszkola_core._usecases.sign_in import SignedIn
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.audit import Broken, Damage, sealed
from eszkola_core.domain.bounces import BounceFate
from eszkola_core.domain.communication import Level
from eszkola_core.testing.notation import pesel
from eszkola_core.testing.region import Region

pytestmark = pytest.mark.rule("LAW-5b")

PASSWORD = "Niebieski-Most-8"
CONSOLE = Actor.console("console:test")
ROSTER = ("A/1: s Ala 1 ala, g Jan 8 jan", "A/2: s Ola 2 ola")
BORN = date.fromisoformat(f"19{pesel(1)[:2]}-{pesel(1)[2:4]}-{pesel(1)[4:6]}")


@pytest.fixture
def region(a_region):
    """Return a school with a guardian in it."""
    region = a_region("easistent")
    region.take(*ROSTER)
    region.letters()
    return region


def change_key(memory):
    """Take another digest key into use."""
    memory.digest_keys.append(memory.digest_keys[-1] + 1)


def forget_keys(memory):
    """Keep only the key that is in use."""
    del memory.digest_keys[:-1]


@pytest.fixture
def codes(region):
    """Return the use cases about codes."""
    world = {"storage": region.storage, "tenant": region.tenant, "clock": region.clock, "secrets": region.secrets}
    return IssueCodes(**world), RedeemCode(**world)


@pytest.mark.parametrize("changes", [0, 1, 2])
def test_a_code_is_redeemed_under_a_newer_key(region, codes, changes):
    """However many keys came after; a wrong date under the newer one counts against it."""
    issuing, redeeming = codes
    issued = issuing.issue(CONSOLE, "A", "1")
    assert isinstance(issued, CodeIssued)
    for _ in range(changes):
        change_key(region.memory)
    code = issued.code.reveal()

    assert isinstance(redeeming.redeem(code, BORN + timedelta(days=1), own=Level.MINIMAL), NotRedeemed)
    with region.storage.snapshot() as unit:
        assert [each.wrong_dates for each in unit.codes.of([region.person("jan").id])] == [1]
    assert isinstance(redeeming.redeem(code, BORN, own=Level.MINIMAL), Redeemed)
    assert isinstance(redeeming.redeem(code, BORN, own=Level.MINIMAL), NotRedeemed)


def test_a_code_is_nothing_once_its_key_is_forgotten(region, codes):
    """Whoever keeps the keys is told of it before."""
    issuing, redeeming = codes
    code = issuing.issue(CONSOLE, "A", "1").code.reveal()
    change_key(region.memory)
    forget_keys(region.memory)

    assert isinstance(redeeming.redeem(code, BORN, own=Level.MINIMAL), NotRedeemed)


def test_a_pin_that_was_shown_pairs_under_a_newer_key(a_region):
    """And another one does not."""
    region = a_region()
    region.take(*ROSTER)
    key = region.enters("jan")
    begun = region.pairing.begin(key)
    change_key(region.memory)
    wrong = "000000" if begun.pin.reveal() != "000000" else "111111"

    assert isinstance(region.pairing.complete(begun.qr.reveal(), wrong, "Telefon"), NotPaired)
    assert isinstance(region.pairing.complete(begun.qr.reveal(), begun.pin.reveal(), "Telefon"), Paired)


def test_what_comes_back_of_an_older_letter_is_proved(region):
    """The letter went out before the key changed."""
    report = region.report("jan")
    change_key(region.memory)

    assert region.bouncing.record(report) is BounceFate.MARKED


@pytest.mark.parametrize("changes", [0, 1])
def test_failed_attempts_are_remembered(a_region, changes):
    """A change of keys gives nobody more of them: the right password comes too late in any case."""
    region = a_region("open", failures_here=5)
    region.take(*ROSTER)
    region.enters("jan", PASSWORD)
    for _ in range(5):
        region.signing_in.attempt("jan.lis", "Zielony-Plot-3", source="thief")
    for _ in range(changes):
        change_key(region.memory)

    assert not isinstance(region.signing_in.attempt("jan.lis", PASSWORD, source="thief"), SignedIn)
    assert isinstance(region.signing_in.attempt("jan.lis", PASSWORD, source="home"), SignedIn)


class TestJournal:
    """The chain goes on from one key to the next."""

    @pytest.fixture
    def verified(self, region):
        """Return what is found wrong with the journal."""
        return lambda: ReadJournal(region.storage, region.tenant, region.clock).verify(CONSOLE).broken

    def grow(self, region, by=None):
        """Add an entry, sealed by the key in use, or by another."""
        with region.storage.unit() as unit:
            (entry, *_) = unit.audit.entries()
            unit.audit.add(sealed(entry, unit.audit.head(), by or region.storage.fingerprints[0]))

    def test_it_holds_under_every_key_that_is_kept(self, region, verified):
        """And shows from where on nobody can tell, once one is forgotten."""
        self.grow(region)
        with region.storage.snapshot() as unit:
            until = unit.audit.head().count
        for _ in range(2):
            change_key(region.memory)
            self.grow(region)
        assert verified() == ()
        forget_keys(region.memory)
        assert [each.number for each in verified()] == [*range(1, until + 2)]

    def test_an_older_key_seals_nothing_after_a_newer_one(self, region, verified):
        """Whoever has stolen it cannot write on."""
        change_key(region.memory)
        self.grow(region)
        assert verified() == ()
        self.grow(region, by=region.storage.fingerprints[1])
        with region.storage.snapshot() as unit:
            assert verified() == (Broken(unit.audit.head().count, Damage.CHANGED),)

    def test_a_checkpoint_of_an_older_key_is_genuine_as_long_as_that_is_kept(self, region, verified):
        """What comes after it may be by the newer one."""
        self.grow(region)
        region.wait(days=10_000)
        assert isinstance(ShortenJournal(region.storage, region.tenant, region.clock).run(CONSOLE), Shortened)
        change_key(region.memory)
        self.grow(region)
        assert verified() == ()
        forget_keys(region.memory)
        assert Damage.FORGED_CHECKPOINT in {each.reason for each in verified()}


def everybody(region):
    """Return all accounts."""
    with region.storage.snapshot() as unit:
        return unit.people.get_many(range(1, 9))


class TestRosters:
    """Records are who they were."""

    def test_the_same_roster_changes_nothing_under_a_newer_key(self):
        """It is read again once, and after that it costs a digest as before."""
        region = Region("easistent")
        region.take(*ROSTER)
        people = everybody(region)
        change_key(region.storage)
        first = region.take(*ROSTER)
        second = region.plan(*ROSTER)

        assert everybody(region) == people
        assert not first.plan.changes.people
        assert not first.plan.changes.openings
        assert second.is_empty

    def test_a_record_that_is_known_by_a_pseudonym_stays_the_same_one(self):
        """Its source calls it by a national id, which nobody keeps."""
        region = Region()
        record = f"A/{pesel(1)}: s Ala 1 ala, g Jan 8 jan"
        region.take(record)
        people = everybody(region)
        change_key(region.storage)
        forget_keys(region.storage)
        region.take(record)

        assert everybody(region) == people

    def test_what_was_taken_back_is_not_taken_in_again(self):
        """Neither under the newer key, nor by an older plan of it."""
        region = Region("easistent")
        region.take(*ROSTER)
        done = region.take("A/1: s Ala 1 zmieniona, g Jan 8 jan", ROSTER[1])
        region.undo(done.run.id)
        change_key(region.storage)
        before = everybody(region)
        again = region.take("A/1: s Ala 1 zmieniona, g Jan 8 jan", ROSTER[1])

        assert everybody(region) == before
        assert "undone" in {each.code for each in again.plan.findings}

    def test_a_saved_plan_that_was_applied_is_known_by_its_name(self):
        """Whatever key is in use by then."""
        region = Region()
        now = region.clock.now()
        content = write_plan(region.plan("A/3: s Iga 3 iga", *ROSTER), b"{}", region.storage, now=now)
        saved = read_plan(content, region.storage, region.tenant.settings, now=now)
        change_key(region.storage)
        forget_keys(region.storage)

        assert read_plan(content, region.storage, region.tenant.settings, now=now).plan_id == saved.plan_id

"""A digest key is changed like any other; what it made is recognised, and holds it back until nothing needs it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core._usecases.shorten_journal import ShortenJournal
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.audit import Checkpoint, Damage, broken, sealed
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.keys import KeyKind
from eszkola_core.domain.runs import Undone
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.region import CONSOLE, Region
from eszkola_stores.keyring import Keyring

DIGEST = KeyKind.DIGEST
pytestmark = pytest.mark.rule("LAW-5b")


def renew(admin):
    """Take another digest key into use, and return what was done."""
    return list(admin.renew(DIGEST, at=a.NOW, note=lambda *_: None))


def forget(admin, number=1):
    """Throw a digest key away."""
    admin.forget(DIGEST, number, at=a.NOW, note=lambda *_: None)


def needed_by(admin, number=1):
    """Return what needs a digest key, the tenant that uses it left out."""
    (found,) = [each.needed_by for each in admin.all_keys(at=a.NOW) if (each.kind, each.number) == (DIGEST, number)]
    return {place: many for place, many in found.items() if place != "tenant"}


def mark(storage, text="x"):
    """Return a digest as it is given out now."""
    with storage.snapshot():
        return storage.fingerprint(text.encode(), context="c")


def write(storage, **parts):
    """Keep a thing or two of somebody who is there."""
    with storage.unit() as unit:
        if not unit.people.get_many([PersonId(1)]):
            a.save(unit, openings=[a.opening(1)], records=[a.record_state(a.record())])
        for part, kept in parts.items():
            getattr(unit, part).add(kept)


def test_digests_are_by_the_key_in_use_and_older_ones_are_known(admin):
    """Each tells its key, so that nobody mistakes one for another; the third key is as good as the second."""
    storage = admin.open()
    made = [mark(storage)]
    for number in (2, 3):
        assert renew(admin) == []
        made.insert(0, mark(storage))
        assert made[0].startswith(number.to_bytes(2))
        assert [by(b"x", "c") for by in storage.fingerprints] == made
        assert [by(b"x", "c") for by in admin.open().fingerprints] == made
    forget(admin)
    assert [by(b"x", "c") for by in admin.open().fingerprints] == made[:2]
    assert Keyring.load(admin.keyring).digest.keys() == {2, 3}
    assert admin.check() == []


@pytest.mark.parametrize(
    ("part", "table", "kept", "used_up"),
    [
        ("codes", "code", lambda by: a.code("c", digest=by, expires_at=a.NOW + a.HOUR), "redeem"),
        ("devices", "device", lambda by: a.device("d", pin=by, expires_at=a.NOW + a.HOUR), "pair"),
    ],
)
def test_what_can_still_be_used_holds_its_key_back(admin, part, table, kept, used_up):
    """Until it is; and what is over by the clock holds nothing back."""
    storage = admin.open()
    write(storage, **{part: kept(mark(storage))})
    renew(admin)
    assert needed_by(admin) == {table: 1}
    with pytest.raises(InvalidValue) as refused:
        forget(admin)
    assert refused.value.code == "needed-key"
    assert f"1 in {table}" in str(refused.value)

    with storage.unit() as unit:
        if used_up == "redeem":
            assert unit.codes.redeem(storage.fingerprints[1](b"x", "c"), now=a.NOW)
        else:
            (device,) = unit.devices.of(PersonId(1))
            assert unit.devices.change(device, device.paired(Secret("key"), "Telefon", a.NOW))
    assert needed_by(admin) == {}
    forget(admin)


@pytest.mark.parametrize("part", ["codes", "devices"])
def test_what_has_expired_holds_nothing_back(admin, part):
    """Nobody comes for it any more."""
    storage = admin.open()
    past = a.NOW - timedelta(minutes=1)
    kept = {
        "codes": a.code("c", digest=mark(storage), expires_at=past),
        "devices": a.device("d", pin=mark(storage), expires_at=past),
    }
    write(storage, **{part: kept[part]})
    renew(admin)

    assert needed_by(admin) == {}


def test_a_content_that_was_taken_back_holds_its_key_back(admin):
    """As long as it is kept: by that it is told when a gradebook states it again. A record that is gone needs none."""
    storage = admin.open()
    write(storage)
    with storage.unit() as unit:
        a.save(unit, undone=[Undone(a.record(), mark(storage)), Undone(a.record("9"), b"")])
    renew(admin)

    assert needed_by(admin) == {"undone": 1}
    with storage.unit() as unit:
        a.save(unit, redone=[a.record()])
    assert needed_by(admin) == {}


class TestJournal:
    """The chain holds across keys, and its entries hold their key back until they are shortened away."""

    @pytest.fixture
    def storage(self, admin):
        """Return a storage with three entries in its journal."""
        storage = admin.open()
        for _ in range(3):
            self.note(storage)
        return storage

    @staticmethod
    def note(storage):
        """Write one entry more."""
        with storage.unit() as unit:
            entry = a.audit_entry(on=(), by=None)
            unit.audit.add(sealed(entry, unit.audit.head(), storage.fingerprints[0]))

    @staticmethod
    def wrong(storage):
        """Return what is wrong with the journal."""
        with storage.snapshot() as unit:
            return broken(unit.audit.entries(), storage.fingerprints, checkpoint=unit.audit.checkpoint())

    @staticmethod
    def shorten(storage, until):
        """Let a checkpoint stand for the entries up to a number."""
        with storage.unit() as unit:
            (entry,) = [each for each in unit.audit.entries() if each.number == until]
            head = evolve(unit.audit.head(), count=entry.number, seal=entry.seal)
            unit.audit.replace_prefix(Checkpoint.sign(head, storage.fingerprints[0], now=a.NOW))

    def test_it_grows_under_a_newer_key(self, admin, storage):
        """Each entry is verified by the key that sealed it."""
        renew(admin)
        self.note(storage)
        self.note(admin.open())

        assert self.wrong(storage) == self.wrong(admin.open()) == ()
        assert needed_by(admin) == {"audit": 3}
        self.shorten(storage, 3)
        assert needed_by(admin) == {}
        forget(admin)
        assert self.wrong(admin.open()) == ()

    def test_a_checkpoint_is_signed_anew(self, admin, storage):
        """That is the work of a change: once it is done nothing but entries needs the older key."""
        self.shorten(storage, 2)
        (step,) = renew(admin)

        assert (step.number, step.place, step.done) == (2, "audit_checkpoint", 1)
        assert needed_by(admin) == {"audit": 1}
        assert self.wrong(storage) == ()
        assert renew(admin)[0].number == 3

    def test_a_change_that_was_stopped_goes_on_with_the_same_key(self, admin, storage):
        """Between the key and the checkpoint, which is whole either way."""
        self.shorten(storage, 2)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("eszkola_sqlalchemy.rotation.Rotation._walked", lambda *_: iter(()))
            assert renew(admin) == []
        assert needed_by(admin) == {"audit": 1, "audit_checkpoint": 1}
        assert self.wrong(storage) == ()
        (step,) = renew(admin)
        assert step.number == 2
        assert needed_by(admin) == {"audit": 1}

    def test_a_forged_checkpoint_is_not_made_good(self, admin, storage):
        """It is signed by nobody before and after, and does not keep another change from coming."""
        self.shorten(storage, 2)
        with storage.unit() as unit:
            forged = evolve(unit.audit.checkpoint(), signature=b"f" * 16)
            entry = next(iter(unit.audit.entries()))
            head = evolve(forged.head, count=entry.number, seal=entry.seal)
            unit.audit.replace_prefix(evolve(forged, head=head))

        assert renew(admin) == []
        assert Damage.FORGED_CHECKPOINT in {each.reason for each in self.wrong(storage)}
        renew(admin)
        assert next(each.number for each in admin.all_keys(at=a.NOW) if each.kind is DIGEST and each.in_use) == 3


def test_rosters_come_in_as_before(admin):
    """The same roster changes nobody, and who is known by a national id alone is the same one."""
    storage = admin.open()
    region = Region(storage=storage)
    rosters = ("A/80010200120: s Ala 1 ala, g Jan 8 jan", "A/2: s Ola 2 ola")
    region.take(*rosters)
    with storage.snapshot() as unit:
        before = unit.people.get_many([PersonId(each) for each in range(1, 9)])
    renew(admin)
    region.take(*rosters)
    assert region.plan(*rosters).is_empty
    region.later(days=10_000)
    ShortenJournal(storage, region.tenant, region.clock).run(CONSOLE)
    forget(admin)
    region = Region(storage=admin.open())
    region.take(*rosters)

    assert region.plan(*rosters).is_empty
    with region.storage.snapshot() as unit:
        assert unit.people.get_many([PersonId(each) for each in range(1, 9)]) == before

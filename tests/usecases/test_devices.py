"""A telephone is paired, shows what its owner may see, and ends."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from hypothesis import settings as looked_for
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from eszkola_core._usecases.manage_devices import NoSuchDevice
from eszkola_core._usecases.pair_device import NotPaired, Paired, PairingRefused, PairingShown
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.devices import DeviceEnd, DeviceState
from eszkola_core.domain.messages import MessageKind
from eszkola_core.errors import InvalidValue

ROSTER = "A/1: s Ala 1 ala, g Jan 8 jan"
CONSOLE = Actor.console("console:test")


@pytest.fixture
def region(a_region):
    """Return a school in which Jan is signed in."""
    region = a_region()
    region.take(ROSTER)
    region.key = region.enters("jan")
    return region


def shown(region):
    """Begin a pairing, and return what is shown."""
    begun = region.pairing.begin(region.key)
    assert isinstance(begun, PairingShown)
    return begun


def paired(region, name="Telefon Jana"):
    """Pair a device and return its key."""
    begun = shown(region)
    done = region.pairing.complete(begun.qr.reveal(), begun.pin.reveal(), name)
    assert isinstance(done, Paired)
    return done.key.reveal()


def states(region):
    """Return the states of Jan's devices as he sees them."""
    return [each.state for each in region.devices.of(CONSOLE, region.person("jan").id)]


@pytest.mark.rule("DEV-1a")
@pytest.mark.rule("DEV-2")
def test_a_device_is_paired_by_code_and_pin_and_sees_what_its_owner_sees(region):
    """The key opens the owner's account; code and PIN work no second time."""
    begun = shown(region)

    done = region.pairing.complete(begun.qr.reveal(), begun.pin.reveal(), "Telefon Jana")
    again = region.pairing.complete(begun.qr.reveal(), begun.pin.reveal(), "Inny")

    assert isinstance(done, Paired)
    assert region.pairing.person_of(done.key.reveal()).login == "jan.lis"
    assert again == NotPaired(PairingRefused.NOT_PAIRED)
    assert [each.name for each in region.devices.mine(region.key)] == ["Telefon Jana"]


@pytest.mark.rule("DEV-1a")
def test_three_wrong_pins_end_the_pairing(region):
    """The right PIN is too late then; after two it is not."""
    begun = shown(region)
    wrong = "000000" if begun.pin.reveal() != "000000" else "111111"
    for _ in range(2):
        assert isinstance(region.pairing.complete(begun.qr.reveal(), wrong, "x"), NotPaired)
    assert isinstance(region.pairing.complete(begun.qr.reveal(), begun.pin.reveal(), "x"), Paired)

    begun = shown(region)
    wrong = "000000" if begun.pin.reveal() != "000000" else "111111"
    for _ in range(3):
        assert isinstance(region.pairing.complete(begun.qr.reveal(), wrong, "x"), NotPaired)
    assert isinstance(region.pairing.complete(begun.qr.reveal(), begun.pin.reveal(), "x"), NotPaired)


@pytest.mark.rule("DEV-1a")
def test_a_pairing_lasts_five_minutes_and_until_the_next(region):
    """At the instant it is over; and whoever begins anew ends the one before."""
    first = shown(region)
    second = shown(region)
    assert isinstance(region.pairing.complete(first.qr.reveal(), first.pin.reveal(), "x"), NotPaired)
    region.wait(minutes=5)

    assert isinstance(region.pairing.complete(second.qr.reveal(), second.pin.reveal(), "x"), NotPaired)
    assert states(region) == []


@pytest.mark.rule("DEV-1a")
def test_only_a_session_begins_a_pairing(region):
    """Without one nothing is shown; and a device is no session."""
    key = paired(region)

    assert region.pairing.begin("no key") == NotPaired(PairingRefused.NO_SESSION)
    assert region.pairing.begin(key) == NotPaired(PairingRefused.NO_SESSION)


@pytest.mark.rule("DEV-1b")
def test_an_owner_lists_names_and_revokes_devices(region):
    """Each by itself; a revoked key opens nothing from the next call on, and stays revoked."""
    first, second = paired(region, "Telefon"), paired(region, "Tablet")
    one, two = region.devices.mine(region.key)

    assert region.devices.rename(region.key, two.id, "  Nowy\ttablet ").name == "Nowy tablet"
    assert region.devices.revoke(region.key, one.id).state is DeviceState.REVOKED
    assert region.devices.revoke(region.key, one.id) == NoSuchDevice()
    assert region.pairing.person_of(first) is None
    assert region.pairing.person_of(second) is not None
    with pytest.raises(InvalidValue):
        region.devices.rename(region.key, two.id, " \n")


@pytest.mark.rule("DEV-1b")
def test_nobody_touches_the_devices_of_another(region):
    """Ala, signed in, finds none of Jan's, whatever number she gives."""
    paired(region)
    (jans,) = region.devices.mine(region.key)
    alas = region.enters("ala")

    assert region.devices.mine(alas) == ()
    assert region.devices.rename(alas, jans.id, "meins") == NoSuchDevice()
    assert region.devices.revoke(alas, jans.id) == NoSuchDevice()
    assert region.devices.mine("no key") == NoSuchDevice()
    assert states(region) == [DeviceState.PAIRED]


@pytest.mark.rule("DEV-3")
@pytest.mark.rule("MAIL-6a")
def test_a_changed_address_ends_every_device(region):
    """Pairings too: whoever moved the address has none of the former devices."""
    key, begun = paired(region), shown(region)

    region.moves(region.key, "nowy")

    assert region.pairing.person_of(key) is None
    assert isinstance(region.pairing.complete(begun.qr.reveal(), begun.pin.reveal(), "x"), NotPaired)
    assert states(region) == [DeviceState.REVOKED]


@pytest.mark.rule("DEV-3")
@pytest.mark.parametrize("kept", [True, False])
def test_recovery_ends_devices_unless_their_owner_keeps_them(region, kept):
    """Who forgot the password may keep the telephone in the hand; who lost both says nothing and is safe."""
    key = paired(region)

    region.access.complete(region.token_for("jan@example.com"), "Inny-Zielony-Dom-8", keep_devices=kept)

    assert (region.pairing.person_of(key) is not None) == kept


@pytest.mark.rule("DEV-3")
def test_this_was_not_me_ends_every_device(region):
    """Those that the thief paired after moving the address as well."""
    region.letters()
    letters = region.moves(region.key, "zlodziej")
    (left,) = [each for each in letters if each.kind is MessageKind.ADDRESS_LEFT]
    region.key = region.signs_in("jan.lis")
    thiefs = paired(region)

    region.addresses.dispute(left.token)

    assert region.pairing.person_of(thiefs) is None


@pytest.mark.rule("DEV-2")
@pytest.mark.rule("DEV-3")
def test_devices_sleep_while_the_account_rests(region):
    """The record goes and returns: the same key opens the account again, and nothing in between."""
    key = paired(region)
    region.take("A/1: s Ala 1 ala")
    assert region.pairing.person_of(key) is None
    assert states(region) == [DeviceState.ASLEEP]

    region.take(ROSTER)

    assert region.pairing.person_of(key) is not None


@pytest.mark.rule("DEV-1b")
def test_the_office_ends_the_devices_of_a_lost_telephone(region):
    """With the reason in the journal; a teacher may not."""
    key = paired(region)
    region.take("A/t: t Ewa 9 ewa")
    ewa = region.person("ewa")
    jan = region.person("jan").id

    assert not region.devices.revoke_all(Actor(name="ewa", person=ewa.id), jan, why="bo tak").permission
    assert region.devices.revoke_all(CONSOLE, jan, why="telefon zgubiony") == 1
    assert region.pairing.person_of(key) is None
    with region.storage.snapshot() as unit:
        (entry,) = [each for each in unit.audit.entries(about=jan) if each.deed == "devices-revoked"]
    assert (entry.on, entry.why) == ((jan,), "telefon zgubiony")


@pytest.mark.rule("DEV-1a")
def test_a_pin_is_kept_as_a_keyed_fingerprint(region):
    """What is kept of it is another thing for another pairing, and gone when the pairing is over."""
    begun = shown(region)
    with region.storage.snapshot() as unit:
        (kept,) = unit.devices.of(region.person("jan").id)
    assert kept.pin is not None
    assert begun.pin.reveal().encode() not in kept.pin

    region.pairing.complete(begun.qr.reveal(), begun.pin.reveal(), "x")

    with region.storage.snapshot() as unit:
        (kept,) = unit.devices.of(region.person("jan").id)
    assert kept.pin is None
    assert begun.pin.reveal() not in repr((kept, begun))


class DeviceMachine(RuleBasedStateMachine):
    """Pairs, ends, rests, returns, and looks at every key after each step."""

    a_region: ClassVar[Any]

    @initialize()
    def begin(self):
        """Sign Jan in."""
        self.region = self.a_region()
        self.region.take(ROSTER)
        self.region.key = self.region.enters("jan")
        self.keys = {}
        self.moved = 0

    @rule()
    def pair(self):
        """Pair one more."""
        begun = self.region.pairing.begin(self.region.key)
        if isinstance(begun, PairingShown):
            done = self.region.pairing.complete(begun.qr.reveal(), begun.pin.reveal(), "Telefon")
            if isinstance(done, Paired):
                self.keys[done.key.reveal()] = True

    @rule(wrong=st.integers(1, 4))
    def mistype(self, wrong):
        """Get the PIN wrong, as often as it may be and more."""
        begun = self.region.pairing.begin(self.region.key)
        if isinstance(begun, PairingShown):
            for _ in range(wrong):
                done = self.region.pairing.complete(begun.qr.reveal(), f"{begun.pin.reveal()}0", "Telefon")
                assert isinstance(done, NotPaired)

    @rule()
    def move(self):
        """Change the address."""
        if self.region.is_open(self.region.key):
            self.moved += 1
            self.region.moves(self.region.key, f"jan{self.moved}")
            self.keys = dict.fromkeys(self.keys, False)
            self.region.key = self.region.signs_in("jan.lis")

    @rule()
    def go_and_return(self):
        """Leave the school and come back."""
        self.region.take("A/1: s Ala 1 ala")
        assert all(self.region.pairing.person_of(key) is None for key in self.keys)
        self.region.take(f"A/1: s Ala 1 ala, g Jan 8 jan{self.moved or ''}")

    @rule(data=st.data())
    def revoke(self, data):
        """End one of one's own."""
        mine = self.region.devices.mine(self.region.key)
        usable = [each for each in mine if each.state is DeviceState.PAIRED] if isinstance(mine, tuple) else []
        if usable:
            self.region.devices.revoke(self.region.key, data.draw(st.sampled_from(usable)).id)
            open_now = {key for key in self.keys if self.region.pairing.person_of(key) is not None}
            self.keys = {key: key in open_now for key in self.keys}

    @invariant()
    def keys_open_as_they_should(self):
        """No key opens that should not, and none is forgotten."""
        for key, opens in getattr(self, "keys", {}).items():
            assert (self.region.pairing.person_of(key) is not None) == opens


@pytest.mark.rule("DEV-3")
def test_every_device_that_opens_belongs_to_an_account_in_use(a_region):
    """Whatever happens in whatever order, a key opens only while it is neither revoked nor its account shut."""
    machine = type("Machine", (DeviceMachine,), {"a_region": staticmethod(a_region)})

    run_state_machine_as_test(machine, settings=looked_for(max_examples=15, stateful_step_count=20, deadline=None))


def test_every_end_has_a_name_of_its_own():
    """A report can tell them apart."""
    assert len({each.value for each in DeviceEnd}) == len(DeviceEnd)

"""Devices: their states, their code and their PIN."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.devices import (
    DEVICE_LIFECYCLE,
    Device,
    DeviceEnd,
    DeviceState,
    device_digest,
    device_name,
    new_key,
    new_pin,
    qr_text,
    token_in,
)
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.settings import Settings
from eszkola_core.errors import InvalidValue

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
PAIRING = Device(person=PersonId(1), digest=b"d", pin=b"p", begun_at=NOW, expires_at=NOW + timedelta(minutes=5))


@pytest.mark.rule("DEV-1a")
@given(st.binary(min_size=32, max_size=32), st.integers(0, 999_999))
def test_the_code_never_holds_the_pin(random, number):
    """Whoever photographs the code alone has the token and nothing of the PIN; a reader finds the token in it."""
    token, pin = new_key(random), new_pin(number)
    shown = qr_text("https://konto.example.org/mobile", token)

    assert len(pin.reveal()) == 6
    assert shown.reveal() == f"CERT#https://konto.example.org/mobile#{token.reveal()}#ENDCERT"
    assert token_in(shown.reveal()) == token_in(f" {token.reveal()}\n") == token
    assert token.reveal() not in repr((shown, token, pin))
    assert pin.reveal() not in repr((shown, pin))


@pytest.mark.rule("DEV-1a")
@pytest.mark.parametrize("allowed", [1, 3, 5])
def test_the_last_wrong_pin_ends_the_pairing(allowed):
    """So many are allowed; with the last one the pairing is dead and keeps no PIN."""
    settings, device = Settings(pairing_pins=allowed), PAIRING
    for count in range(1, allowed):
        device = device.mistaken(settings, NOW)
        assert (device.state, device.wrong_pins) == (DeviceState.PAIRING, count)
    device = device.mistaken(settings, NOW)

    assert (device.state, device.pin, device.end) == (DeviceState.DEAD, None, DeviceEnd.TOO_MANY_PINS)


@pytest.mark.rule("DEV-1a")
def test_a_pairing_dies_at_the_very_instant():
    """A microsecond before it is alive."""
    last = PAIRING.expires_at - timedelta.resolution

    assert PAIRING.state_at(last) is DeviceState.PAIRING
    assert PAIRING.state_at(PAIRING.expires_at) is DeviceState.DEAD


@pytest.mark.rule("DEV-3")
@given(st.lists(st.sampled_from(DeviceEnd), min_size=1, max_size=3), st.booleans())
def test_what_has_ended_ends_no_second_time(ends, paired):
    """A pairing dies, a device is revoked; from there no way leads anywhere."""
    device = PAIRING.paired(Secret("k"), "Telefon", NOW) if paired else PAIRING
    ended = device.ended(ends[0], NOW)

    assert ended.state is (DeviceState.REVOKED if paired else DeviceState.DEAD)
    assert DEVICE_LIFECYCLE[ended.state] == frozenset()
    for end in ends:
        with pytest.raises(InvalidValue):
            ended.ended(end, NOW)


@pytest.mark.rule("DEV-3")
def test_a_device_sleeps_while_its_account_rests():
    """Sleep is not stored: the device wakes with the account, and an ended one does not."""
    device = PAIRING.paired(Secret("k"), "Telefon", NOW)

    assert device.state_at(NOW, dormant=True) is DeviceState.ASLEEP
    assert device.state_at(NOW) is DeviceState.PAIRED
    assert device.ended(DeviceEnd.LOCKED, NOW).state_at(NOW, dormant=True) is DeviceState.REVOKED


@pytest.mark.rule("DEV-1b")
def test_a_device_has_a_key_of_its_own():
    """It is found by the digest of the key; the token's and the PIN are gone."""
    device = evolve(PAIRING, digest=device_digest(Secret("token"))).paired(Secret("key"), "Telefon", NOW)

    assert (device.digest, device.pin) == (device_digest(Secret("key")), None)
    assert device.digest != device_digest(Secret("token"))


_NOTHING_TO_SHOW = st.text(st.characters(categories=["C", "Z"]), max_size=20)


@pytest.mark.rule("DEV-1b")
@given(st.text(max_size=200).filter(lambda text: any(each.isprintable() and not each.isspace() for each in text)))
def test_a_name_is_one_line_that_can_be_shown(text):
    """Whatever somebody calls a device, the list stays a list."""
    name = device_name(text)

    assert 0 < len(name) <= 60
    assert name.isprintable()
    assert name == name.strip() == device_name(name)


@pytest.mark.rule("DEV-1b")
@given(_NOTHING_TO_SHOW)
def test_a_name_of_nothing_is_refused(text):
    """With an example of one."""
    with pytest.raises(InvalidValue) as refused:
        device_name(text)

    assert refused.value.code == "no-device-name"


@pytest.mark.rule("DEV-1a")
@given(st.text(st.characters(exclude_characters="#"), min_size=1).filter(lambda text: text == text.strip()))
def test_a_reader_finds_the_token_wherever_the_platform_lives(token):
    """Its address may have a fragment of its own; what is no whole code is taken for the token itself."""
    shown = qr_text("https://konto.example.org/#/mobile#pair", Secret(token)).reveal()

    assert token_in(shown) == Secret(token)
    for text in (token, shown.removeprefix("CERT#"), shown.removesuffix("#ENDCERT")):
        assert token_in(f"\n{text} ") == Secret(text)


@pytest.mark.rule("DEV-1b")
def test_a_device_is_found_by_the_same_digest_for_ever():
    """It keeps its key for years, over every version of the platform; blanks around it mean nothing."""
    known = "ce74ffe5e0f321d644a2f791b3caddaacd87c29ea20916057c884a320246a552"

    assert device_digest(Secret("abc")).hex() == device_digest(Secret(" abc\n")).hex() == known


@pytest.mark.rule("DEV-1b")
@given(st.text(st.characters(categories=["Cs"]), min_size=1), st.text())
def test_whatever_is_sent_as_a_key_has_a_digest(broken, text):
    """Half a character breaks nothing; it is found by nobody."""
    assert device_digest(Secret(broken + text)) != device_digest(Secret(text))


@pytest.mark.rule("DEV-1b")
@given(st.binary(min_size=32, max_size=32))
def test_a_key_says_all_of_its_randomness_in_letters_that_every_code_holds(random):
    """None is lost and none needs a mark that a QR code or an address would spoil."""
    key = new_key(random).reveal()

    assert re.fullmatch("[A-Za-z0-9_-]{43}", key)
    assert base64.urlsafe_b64decode(f"{key}=") == random

"""Which letters an import leaves behind: every one, to whom, and with what in it (ACCESS-3, MAIL-6, PHONE-1)."""

from __future__ import annotations

import time

import pytest

from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.sessions import SessionEnd

BEFORE = (
    "A/1: s Ala 1 ala 601234567, g Jan 8 jan",
    "A/2: s Ola 2 ola",
    "A/3: t Ewa 9 ewa 602345678",
    "A/4: t Iza 7 -",
    "A/5: t Tom 5 tom",
)
AFTER = (
    "A/1: s Ala 1 ala2 601234569, g Jan 8 jan, g Adam - adam",
    "A/2: s Ola_Kot 2 ola",
    "A/3: t Ewa 9 ewa -",
    "A/4: t Iza 7 iza 603456789",
    "A/5: t Tom 5 tom2",
    "A/6: t Leo 10 leo",
)
SITE = "https://konto.example.org/eszkola"
LETTERS = """\
account-opened to adam@example.com
    link /access, login adam.lis, name Adam Lis
account-opened to leo@example.com
    link /access, login leo.lis, name Leo Lis
address-changed to ala2@example.com
    link /access, login ala.lis, name Ala Lis, old a•••@example.com
address-left to ala@example.com
    link /address/dispute, login ala.lis, name Ala Lis, new a•••@example.com, until 2026-11-30T10:00:00+00:00
phone-changed to ala@example.com
    link /access, login ala.lis, name Ala Lis, new •••569, old •••567
address-changed to iza@example.com
    link /access, login iza.lis, name Iza Lis, old –
address-changed to tom2@example.com
    link /access, login tom.lis, name Tom Lis, old t•••@example.com
address-left to tom@example.com
    link /address/dispute, login tom.lis, name Tom Lis, new t•••@example.com, until 2026-11-30T10:00:00+00:00
"""


def told(letters):
    """Return what readers see, a line and its data a letter, without the tokens."""
    return "".join(
        f"{each.kind} to {each.to}\n    "
        + ", ".join(f"{name} {_plain(text)}" for name, text in sorted(each.data.items()))
        + "\n"
        for each in letters
    )


def _plain(text):
    return text.partition("?token=")[0].removeprefix(SITE)


@pytest.mark.rule("ACCESS-3")
@pytest.mark.rule("MAIL-6d")
@pytest.mark.rule("PHONE-1c")
def test_an_import_writes_to_everybody_whom_it_concerns(a_region):
    """New owners once, both mailboxes of a move, the owner of a number; whoever keeps all hears nothing."""
    region = a_region("open")
    region.take(*BEFORE)
    region.letters()

    done = region.take(*AFTER)
    with region.storage.snapshot() as unit:
        queued = [(each.kind, each.person) for each in unit.outbox.of_run(done.run.id)]
    letters = region.letters()

    assert told(letters) == LETTERS
    number = {login: person.id for login, person in region.people().items()}
    assert queued == [
        ("account-opened", number["adam.lis"]),
        ("account-opened", number["leo.lis"]),
        ("address-changed", number["ala.lis"]),
        ("address-left", number["ala.lis"]),
        ("phone-changed", number["ala.lis"]),
        ("address-changed", number["iza.lis"]),
        ("address-changed", number["tom.lis"]),
        ("address-left", number["tom.lis"]),
    ]
    assert region.take(*AFTER).run is None
    assert region.letters() == []


@pytest.mark.rule("MAIL-4b")
def test_whoever_chose_an_address_is_asked_at_another_that_the_records_state(a_region):
    """Beside those whose accounts open in the same run."""
    region = a_region("open")
    region.take("A/2: t Ewa 9 ewa")
    region.moves(region.enters("Ewa"), "own")
    region.wait(days=40)

    region.take("A/1: t Adam 8 adam", "A/2: t Ewa 9 new", "A/3: t Zoe 10 zoe")

    assert [(each.kind, each.to) for each in region.letters()] == [
        ("account-opened", "adam@example.com"),
        ("account-opened", "zoe@example.com"),
        ("confirm-address", "new@example.com"),
    ]
    assert region.person("Ewa").central.spelling == "own@example.com"


@pytest.mark.rule("ROLE-5a")
def test_whoever_loses_the_last_role_is_signed_out(a_region):
    """And nobody else: neither whoever keeps another role, nor whoever begins one."""
    region = a_region("open")
    before = ("A/1: t Ala 1 ala", "A/2: t Ola 2 ola", "B/2: t Ola 2 ola", "A/3: t Iga 3 iga", "A/4: t Zoe 4 zoe")
    region.take(*before)
    keys = {name: region.enters(name) for name in ("Ala", "Ola", "Iga", "Zoe")}

    region.take(before[0], *before[2:4], "A/1: h Ala 1 ala")

    ends = {name: region.end_of(key) for name, key in keys.items()}
    assert ends == {"Ala": None, "Ola": None, "Iga": None, "Zoe": SessionEnd.ROLE_ENDED}


@pytest.mark.rule("DAY-1c")
def test_an_instant_in_a_letter_is_of_universal_time(a_region, monkeypatch):
    """Wherever the machine stands that the import runs on: the renderer words it for the reader."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        region = a_region("open")
        region.take(*BEFORE)
        region.letters()
        region.take(*AFTER)
    finally:
        monkeypatch.undo()
        time.tzset()

    assert {each.data["until"] for each in region.letters(MessageKind.ADDRESS_LEFT)} == {"2026-11-30T10:00:00+00:00"}

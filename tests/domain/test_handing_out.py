"""What a preview stands for, and for whom anything is done (INIT-1, INIT-2, INIT-5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.accounts import PersonId, State
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.credential_channels import CredentialChannel, Priced, Route
from eszkola_core.domain.credentials import CredentialKind
from eszkola_core.domain.handing_out import (
    Deed,
    Nothing,
    Preview,
    PreviewRow,
    SendingRefused,
    deed_for,
    live_credential,
    refusal,
)
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.letters import PostalAddress
from eszkola_core.domain.money import Money
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.testing import strategies as s
from eszkola_core.testing.memory import MemoryStorage

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
BY = MemoryStorage().fingerprints[0]
PLACES: dict[CredentialChannel, dict[str, Any]] = {
    CredentialChannel.EMAIL: {"email": EmailAddress.parse("ala@example.com")},
    CredentialChannel.GUARDIAN: {"email": EmailAddress.parse("ewa@example.com"), "guardian": PersonId(7)},
    CredentialChannel.SMS: {"phone": PhoneNumber("+48601234567")},
    CredentialChannel.PHONE: {"phone": PhoneNumber("+48601234568")},
    CredentialChannel.LETTER: {"address": PostalAddress(street="Polna 1", postal_code="45-064", city="Opole")},
}


def row(number=1, channel=CredentialChannel.EMAIL, cost="0", **more: Any):
    """Return a row of somebody."""
    route = Route(channel=channel, to=f"Ala {number}", **PLACES[channel])
    priced = Priced(route=route, cost=Money.parse(f"{cost} EUR"))
    return evolve(
        PreviewRow(
            class_name="1a", name=f"Lis {number}", record=f"{number}", person=PersonId(number), login=f"ala{number}"
        ),
        **{"deed": Deed.MAKE, "priced": priced, **more},
    )


def preview(*rows, **order):
    """Return the preview of some rows."""
    return Preview.of(rows, {"school": "sp1", **order}, currency="EUR", by=BY)


rows = st.lists(
    st.builds(row, st.integers(1, 9), st.sampled_from(CredentialChannel), st.sampled_from(["0", "0.05", "0.10", "1"])),
    min_size=1,
    max_size=5,
)


@pytest.mark.rule("INIT-5")
@given(seen=rows, now=rows)
def test_a_preview_holds_for_what_it_said_and_nothing_dearer(seen, now):
    """Where people, channels and places are the same it is sent for the same cost or less; else it is refused."""
    said, holds = preview(*seen), preview(*now)
    same = [(each.person, each.channel) for each in seen] == [(each.person, each.channel) for each in now]
    found = refusal(holds, said.id, BY)

    if not same:
        assert found is SendingRefused.PREVIEW_MOVED
    else:
        assert found is (SendingRefused.DEARER if holds.cost.amount > said.cost.amount else None)
    assert refusal(said, said.id, BY) is None


OTHERWISE: list[tuple[CredentialChannel, dict[str, Any]]] = [
    (CredentialChannel.EMAIL, {"email": EmailAddress.parse("inna@example.com")}),
    (CredentialChannel.EMAIL, {"to": "Ola"}),
    (CredentialChannel.SMS, {"phone": PhoneNumber("+48601234569")}),
    (CredentialChannel.GUARDIAN, {"guardian": PersonId(8)}),
    (CredentialChannel.LETTER, {"address": PostalAddress(street="Leśna 2", postal_code="45-064", city="Opole")}),
]
"""Other places for the same channel."""


@pytest.mark.rule("INIT-5")
@pytest.mark.parametrize(
    "changed",
    [
        {"person": PersonId(2)},
        {"login": "inna"},
        {"deed": Deed.AGAIN},
        {"priced": None, "deed": None, "nothing": Nothing.NO_CHANNEL},
        *(
            {"priced": evolve(row(channel=channel).priced, route=evolve(row(channel=channel).priced.route, **other))}
            for channel, other in OTHERWISE
        ),
    ],
)
def test_whatever_moves_is_noticed(changed):
    """Who, what is done, the channel, and where it leads."""
    channel = changed["priced"].route.channel if changed.get("priced") else CredentialChannel.EMAIL
    before = preview(row(channel=channel), row(3))

    assert (
        refusal(preview(evolve(row(channel=channel), **changed), row(3)), before.id, BY) is SendingRefused.PREVIEW_MOVED
    )


@pytest.mark.rule("INIT-5")
def test_an_id_is_the_platforms_own():
    """Another order, another cost written into it, another key, or none at all: nothing is sent."""
    said = preview(row(cost="0.05"))
    dearer = said.id.replace("0.05", "9.05")

    assert refusal(said, f" {said.id}\n", BY) is None
    assert refusal(preview(row(cost="0.05"), school="sp2"), said.id, BY) is SendingRefused.PREVIEW_MOVED
    assert refusal(preview(row(cost="0.05"), plain="True"), said.id, BY) is SendingRefused.PREVIEW_MOVED
    assert refusal(said, dearer, BY) is SendingRefused.PREVIEW_MOVED
    assert refusal(said, said.id, lambda *_: b"x" * 32) is SendingRefused.PREVIEW_MOVED
    assert refusal(said, "", BY) is SendingRefused.NEEDS_PREVIEW
    assert refusal(preview(row()), "", BY) is None
    for text in ("x", "x-y", "-", "0.05:EUR", "x-0.05:", "x-NaN:EUR"):
        assert refusal(said, text, BY) in {SendingRefused.UNKNOWN_PREVIEW, SendingRefused.PREVIEW_MOVED}


@pytest.mark.rule("SMS-3")
def test_a_preview_tells_both_costs():
    """What it comes to, and what it would in plain letters; by channel it says how many."""
    sms = row(2, CredentialChannel.SMS, "0.15")
    both = evolve(sms, priced=evolve(sms.priced, in_plain_letters=Money.parse("0.05 EUR")))
    found = preview(row(), both, row(3, CredentialChannel.LETTER, "1"))

    assert (str(found.cost), str(found.in_plain_letters)) == ("1.15 EUR", "1.05 EUR")
    assert found.counts() == {
        **dict.fromkeys(CredentialChannel, 0),
        CredentialChannel.EMAIL: 1,
        CredentialChannel.SMS: 1,
        CredentialChannel.LETTER: 1,
    }


given_ones = s.credentials().map(
    lambda each: evolve(each, kind=CredentialKind.GIVEN, expires_at=NOW + timedelta(days=3), sealed=Secret("Kamu"))
)


@pytest.mark.rule("INIT-1")
@given(person=s.people(), credential=st.none() | s.credentials(), renew=st.booleans(), renew_expired=st.booleans())
def test_nothing_is_done_for_those_who_set_a_password(person, credential, renew, renew_expired):
    """Whatever is asked for: whoever has ever set one of their own is left out of every bulk run."""
    activated = evolve(person, activated_at=NOW)
    options = {"renew": renew, "renew_expired": renew_expired, "now": NOW}

    assert deed_for(activated, credential, **options) is Nothing.HAS_OWN_PASSWORD
    if deed_for(person, credential, **options) in set(Deed):
        assert not person.is_activated


@pytest.mark.rule("INIT-2")
@given(person=s.people(), credential=given_ones, kind=st.sampled_from(["live", "expired", "wiped"]))
def test_the_same_again_only_while_it_is_there(person, credential, kind):
    """What has expired or was wiped is made anew, and only where that is wanted; *send new* always makes one."""
    awaiting = evolve(person, activated_at=None, state=State.CHANGE_DUE, lock=None)
    kept = {
        "live": credential,
        "expired": evolve(credential, expires_at=NOW),
        "wiped": evolve(credential, sealed=None),
    }[kind]
    expected = Deed.AGAIN if kind == "live" else Nothing.EXPIRED

    assert deed_for(awaiting, kept, renew=False, renew_expired=False, now=NOW) is expected
    assert deed_for(awaiting, kept, renew=True, renew_expired=False, now=NOW) is Deed.MAKE
    assert deed_for(awaiting, None, renew=False, renew_expired=False, now=NOW) is Deed.MAKE
    if kind != "live":
        assert deed_for(awaiting, kept, renew=False, renew_expired=True, now=NOW) is Deed.MAKE
    assert (live_credential(kept, NOW) is kept) is (kind == "live")
    assert (
        deed_for(evolve(awaiting, state=State.CLOSED), kept, renew=True, renew_expired=True, now=NOW)
        is Nothing.ACCOUNT_SHUT
    )

"""What an account has beside its password: devices, and licences from pools."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.devices import Device, DeviceEnd, DeviceState
from eszkola_core.domain.licences import Entitling, Licence, LicenceState, Pool
from eszkola_core.testing.strategies.times import chosen, instants

_PEOPLE = st.integers(1, 99).map(PersonId)
_KEYS = st.from_regex(r"[a-z][a-z0-9-]{0,11}", fullmatch=True)
_NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)
_DIGESTS = st.binary(min_size=32, max_size=32)
_MINUTES = st.timedeltas(timedelta(seconds=1), timedelta(minutes=5))


@st.composite
def devices(draw: st.DrawFn, *, states: SearchStrategy[DeviceState] | None = None) -> Device:
    """Yield devices in every state that is stored: only a pairing has a PIN, and only what ended has an end."""
    stored = [each for each in DeviceState if each is not DeviceState.ASLEEP]
    state, begun_at = draw(chosen(states, st.sampled_from(stored))), draw(instants())
    was_paired = state in {DeviceState.PAIRED, DeviceState.REVOKED}
    has_ended = state in {DeviceState.REVOKED, DeviceState.DEAD}
    paired_at = begun_at + draw(_MINUTES) if was_paired else None
    return Device(
        person=draw(_PEOPLE),
        digest=draw(_DIGESTS),
        pin=draw(_DIGESTS) if state is DeviceState.PAIRING else None,
        wrong_pins=draw(st.integers(0, 2)),
        name=draw(_NAMES) if was_paired else "",
        state=state,
        begun_at=begun_at,
        expires_at=begun_at + timedelta(minutes=5),
        paired_at=paired_at,
        ended_at=(paired_at or begun_at) + draw(_MINUTES) if has_ended else None,
        end=draw(st.sampled_from(DeviceEnd)) if has_ended else None,
    )


def pools(*, seats: SearchStrategy[int] | None = None) -> SearchStrategy[Pool]:
    """Yield pools of licences, empty ones among them, for some kinds of roles."""
    return st.builds(
        Pool,
        key=_KEYS,
        product=_NAMES,
        seats=chosen(seats, st.integers(0, 1000)),
        roles=st.frozensets(st.sampled_from(Entitling), min_size=1),
    )


@st.composite
def licences(draw: st.DrawFn, *, states: SearchStrategy[LicenceState] | None = None) -> Licence:
    """Yield licences in every state; one in its grace says until when."""
    state, since = draw(chosen(states, st.sampled_from(LicenceState))), draw(instants())
    grace = since + timedelta(days=draw(st.integers(1, 90)))
    return Licence(
        pool=draw(_KEYS),
        person=draw(_PEOPLE),
        state=state,
        since=since,
        grace_until=grace if state is LicenceState.GRACE else None,
    )

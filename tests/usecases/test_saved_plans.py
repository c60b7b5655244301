"""A plan that is saved and applied later: on the ground that it was made on, once, and nowhere else (SYNC-3)."""

from __future__ import annotations

import json
import time
from datetime import timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core._usecases.import_rosters import Applied, GroundMoved
from eszkola_core._usecases.saved_plans import read_plan, write_plan
from eszkola_core.domain.actors import Actor
from eszkola_core.errors import InvalidValue
from eszkola_core.testing import strategies
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.notation import pesel, reading
from eszkola_core.testing.region import Region
from eszkola_core.wire import kept, reading_from_bytes, reading_to_bytes

BEFORE = ("A/1: s Ala 1 -, g Jan - x", "B/1: t Ewa 9 y")
PLANNED = ("A/1: s Ala 1 -, g Jan - z", "A/2: s Ola 2 -")

READABLE = """\
{
 "format": "eszkola-plan",
 "version": 1,
 "saved_at": "2026-11-23T10:00:00+00:00",
 "day": "2026-11-23",
 "counts": {
  "created": 1,
  "changed": 0,
  "held": 0,
  "unchanged": 0,
  "ended": 0,
  "conflicts": 0,
  "opened": 1
 },
 "schools": {
  "Łódź": {
   "created": 1,
   "changed": 0,
   "held": 0,
   "unchanged": 0,
   "ended": 0,
   "conflicts": 0,
   "opened": 1
  }
 },
"""


def save(region, *lines, removals=frozenset(), **how):
    """Plan an import and return the file that is kept of it."""
    stated = reading(*lines, **how)
    plan = region.importing.plan(stated, allow_removals=removals)
    data = reading_to_bytes(stated)
    return write_plan(plan, data, region.storage, now=region.clock.now(), allow_removals=removals)


def opened(region, content):
    """Return what a file holds."""
    return read_plan(content, region.storage, region.tenant.settings, now=region.clock.now())


def apply(region, content):
    """Apply a saved plan."""
    plan = opened(region, content)
    return region.importing.apply(
        reading_from_bytes(plan.reading),
        actor=Actor.console("test"),
        allow_removals=plan.allow_removals,
        only=plan.digest,
        plan_id=plan.plan_id,
    )


def settled():
    """Return a region with some people, where a plan can be made."""
    region = Region()
    region.take(*BEFORE)
    return region


@pytest.mark.rule("SYNC-3c")
def test_a_saved_plan_does_what_it_said():
    """On unmoved ground it is applied, and the outcome is that of the import itself."""
    region, other = settled(), settled()
    content = save(region, *PLANNED)

    done = apply(region, content)
    other.take(*PLANNED)

    assert isinstance(done, Applied)
    assert (done.already, done.run.author) == (False, "test")
    assert region.seen() == other.seen()


@pytest.mark.rule("SYNC-3b")
def test_a_saved_plan_is_applied_once():
    """The same again says that it was, by which run, and writes nothing; even when the ground has moved since."""
    region = settled()
    content = save(region, *PLANNED)
    first = apply(region, content)
    region.take("A/1: s Ala 1 -, g Jan - w")
    before = region.seen()

    again = apply(region, content)

    assert (again.already, again.run) == (True, first.run)
    assert region.seen() == before


def another_import(region):
    """Import another address of the guardian whom the plan changes."""
    region.take("A/1: s Ala 1 -, g Jan - w")


def a_claim_elsewhere(region):
    """Import a school that states the guardian's former address."""
    region.take("C/1: s Iga 3 -, g Jan - x")


def a_new_holder(region):
    """Give the address that the plan moves to somebody else."""
    region.take("B/1: t Ewa 9 z")


def a_login(region):
    """Issue the login that the plan would."""
    region.take("C/1: s Ola 4 -")


def a_decision(region):
    """Let the guardian choose an address."""
    region.decide_address("A/1 g Jan", "w")


def a_setting(region):
    """Let the students need an address."""
    region.choose(students_need=region.tenant.settings.staff_need | {"e-mail"})


@pytest.mark.rule("SYNC-3b")
@pytest.mark.parametrize(
    "move",
    [another_import, a_claim_elsewhere, a_new_holder, a_login, a_decision, a_setting],
    ids=lambda each: each.__name__,
)
def test_a_plan_whose_ground_moved_is_refused(move):
    """Another import, a phantom, a decision or a setting: nothing is written, and what it would do now is shown."""
    region = settled()
    content = save(region, *PLANNED)
    move(region)
    before = region.seen()

    done = apply(region, content)

    assert isinstance(done, GroundMoved)
    assert done.plan.digest != opened(region, content).digest
    assert region.seen() == before


@pytest.mark.rule("SYNC-3b")
def test_another_person_behind_the_same_place_is_moved_ground():
    """The plan would bind Jan of school C to one account; by now it is another of the same name and address."""
    region = Region()
    region.take("A/1: t Jan 8 x", "B/1: t Jan 9 y")
    content = save(region, "C/1: s Iga 3 -, g Jan - x")
    region.take("A/1: t Jan 8 y", "B/1: t Jan 9 x")

    assert isinstance(apply(region, content), GroundMoved)


def an_activation(region):
    """Let somebody whom the plan does not touch set a password."""
    region.activate("B/1 t")


def another_school(region):
    """Import people who have nothing to do with the plan's."""
    region.take("D/1: s Zoe 5 q, g Adam 6 r")


def an_hour(region):
    """Let an hour pass."""
    region.clock.advance(timedelta(hours=1))


def a_day(region):
    """Let a day pass on which nothing of the plan begins to be otherwise."""
    region.later(1)


@pytest.mark.rule("SYNC-3b")
@pytest.mark.parametrize("move", [an_activation, another_school, an_hour, a_day], ids=lambda each: each.__name__)
def test_what_does_not_bear_on_a_plan_does_not_refuse_it(move):
    """Others may sign in and be imported, and time may pass, between planning and applying."""
    region = settled()
    content = save(region, *PLANNED)
    move(region)

    done = apply(region, content)

    assert isinstance(done, Applied)
    assert region.central("A/1 g Jan") == "z"


@pytest.mark.rule("SYNC-3c")
@pytest.mark.parametrize("removals", [frozenset(), frozenset({"A"}), None])
def test_a_saved_plan_keeps_its_permission(removals):
    """What may be removed is decided when the plan is made, and cannot be widened in the file."""
    region = Region()
    region.take("A/1: s Ala 1 -", "A/2: s Ola 2 -", "A/3: s Iga 3 -")
    content = save(region, empty=("A",), removals=removals)

    done = apply(region, content)

    assert opened(region, content).allow_removals == removals
    assert done.plan.stopped_all == (removals == frozenset())
    assert len([p for p in region.world().places.values() if p.is_present]) == (3 if removals == frozenset() else 0)


@pytest.mark.rule("SYNC-9b")
@pytest.mark.parametrize("undone", [frozenset(), frozenset({"B", "A"}), None])
def test_a_saved_plan_keeps_what_it_may_take_in_again(undone):
    """Whatever was taken back by undoing a run waits in the other schools, when the plan is applied as well."""
    region = settled()
    stated = reading(*PLANNED)
    plan = region.importing.plan(stated, allow_undone=undone)
    data = reading_to_bytes(stated)
    content = write_plan(plan, data, region.storage, now=region.clock.now(), allow_undone=undone)

    assert opened(region, content).allow_undone == undone


@pytest.mark.rule("SYNC-9b")
def test_a_plan_that_knows_of_no_undoing_takes_nothing_in_again():
    """It was saved before there was one."""
    region = settled()
    shown = json.loads(save(region, *PLANNED))
    sealed = json.loads(region.storage.opened(bytes.fromhex(shown["sealed"]), context="saved plan"))
    del sealed["allow_undone"]
    shown["sealed"] = region.storage.seal(json.dumps(sealed).encode(), context="saved plan").hex()

    assert opened(region, json.dumps(shown).encode()).allow_undone == frozenset()


@pytest.mark.rule("SYNC-3c")
def test_what_can_be_read_in_a_saved_plan():
    """A line each: what it is, when and for which day it was made, and how many; the rest is sealed."""
    region = Region()
    stated = reading("Łódź/1: s Ala 1 -")
    now = region.clock.now().astimezone(timezone(timedelta(hours=2)))
    content = write_plan(region.importing.plan(stated), reading_to_bytes(stated), region.storage, now=now)

    plan = opened(region, content)
    assert plan.saved_at == now
    assert content.decode().partition(' "sealed": ')[0] == READABLE


@pytest.mark.rule("SYNC-3c")
def test_a_saved_plan_tells_universal_time(monkeypatch):
    """Wherever the machine stands on which it is saved."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        content = save(settled(), *PLANNED)
    finally:
        monkeypatch.undo()
        time.tzset()

    assert json.loads(content)["saved_at"] == "2026-11-23T10:00:00+00:00"


@pytest.mark.rule("SYNC-3c")
def test_a_saved_plan_is_sealed():
    """The file shows when, for which day, and how many; no id, name or address can be read in it."""
    region = settled()
    content = save(region, *PLANNED)

    shown = json.loads(content)
    assert (shown["day"], shown["counts"]["created"], shown["counts"]["changed"]) == ("2026-11-23", 1, 1)
    assert shown["schools"].keys() == {"A"}
    for secret in (pesel(1), pesel(2), "Ala", "Lis", "z@example.com"):
        assert secret.encode() not in content
    assert pesel(1) not in repr(region.importing.plan(reading(*PLANNED)))


@pytest.mark.rule("ID-10a")
def test_a_saved_plan_shows_nothing_when_it_is_opened():
    """Its repr holds no national id either."""
    region = settled()

    assert pesel(1) not in repr(opened(region, save(region, *PLANNED)))


@pytest.mark.rule("SYNC-3c")
def test_a_saved_plan_is_good_for_seven_days():
    """To the last second, and not at the very instant."""
    region = settled()
    content = save(region, *PLANNED)

    region.clock.advance(timedelta(days=7) - timedelta(seconds=1))
    opened(region, content)
    region.clock.advance(timedelta(seconds=1))

    with pytest.raises(InvalidValue) as refused:
        opened(region, content)
    assert refused.value.code == "plan-too-old"
    assert str(refused.value) == "the plan is older than 7 days; make a new one"


@pytest.mark.rule("SYNC-3c")
def test_a_plan_of_another_installation_is_refused():
    """The seal is the tenant's own."""
    region, stranger = settled(), Region(storage=MemoryStorage("somebody else"))

    with pytest.raises(InvalidValue):
        opened(stranger, save(region, *PLANNED))


@pytest.mark.rule("SYNC-3c")
@settings(max_examples=40)
@given(where=st.integers(0, 10_000), to=st.sampled_from("0123456789abcdef"))
def test_a_changed_seal_is_refused(where, to):
    """Not one digit of the sealed part can be another."""
    region = settled()
    shown = json.loads(save(region, *PLANNED))
    at = where % len(shown["sealed"])
    changed = shown["sealed"][:at] + to + shown["sealed"][at + 1 :]
    if changed == shown["sealed"]:
        return

    with pytest.raises(InvalidValue) as refused:
        opened(region, json.dumps({**shown, "sealed": changed}).encode())
    assert pesel(1) not in str(refused.value)


@pytest.mark.rule("SYNC-3c")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no json",
        b"[]",
        b"{}",
        b"null",
        b"\xff\xfe",
        b'{"format": "eszkola-plan", "version": 1}',
        b'{"format": "eszkola-plan", "version": 1, "sealed": "zz"}',
        b'{"format": "eszkola-plan", "version": 1, "sealed": 7}',
        b'{"format": "eszkola-plan", "version": 2, "sealed": "00"}',
        b'{"format": "another", "version": 1, "sealed": "00"}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_plan_is_refused(content):
    """Any other file is an error that says what to do, never a traceback."""
    with pytest.raises(InvalidValue) as refused:
        opened(Region(), content)
    assert str(refused.value) == "this is not a saved plan; make one with --save"
    assert refused.value.code == "not-a-plan"


@pytest.mark.rule("SYNC-3c")
@pytest.mark.parametrize(
    "sealed", [b"", b"null", b"[]", b"{}", b'{"digest": "zz"}', b"[" * 100_000, b'{"saved_at": "2026-11-23"}']
)
def test_what_the_keys_sealed_and_is_no_plan_is_refused(sealed):
    """Whoever has the keys may have sealed something else under this name."""
    region = Region()
    body = region.storage.seal(sealed, context="saved plan").hex()
    with pytest.raises(InvalidValue) as refused:
        opened(region, json.dumps({"format": "eszkola-plan", "version": 1, "sealed": body}).encode())
    assert refused.value.code == "not-a-plan"


@pytest.mark.rule("SYNC-3c")
def test_an_empty_seal_opens_nothing():
    """It is refused like any other that is not this installation's."""
    with pytest.raises(InvalidValue):
        opened(Region(), b'{"format": "eszkola-plan", "version": 1, "sealed": ""}')


@pytest.mark.rule("SYNC-3c")
@settings(max_examples=12)
@given(roster=strategies.stated_rosters())
def test_what_was_stated_comes_back_from_its_bytes(roster):
    """A saved plan is made again from the very records that it was made from."""
    stated = kept(reading("A/1: s Ala p1 x, g=k7 Jan ~ -"))
    for each in (stated, type(stated)(rosters=(roster,))):
        assert reading_from_bytes(reading_to_bytes(each)) == each

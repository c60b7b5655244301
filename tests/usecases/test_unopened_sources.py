"""A source that was taken in whole is not opened again until something of it changes (SYNC-4d)."""

from __future__ import annotations

from hashlib import blake2b

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core.domain.record_keys import canonical
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Reading, RosterKind, Unopened
from eszkola_core.testing.crowds import rosters, runs
from eszkola_core.testing.notation import reading
from eszkola_core.testing.region import Region
from eszkola_core.wire import kept, reading_from_bytes, reading_to_bytes


def stamp_of(stated: Reading) -> bytes:
    """Return what stands for all that a reading states."""
    said = [
        (each.school, each.list, each.kind, each.complete, sorted(map(canonical, each.records)), each.shared_keys)
        for each in stated.rosters
    ]
    marks = [(each.key, each.ended) for roster in stated.rosters for each in roster.records]
    return blake2b(repr((said, marks)).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def offered(region: Region, stated: Reading, opened: list[bytes] | None = None) -> Reading:
    """Return what a source gives that keeps itself shut where the region knows it; *opened* gets its stamp if not."""
    stamp = stamp_of(stated)

    def read() -> Reading:
        if opened is not None:
            opened.append(stamp)
        return evolve(stated, rosters=tuple(evolve(each, stamp=stamp) for each in stated.rosters))

    if region.importing.knows()(stamp):
        return Reading(rosters=(), unopened=(Unopened(stamp, "source", read),))
    return read()


def asked() -> list[bytes]:
    """Return where it is taken down which sources were opened."""
    return []


@pytest.mark.rule("SYNC-4d")
@settings(max_examples=80)
@given(nights=runs(max_size=4), last=rosters(), twice=st.booleans())
def test_a_source_that_stays_shut_changes_nothing_but_the_work(nights, last, twice):
    """Night after night the same comes out, whether sources were opened or not."""
    plain, shut = Region(), Region()
    for stated in [*nights, *nights[:1], last, last, *([nights[-1], last] if twice else [])]:
        one, other = plain.take(stated), shut.take(offered(shut, stated))
        assert (one.run is None, one.plan.counts, one.plan.counts_by_school, one.plan.findings) == (
            other.run is None,
            other.plan.counts,
            other.plan.counts_by_school,
            other.plan.findings,
        )
        plain.later(1)
        shut.later(1)
    assert plain.seen() == shut.seen()


@pytest.mark.rule("SYNC-4d")
def test_the_second_night_nothing_is_opened():
    """All records count as unchanged, in their school."""
    region, opened, stated = Region(), asked(), reading("A/1: s Ala 1 x", "A/2: s Jan 2 y")
    region.take(offered(region, stated, opened))
    opened.clear()

    done = region.take(offered(region, stated, opened))

    assert opened == []
    assert done.run is None
    assert done.plan.counts_by_school["A"].unchanged == 2
    assert done.plan.schools == ("A",)


@pytest.mark.rule("SYNC-4d")
def test_what_waits_is_opened_every_night():
    """One record is held: its source is opened and says so, as often as it comes."""
    region, opened, stated = Region(), asked(), reading("A/1: s Ala 1 x", "A/1: s Ola 2 y")
    first = region.take(offered(region, stated, opened))

    again = region.take(offered(region, stated, opened))

    assert len(opened) == 2
    assert again.plan.findings == first.plan.findings != ()


@pytest.mark.rule("SYNC-4d")
def test_under_other_settings_every_source_is_opened():
    """What was settled under other rules may be read in another way now."""
    region, opened, stated = Region(), asked(), reading("A/1: s Ala 1 x")
    region.take(offered(region, stated, opened))
    region.choose(documents_for=frozenset({Role.STUDENT}))
    opened.clear()

    region.take(offered(region, stated, opened))

    assert len(opened) == 1


@pytest.mark.rule("SYNC-4d", "SYNC-9b")
def test_what_was_taken_back_is_opened_and_told():
    """The source of an undone run is known no more; what was taken back is told every night, and stays back."""
    region, opened, stated = Region(), asked(), reading("A/1: s Ala 1 x")
    done = region.take(offered(region, stated, opened))
    region.undo(done.run.id)

    nights = [region.take(offered(region, stated, opened)) for _ in range(2)]

    assert len(opened) == 3
    assert [[each.code for each in night.plan.findings] for night in nights] == [["undone"], ["undone"]]


@pytest.mark.rule("SYNC-4d")
def test_a_list_that_comes_from_another_source_too_is_opened():
    """Half of a list in one file is the whole only if no other file has the other half."""
    region, opened = Region(), asked()
    half, other = reading("A/1: s Ala 1 x"), reading("A/2: s Jan 2 y")
    region.take(offered(region, half, opened))
    opened.clear()
    shut = offered(region, half, opened)

    done = region.take(evolve(offered(region, other), unopened=shut.unopened))

    assert len(opened) >= 1
    assert (done.plan.counts.created, done.plan.counts.unchanged, done.plan.counts.ended) == (1, 1, 0)


@pytest.mark.rule("SYNC-4d")
@pytest.mark.parametrize("how", [{"complete": False}, {"kind": RosterKind.DELTA}], ids=["a hole", "changes only"])
def test_what_is_less_than_a_whole_list_is_opened_every_night(how):
    """A list with a hole and a list of changes stand for no list."""
    region, opened, stated = Region(), asked(), reading("A/1: s Ala 1 x")
    stated = evolve(stated, rosters=tuple(evolve(each, **how) for each in stated.rosters))

    for _ in range(3):
        region.take(offered(region, stated, opened))

    assert len(opened) == 3


@pytest.mark.rule("SYNC-4d")
def test_what_the_guard_lets_not_through_is_opened_again():
    """A source that was not taken in is known by nothing."""
    region, opened = Region(), asked()
    many = reading(*(f"A/{at}: s N{at} {at} x{at}" for at in range(40)))
    few = reading("A/1: s N1 1 x1")
    region.take(offered(region, many, opened))
    opened.clear()

    stopped = [region.take(offered(region, few, opened), removals=frozenset()) for _ in range(2)]

    assert len(opened) == 2
    assert all(each.plan.stops for each in stopped)


@pytest.mark.rule("SYNC-4d", "SYNC-3b")
def test_what_is_saved_holds_what_a_shut_source_states():
    """A saved plan stands alone: whoever applies it later may no longer have the source."""
    region, stated = Region(), reading("A/1: s Ala 1 x")
    region.take(offered(region, stated))
    shut = offered(region, stated)

    assert shut.unopened
    assert reading_from_bytes(reading_to_bytes(shut)) == kept(stated) == kept(shut)

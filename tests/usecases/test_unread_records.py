"""A record that its source has not translated is taken for what it was, where it is made of the same (SYNC-4d)."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core.domain.record_keys import canonical
from eszkola_core.domain.runs import RecordState
from eszkola_core.domain.stated import Reading, RosterKind, StatedRecord, Unread
from eszkola_core.testing.crowds import rosters, runs
from eszkola_core.testing.notation import reading
from eszkola_core.testing.region import Region
from eszkola_core.wire import kept, reading_from_bytes, reading_to_bytes


def untranslated(stated: Reading, read: list[StatedRecord] | None = None, *, layout: str = "", doubt=()):
    """Return the same reading from a source that tells what each record is made of; *read* gets what was translated."""

    def unread(record):
        def translate():
            if read is not None:
                read.append(record)
            return (record,)

        made_of = f"{layout} {canonical(record).decode('utf-8', 'surrogatepass')}"
        return Unread(made_of, translate)

    return evolve(
        stated,
        rosters=tuple(
            evolve(each, unread=tuple(record if record in doubt else unread(record) for record in each.records))
            for each in stated.rosters
        ),
    )


def empty() -> list[StatedRecord]:
    """Return where the records that are translated are taken down."""
    return []


def states(region: Region) -> dict[str, RecordState]:
    """Return what is kept of the students of school A, by key."""
    with region.storage.snapshot() as unit:
        (listed,) = {each.key.record.roster for each in unit.rosters.places("A")}
        return {each.key.key: each for each in unit.rosters.records(listed)}


@pytest.mark.rule("SYNC-4d")
@settings(max_examples=60)
@given(nights=runs(max_size=4), last=rosters(), data=st.data())
def test_what_a_record_is_made_of_changes_nothing_but_the_work(nights, last, data):
    """Night after night the same comes out, whichever of the records the source had to translate at once."""
    plain, traced = Region(), Region()
    for stated in [*nights, last, last]:
        entries = [each for roster in stated.rosters for each in roster.records]
        doubt = data.draw(st.lists(st.sampled_from(entries), max_size=2)) if entries else []
        one, other = plain.take(stated), traced.take(untranslated(stated, doubt=doubt))
        assert (one.run is None, one.plan.counts, one.plan.findings) == (
            other.run is None,
            other.plan.counts,
            other.plan.findings,
        )
        plain.later(1)
        traced.later(1)
    assert plain.seen() == traced.seen()


@pytest.mark.rule("SYNC-4d")
def test_only_what_changed_is_translated():
    """The second night one of three records has changed, and nobody looks into the other two."""
    region, read = Region(), empty()
    region.take(untranslated(reading("A/1: s Ala 1 x", "A/2: s Jan 2 y", "A/3: s Ewa 3 z"), read))
    assert len(read) == 3
    read.clear()

    done = region.take(untranslated(reading("A/1: s Ala 1 x", "A/2: s Jan 2 w", "A/3: s Ewa 3 z"), read))

    assert [each.key for each in read] == ["2"]
    assert (done.plan.counts.unchanged, done.plan.counts.changed) == (2, 1)


@pytest.mark.rule("SYNC-0d")
def test_the_same_key_twice_is_noticed_though_one_was_there_before():
    """A record as it was and another under its key differ: both are held, and nothing of it changes."""
    region, read = Region(), empty()
    region.take(untranslated(reading("A/1: s Ala 1 x")))
    twice = reading("A/1: s Ala 1 x", "A/1: s Ewa 2 y")

    done = region.take(untranslated(twice, read))

    assert len(read) == 2
    assert {each.code for each in done.plan.findings} == {"key-twice"}
    assert region.account("A/1 s").name.first == "Ala"


@pytest.mark.rule("SYNC-7a")
def test_what_is_held_is_read_each_night():
    """What keeps a record held may go away elsewhere, so that what it is made of says nothing."""
    region, read = Region(), empty()
    held = reading("A/1: s Ala 1 x", "A/1: s Ewa 2 y")
    region.take(untranslated(held))

    region.take(untranslated(held, read))

    assert len(read) == 2


@pytest.mark.rule("SYNC-4d")
def test_a_record_that_is_gone_ends_though_the_others_are_not_read():
    """What is not translated counts as there; what is not stated does not."""
    region = Region()
    region.take(untranslated(reading("A/1: s Ala 1 x", "A/2: s Jan 2 y")))

    done = region.take(untranslated(reading("A/1: s Ala 1 x")))

    assert (done.plan.counts.ended, done.plan.counts.unchanged) == (1, 1)


@pytest.mark.rule("SYNC-9b")
def test_what_was_taken_back_by_undoing_is_not_taken_for_what_is_there():
    """The content that waits is read, known, and held; the one of before comes in as ever."""
    region, read = Region(), empty()
    first, second = (untranslated(reading(each), read) for each in ("A/1: s Ala 1 x", "A/1: s Ala 1 y"))
    region.take(first)
    undone = region.take(second).run
    region.undo(undone.id)
    read.clear()

    assert {each.code for each in region.take(second).plan.findings} == {"undone"}
    assert len(read) == 1
    assert region.take(first).run is None


@pytest.mark.rule("SYNC-4d")
def test_another_layout_is_written_beside_a_change_and_never_alone():
    """Records that say the same out of other columns are read; what they are made of is kept with the next change."""
    region, read = Region(), empty()
    region.take(untranslated(reading("A/1: s Ala 1 x", "A/2: s Jan 2 y")))
    before = states(region)

    alone = region.take(untranslated(reading("A/1: s Ala 1 x", "A/2: s Jan 2 y"), read, layout="other"))

    assert (alone.run, len(read), states(region)) == (None, 2, before)
    region.take(untranslated(reading("A/1: s Ala 1 x", "A/2: s Jan 2 w"), layout="other"))
    after = states(region)
    assert after["1"].digest == before["1"].digest
    assert after["1"].trace != before["1"].trace
    assert after["1"].run == before["1"].run
    read.clear()
    assert region.take(untranslated(reading("A/1: s Ala 1 x", "A/2: s Jan 2 w"), read, layout="other")).run is None
    assert read == []


@pytest.mark.rule("SYNC-4d")
def test_other_rules_read_everything_again():
    """What a record is made of stands for what it says under one set of rules only."""
    region, read = Region(), empty()
    region.take(untranslated(reading("A/1: s Ala 1 x")))
    region.choose(phone_country="SI")

    region.take(untranslated(reading("A/1: s Ala 1 x"), read))

    assert len(read) == 1


@pytest.mark.rule("SYNC-3b")
def test_a_saved_reading_holds_the_records_themselves():
    """What a source has not translated cannot be kept: it is left out, and the records are all there."""
    stated = untranslated(reading("A/1: s Ala 1 x", kind=RosterKind.DELTA))

    assert kept(stated).rosters[0].unread is None
    assert reading_from_bytes(reading_to_bytes(stated)) == kept(stated)

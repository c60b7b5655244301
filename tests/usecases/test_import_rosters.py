"""Importing rosters: what ends, is read again, is held, and who was faster (SYNC-0, SYNC-3, SYNC-4, SYNC-7)."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import date

import pytest
from attrs import asdict, define, evolve, field

from eszkola_core._usecases.import_rosters import Applied
from eszkola_core.domain.claims import Hold
from eszkola_core.domain.plans import Step
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Reading, RosterKind, StatedSchool
from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.doubles import RecordingStorage
from eszkola_core.testing.notation import pesel, reading
from eszkola_core.testing.region import CONSOLE, Region


def changed(stated, *, record=None, people=None, **roster):
    """Return a reading with values of every roster, record and person replaced."""
    return evolve(
        stated,
        rosters=tuple(
            evolve(
                each,
                **roster,
                records=tuple(
                    evolve(
                        entry,
                        **{
                            "people": tuple(evolve(person, **(people or {})) for person in entry.people),
                            **(record or {}),
                        },
                    )
                    for entry in each.records
                ),
            )
            for each in stated.rosters
        ),
    )


def together(*readings):
    """Return what several sources state in one run."""
    return Reading(
        rosters=tuple(roster for each in readings for roster in each.rosters),
        schools=tuple({school.key: school for each in readings for school in each.schools}.values()),
    )


def present(region):
    """Return where people stand now, as `school/record`."""
    return sorted({f"{p.school}/{p.key.record.key}" for p in region.world().places.values() if p.is_present})


# What a roster replaces


@pytest.mark.rule("SYNC-0a")
def test_a_bulk_roster_replaces_its_own_list_only():
    """Another school, another list of the same school and another gradebook's list are not spoken of."""
    region = Region()
    region.take("A/1: s Ala 1 -", "A/2: s Ola 2 -", "A/3: t Ewa 3 -", "B/4: s Iga 4 -")
    region.take("A/5: s Zoe 5 -", origin="another gradebook")

    done = region.take("A/1: s Ala 1 -")

    assert present(region) == ["A/1", "A/3", "A/5", "B/4"]
    assert (done.plan.counts.ended, done.plan.counts.unchanged) == (1, 1)


@pytest.mark.rule("SYNC-0a")
def test_a_list_may_come_in_several_files():
    """What one file names, another one of the same list does not end."""
    region = Region()
    files = [reading("A/1: s Ala 1 -"), reading("A/2: s Ola 2 -")]
    region.take(together(*files))

    region.take(together(*reversed(files)))

    assert present(region) == ["A/1", "A/2"]


@pytest.mark.rule("SYNC-0b")
def test_a_delta_ends_only_what_it_marks():
    """Absence means nothing in a delta; a mark ends the record, and an unknown one nobody."""
    region = Region()
    region.take("A/1: s Ala 1 -", "A/2: s Ola 2 -", "A/3: s Iga 3 -")
    marks = changed(reading("A/2: s Ola 2 -", "A/9: s Zoe 9 -", kind=RosterKind.DELTA), record={"ended": True})

    done = region.take(together(marks, reading("A/1: s Ala 1 x", kind=RosterKind.DELTA)))

    assert present(region) == ["A/1", "A/3"]
    assert (done.plan.counts.ended, done.plan.counts.changed) == (1, 1)


@pytest.mark.rule("SYNC-0b")
def test_a_record_that_a_delta_ended_may_come_back():
    """The same account stands in it again."""
    region = Region()
    region.take("A/1: s Ala 1 -")
    ala = region.account("A/1 s")
    region.take(changed(reading("A/1: s Ala 1 -", kind=RosterKind.DELTA), record={"ended": True}))
    assert present(region) == []

    done = region.take("A/1: s Ala 1 -", kind=RosterKind.DELTA)

    assert region.account("A/1 s") == ala
    assert done.plan.counts.created == 1


@pytest.mark.rule("SYNC-0c")
@pytest.mark.parametrize("how", ["incomplete", "no key"])
def test_a_list_with_an_unreadable_key_ends_nothing(how):
    """The record whose key cannot be read may be any of those that seem to be gone."""
    region = Region()
    region.take("A/1: s Ala 1 -", "A/2: s Ola 2 -")

    if how == "incomplete":
        done = region.take("A/1: s Ala 1 -", complete=False)
    else:
        done = region.take("A/1: s Ala 1 -", "A/: s Ola 2 -")
        assert [(f.code, f.field) for f in done.plan.findings] == [("record-key-missing", "")]
        assert done.plan.counts.held == 1

    assert present(region) == ["A/1", "A/2"]


@pytest.mark.rule("SYNC-0c")
def test_a_header_only_file_ends_its_list_where_that_is_permitted():
    """With a permission for the school everybody of the list goes, and nobody else."""
    region = Region()
    region.take("A/1: s Ala 1 -", "A/2: s Ola 2 -", "A/3: s Iga 3 -", "A/4: t Ewa 4 -")

    assert region.take(empty=("A",), removals=set()).run is None
    assert region.take(empty=("A",), removals={"A"}).run is not None
    assert present(region) == ["A/4"]


@pytest.mark.rule("SYNC-0d")
def test_one_record_key_twice_collapses_where_the_lines_are_equal():
    """The same line in two places is one record, counted once."""
    region = Region()
    done = region.take("A/1: s Ala 1 -, g Jan - x", "A/1: s Ala 1 -, g Jan - x")

    assert done.plan.counts.created == 2
    assert done.plan.findings == ()


@pytest.mark.rule("SYNC-0d")
def test_one_record_key_twice_with_other_content_holds_both():
    """Neither is applied, what was applied stands, each line is named; the right one alone is read as always (F10)."""
    region = Region()
    region.take("A/1: s Ala 1 -")
    before = region.seen()

    done = region.take("A/1: s Ala 1 x", "A/1: s Ola 2 y")
    assert region.seen() == before
    assert (done.plan.counts.held, done.plan.counts.ended, done.plan.counts.changed) == (1, 0, 0)
    assert [(f.source, f.line, f.record, f.code) for f in done.plan.findings] == [("A.csv", 1, "1", "key-twice")] * 2

    region.take("A/1: s Ala 1 x")
    assert region.place("A/1 s").accepted.email is not None


@pytest.mark.rule("SYNC-0d")
def test_a_doubled_key_is_read_again_though_its_digest_is_known():
    """Held twice on the first day and stated once on the second, the very same line is applied."""
    region = Region()
    region.take("A/1: s Ala 1 x", "A/1: s Ala 1 y")
    assert present(region) == []

    for line in ("A/1: s Ala 1 x", "A/1: s Ala 1 y"):
        region.take(line)
        assert str(region.place("A/1 s").accepted.email.mailbox) == line[-1] + "@example.com"


# Plans


@pytest.mark.rule("SYNC-3a")
def test_a_plan_writes_nothing_and_says_everything():
    """Opening, creating, changing, ending, holding and conflicts, each with its reason; nothing is opened to write."""
    region = Region("uonet")
    region.take("A/1: s Ala 1 a, g Jan - x", "A/2: s Ola 2 b", "A/3: s Iga 3 c")
    storage = RecordingStorage(region.storage)
    before = region.seen()

    plan = evolve(region.importing, storage=storage).plan(
        reading("A/1: s Ala 1 a, g Jan - y, g Ewa - x", "A/2: s Ola 9 b", "A/4: s Zoe 4 d"), allow_removals=None
    )

    assert ("storage", "unit") not in storage.trace
    assert not {method for _, method in storage.trace} & {"save", "add", "add_schools"}
    assert region.seen() == before
    assert {(line.record, line.role, line.step, line.reason) for line in plan.lines} == {
        ("1", "guardian", Step.CHANGE, "e-mail"),
        ("1", "guardian", Step.MOVE_ADDRESS, "every record states y•••@example.com"),
        ("1", "guardian", Step.CREATE, "new in the gradebook"),
        ("1", "guardian", Step.OPEN, "has all that an account needs"),
        ("2", "student", Step.HOLD, "id-correction"),
        ("3", "student", Step.END, "the record is gone"),
        ("4", "student", Step.CREATE, "new in the gradebook"),
        ("4", "student", Step.OPEN, "has all that an account needs"),
    }


@pytest.mark.rule("SYNC-3a")
def test_applying_does_what_the_plan_said():
    """A plan made and one applied on the same ground are equal, and planning twice changes neither."""
    region = Region()
    lines = ("A/1: s Ala 1 -, g Jan 8 x", "B/1: t Jan 8 y")

    first, second = region.plan(*lines), region.plan(*lines)
    done = region.take(*lines, removals=frozenset())

    assert first.digest == second.digest == done.plan.digest
    assert (first.lines, first.counts) == (done.plan.lines, done.plan.counts)
    assert region.plan(*lines).is_empty


@pytest.mark.rule("ID-10a")
def test_no_national_id_stands_in_a_plan():
    """Neither lines, findings, conflicts, counts nor the repr of all of it hold one, valid or mistyped."""
    region = Region()
    mistyped = pesel(1)[:-1] + str((int(pesel(1)[-1]) + 1) % 10)
    stated = reading("A/1: s Ala 1 -, g Jan 8 x", "B/1: s Ola 2 -, g Jan 9 x", "C/1: t Ewa 1 z")
    wrong = changed(
        reading("D/1: s Iga 1 -"),
        people={"ids": (evolve(next(iter(stated.rosters[0].records)).people[0].ids[0], text=mistyped),)},
    )

    done = region.take(together(stated, wrong))

    told = repr((done, done.plan.lines, done.plan.findings, done.plan.settlement, done.plan.changes))
    assert done.plan.findings
    for number in (1, 2, 8, 9):
        assert pesel(number) not in told
    assert mistyped not in told


@pytest.mark.rule("SYNC-1")
def test_what_is_missing_is_listed_by_record_and_field():
    """Each lack names file, line, record and field; the others of the record get their accounts all the same."""
    region = Region("uonet")
    done = region.take("A/1: s Ala - a, g Jan - x, g Ewa - -")

    assert region.person("A/1 g Jan") is not None
    assert {(f.source, f.line, f.record, f.field, f.code) for f in done.plan.findings} == {
        ("A.csv", 1, "1", "national_id", "missing-national-id"),
        ("A.csv", 1, "1", "email", "missing-e-mail"),
    }
    assert all(each.hint for each in done.plan.findings)


# What is read again


@pytest.mark.rule("SYNC-4d")
def test_other_settings_read_unchanged_records_again():
    """A teacher's passport was refused; once the tenant accepts it, the same roster opens the account."""
    region = Region("uonet")
    region.take("A/1: t Ewa p5 x")
    assert region.person("A/1 t") is None

    region.choose(documents_for=frozenset(Role))
    region.take("A/1: t Ewa p5 x")

    assert region.person("A/1 t") is not None


@pytest.mark.rule("SYNC-4d")
def test_another_mapping_version_reads_unchanged_records_again_and_changes_nothing_else():
    """Every record gets its new digest; people stay as they are."""
    region = Region()
    lines = reading("A/1: s Ala 1 -, g Jan - x", "A/2: s Ola 2 -")
    region.take(lines)
    before = region.seen()

    done = region.take(changed(lines, version="mapping 2"))

    assert len(done.plan.changes.records) == 2
    assert done.plan.counts.unchanged == 3
    assert region.seen() == before


@pytest.mark.rule("SYNC-4d")
def test_what_is_held_is_looked_at_again_without_being_stated():
    """Who fitted two people is recognised as soon as one no longer fits, though only another school reports."""
    region = Region()
    region.take("A/1: s Ala 1 -, g Jan 8 x", "B/1: s Ola 2 -, g Jan 9 x", "C/1: s Iga 3 -, g Jan - x")
    assert region.place("C/1 g Jan").hold is Hold.AMBIGUOUS

    region.take("B/1: s Ola 2 -, g Jan 9 y")

    assert region.place("C/1 g Jan").hold is None
    assert region.account("C/1 g Jan").id == region.account("A/1 g Jan").id


@pytest.mark.rule("SYNC-4d")
def test_who_waits_for_an_address_gets_it_when_its_holder_leaves():
    """The refused claim takes the address in the very run that frees it, though its school says nothing."""
    region = Region()
    region.take("A/1: t Jan 8 x", "B/1: t Ewa 9 x")
    assert region.central("B/1 t") is None

    region.take("A/1: t Jan 8 y")

    assert (region.central("A/1 t"), region.central("B/1 t")) == ("y", "x")
    assert region.conflicts() == ()


@pytest.mark.rule("SYNC-4d")
def test_every_process_computes_the_same_digests():
    """Two processes whose sets are ordered differently make the same plan, so unchanged records stay unread."""
    program = """
from attrs import evolve
from eszkola_core.testing.notation import reading
from eszkola_core.testing.region import Region

region = Region("uonet")
region.take("A/1: s Ala 1 a, g Jan 8 x, g Ewa - y", "B/1: s Ala 1 -, g Jan - y, g Jan 9 z")
region.take("C/1: s Iga p3 -, g Ewa - q")
region.take(*(f"{school}/9: s Zoe - w" for school in "DEFG"))
plan = region.plan("A/1: s Ala 2 a, g Jan - y", "B/1: s Zoe - x", "C/2: s Iga p3 q, g Ewa - q")
print(plan.digest.hex(), *(f"{each.key.key}={each.digest.hex()}" for each in plan.changes.records))
print(*plan.findings, *plan.lines, *plan.changes.conflicts, sep="\\n")
print(*region.plan(*(f"{school}/9: s Zoe - w" for school in "DEFGH")).changes.conflicts, sep="\\n")
"""
    told = {
        subprocess.run(  # noqa: S603 - this very interpreter
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "77")
    }

    assert len(told) == 1
    assert "1=" in told.pop()


# Holding


@pytest.mark.rule("SYNC-7a")
def test_a_held_record_keeps_its_last_accepted_state():
    """A wrong birth date ends no role, moves no address, and takes away no guardian; corrected, it is applied (F3)."""
    region = Region()
    region.take("A/1: s Ala 1 -, g Jan - x")
    before = region.seen()
    wrong = changed(reading("A/1: s Ala 1 a, g Ewa - y"), people={"birth_date": date(1990, 1, 1)})

    done = region.take(wrong)

    assert region.seen() == before
    assert (done.plan.counts.held, done.plan.counts.ended, done.plan.counts.changed) == (2, 0, 0)
    assert [(f.field, f.code) for f in done.plan.findings] == [("birth_date", "disagrees-with-id")]

    region.take("A/1: s Ala 1 a, g Ewa - y")
    assert region.account("A/1 s").central is not None
    assert region.person("A/1 g Ewa") is not None


@pytest.mark.rule("SYNC-7b")
def test_a_held_record_is_reported_again_every_day():
    """The same wrong roster the next day writes nothing and says the same."""
    region = Region()
    wrong = changed(reading("A/1: s Ala 1 -"), people={"birth_date": date(1990, 1, 1)})
    first = region.take(wrong)

    again = region.take(wrong)

    assert again.run is None
    assert again.plan.findings == first.plan.findings
    assert again.plan.counts == first.plan.counts


@pytest.mark.rule("SYNC-4d")
def test_what_a_record_lacks_is_told_by_the_import_that_reads_it():
    """Not again while the record stays as it is, though it is still missing; once it says anything new, again."""
    region = Region("uonet")
    lacking = region.take("A/1: s Ala - ala").plan.findings

    assert [each.code for each in lacking] == ["missing-national-id"]
    assert region.take("A/1: s Ala - ala").plan.findings == ()
    assert region.take("A/1: s Ala - other").plan.findings == lacking


@pytest.mark.rule("SYNC-7a")
def test_a_guardian_without_a_name_is_held_alone():
    """The student of the record and the other guardian are applied, and each is counted once."""
    region = Region()
    nameless = reading("A/1: s Ala 1 -, g Jan - x, g Ewa - y")
    (roster,) = nameless.rosters
    (entry,) = roster.records
    people = (*entry.people[:2], evolve(entry.people[2], first_name=""))
    stated = evolve(nameless, rosters=(evolve(roster, records=(evolve(entry, people=people),)),))

    done = region.take(stated)

    assert (done.plan.counts.created, done.plan.counts.held) == (2, 1)
    assert region.person("A/1 g Jan") is not None


# Others who work at the same time


@define
class Meddled:
    """A storage in which somebody is faster: before each unit that writes, the next of ``acts`` is done."""

    inner: Storage
    acts: list = field(factory=list)

    @contextmanager
    def unit(self):
        """Let the next one act, then open a unit."""
        if self.acts:
            self.acts.pop(0)()
        with self.inner.unit() as unit:
            yield unit

    def __getattr__(self, name):
        return getattr(self.inner, name)


def meddled(region, *acts):
    """Return the region's import on a storage where somebody acts in between, once its turn has come."""
    return evolve(region.importing, storage=Meddled(region.storage, [lambda: None, *acts]))


@pytest.mark.rule("SYNC-3b")
def test_an_account_that_changes_in_between_is_planned_again():
    """Jan sets his password while his address moves: the import looks again, and both happen."""
    region = Region()
    region.take("A/1: t Jan 8 x")

    done = meddled(region, lambda: region.activate("A/1 t")).apply(reading("A/1: t Jan 8 y"), actor=CONSOLE)

    assert isinstance(done, Applied)
    jan = region.account("A/1 t")
    assert (region.central("A/1 t"), jan.is_activated) == ("y", True)


@pytest.mark.rule("SYNC-3b")
def test_the_third_try_is_one():
    """Jan is faster twice, as he chooses z and then w; the import that looks for the third time is written."""
    region = Region()
    region.take("A/1: t Jan 8 x")
    acts = [lambda: region.decide_address("A/1 t", "z"), lambda: region.decide_address("A/1 t", "w")]

    done = meddled(region, *acts).apply(reading("A/1: t Jan_Kot 8 x"), actor=CONSOLE)

    assert isinstance(done, Applied)
    assert (region.central("A/1 t"), str(region.account("A/1 t").name)) == ("w", "Jan Kot")


@pytest.mark.rule("SYNC-3b")
def test_a_decision_made_in_between_stands():
    """Jan chooses z while his records move to y: planned again, the import leaves the choice alone (SYNC-8)."""
    region = Region()
    region.take("A/1: t Jan 8 x")

    meddled(region, lambda: region.decide_address("A/1 t", "z")).apply(reading("A/1: t Jan 8 y"), actor=CONSOLE)

    assert region.central("A/1 t") == "z"


@pytest.mark.rule("SYNC-3b")
def test_another_import_just_before_is_planned_upon():
    """Both imports' people are there, with logins of their own."""
    region = Region()
    storage = Meddled(region.storage, [lambda: region.take("B/1: t Jan 9 y")])

    evolve(region.importing, storage=storage).apply(reading("A/1: t Jan 8 x"), actor=CONSOLE)

    assert {region.account("A/1 t").login, region.account("B/1 t").login} == {"jan.lis", "jan.lis2"}


@pytest.mark.rule("SYNC-3b")
def test_whoever_is_always_slower_is_told_and_nothing_is_written():
    """After three tries the import gives up as a conflict, and the world is as the others left it."""
    region = Region()
    region.take("A/1: t Jan 8 x")
    acts = [lambda: region.activate("A/1 t")] * 3

    with pytest.raises(Conflict):
        meddled(region, *acts).apply(reading("A/1: t Jan 8 y"), actor=CONSOLE)

    assert region.central("A/1 t") == "x"


# Schools


@pytest.mark.rule("SYNC-3a")
def test_a_school_that_nobody_names_is_known_by_its_key():
    """Its list makes it known, and a name that was stated before stays."""
    region = Region()
    nameless = evolve(reading("A/1: s Ala 1 -", "B/1: s Ola 2 -"), schools=(StatedSchool("A", "First School"),))
    for schools in (nameless.schools, ()):
        region.take(evolve(nameless, schools=schools))
        with region.storage.snapshot() as unit:
            assert [(each.key, each.name) for each in unit.rosters.schools()] == [("A", "First School"), ("B", "")]


@pytest.mark.rule("SYNC-3a")
def test_schools_are_kept_by_name_even_where_nobody_changes():
    """A new name of a school is kept, an empty one takes nothing away, a list without names makes its school known."""
    region = Region()
    named = reading("A/1: s Ala 1 -")
    region.take(named)

    region.take(evolve(named, schools=(StatedSchool("A", "First School"),)))
    region.take(evolve(named, schools=(StatedSchool("A", ""), StatedSchool("B", "Second School"))))

    with region.storage.snapshot() as unit:
        assert [(each.key, each.name) for each in unit.rosters.schools()] == [
            ("A", "First School"),
            ("B", "Second School"),
        ]


@pytest.mark.rule("SYNC-6b")
def test_the_guard_watches_the_schools_of_these_files_alone():
    """Four records of B have passed to others, as A's ids tell at last: that stops nothing of A."""
    region = Region()
    teachers = [f"B/{n}: t Tom{n}_Wilk{n} - w{n}" for n in range(1, 31)]
    renamed = [f"B/{n}: t Ewa{n}_Sowa{n} {100 + n} -" for n in range(1, 5)]
    region.take(reading(*teachers), removals=frozenset())
    region.take(reading(*(f"A/{n}: t Tom{n}_Wilk{n} - w{n}" for n in range(1, 5))), removals=frozenset())
    region.take(reading(*renamed, *teachers[4:]), removals=frozenset())

    region.take(reading(*(f"A/{n}: t Tom{n}_Wilk{n} {200 + n} w{n}" for n in range(1, 5))), removals=frozenset())
    again = region.take(
        reading(*(f"A/{n}: t Tom{n}_Wilk{n} {200 + n} w{n}" for n in range(1, 5))), removals=frozenset()
    )

    assert again.plan.stops == ()
    assert not again.plan.stopped_all


@pytest.mark.rule("LAW-3a")
def test_an_import_is_in_the_journal_if_and_only_if_it_wrote():
    """Who imported, in which run, and how much of what; a second time, with nothing to write, there is nothing."""
    region = Region()
    first, done = (region.take("A/1: s Ala 1 a, g Jan 8 j") for _ in range(2))
    with region.storage.snapshot() as unit:
        (entry,) = list(unit.audit.entries())
        (run,) = unit.runs.newest(9)
    assert done.run is None
    assert (run.summary, run.schools, run.author) == (asdict(first.plan.counts), ("A",), CONSOLE.name)
    assert (entry.deed, entry.console, entry.on) == ("roster-imported", CONSOLE.name, ())
    assert entry.detail == {"run": str(run.id), "created": "2", "opened": "2"}

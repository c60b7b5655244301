"""What a plan says: every line, finding and count of a night on which everything happens (SYNC-1, SYNC-3)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from attrs import evolve

from eszkola_core._usecases.correct_data import CorrectData, Corrected
from eszkola_core.domain.findings import Finding
from eszkola_core.domain.plans import Counts
from eszkola_core.domain.stated import Field, Sex
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.notation import reading
from eszkola_core.testing.region import CONSOLE, Region

THE_DAY_BEFORE = (
    *("A/1: s Ala 1 a 601234567, g Jan 20 x, g Ewa - y", "A/2: s Ola 2 b", "A/3: s Iga 3 c"),
    *("A/4: s Zoe 4 d, g Kot - kot", "A/9: s Lea 12 lea, g Iza 13 iza"),
    *("A/10: s Una 30 una", "A/11: s Uma 31 uma, g Ugo - ugo", "A/12: s Ewa 32 ewa"),
    *("A/17: s Nik - nik", "A/18: s Bronka 43 bronka", "A/19: s Karol 44 karol, g Roza - roza"),
    *("B/1: t Tom 5 t", "B/2: t Eryk 6 e", "B/9: t Uwe 33 uwe"),
    *(
        "C/1: s Leo 7 leo",
        "C/2: t Ula 8 u",
        "C/3: t Leo 7 leo3",
        "C/4: t Kai 50 kai",
        "C/5: h Kai 50 kai9",
        "C/6: s Oldrich 47 -",
    ),
)
TONIGHT = (
    "A/1: s Alicja 1 aa 601234568, g Jan 20 xx, g Adam - z",
    "A/2: s Ola 9 b",
    "A/4: s Zoe 4 d, g Kot - -",
    "A/5: s Kaj - k, g Kajko - kai9",
    "A/6: s Max 16 e",
    "A/7: s Jas 17 j",
    "A/7: s Jas 18 j",
    "A/8: s Ida 19 i, g Ida 19 i",
    "A/9: s Lea 12 lea, g Iza 13 iza, g Roch - r",
    *("A/10: s Una 30 una", "A/11: s Uma 31 uma, g Ugo - ugo"),
    *("A/12: s Ewa 32 ewa", "A/12: s Ewa 32 ewa2, g Jan - x"),
    *(
        "A/13: s Oldrich 34 -, g Pia - pia",
        "A/14: s Oldrich 35 -",
        "A/15: s Nela 36 nela, g Nameless - n",
        "A/16: s Ole 41 ole, g Nameless - m",
    ),
    *("A/17: s Nik - nik", "A/18: s Ryta_Mak - -", "A/19: s Karol 44 karol, g Roza 45 roza"),
    *("A/20: s Mia_Sowa 12 -", "A/21: s Rok 46 nik"),
    *("B/1: t Tom 5 t9", "B/2: t Eryk 6 -", "B/3: t Leo 7 leo2", "B/4: t Ula_Mak 8 u"),
    *("B/: t Nemo 37 nemo", "B/: t Nemo 38 nemo2", "B/8: t Nameless 39 -"),
)
DETAILS: dict[str, dict[str, Any]] = {
    "Ala": {"class_name": "1a"},
    "Alicja": {
        "class_name": "2a",
        "birth_date": date(1980, 1, 2),
        "sex": Sex.FEMALE,
        "last_day": date(2027, 6, 30),
    },
    "Ola": {"class_name": "2b"},
    "Max": {"class_name": "1a"},
    "Oldrich": {"birth_date": date(1970, 1, 1)},
    "Nameless": {"first_name": ""},
}
OF_THE_FILES = (
    Finding("A.csv", 0, "", "", "encoding-guessed", "utf-8", "say which it is"),
    Finding("A.csv", 3, "2", "national_id", "id-correction", "", "said before the rules were asked"),
    Finding("Z.csv", 7, "", "", "line-empty"),
)
LINES = """\
A -- change: Kot Lis, guardian in 4: e-mail
A -- change: Roza Lis, guardian in 19: national id
A -- conflict: Kajko Lis, guardian in 5: address-taken: k•••@example.com · A
A -- conflict: Kot Lis, guardian in 4: address-unstated: k•••@example.com
A -- conflict: Rok Lis, student in 21: address-taken: n•••@example.com · A
A -- create: Ida Lis, student in 8: new in the gradebook
A -- create: Kaj Lis, student in 5: new in the gradebook
A -- create: Kajko Lis, guardian in 5: new in the gradebook
A -- create: Nela Lis, student in 15: new in the gradebook
A -- create: Ole Lis, student in 16: new in the gradebook
A -- create: Rok Lis, student in 21: new in the gradebook
A -- end: Iga Lis, student in 3: the record is gone
A -- hold: Ida Lis, guardian in 8: twice-in-record
A -- hold: Mia Sowa, student in 20: name-mismatch
A -- hold: Roch Lis, guardian in 9: restriction
A -- hold: Ryta Mak, student in 18: renamed
A -- open: Ida Lis, student in 8: has all that an account needs
A -- open: Nela Lis, student in 15: has all that an account needs
A -- open: Ole Lis, student in 16: has all that an account needs
A 1a conflict: Max Lis, student in 6: address-taken: e•••@example.com · A
A 1a create: Max Lis, student in 6: new in the gradebook
A 2a change: Alicja Lis, student in 1: name (was Ala Lis), e-mail, phone, birth date, sex, class 1a → 2a, days
A 2a change: Jan Lis, guardian in 1: e-mail
A 2a create: Adam Lis, guardian in 1: new in the gradebook
A 2a end: Ewa Lis, guardian in 1: the record no longer names them
A 2a move-address: Alicja Lis, student in 1: every record states a•••@example.com
A 2a move-address: Jan Lis, guardian in 1: every record states x•••@example.com
A 2a open: Adam Lis, guardian in 1: has all that an account needs
A 2b hold: Ola Lis, student in 2: id-correction
B -- change: Eryk Lis, teacher in 2: e-mail
B -- change: Tom Lisowski, teacher in 1: e-mail
B -- conflict: Eryk Lis, teacher in 2: address-unstated: e•••@example.com
B -- conflict: Leo Lis, teacher in 3: address-conflict: l•••@example.com, l•••@example.com · B, l•••@example.com · C
B -- conflict: Tom Lisowski, teacher in 1: corrected-here: last_name
B -- conflict: Ula Mak, teacher in 4: name-conflict: Ula Mak
B -- create: Leo Lis, teacher in 3: new in the gradebook
B -- create: Ula Mak, teacher in 4: new in the gradebook
B -- move-address: Tom Lisowski, teacher in 1: every record states t•••@example.com
"""
FINDINGS = """\
A.csv:0 record --, --: encoding-guessed [utf-8]
    say which it is
A.csv:3 record 2, national_id: id-correction []
    said before the rules were asked
A.csv:4 record 4, email: address-unstated [k•••@example.com]
    no record states the address any more: enter it again or another one
A.csv:5 record 5, email: address-taken [k•••@example.com · A]
    the address is somebody else's: state another one
A.csv:5 record 5, email: missing-e-mail []
    enter a private e-mail address that nobody else uses; without it no account opens
A.csv:5 record 5, national_id: missing-national-id []
    enter the national id in the gradebook; without it no account opens
A.csv:6 record 6, email: address-taken [e•••@example.com · A]
    the address is somebody else's: state another one
A.csv:6 record 6, email: missing-e-mail []
    enter a private e-mail address that nobody else uses; without it no account opens
A.csv:7 record 7, record: key-twice []
    two records have this key and differ: remove one in the gradebook
A.csv:8 record 7, record: key-twice []
    two records have this key and differ: remove one in the gradebook
A.csv:9 record 8, national_id: twice-in-record []
    compare the record with the person's document, then correct it in the gradebook
A.csv:10 record 9, --: restriction []
    a restriction stands here: whoever may lift it says whether this is somebody else
A.csv:13 record 12, record: key-twice []
    two records have this key and differ: remove one in the gradebook
A.csv:14 record 12, record: key-twice []
    two records have this key and differ: remove one in the gradebook
A.csv:15 record 13, birth_date: disagrees-with-id [1970-01-01]
    the national id says otherwise: correct whichever is wrong in the gradebook
A.csv:16 record 14, birth_date: disagrees-with-id [1970-01-01]
    the national id says otherwise: correct whichever is wrong in the gradebook
A.csv:17 record 15, first_name: name-missing []
    state both first and last name
A.csv:18 record 16, first_name: name-missing []
    state both first and last name
A.csv:20 record 18, last_name: renamed []
    compare the record with the person's document, then correct it in the gradebook
A.csv:22 record 20, last_name: name-mismatch []
    compare the record with the person's document, then correct it in the gradebook
A.csv:23 record 21, email: address-taken [n•••@example.com · A]
    the address is somebody else's: state another one
A.csv:23 record 21, email: missing-e-mail []
    enter a private e-mail address that nobody else uses; without it no account opens
B.csv:2 record 1, last_name: corrected-here []
    it was corrected here: correct it in the gradebook too
B.csv:3 record 2, email: address-unstated [e•••@example.com]
    no record states the address any more: enter it again or another one
B.csv:4 record 3, email: address-conflict [l•••@example.com, l•••@example.com · B, l•••@example.com · C]
    schools state different addresses: agree on one; until then the first one counts
B.csv:5 record 4, last_name: name-conflict [Ula Mak]
    records spell the name differently: correct the wrong one
B.csv:6 record --, --: record-key-missing []
    give the record a key, a valid national id, or a name with a birth date
B.csv:7 record --, --: record-key-missing []
    give the record a key, a valid national id, or a name with a birth date
B.csv:8 record 8, first_name: name-missing []
    state both first and last name
Z.csv:7 record --, --: line-empty []
    --
"""


def stated(lines):
    """Return what *lines* state, each at the line where it stands in its list, with the details of some people."""
    plain = reading(*lines)
    rosters = (
        evolve(
            roster,
            records=tuple(
                evolve(
                    record,
                    line=number,
                    people=tuple(evolve(each, **DETAILS.get(each.first_name, {})) for each in record.people),
                )
                for number, record in enumerate(roster.records, 2)
            ),
        )
        for roster in plain.rosters
    )
    return evolve(plain, rosters=tuple(rosters))


@pytest.fixture(scope="module")
def plan():
    """Return tonight's plan, in a region where Iza is kept from Lea, and the office corrected Tom's name."""
    region = Region("uonet")
    region.take(stated(THE_DAY_BEFORE))
    region.restrict("A/9 g Iza", "A/9 s")
    correcting = CorrectData(region.storage, region.tenant, region.clock, CountingSecrets("correcting"))
    done = correcting.correct(CONSOLE, region.place("B/1 t").key, Field.LAST_NAME, "Lisowski")
    assert isinstance(done, Corrected)
    return region.plan(evolve(stated(TONIGHT), findings=OF_THE_FILES))


@pytest.mark.rule("SYNC-3a")
def test_a_plan_names_every_step_with_its_reason(plan):
    """By school and class, what does not change left out: a secretary reads from it all that tomorrow will be."""
    told = "".join(
        f"{each.school} {each.class_name or '--'} {each.step}: "
        f"{each.person}, {each.role} in {each.record}: {each.reason}\n"
        for each in plan.lines
    )

    assert told == LINES


@pytest.mark.rule("SYNC-1")
@pytest.mark.rule("SYNC-7b")
def test_a_plan_names_everything_that_somebody_should_look_at(plan):
    """In the order of files and lines, with the remedy; what the reader of the files has said is not said again."""
    told = "".join(
        f"{each.source}:{each.line} record {each.record or '--'}, {each.field or '--'}: {each.code} [{each.value}]\n"
        f"    {each.hint or '--'}\n"
        for each in plan.findings
    )

    assert told == FINDINGS


@pytest.mark.rule("SYNC-3a")
def test_a_plan_counts_every_claim_of_every_school(plan):
    """What is held with its whole record is counted by the people in it; all schools' counts are their sum."""
    assert plan.counts_by_school == {
        "A": Counts(created=8, changed=4, held=13, unchanged=8, ended=2, conflicts=4, opened=4),
        "B": Counts(created=2, changed=2, held=3, unchanged=0, ended=0, conflicts=4, opened=0),
    }
    assert plan.counts == Counts(created=10, changed=6, held=16, unchanged=8, ended=2, conflicts=8, opened=4)


@pytest.mark.rule("SYNC-3a")
def test_a_plan_names_whom_it_concerns(plan):
    """Whose account opens, and whose address moves; nobody else."""
    assert sorted(each.name.first for each in plan.concerned if each.opens) == ["Adam", "Ida", "Nela", "Ole"]
    assert sorted(each.name.first for each in plan.concerned if not each.opens) == ["Alicja", "Jan", "Tom"]


@pytest.mark.rule("MAIL-4b")
def test_whoever_must_confirm_an_address_is_asked_in_the_run_that_states_it():
    """Not again on the nights after, though something else changes, until another record states it too."""
    region = Region()
    region.take("A/1: t Jan 8 x", "A/2: t Ewa 9 y")
    region.decide_address("A/1 t", "z")

    def concerned(*lines):
        region.later(40)
        done = region.take(*lines, "A/2: t Ewa 9 y")
        return [(str(each.name), each.asks_confirmation.spelling) for each in done.plan.concerned]

    asked = [("Jan Lis", "new@example.com")]
    assert concerned("A/1: t Jan 8 new") == asked
    assert concerned("A/1: t Jan 8 new 601234567") == []
    assert concerned("A/1: t Jan 8 new 601234567", "B/1: t Jan 8 new") == asked


@pytest.mark.rule("SYNC-3a")
def test_whatever_is_applied_for_the_first_time_is_created():
    """What was held until today, and what comes back after it had ended; a held record that goes has ended."""
    region = Region()
    region.take("A/1: t Ala 1 a", "A/2: t Ola 2 b", "A/3: t Iga 3 c", "A/4: t Zoe 4 d")
    region.take("A/1: t Ala 1 a", "A/3: t Iga_Kot 3 c", "A/5: t Ida_Sowa 4 -", "A/6: t Maja_Mak 1 e")

    plan = region.plan("A/1: t Ala 1 a", "A/2: t Ola 2 b", "A/5: t Ida_Sowa 5 -")

    assert [(each.record, each.step, each.reason, each.person) for each in plan.lines if each.step != "open"] == [
        ("5", "create", "new in the gradebook", "Ida Sowa"),
        ("2", "create", "new in the gradebook", "Ola Lis"),
        ("3", "end", "the record is gone", "Iga Kot"),
        ("6", "end", "the record is gone", "Maja Mak"),
    ]
    assert plan.counts == Counts(created=2, unchanged=1, ended=2, opened=1)


@pytest.mark.rule("SYNC-7b")
def test_what_somebody_disagrees_about_with_another_school_is_told_to_both():
    """The conflict stands at the first of their records, whichever school is imported; of others nothing is said."""
    region = Region()
    region.take("A/1: t Jan 8 x", "A/2: t Ewa 9 y", "A/3: h Ewa 9 y2")

    plan = region.plan("B/1: t Jan 8 z")

    (told,) = [each for each in plan.lines if each.step == "conflict"]
    assert (told.school, told.record, told.person) == ("A", "1", "Jan Lis")
    assert told.reason == "address-conflict: x•••@example.com, z•••@example.com · B"
    assert plan.counts_by_school == {"A": Counts(conflicts=1), "B": Counts(created=1)}


@pytest.mark.rule("SYNC-4d")
def test_a_plan_keeps_in_mind_what_is_to_be_looked_at_again(plan):
    """Whatever has something held, refused, corrected here or contradicting itself; the others are settled."""
    read = {f"{each.key.roster.school}/{each.key.key}": each.people for each in plan.changes.records if each.unsettled}
    settled = {
        f"{each.key.roster.school}/{each.key.key}": each.people for each in plan.changes.records if not each.unsettled
    }

    assert read == {
        "A/2": 1,
        "A/5": 2,
        "A/6": 1,
        "A/7": 1,
        "A/8": 2,
        "A/9": 3,
        "A/12": 1,
        "A/13": 2,
        "A/14": 1,
        "A/15": 2,
        "A/16": 2,
        "A/18": 1,
        "A/20": 1,
        "A/21": 1,
        "B/1": 1,
        "B/8": 1,
    }
    assert settled == {"A/1": 3, "A/4": 2, "A/19": 2, "B/2": 1, "B/3": 1, "B/4": 1}
    assert [each.key for each in plan.changes.ended_records] == ["3"]


@pytest.mark.rule("SYNC-3a")
@pytest.mark.rule("LINK-3c")
def test_a_plan_says_whom_it_leaves_without_an_address():
    """A guardian who is kept from the child comes to state the child's own address."""
    region = Region()
    region.take("A/1: s Ala 1 x, g Jan 8 j")
    region.restrict("A/1 g", "A/1 s")

    plan = region.plan("A/1: s Ala 1 x, g Jan 8 x")

    moves = {each.person: each.reason for each in plan.lines if each.step == "move-address"}
    assert moves == {"Ala Lis": "every record states none", "Jan Lis": "every record states x•••@example.com"}

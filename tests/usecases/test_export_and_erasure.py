"""Everything that is kept of a person is handed out, and all but what the rule names is taken away (LAW-4, LINK-7d)."""

from __future__ import annotations

import json

import attrs
import pytest

from eszkola_core._usecases.erase_person import Erased, ErasePerson, ErasurePlan, ErasureRefused, NotErased
from eszkola_core._usecases.export_person import Exported, ExportPerson, NothingKept
from eszkola_core._usecases.merge_people import Merged, MergePeople, Parted
from eszkola_core.domain import dossier_texts
from eszkola_core.domain.accounts import PersonId, State
from eszkola_core.domain.audit import broken
from eszkola_core.domain.claims import Hold
from eszkola_core.domain.dossiers import EXPORTED, NOBODY, NOT_EXPORTED, NOT_SHOWN
from eszkola_core.domain.permissions import NotPermitted
from eszkola_core.domain.restrictions import pairs_kept_apart
from eszkola_core.ports.storage import Unit
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.dossiers import fill_of
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.region import CONSOLE, Region

FAMILY = ("A/1: s Ala 1 a, g Jan 8 j, g Ewa 9 e", "A/y: y Maria 12 m")
PARTS = [name for name, each in vars(Unit).items() if isinstance(each, property)]


@pytest.fixture
def region():
    """Return a region in which Jan is kept from Ala."""
    made = Region()
    made.take(*FAMILY)
    made.restrict("A/1 g Jan", "A/1 s")
    return made


def erasing(region):
    """Return the use case."""
    return ErasePerson(region.storage, region.tenant, region.clock)


def exported(region, person, actor=CONSOLE):
    """Return what is handed out."""
    return ExportPerson(region.storage, region.tenant, region.clock).of(actor, person)


@pytest.mark.rule("LAW-4a")
def test_every_part_of_a_unit_is_exported_or_listed_with_a_reason():
    """A part that is new has to say what of it is a person's."""
    assert set(PARTS) == {*EXPORTED, *NOT_EXPORTED}
    assert not set(EXPORTED) & set(NOT_EXPORTED)
    assert all(NOT_EXPORTED.values())


@pytest.mark.rule("LAW-4a")
def test_whatever_is_kept_of_somebody_is_in_the_file():
    """Each part of it, where something is kept in every part; nothing that opens or proves anything."""
    region = Region()
    with region.storage.unit() as unit:
        for number in (1, 2):
            fill_of(unit, PersonId(number))
    content = exported(region, PersonId(1)).content

    parts = {part for named in EXPORTED.values() for part in named}
    assert set(content["parts"]) == parts
    assert {part for part, held in content["parts"].items() if not held} <= {"conflicts"}
    text = json.dumps(content)
    assert a.national_id(1).reveal() in text
    assert a.national_id(2).reveal() not in text
    assert a.credential(1).encoded not in text
    assert {each["data"]["link"] for each in content["parts"]["messages"]} == {NOT_SHOWN}
    assert content["parts"]["credential"][0]["encoded"] == NOT_SHOWN


@pytest.mark.rule("LAW-4a")
def test_the_text_has_a_word_for_every_field_in_every_language():
    """People read what programs read, under names of their own language."""
    region = Region()
    with region.storage.unit() as unit:
        fill_of(unit, PersonId(1))
    content = exported(region, PersonId(1)).content
    texts = {locale: dossier_texts.words(content, locale, zone=region.tenant.zone) for locale in dossier_texts.LOCALES}

    assert len(set(texts.values())) == len(texts)
    for text in texts.values():
        assert a.national_id(1).reveal() in text
    names = {name for part in content["parts"].values() for each in part for name in _names(each)}
    assert names <= dossier_texts.FIELDS.keys()
    assert content["parts"].keys() == dossier_texts.PARTS.keys()


def _names(value):
    """Yield the names of fields within a part, but those of a message's data, which senders choose."""
    for name, held in value.items():
        yield name
        for each in held if isinstance(held, list) else [held]:
            if isinstance(each, dict) and name not in {"data", "detail"}:
                yield from _names(each)


@pytest.mark.rule("LAW-4a")
def test_who_may_not_gets_nothing_and_who_may_is_in_the_journal(region):
    """The person gets their own; a guardian's neighbour does not."""
    jan, ewa = region.account("A/1 g Jan"), region.account("A/1 g Ewa")

    assert isinstance(exported(region, jan.id, region.actor("A/1 g Ewa")), NotPermitted)
    assert isinstance(exported(region, ewa.id, region.actor("A/1 g Ewa")), Exported)
    assert exported(region, PersonId(99)) == NothingKept()
    with region.storage.snapshot() as unit:
        assert [each.deed for each in unit.audit.entries(about=ewa.id)] == ["person-exported"]


@pytest.mark.rule("LAW-4b")
def test_an_erasure_is_refused_while_a_record_names_the_person(region):
    """It says which; nothing changes, whatever plan is given."""
    jan = region.account("A/1 g Jan").id
    refused = erasing(region).request(CONSOLE, jan, why="a letter")

    assert isinstance(refused, NotErased)
    assert refused.reason is ErasureRefused.RECORDS_NAME_THEM
    assert [(each.school, each.record.key) for each in refused.records] == [("A", "1")]
    assert erasing(region).apply(CONSOLE, jan, "x", why="a letter") == refused
    assert region.account("A/1 g Jan").name.first == "Jan"
    assert isinstance(erasing(region).request(region.actor("A/y y"), jan, why="x"), NotPermitted)


@pytest.mark.rule("LAW-4b")
def test_a_plan_whose_ground_moved_is_refused(region):
    """Whoever looked at something else decides again."""
    jan = region.account("A/1 g Jan").id
    region.take("A/1: s Ala 1 a, g Ewa 9 e", "A/y: y Maria 12 m")
    plan = erasing(region).request(CONSOLE, jan, why="a letter")
    assert isinstance(plan, ErasurePlan)
    with region.storage.unit() as unit:
        unit.sessions.add(a.session("s", number=jan))

    assert erasing(region).apply(CONSOLE, jan, plan.id, why="x") == NotErased(ErasureRefused.GROUND_MOVED)


@pytest.mark.rule("LAW-4b")
@pytest.mark.parametrize("who", ["Jan", "Ala"])
def test_who_is_erased_and_comes_back_is_new_and_restricted(region, who):
    """With a fresh account and another login; the restriction is known by the keyed fingerprint alone."""
    former = region.account_named(who)
    region.take(empty=("A",))
    plan = erasing(region).request(CONSOLE, former.id, why="a letter")
    done = erasing(region).apply(CONSOLE, former.id, plan.id, why="a letter")
    assert done == Erased(former.id, 1)
    with region.storage.snapshot() as unit:
        left = unit.people.get_many([former.id])[former.id]
        assert list(broken(unit.audit.entries(), region.storage.fingerprints)) == []
    assert (left.state, left.login, left.ids, left.central) == (State.ERASED, former.login, (), None)
    again = erasing(region).apply(CONSOLE, former.id, plan.id, why="x")
    assert again == NotErased(ErasureRefused.ALREADY_ERASED)

    region.take(*FAMILY)
    back = region.account_named(who)

    assert back.id != former.id
    assert back.login != former.login
    assert region.children("A/1 g Jan") == ()
    assert region.children("A/1 g Ewa") == ("Ala Lis",)


@pytest.mark.rule("LINK-7d")
def test_a_request_for_erasure_ends_the_security_codes(region):
    """Even where the erasure is refused."""
    jan = region.account("A/1 g Jan").id
    with region.storage.unit() as unit:
        unit.codes.add(attrs.evolve(a.code("c", number=jan), expires_at=region.clock.now() + a.HOUR))
    erasing(region).request(CONSOLE, jan, why="a letter")

    with region.storage.unit() as unit:
        assert unit.codes.redeem(a.digest("c"), now=region.clock.now()) is None


@pytest.mark.rule("LAW-4b")
@pytest.mark.rule("LAW-4a")
def test_whoever_had_two_accounts_gets_and_loses_both():
    """The copy holds what either account had; after an erasure nothing is left of one or the other."""
    region = Region()
    region.take("A/1: s Ala 1 a, g Jan 8 j", "B/1: s Ola 2 o, g Jan - k")
    pair = region.account("A/1 g Jan").id, region.account("B/1 g Jan").id
    merging = MergePeople(region.storage, region.tenant, region.clock, CountingSecrets("merging"))
    plan = merging.plan(CONSOLE, *pair)
    merging.merge(CONSOLE, *pair, plan_id=plan.id, reason="one father")
    survivor = plan.survivor

    copy = json.dumps(exported(region, survivor).content)
    assert "j@example.com" in copy
    assert "k@example.com" in copy
    assert {each["id"] for each in exported(region, survivor).content["parts"]["account"]} == set(pair)

    region.take("A/1: s Ala 1 a", "B/1: s Ola 2 o")
    asked = erasing(region).request(CONSOLE, survivor, why="letter")
    assert isinstance(erasing(region).apply(CONSOLE, survivor, asked.id, why="letter"), Erased)
    with region.storage.snapshot() as unit:
        left = unit.people.get_many(pair)
        assert {each.state for each in left.values()} == {State.ERASED}
        assert [each.name for each in left.values()] == [NOBODY, NOBODY]
        assert all(not each.ids and not each.former_ids and each.central is None for each in left.values())
        assert [unit.people.decisions(each) for each in pair] == [[], []]
        assert {unit.people.by_login(each.login).id for each in left.values()} == set(pair)
    rest = json.dumps([exported(region, each).content for each in pair])
    assert "j@example.com" not in rest
    assert "k@example.com" not in rest
    assert "Jan" not in rest


def merged(region, one, other):
    """Merge the owners of two places and return what was done."""
    merging = MergePeople(region.storage, region.tenant, region.clock, CountingSecrets("merging"))
    pair = region.account(one).id, region.account(other).id
    done = merging.merge(CONSOLE, *pair, plan_id=merging.plan(CONSOLE, *pair).id, reason="one father")
    assert isinstance(done, Merged), done
    return done


@pytest.mark.rule("LAW-4b")
@pytest.mark.rule("LINK-3d")
@pytest.mark.rule("ID-7d")
@pytest.mark.parametrize("gone", "ABC")
def test_an_erasure_frees_nobody_from_what_was_decided_while_they_were_one(gone):
    """Of three accounts that were restricted as one and parted, the other two stay bound when one is erased."""
    region = Region()
    lines = [f"{school}/1: s Ala 1 a, g Jan {number} {school.lower()}" for school, number in ("A8", "B-", "C-")]
    region.take(*lines)
    people = {school: region.account(f"{school}/1 g Jan").id for school in "ABC"}
    child = region.account("A/1 s").id
    joined = [merged(region, f"{one}/1 g Jan", f"{other}/1 g Jan") for one, other in ("BC", "AB")]
    region.restrict("A/1 g Jan", "A/1 s")
    parting = MergePeople(region.storage, region.tenant, region.clock, CountingSecrets("parting"))
    for each in reversed(joined):
        assert isinstance(parting.undo(CONSOLE, each.plan.survivor, each.decision, reason="three men"), Parted)
    region.take(*(each.partition(", g")[0] if each[0] == gone else each for each in lines))

    asked = erasing(region).request(CONSOLE, people[gone], why="a letter")
    assert isinstance(erasing(region).apply(CONSOLE, people[gone], asked.id, why="a letter"), Erased)

    others = [people[school] for school in "ABC" if school != gone]
    assert {(each, child) for each in others} <= pairs_kept_apart(region.world().decisions)
    assert [region.children_seen_by(each) for each in others] == [(), ()]
    region.lift_all()
    assert [[one.person for one in region.children_seen_by(each)] for each in others] == [[child], [child]]


@pytest.mark.rule("LAW-4b")
def test_a_record_that_names_either_account_stands_in_the_way():
    """A doubtful record with the passport of the absorbed account keeps the survivor from being erased."""
    region = Region()
    region.take("A/1: s Ala 1 a, g Jan 8 j", "B/1: s Ola 2 o, g Jan p5 k")
    survivor = merged(region, "A/1 g Jan", "B/1 g Jan").plan.survivor
    region.take("A/1: s Ala 1 a", "B/1: s Ola 2 o", "C/1: s Iga 3 i, g Ktoś_Inny p5 -")
    assert region.place("C/1 g Ktoś_Inny").hold is Hold.NAME_MISMATCH

    kept = erasing(region).request(CONSOLE, survivor, why="a letter")

    assert isinstance(kept, NotErased)
    assert (kept.reason, [each.school for each in kept.records]) == (ErasureRefused.RECORDS_NAME_THEM, ["C"])


@pytest.mark.rule("LAW-3a")
@pytest.mark.rule("LAW-4b")
def test_an_erasure_is_told_in_full(region):
    """The plan counts what goes by part, and the journal says who asked, who was erased, why, and how much went."""
    jan = region.account("A/1 g Jan")
    region.take("A/1: s Ala 1 a, g Ewa 9 e", "A/y: y Maria 12 m")
    plan = erasing(region).request(CONSOLE, jan.id, why="a letter")
    counts = {part: len(held) for part, held in exported(region, jan.id).content["parts"].items()}

    assert plan.goes == {part: counts[part] for part in plan.goes}
    assert counts.keys() - plan.goes.keys() >= {"journal", "account"}
    assert plan.restrictions == 1
    assert isinstance(erasing(region).apply(CONSOLE, jan.id, plan.id, why="as she wrote"), Erased)
    with region.storage.snapshot() as unit:
        entries = [each for each in unit.audit.entries(about=jan.id) if "eras" in each.deed]
    gone = {"parts": str(sum(plan.goes.values())), "restrictions": "1"}
    assert [(each.deed, each.on, each.why, each.detail) for each in entries] == [
        ("erasure-requested", (jan.id,), "a letter", {}),
        ("person-erased", (jan.id,), "as she wrote", gone),
    ]


@pytest.mark.rule("LAW-4a")
def test_a_copy_holds_nothing_of_anybody_else():
    """It is as long as it would be without the others, and tells of nobody else's conflicts and deeds."""
    alone, among_others = Region(), Region()
    for region, numbers in ((alone, (1,)), (among_others, (1, 2))):
        with region.storage.unit() as unit:
            for number in numbers:
                fill_of(unit, PersonId(number))

    lone, mine = (exported(region, PersonId(1)).content["parts"] for region in (alone, among_others))
    assert {part: len(held) for part, held in mine.items()} == {part: len(held) for part, held in lone.items()}
    assert [each["seal"] for each in mine["journal"]] == [None] * len(mine["journal"])

    school = Region()
    school.take("A/1: t Ewa 9 e", "A/2: h Ewa 9 f", "A/3: t Jan 8 x", "A/4: h Jan 8 y")
    ewas = exported(school, school.account("A/1 t").id).content["parts"]
    assert [each["key"]["record"]["key"] for each in ewas["places"]] == ["2", "1"]
    assert [each["place"]["record"]["key"] for each in ewas["conflicts"]] == ["2"]

"""What staff enter and correct here: who may, what comes of it, and that no import undoes it (ROLE-3, SYNC-8)."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._usecases.correct_data import Corrected, CorrectionRefused, NotCorrected, TakenBack
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.claims import DecisionKind
from eszkola_core.domain.corrections import Correction
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.permissions import Ground, NotPermitted, Permission
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Field, Sex
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.notation import pesel, reading

CONSOLE = Actor.console("console:root")
FAMILIES = ("A/1: s Ala 1 ala, g Jan 8 jan, g Ewa - ewa", "A/2: s Ola 2 -, g Ida 7 ida")
STAFF = ("A/h: h Iga 3 iga", "A/z: y Zofia 6 zofia", "A/d: t Dora 5 dora")


CLASSES = {"1": "1a", "2": "1b", "h": "1a"}


def in_classes(*lines):
    """Return a reading of *lines* in which records 1 and h are of class 1a, and record 2 is of 1b."""
    stated = reading(*lines)

    def record(each):
        first, *others = each.people
        return evolve(each, people=(evolve(first, class_name=CLASSES.get(each.key, "")), *others))

    return evolve(
        stated, rosters=tuple(evolve(each, records=tuple(map(record, each.records))) for each in stated.rosters)
    )


def school():
    """Return what the gradebook states: class 1a with its teacher, another one, and the office."""
    return in_classes(*FAMILIES, *STAFF)


@pytest.fixture
def region(a_region):
    """Return a region with that school, whose delegate is Dora."""
    region = a_region()
    region.take(school())
    region.grants("dora", Role.DELEGATE)
    return region


def findings(done):
    """Return the findings about corrections, by record and field."""
    return {(each.record, each.field) for each in done.plan.findings if each.code == "corrected-here"}


def claims(region, at, name=""):
    """Return what is applied of a place."""
    return region.place(at, name).accepted


@pytest.mark.rule("ROLE-3b")
@pytest.mark.rule("SYNC-8")
def test_a_correction_stands_until_the_source_says_the_same(region):
    """Through any number of imports it is a finding; when the gradebook agrees it is withdrawn by itself."""
    assert isinstance(region.corrects("A/1", Field.LAST_NAME, "Lisowska", by="dora"), Corrected)
    assert claims(region, "A/1").name == PersonName("Ala", "Lisowska")
    assert region.person("ala.lis").name == PersonName("Ala", "Lisowska")
    for _ in range(2):
        again = region.take(school())
        assert claims(region, "A/1").name.last == "Lisowska"
        assert findings(again) == {("1", "last_name")}
        assert "corrected-here" in {code for row in region.readiness.of(CONSOLE, "A").rows for code in row.reasons}

    agreeing = ("A/1: s Ala_Lisowska 1 ala, g Jan 8 jan, g Ewa - ewa", *FAMILIES[1:])
    done = region.take(in_classes(*agreeing))
    assert findings(done) == set()
    with region.storage.snapshot() as unit:
        (decision,) = unit.people.decisions(region.person("ala.lis").id)
    assert (decision.kind, decision.withdrawn_by) == (DecisionKind.CORRECTED, "test")
    assert decision.withdrawn_why == "the source says the same"
    assert region.take(in_classes(*agreeing)).plan.is_empty
    region.take(in_classes("A/1: s Ala_Nowak 1 ala, g Jan 8 jan, g Ewa - ewa", *FAMILIES[1:]))
    assert claims(region, "A/1").name.last == "Nowak"


@pytest.mark.rule("SYNC-8")
@given(data=st.data())
def test_no_import_undoes_a_correction(a_region, data):
    """Whatever the gradebook says next of that record, and in whatever order: the corrected field stays as it is."""
    region = a_region()
    region.take("A/1: s Ala 1 ala, g Jan 8 jan, g Ewa - ewa")
    field, text, name = data.draw(
        st.sampled_from(
            [
                (Field.FIRST_NAME, "Alina", ""),
                (Field.LAST_NAME, "Lisowska", ""),
                (Field.EMAIL, "nowy@example.com", ""),
                (Field.EMAIL, "", "Jan"),
                (Field.PHONE, "+48774003020", "Ewa"),
                (Field.NATIONAL_ID, pesel(9), "Ewa"),
                (Field.SEX, "female", ""),
            ]
        )
    )
    assert isinstance(region.corrects("A/1", field, text, name=name), Corrected)
    corrected = claims(region, "A/1", name)
    key = region.place("A/1", name).key

    def one_field(of):
        return {Field.FIRST_NAME: of.name.first, Field.LAST_NAME: of.name.last, Field.NATIONAL_ID: of.ids}.get(
            field, getattr(of, field.value, None)
        )

    words = st.sampled_from(["A/1: s Ala 1 ala, g Jan 8 jan, g Ewa - ewa", "A/1: s Ala 1 x, g Jan 8 y, g Ewa - z"])
    more = st.sampled_from(["A/1: s Ala_Kot 1 ala, g Jan_Lis 8 jan, g Ewa - -", "A/1: s Ala ~ ~, g Jan ~ ~, g Ewa ~ ~"])
    for line in data.draw(st.lists(words | more, min_size=1, max_size=4)):
        region.take(line)
        with region.storage.snapshot() as unit:
            (place,) = [each for each in unit.rosters.places("A") if each.key == key]
        assert one_field(place.accepted) == one_field(corrected)
        assert region.take(line).plan.is_empty


@pytest.mark.rule("ROLE-3b")
def test_a_source_that_is_silent_agrees_to_nothing(region):
    """A table without the column says nothing: what was entered stays a correction, and a finding."""
    region.corrects("A/1", Field.EMAIL, "ewa.lis@example.com", name="Ewa", by="zofia")
    silent = ("A/1: s Ala 1 ala, g Jan 8 jan, g Ewa - ~", *FAMILIES[1:])
    done = region.take(in_classes(*silent))

    assert findings(done) == {("1", "email")}
    done = region.take(school())
    assert findings(done) == {("1", "email")}
    assert claims(region, "A/1", "Ewa").email.spelling == "ewa.lis@example.com"


@pytest.mark.rule("ROLE-3a")
@pytest.mark.parametrize(
    ("by", "at", "name", "field", "may"),
    [
        ("iga", "A/1", "Jan", Field.EMAIL, True),  # a guardian of the own class
        ("iga", "A/2", "Ida", Field.EMAIL, False),  # of another class
        ("iga", "A/1", "", Field.PHONE, True),  # missing data of a student of the own class
        ("iga", "A/1", "", Field.EMAIL, False),  # what is there already
        ("iga", "A/2", "", Field.EMAIL, False),  # missing, but of another class
        ("zofia", "A/2", "", Field.EMAIL, True),  # the secretary enters what is missing
        ("zofia", "A/1", "", Field.EMAIL, False),  # and corrects no student's
        ("zofia", "A/2", "Ida", Field.EMAIL, True),  # but guardians'
        ("zofia", "A/d", "", Field.PHONE, False),  # nobody above: a delegate's
        ("dora", "A/1", "", Field.EMAIL, True),
        ("dora", "A/d", "", Field.PHONE, False),  # nobody corrects their own
        ("jan", "A/1", "", Field.PHONE, False),
    ],
)
def test_who_may_enter_and_correct(region, by, at, name, field, may):  # noqa: PLR0913, PLR0917 - a row of the table
    """The table of permissions as people meet it; whoever may not changes nothing."""
    before = claims(region, at, name)
    text = "+48774003020" if field is Field.PHONE else "nowy@example.com"
    done = region.corrects(at, field, text, name=name, by=by)

    assert isinstance(done, Corrected if may else NotPermitted), done
    assert (claims(region, at, name) != before) == may
    assert len(region.journal("data-corrected")) == int(may)


@pytest.mark.rule("ROLE-6b")
def test_nobody_corrects_what_concerns_their_own_child(region):
    """A homeroom teacher who is a mother in her own class leaves that record to others, all who stand in it."""
    region.take("A/1: s Ala 1 ala, g Jan 8 jan, g Iga 3 iga")
    region.take(in_classes("A/1: s Ala 1 ala, g Jan 8 jan, g Iga 3 iga"))

    for name in ("", "Jan", "Iga"):
        done = region.corrects("A/1", Field.PHONE, "+48774003020", name=name, by="iga")
        assert isinstance(done, NotPermitted)
        assert done.permission.ground is Ground.CONCERNS_ACTOR
    assert isinstance(region.corrects("A/1", Field.PHONE, "+48774003020", name="Jan", by="zofia"), Corrected)


@pytest.mark.rule("ROLE-6a")
@pytest.mark.rule("ROLE-6b")
def test_nobody_makes_themselves_a_guardian_by_correcting(a_region):
    """Neither by their own id nor by their own name and address: it is found out, and nothing of it has happened."""
    region = a_region()
    region.take(in_classes("A/1: s Ala 1 ala, g Jan - -", "A/z: y Zofia 6 zofia", "A/t: t Ida 7 ida"))
    region.corrects("A/1", Field.FIRST_NAME, "Zofia", name="Jan", by="zofia")
    (place,) = [each for each in _places(region) if each.role is Role.GUARDIAN]
    before = region.people()
    for field, text in ((Field.NATIONAL_ID, pesel(6)), (Field.EMAIL, "zofia@example.com")):
        done = region.correcting.correct(region.actor("zofia"), place.key, field, text)
        (after,) = [each for each in _places(region) if each.role is Role.GUARDIAN]
        assert region.person("zofia").id != after.person
        assert isinstance(done, NotPermitted) or region.children.of(region.person("zofia").id) == ()
    assert region.people()["zofia.lis"] == before["zofia.lis"]


@pytest.mark.rule("ROLE-6b")
@pytest.mark.parametrize(("field", "text"), [(Field.NATIONAL_ID, pesel(6)), (Field.EMAIL, "zofia@example.com")])
def test_nobody_turns_a_guardian_of_their_own_name_into_themselves(a_region, field, text):
    """Where nobody lasts in the place yet, the id or the address would have made it theirs: all is as before."""
    region = a_region("opolska", guardians_open_by="gradebook")
    region.take(in_classes("A/1: s Ala 1 ala, g Zofia - -", "A/z: y Zofia 6 zofia", "A/d: t Dora 5 dora"))
    region.grants("dora", Role.DELEGATE)
    before, places = region.people(), _places(region)
    done = region.corrects("A/1", field, text, name="Zofia", by="zofia")

    assert done == NotPermitted(Permission(allowed=False, ground=Ground.CONCERNS_ACTOR))
    assert (region.people(), _places(region)) == (before, places)
    assert isinstance(region.corrects("A/1", field, text, name="Zofia", by="dora"), Corrected)
    assert [each.person for each in region.children.of(region.person("zofia").id)] == [region.person("ala").id]


def _places(region):
    with region.storage.snapshot() as unit:
        return list(unit.rosters.places("A"))


@pytest.mark.rule("ROLE-3a")
def test_what_is_entered_opens_the_account_that_lacked_it(a_region):
    """A missing id and address are entered by the homeroom teacher, and the account opens as with any record."""
    region = a_region("opolska")
    region.take(in_classes("A/1: s Ala - -, g Jan - -", *STAFF))
    assert set(region.people()) == {"iga.lis", "zofia.lis", "dora.lis"}
    assert isinstance(region.corrects("A/1", Field.NATIONAL_ID, pesel(1), by="iga"), Corrected)
    assert not region.person("ala.lis").is_opened
    assert isinstance(region.corrects("A/1", Field.EMAIL, "ala@example.com", by="iga"), Corrected)

    ala = region.person("ala.lis")
    assert ala.is_opened
    assert ala.ids[0].reveal() == pesel(1)
    assert [each.to for each in region.letters()][-1] == "ala@example.com"
    done = region.take(in_classes("A/1: s Ala - -, g Jan - -", *STAFF))
    assert findings(done) == {("1", "national_id"), ("1", "email")}
    assert region.person("ala.lis").central.spelling == "ala@example.com"


@pytest.mark.rule("ROLE-6a")
def test_an_address_that_opens_more_than_the_corrector_has_power_over_is_not_theirs_to_set(a_region):
    """A teacher of one class does not move the account of a guardian in two; when the other record agrees, she does."""
    region = a_region()
    lines = ["A/1: s Ala 1 ala, g Jan 8 -", "B/1: s Ola 2 ola, g Jan 8 -", "A/h: h Iga 3 iga", "B/z: y Ula 4 ula"]
    region.take(in_classes(*lines))
    done = region.corrects("A/1", Field.EMAIL, "new@example.com", name="Jan", by="iga")
    assert isinstance(done, NotPermitted)
    assert done.permission.ground is Ground.NOT_COVERED
    assert region.person("jan").central is None
    assert claims(region, "A/1", "Jan").email is None

    lines[1] = "B/1: s Ola 2 ola, g Jan 8 old"
    region.take(in_classes(*lines))
    assert isinstance(region.corrects("A/1", Field.EMAIL, "new@example.com", name="Jan", by="iga"), Corrected)
    assert region.person("jan").central.spelling == "old@example.com"
    assert isinstance(region.corrects("B/1", Field.EMAIL, "new@example.com", name="Jan", by="ula"), Corrected)
    assert region.person("jan").central.spelling == "new@example.com"


@pytest.mark.rule("ROLE-3b")
def test_a_correction_is_taken_back(region):
    """With the next import the source's value is there again, though the source has not changed."""
    region.corrects("A/1", Field.EMAIL, "new@example.com", name="Jan", by="dora")
    region.take(school())
    key = region.place("A/1", "Jan").key
    assert isinstance(region.correcting.take_back(region.actor("jan"), key, Field.EMAIL), NotPermitted)
    assert region.correcting.take_back(region.actor("dora"), key, Field.PHONE) == NotCorrected(
        CorrectionRefused.NOT_CORRECTED
    )
    assert region.correcting.take_back(region.actor("dora"), key, Field.EMAIL, reason="pomyłka") == TakenBack()
    done = region.take(school())

    assert claims(region, "A/1", "Jan").email.spelling == "jan@example.com"
    assert findings(done) == set()
    assert [each.why for each in region.journal("correction-withdrawn")] == ["pomyłka"]
    assert region.take(school()).plan.is_empty


@pytest.mark.rule("ROLE-3b")
def test_correcting_again_replaces_the_former_correction(region):
    """Of one field there is one correction; the journal has both, and neither value."""
    region.corrects("A/1", Field.EMAIL, "first@example.com", name="Jan", by="dora")
    region.corrects("A/1", Field.EMAIL, "second@example.com", name="Jan", by="zofia")
    region.corrects("A/1", Field.PHONE, "77 400 30 20", name="Jan", by="zofia")
    jan = region.person("jan")
    with region.storage.snapshot() as unit:
        decisions = unit.people.decisions(jan.id)

    assert [each.stands for each in decisions] == [False, True, True]
    assert claims(region, "A/1", "Jan").email.spelling == "second@example.com"
    assert claims(region, "A/1", "Jan").phone.e164 == "+48774003020"
    entries = region.journal("data-corrected")
    assert [(each.by, each.on, each.detail["field"]) for each in entries] == [
        (region.person("dora").id, (jan.id,), "email"),
        (region.person("zofia").id, (jan.id,), "email"),
        (region.person("zofia").id, (jan.id,), "phone"),
    ]
    assert "example.com" not in repr(entries)
    assert "example.com" not in repr(decisions)


@pytest.mark.parametrize(
    ("at", "name", "field", "text", "reason"),
    [
        ("A/1", "", Field.FIRST_NAME, "Ala", CorrectionRefused.SAID_ALREADY),
        ("A/1", "", Field.EMAIL, "ALA@example.com", CorrectionRefused.SAID_ALREADY),
        ("A/1", "", Field.NATIONAL_ID, pesel(11), CorrectionRefused.ID_STATED_ALREADY),
        ("A/1", "", Field.BIRTH_DATE, "2012-03-01", CorrectionRefused.CONTRADICTS_ID),
    ],
)
def test_what_cannot_be_corrected_so_is_refused(region, at, name, field, text, reason):  # noqa: PLR0913, PLR0917 - a row
    """Nothing is decided, and nothing written down."""
    assert region.corrects(at, field, text, name=name) == NotCorrected(reason)
    assert region.journal("data-corrected") == []


def test_a_place_that_is_not_there_or_waits_is_refused(region):
    """Somebody whose newest record waits for a yes is corrected after that."""
    key = region.place("A/1", "Jan").key
    elsewhere = evolve(key, record=evolve(key.record, key="99"))
    assert region.correcting.correct(CONSOLE, elsewhere, Field.EMAIL, "x@example.com") == NotCorrected(
        CorrectionRefused.NO_SUCH_PLACE
    )
    region.take("A/1: s Ala 1 ala, g Jan 18 jan, g Ewa - ewa")
    assert region.corrects("A/1", Field.EMAIL, "x@example.com", name="Jan") == NotCorrected(
        CorrectionRefused.PLACE_HELD
    )


@pytest.mark.rule("SYNC-8")
def test_a_name_that_is_somebody_elses_altogether_is_not_taken(region):
    """First and last name are corrected one by one; both at once would make another human of the place."""
    region.corrects("A/1", Field.FIRST_NAME, "Barbara", name="Jan")
    done = region.corrects("A/1", Field.LAST_NAME, "Nowak", name="Barbara")

    assert isinstance(done, Corrected)
    assert claims(region, "A/1", "Barbara").name == PersonName("Barbara", "Nowak")
    assert region.person("jan.lis").id == region.place("A/1", "Barbara").person
    region.take(school())
    assert claims(region, "A/1", "Barbara").name == PersonName("Barbara", "Nowak")
    assert region.place("A/1", "Barbara").hold is None


@pytest.mark.rule("SYNC-8")
@pytest.mark.parametrize("number", ["9", "-"])
def test_a_record_that_becomes_anothers_takes_no_correction_along(region, number):
    """A key that the gradebook uses again for a new student: the newcomer is who the source says, or waits."""
    region.corrects("A/2", Field.LAST_NAME, "Lisowska")
    region.corrects("A/2", Field.EMAIL, "ola@example.com")
    ola = region.person("ola.lis").id
    region.take(in_classes(FAMILIES[0], f"A/2: s Tymon_Kot {number} -, g Ida 7 ida"))
    place = region.place("A/2")

    if place.person == ola:
        assert place.hold is not None
        assert place.accepted.name == PersonName("Ola", "Lisowska")
    else:
        assert place.accepted.name == PersonName("Tymon", "Kot")
        assert place.accepted.email is None


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (Field.EMAIL, "nothing"),
        (Field.EMAIL, "x@eszkola.example.org"),
        (Field.PHONE, "112"),
        (Field.NATIONAL_ID, "44051401358"),
        (Field.BIRTH_DATE, "1.3.2012"),
        (Field.BIRTH_DATE, "2999-01-01"),
        (Field.SEX, "k"),
        (Field.FIRST_NAME, " "),
        (Field.CLASS, "1b"),
    ],
)
def test_a_value_that_cannot_be_right_is_no_correction(region, field, text):
    """The same rules hold as for a gradebook; class and days are the gradebook's alone."""
    with pytest.raises(InvalidValue) as refused:
        region.corrects("A/2", field, text, name="Ida")
    assert text not in str(refused.value) or not text.strip() or field in (Field.SEX, Field.CLASS)
    assert region.journal("data-corrected") == []


def test_a_birth_date_and_a_sex_are_kept_as_they_are(region):
    """They come back as what they are."""
    region.take("A/3: s Ula - -")
    region.corrects("A/3", Field.BIRTH_DATE, "2012-03-01")
    region.corrects("A/3", Field.SEX, "female")

    assert claims(region, "A/3").birth_date == date(2012, 3, 1)
    assert claims(region, "A/3").sex is Sex.FEMALE


@pytest.mark.rule("ROLE-3b")
def test_what_a_correction_leaves_behind(region):
    """Journal and decisions say who, why and where; a name corrected twice still knows what the source said first."""
    key, ala = region.place("A/1").key, region.person("ala").id
    region.correcting.correct(region.actor("dora"), key, Field.LAST_NAME, "Lisowska", reason="ślub")
    region.corrects("A/1", Field.LAST_NAME, "Kotowska")
    region.correcting.take_back(CONSOLE, key, Field.LAST_NAME)
    with region.storage.snapshot() as unit:
        first, second = unit.people.decisions(ala)

    deeds = [each for each in region.journal() if each.deed in ("data-corrected", "correction-withdrawn")]
    detail = {"field": "last_name", "school": "A"}
    assert [(each.deed, each.on, each.why, each.detail) for each in deeds] == [
        ("data-corrected", (ala,), "ślub", detail),
        ("data-corrected", (ala,), "", detail),
        ("correction-withdrawn", (ala,), "", detail),
    ]
    assert (first.reason, first.withdrawn_by, first.withdrawn_why) == ("ślub", "console:root", "corrected again")
    assert (second.reason, second.withdrawn_by, second.withdrawn_why) == ("", "console:root", "")
    said = Correction.of(first).was
    assert said
    assert Correction.of(second).was == said
    again = region.correcting.take_back(CONSOLE, key, Field.LAST_NAME)
    assert again == NotCorrected(CorrectionRefused.NOT_CORRECTED)


@pytest.mark.rule("ROLE-3a")
def test_who_takes_a_correction_back_may_correct_such_a_person(region):
    """The secretary does a guardian's, and no student's."""
    region.corrects("A/1", Field.PHONE, "+48774003020", by="dora")
    region.corrects("A/1", Field.PHONE, "+48774003020", name="Jan", by="dora")
    zofia = region.actor("zofia")

    of_student = region.correcting.take_back(zofia, region.place("A/1").key, Field.PHONE)
    of_guardian = region.correcting.take_back(zofia, region.place("A/1", "Jan").key, Field.PHONE)

    assert isinstance(of_student, NotPermitted)
    assert of_guardian == TakenBack()


@pytest.mark.rule("ROLE-6a")
@pytest.mark.parametrize(
    "lines",
    [
        ("A/1: s Ala 1 ala, g Jan p8 jan", "B/1: s Ola 2 ola, g Jan p8 -"),
        ("A/1: s Ala 1 ala, g Jan p8 jan 601234567", "B/1: s Ola 2 ola, g Jan p8 jan"),
    ],
)
def test_an_address_that_does_not_change_is_nobodys_concern(a_region, lines):
    """Another school that does not state address or telephone keeps nobody from correcting something else here."""
    region = a_region()
    region.take(in_classes(*lines, "A/h: h Iga 3 iga"))

    assert isinstance(region.corrects("A/1", Field.SEX, "male", name="Jan", by="iga"), Corrected)


@pytest.mark.rule("ROLE-6a")
def test_an_id_that_shows_whose_a_place_is_moves_no_address(a_region):
    """Nobody lasted there; by the id it is a guardian of two other schools, whose address is as it was."""
    region = a_region("opolska", guardians_open_by="gradebook")
    others = ("B/1: s Ola 2 ola, g Jan 8 jan", "C/1: s Ula 4 ula, g Jan 8 -")
    region.take(in_classes("A/1: s Ala 1 ala, g Jan - -", "A/h: h Iga 3 iga", *others))
    assert region.place("A/1", "Jan").person is None

    done = region.corrects("A/1", Field.NATIONAL_ID, pesel(8), name="Jan", by="iga")

    assert done == Corrected(region.person("jan").id)

"""From what a record states to claims: what is taken, kept or held, and how it is told (ID-1, ID-3, SYNC-7)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core.domain.claims import PLATFORM
from eszkola_core.domain.hidden import masked
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import EMSO, PESEL, may_be_one, parse
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.reading import hint, read
from eszkola_core.domain.record_keys import canonical, record_key, roster_key
from eszkola_core.domain.roles import IMPORTABLE, Role
from eszkola_core.domain.settings import PROFILES
from eszkola_core.domain.stated import Field, Problem, Sex, StatedId, StatedPerson, StatedRecord, StatedRoster
from eszkola_core.domain.tenants import Tenant
from eszkola_core.testing import strategies
from eszkola_core.testing.notation import pesel

TODAY = date(2026, 11, 23)
TENANT = Tenant(
    key="t",
    name="Test",
    base_url="https://konto.example.org",
    platform_domain="eszkola.example.org",
    settings=PROFILES["opolska"],
)
ROSTER = StatedRoster(school="A", origin="o", list="students", records=(), source="a.csv", version="1")
BORN = date(2005, 3, 4)
NOT_IMPORTABLE = "role-not-importable"
CHILD = pesel(7, born=BORN)
BOY = pesel(8, born=BORN, male=True)


def wrong_check_digit(text):
    """Return an id with another last digit."""
    return text[:-1] + str((int(text[-1]) + 1) % 10)


def with_check_digit(body):
    """Return the id of ten digits with the last one that belongs to it."""
    return next(
        body + last
        for last in "0123456789"
        if sum(int(d) * w for d, w in zip(body + last, WEIGHTS, strict=True)) % 10 == 0
    )


WEIGHTS = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)


def pseudonym(text):
    """Stand in for the keyed fingerprint, without the text in it."""
    return f"pseudonym-{sum(map(ord, text))}"


def student(**values):
    """Return Ala Lis, a student, with other values where they are given."""
    return StatedPerson(**{"role": Role.STUDENT, "first_name": "Ala", "last_name": "Lis", **values})


def guardian(first_name="Jan", **values):
    """Return a guardian."""
    return student(role=Role.GUARDIAN, first_name=first_name, **values)


def record(*people, key="7", **values):
    """Return a record at line 3 of its file."""
    return StatedRecord(key=key, people=people, source="a.csv", line=3, **values)


def taken(stated, *, before=None, roster=ROSTER, tenant=TENANT):
    """Return what became of a record."""
    return read(stated, roster, before=before or {}, tenant=tenant, today=TODAY, pseudonym=pseudonym)


def only(outcome):
    """Return the claims of the only person in a record."""
    (claims,) = outcome.places.values()
    return claims


def again(first, second):
    """Return the claims of a student who was stated in one way and then in another."""
    return only(taken(record(second), before=taken(record(first)).places))


# Findings


@pytest.mark.rule("SYNC-7b")
@pytest.mark.parametrize(
    ("values", "field", "code", "shown"),
    [
        ({"ids": (StatedId("800102001", PESEL),)}, "national_id", "zeros-lost", masked("800102001")),
        ({"ids": (StatedId("8001020", PESEL),)}, "national_id", "wrong-length", masked("8001020")),
        (
            {"ids": (StatedId(wrong_check_digit(CHILD), PESEL),)},
            "national_id",
            "wrong-checksum",
            masked(wrong_check_digit(CHILD)),
        ),
        ({"ids": (StatedId(with_check_digit("8013320012"), PESEL),)}, "national_id", "not-a-date", None),
        ({"ids": (StatedId("8001020012X", PESEL),)}, "national_id", "wrong-format", "••••••••12X"),
        ({"ids": (StatedId(pesel(1, born=date(2026, 12, 31)), PESEL),)}, "national_id", "future-birth-date", None),
        ({"ids": (StatedId(CHILD[1:], PESEL),)}, "national_id", "zeros-lost", masked(CHILD[1:])),
        ({"ids": (StatedId(CHILD[1:], PESEL),), "birth_date": BORN}, "national_id", "zeros-restored", masked(CHILD)),
        ({"ids": (StatedId("FA1", "Ukraine", "passport"),)}, "national_id", "wrong-country", masked("FA1")),
        ({"ids": (StatedId("FA1", "ua", f"pass {CHILD}"),)}, "national_id", "wrong-document-type", masked("FA1")),
        ({"ids": (StatedId("--", "ua", "passport"),)}, "national_id", "wrong-format", "••"),
        ({"ids": (StatedId(CHILD), StatedId(BOY))}, "national_id", "ids-disagree", ""),
        (
            {"ids": (StatedId(CHILD),), "birth_date": BORN + timedelta(1)},
            "birth_date",
            "disagrees-with-id",
            "2005-03-05",
        ),
        ({"ids": (StatedId(CHILD),), "sex": Sex.MALE}, "sex", "disagrees-with-id", "male"),
        ({"birth_date": date(2026, 11, 24)}, "birth_date", "future-birth-date", "2026-11-24"),
        ({"email": "ala at home"}, "email", "invalid-email", masked("ala at home")),
        ({"email": "ala@@example.com"}, "email", "invalid-email", "a•••@example.com"),
        ({"email": "ala@440514 01359"}, "email", "invalid-email", "a•••@••••••••1359"),
        ({"email": "łucja@example.com"}, "email", "undeliverable-email", "ł•••@example.com"),
        ({"email": "ala@Mail.ESZKOLA.example.org"}, "email", "platform-address", "a•••@Mail.ESZKOLA.example.org"),
        ({"last_name": " - "}, "last_name", "name-missing", ""),
        ({"first_name": ""}, "first_name", "name-missing", ""),
        ({"first_day": TODAY, "last_day": TODAY - timedelta(1)}, "days", "last-before-first", "2026-11-23…2026-11-22"),
        ({"role": Role.DELEGATE}, "role", "role-not-importable", "data-controllers-delegate"),
        (
            {"role": Role.TEACHER, "ids": (StatedId("FA123456", "ua", "passport"),)},
            "national_id",
            "document-not-accepted",
            "••••••56",
        ),
    ],
)
def test_every_doubt_is_told_with_its_place_and_remedy(values, field, code, shown):
    """File, line, record and field; the value masked where it could name a person; and what to do about it."""
    outcome = taken(record(student(**values)))

    (finding,) = outcome.findings
    assert (finding.source, finding.line, finding.record, finding.field, finding.code) == ("a.csv", 3, "7", field, code)
    assert finding.hint == hint(code) != ""
    if shown is not None:
        assert finding.value == shown
    for each in values.get("ids", ()):
        assert each.text not in repr(outcome)


@pytest.mark.rule("SYNC-7b")
def test_what_the_source_could_not_translate_is_told_as_it_says():
    """A problem of a field keeps the field's last value; one without a field holds the record."""
    before = taken(record(student(class_name="1a")))
    problem = Problem(Field.CLASS, "no-such-class", "9ż", "choose one of the list")
    outcome = taken(record(student(problems=(problem,))), before=before.places)

    assert only(outcome).class_name == "1a"
    (finding,) = outcome.findings
    assert (finding.field, finding.code, finding.value, finding.hint) == (
        "class", "no-such-class", "9ż", "choose one of the list"
    )  # fmt: skip
    assert not outcome.held
    whole = taken(record(student(), problems=(Problem(None, "row-too-short"),)))
    assert whole.held
    assert [(each.field, each.code, each.hint) for each in whole.findings] == [("", "row-too-short", "")]


@pytest.mark.rule("PHONE-1a")
@pytest.mark.parametrize(
    ("text", "code"), [("112", "invalid-phone"), ("601234567 wew. 4", "phone-with-more"), ("601234567", "")]
)
def test_a_number_that_nobody_can_have_is_a_finding_and_the_last_one_stands(text, code):
    """Masked, with the remedy; what is a number is taken in its one form, and an empty cell says that there is none."""
    before = taken(record(student(phone="77 400 30 20")))
    outcome = taken(record(student(phone=text)), before=before.places)

    assert only(outcome).phone == PhoneNumber("+48774003020" if code else "+48601234567")
    assert [(each.field, each.code, each.value) for each in outcome.findings] == (
        [(Field.PHONE, code, masked(text))] if code else []
    )
    assert all(each.hint == hint(code) != "" for each in outcome.findings)
    assert not outcome.held
    assert only(taken(record(student(phone="")), before=before.places)).phone is None
    silent = student(phone="", silent=frozenset({Field.PHONE}))
    assert only(taken(record(silent), before=before.places)).phone == PhoneNumber("+48774003020")


@pytest.mark.rule("SYNC-0d")
def test_one_name_twice_in_a_record_with_other_data_holds_it():
    """Two guardians who cannot be told apart: nothing says whose address is whose; the same person twice is one."""
    twice = taken(record(student(), guardian(email="x@example.com"), guardian(email="y@example.com")))
    assert twice.held
    assert [each.code for each in twice.findings] == ["same-person-twice"]

    same = taken(record(student(), guardian(email="x@example.com"), guardian(email="x@example.com")))
    assert (same.held, same.people, len(same.places), same.findings) == (False, 2, 2, ())


@pytest.mark.rule("SYNC-7a")
def test_who_is_passed_over_does_not_hide_whoever_comes_after():
    """Somebody who may not be stated, and somebody who is stated twice, are told; the rest of the record is read."""
    outcome = taken(record(student(), student(role=Role.DELEGATE), guardian(), guardian(), guardian("Ewa")))

    assert sorted(str(each.name) for each in outcome.places.values()) == ["Ala Lis", "Ewa Lis", "Jan Lis"]
    assert (outcome.people, outcome.held, [each.code for each in outcome.findings]) == (3, False, [NOT_IMPORTABLE])


@pytest.mark.rule("ROLE-2b")
@pytest.mark.parametrize("role", list(Role))
def test_a_source_states_the_roles_that_the_data_controller_trusts_it_with(role):
    """A gradebook those of a gradebook, a trusted one all but the region's, and the platform every one."""
    settings = TENANT.settings
    trusting = evolve(TENANT, settings=evolve(settings, trusted_sources=frozenset({"A/o"})))
    elsewhere = evolve(TENANT, settings=evolve(settings, trusted_sources=frozenset({"B/o", "A/p", "o", "A"})))

    def is_taken(tenant, origin="o"):
        outcome = taken(record(student(role=role)), tenant=tenant, roster=evolve(ROSTER, origin=origin))
        assert [each.code for each in outcome.findings] == ([] if outcome.places else [NOT_IMPORTABLE])
        assert outcome.people == len(outcome.places)
        return bool(outcome.places)

    assert is_taken(TENANT) == is_taken(elsewhere) == (role in IMPORTABLE)
    assert is_taken(trusting) == (role is not Role.REGIONAL_ADMINISTRATOR)
    assert is_taken(TENANT, origin=PLATFORM)


@pytest.mark.parametrize(
    ("stated", "people"),
    [
        (record(), 0),
        (record(problems=(Problem(None, "row-too-short"),)), 1),
        (record(student(), problems=(Problem(None, "row-too-short"),)), 1),
        (record(student(), guardian(), problems=(Problem(None, "row-too-short"),)), 2),
    ],
)
def test_a_held_record_counts_at_least_one(stated, people):
    """Nobody disappears from the count: a record of which nothing could be read was about somebody."""
    assert taken(stated).people == people


@pytest.mark.rule("SYNC-7a")
def test_a_nameless_guardian_does_not_hold_the_student():
    """Only the place that lacks a name is held, and it is counted."""
    outcome = taken(record(student(), guardian(first_name="", email="x@example.com")))

    assert not outcome.held
    assert [key.role for key in outcome.held_places] == [Role.GUARDIAN]
    assert outcome.people == 2


def test_empty_columns_are_nobody():
    """A second guardian's columns that are all empty name nobody."""
    outcome = taken(record(student(), StatedPerson(role=Role.GUARDIAN)))

    assert (outcome.people, len(outcome.places), outcome.findings) == (1, 1, ())


# National ids


@pytest.mark.rule("ID-3a")
@pytest.mark.parametrize(
    "values", [{"birth_date": BORN + timedelta(1)}, {"sex": Sex.MALE}, {"ids": (StatedId(CHILD), StatedId(BOY))}]
)
def test_a_record_that_contradicts_an_id_is_held(values):
    """Nothing of it is applied, whatever else it says."""
    assert taken(record(student(**{"ids": (StatedId(CHILD),), **values}), guardian())).held


@pytest.mark.rule("ID-3b")
@settings(max_examples=60)
@given(
    born=strategies.birth_dates(),
    sex=strategies.sexes(),
    stated=st.none() | strategies.sexes(),
    data=st.data(),
)
def test_an_unspecified_sex_never_disagrees(born, sex, stated, data):
    """A record is held exactly when what it states differs from what an id of any scheme encodes."""
    number = data.draw(
        strategies.pesels(born=st.just(born), sexes=st.just(sex))
        | strategies.emsos(born=st.just(born), sexes=st.just(sex))
    )
    day = data.draw(st.sampled_from([None, born, born - timedelta(1)]))
    stated_id = StatedId(number.reveal(), number.scheme)

    outcome = taken(record(student(ids=(stated_id,), birth_date=day, sex=stated)))

    wrong = {"birth_date"} if day not in (None, born) else set()
    wrong |= {"sex"} if stated not in (None, sex) else set()
    assert outcome.held == bool(wrong)
    assert {each.field for each in outcome.findings} == wrong
    assert number.reveal() not in repr(outcome)


@pytest.mark.rule("ID-3c")
def test_several_ids_of_one_person_must_agree():
    """A PESEL and an EMŠO of one birth date and sex are one person's; of two birth dates they hold the record."""
    emso = "0403005505006"
    good = next(emso[:-1] + last for last in "0123456789" if _is_valid(emso[:-1] + last))

    assert not taken(record(student(ids=(StatedId(CHILD, PESEL), StatedId(good, EMSO))))).held
    assert taken(record(student(ids=(StatedId(pesel(1), PESEL), StatedId(good, EMSO))))).held


def _is_valid(text):
    try:
        return bool(parse(text, schemes=(EMSO,), today=TODAY))
    except ValueError:
        return False


@pytest.mark.rule("SYNC-7c")
@settings(max_examples=60)
@given(number=strategies.pesels(born=st.dates(date(2000, 1, 1), date(2009, 12, 31))), helped=st.booleans())
def test_eaten_zeros_are_put_back_only_where_the_birth_date_agrees(number, helped):
    """The same birth date proves the id; without it the last applied one stands."""
    text = number.reveal().lstrip("0")
    born = number.birth_date if helped else None

    claims = only(taken(record(student(ids=(StatedId(text),), birth_date=born))))

    lost = len(number.reveal()) - len(text)
    assert claims.ids == ((number,) if helped and lost <= 2 else ())


@pytest.mark.rule("ID-1b")
@settings(max_examples=60)
@given(number=strategies.pesels() | strategies.emsos(), separator=st.sampled_from(["", " ", "-"]))
def test_a_cheap_look_never_misses_a_valid_id(number, separator):
    """Whatever parses has as many digits as its scheme says, with separators and full-width digits too."""
    text = separator.join((number.reveal()[:6], number.reveal()[6:]))
    wide = text.translate({ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)})

    for each in (text, wide):
        assert may_be_one(each, schemes=(number.scheme,))


@pytest.mark.rule("ID-1a")
def test_one_id_that_cannot_be_taken_leaves_the_applied_ones_and_every_id_is_looked_at():
    """An empty cell is none; a document that this role may not have and a mistyped id are both told."""
    outcome = taken(record(student(ids=(StatedId(" "), StatedId(CHILD)))))
    assert (only(outcome).ids, outcome.findings) == ((parse(CHILD, schemes=(PESEL,), today=TODAY),), ())

    before = taken(record(student(role=Role.TEACHER, ids=(StatedId(CHILD),))))
    passport, mistyped = StatedId("FA123456", "ua", "passport"), StatedId(wrong_check_digit(CHILD), PESEL)
    for ids, codes in (
        ((passport,), ["document-not-accepted"]),
        ((passport, mistyped), ["document-not-accepted", "wrong-checksum"]),
    ):
        after = taken(record(student(role=Role.TEACHER, ids=ids)), before=before.places)
        assert only(after).ids == only(before).ids
        assert [each.code for each in after.findings] == codes
        assert set(after.silent.values()) == {frozenset({Field.NATIONAL_ID})}


# Fields that say nothing


@pytest.mark.rule("SYNC-7a")
def test_what_cannot_be_taken_of_somebody_new_is_not_there():
    """Where nothing was applied before nothing stands in: whatever the cells of a doubtful field hold is left out."""
    doubts = (
        (Field.NATIONAL_ID, {"ids": (StatedId(CHILD),)}),
        (Field.EMAIL, {"email": "x@example.com"}),
        (Field.PHONE, {"phone": "601234567"}),
        (Field.DAYS, {"first_day": BORN, "last_day": TODAY}),
    )
    values = {name: value for _, each in doubts for name, value in each.items()}
    whole = only(taken(record(student(**values, birth_date=BORN))))
    assert (whole.first_day, whole.last_day, whole.phone) == (BORN, TODAY, PhoneNumber("+48601234567"))

    empty = only(taken(record(student(birth_date=BORN))))
    doubtful = tuple(Problem(field, "unreadable") for field, _ in doubts)
    assert only(taken(record(student(**values, birth_date=BORN, problems=doubtful)))) == empty
    for field, names in doubts:
        one = only(taken(record(student(**values, birth_date=BORN, problems=(Problem(field, "unreadable"),)))))
        assert one == evolve(whole, **{name: getattr(empty, name) for name in names})


@pytest.mark.rule("SYNC-0a")
def test_every_silent_column_keeps_beside_the_others():
    """A source that states names alone takes nothing of what another roster of the same list brought."""
    before = student(
        ids=(StatedId(CHILD),),
        email="x@example.com",
        phone="601234567",
        birth_date=BORN,
        sex=Sex.FEMALE,
        class_name="1a",
        first_day=BORN,
        last_day=TODAY,
    )
    named = frozenset({Field.FIRST_NAME, Field.LAST_NAME})

    assert again(before, student(silent=frozenset(Field) - named)) == only(taken(record(before)))
    assert taken(record(student(silent=named))).silent == dict.fromkeys(taken(record(student())).places, named)


def test_days_may_be_one_and_a_birth_date_today():
    """Somebody is born on the day itself, and somebody comes for a single day; a blank too many is no other name."""
    claims = only(taken(record(student(first_name="Ala  Maria", last_name=" Lis\tKot ", birth_date=TODAY))))
    assert (claims.name, claims.birth_date) == (PersonName("Ala Maria", "Lis Kot"), TODAY)

    day = taken(record(student(first_day=TODAY, last_day=TODAY)))
    assert (only(day).first_day, only(day).last_day, day.findings) == (TODAY, TODAY, ())


@pytest.mark.rule("SYNC-0a")
@pytest.mark.parametrize(
    ("field", "values", "attribute"),
    [
        (Field.NATIONAL_ID, {"ids": (StatedId(CHILD),)}, "ids"),
        (Field.EMAIL, {"email": "x@example.com"}, "email"),
        (Field.BIRTH_DATE, {"birth_date": BORN}, "birth_date"),
        (Field.SEX, {"sex": Sex.FEMALE}, "sex"),
        (Field.CLASS, {"class_name": "1a"}, "class_name"),
        (Field.DAYS, {"first_day": BORN, "last_day": TODAY}, "last_day"),
    ],
)
def test_a_silent_column_keeps_and_an_empty_cell_takes_away(field, values, attribute):
    """A column that the source does not have says nothing; an empty cell says that there is none."""
    stated = student(**values)
    kept = again(stated, student(silent=frozenset({field})))
    emptied = again(stated, student())

    assert getattr(kept, attribute) == getattr(only(taken(record(stated))), attribute)
    assert not getattr(emptied, attribute)


@pytest.mark.rule("SYNC-0a")
@pytest.mark.parametrize("field", [Field.FIRST_NAME, Field.LAST_NAME])
def test_a_silent_name_keeps_the_applied_one(field):
    """A source without one of the name's columns changes the other only."""
    kept = again(student(), student(first_name="Ola", last_name="Kot", silent=frozenset({field})))

    assert str(kept.name) == {"first_name": "Ala Kot", "last_name": "Ola Lis"}[field]


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize(
    ("first", "second", "attribute"),
    [
        ({"ids": (StatedId(CHILD),)}, {"ids": (StatedId(wrong_check_digit(CHILD)),)}, "ids"),
        ({"email": "x@example.com"}, {"email": "no address"}, "email"),
        ({"email": "x@example.com"}, {"email": "ala@eszkola.example.org"}, "email"),
        ({"birth_date": BORN}, {"birth_date": TODAY + timedelta(1)}, "birth_date"),
        ({"last_day": TODAY}, {"first_day": TODAY, "last_day": BORN}, "last_day"),
    ],
)
def test_a_value_that_cannot_be_taken_leaves_the_last_applied_one(first, second, attribute):
    """Prefer to hold one value over the whole record: everything else of it is applied."""
    changed = again(student(**first), student(**second, class_name="2b"))

    assert getattr(changed, attribute) == getattr(only(taken(record(student(**first)))), attribute)
    assert changed.class_name == "2b"


@pytest.mark.rule("MAIL-2")
@pytest.mark.parametrize("domain", ["eszkola.example.org", "poczta.eszkola.example.org", "ESZKOLA.EXAMPLE.ORG"])
def test_an_address_of_the_platform_is_no_private_address(domain):
    """The platform's own domain and whatever lies below it are refused; its parent is not."""
    assert only(taken(record(student(email=f"ala@{domain}")))).email is None
    assert only(taken(record(student(email="ala@example.org")))).email is not None


# Keys


@pytest.mark.rule("SYNC-0a")
def test_a_sources_own_key_is_taken_as_it_is():
    """Spaces at its ends do not make it another."""
    assert record_key(record(student(), key=" 7 "), roster_key(ROSTER), TENANT, TODAY, pseudonym).key == "7"


@pytest.mark.rule("ID-10a")
@pytest.mark.parametrize("text", [CHILD, f"{CHILD[:6]} {CHILD[6:]}"])
def test_a_national_id_as_key_is_never_kept_in_clear(text):
    """Some gradebooks number records by national id: a fingerprint stands in, and reports mask it."""
    outcome = taken(record(student(email="no address"), key=text))

    assert outcome.key.key == pseudonym(text)
    assert [each.record for each in outcome.findings] == [masked(text)]


@pytest.mark.rule("SYNC-0c")
def test_a_record_without_key_is_known_by_the_first_persons_id():
    """The id in any spelling gives the same key, and another id another; the key does not show it."""

    def key(*ids):
        return taken(record(student(ids=ids), guardian(), key=None)).key

    assert key(StatedId(CHILD, PESEL)) == key(StatedId(f"{CHILD[:6]}-{CHILD[6:]}"))
    assert key(StatedId(CHILD)) != key(StatedId(pesel(1)))
    assert CHILD not in repr(key(StatedId(CHILD)))


@pytest.mark.rule("SYNC-0c")
def test_a_record_without_key_and_id_is_known_by_name_and_birth_date():
    """Where not even those are there, or an id is there that cannot be read, nothing tells it from others."""

    def key(**values):
        return taken(record(student(**values), key=None)).key

    assert key(birth_date=BORN) == key(birth_date=BORN, first_name="ALA") != key(birth_date=TODAY)
    assert key() is None
    assert key(birth_date=BORN, last_name="") is None
    assert key(birth_date=BORN, ids=(StatedId(wrong_check_digit(CHILD)),)) is None


@pytest.mark.rule("SYNC-0c")
@pytest.mark.parametrize("stated", [record(student(), key=""), record(student(), key=None), record(key=None)])
def test_a_record_that_nothing_tells_from_others_is_held(stated):
    """It is counted, reported, and nothing is read from it."""
    outcome = taken(stated)

    assert (outcome.key, outcome.held, outcome.people, dict(outcome.places)) == (None, True, 1, {})
    assert [(each.field, each.code) for each in outcome.findings] == [("", "record-key-missing")]


@pytest.mark.rule("ID-6b")
@pytest.mark.parametrize(("shared", "school"), [(False, "A"), (True, "")])
def test_a_persons_own_key_is_told_by_its_origin_and_school(shared, school):
    """A key that a source shares among its schools is the same person's in all of them."""
    outcome = taken(record(student(key=" a1 "), guardian()), roster=evolve(ROSTER, shared_keys=shared))

    assert dict(outcome.own_keys) == {place: f"o/{school}/a1" for place in outcome.places if place.role is Role.STUDENT}


# The digest's ground


TEXTS = st.text("aA|1\x1f\x1e\x00 ", max_size=3)


def stated_records():
    """Yield records whose texts hold separators of every kind."""
    people = st.builds(
        StatedPerson,
        role=st.sampled_from([Role.STUDENT, Role.GUARDIAN]),
        key=st.none() | TEXTS,
        first_name=TEXTS,
        last_name=TEXTS,
        ids=st.lists(st.builds(StatedId, TEXTS, TEXTS, TEXTS), max_size=2).map(tuple),
        email=TEXTS,
        birth_date=st.none() | st.just(BORN),
        class_name=TEXTS,
        silent=st.frozensets(st.sampled_from(Field), max_size=2),
    )
    return st.builds(
        StatedRecord,
        key=st.none() | TEXTS,
        people=st.lists(people, max_size=2).map(tuple),
        ended=st.booleans(),
        problems=st.lists(st.builds(Problem, st.none() | st.sampled_from(Field), TEXTS, TEXTS), max_size=1).map(tuple),
    )


@pytest.mark.rule("SYNC-4b")
@settings(max_examples=50)
@given(stated=strategies.stated_records(), line=st.integers(0, 9), data=st.data())
def test_moving_lines_and_shuffling_guardians_is_no_change(stated, line, data):
    """The bytes of a record do not depend on its file, its line, or the columns that guardians stand in."""
    first, rest = stated.people[:1], stated.people[1:]
    shuffled = (*first, *data.draw(st.permutations(rest)))

    moved = evolve(stated, people=shuffled, line=line, source="elsewhere.csv")

    assert canonical(moved) == canonical(stated)


@pytest.mark.rule("SYNC-4d")
@settings(max_examples=150)
@given(stated=stated_records(), data=st.data())
def test_any_other_content_gives_other_bytes(stated, data):
    """No two contents are written alike, whatever characters their texts hold."""
    other = data.draw(stated_records() | st.just(evolve(stated, ended=not stated.ended)))

    def content(each):
        people = each.people[:1] + tuple(sorted(each.people[1:], key=repr))
        return (each.key, each.ended, each.problems, people, [person.ids for person in people])

    assert (canonical(stated) == canonical(other)) == (content(stated) == content(other))


@pytest.mark.rule("SYNC-4d")
@settings(max_examples=60)
@given(left=TEXTS, right=TEXTS, cut=st.integers(0, 3))
def test_no_separator_inside_a_text_hides_a_change(left, right, cut):
    """A letter that moves from one field to the next is seen, even where the fields hold separators."""
    text = left + "\x1f" + right
    one, two = (record(student(first_name=text[:at], last_name=text[at:])) for at in (len(left), min(cut, len(text))))

    assert (canonical(one) == canonical(two)) == (one == two)

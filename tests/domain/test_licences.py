"""Licences: who is entitled, how one ends, and how they are exported."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.licences import (
    LICENCE_LIFECYCLE,
    Entitling,
    Licence,
    LicenceState,
    NotEntitled,
    Pool,
    kind_of,
    not_entitled,
    reviewed,
    withdrawn,
)
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.roles import STAFF, Role
from eszkola_core.domain.sds_export import Licensed, tables
from eszkola_core.domain.settings import Settings
from eszkola_core.domain.stated import StatedSchool
from eszkola_core.errors import InvalidValue
from eszkola_core.testing import strategies as s

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
GRACE = Settings().licence_grace
roles = st.frozensets(st.builds(HeldRole, st.sampled_from(["A", "B"]), st.sampled_from(Role)), max_size=4)
pools = st.builds(
    lambda kinds: Pool(key="p", product="P", seats=1, roles=kinds), st.frozensets(st.sampled_from(Entitling))
)


def person(*ids, number=1, first="Ala", last="Lis"):
    """Return an account."""
    name = PersonName(first, last)
    address = f"{first}@eszkola.example.org"
    return Person(id=PersonId(number), name=name, ids=ids, login=f"p{number}", platform_address=address, opened_at=NOW)


@pytest.mark.rule("LIC-1a")
@given(roles, pools, st.lists(s.pesels() | s.documents(), max_size=2).map(tuple))
def test_a_licence_needs_a_national_id_and_a_role_that_the_pool_names(held, pool, ids):
    """A document is no national id, and a guardian's role entitles to nothing, whatever the pool says."""
    kinds = {kind_of(each.role) for each in held} & pool.roles
    has_id = any(not each.is_document for each in ids)

    found = not_entitled(person(*ids), held, pool)

    assert (found is None) == (has_id and bool(kinds))
    assert (found is NotEntitled.NO_NATIONAL_ID) == (not has_id)


@pytest.mark.rule("LIC-1a")
def test_every_role_but_the_guardians_is_of_one_kind():
    """Students, teachers of both kinds, and all others who work for a school."""
    assert {role for role in Role if kind_of(role) is None} == {Role.GUARDIAN}
    assert {role for role in Role if kind_of(role) is Entitling.STUDENT} == {Role.STUDENT}
    assert {role for role in Role if kind_of(role) is Entitling.TEACHER} == {Role.TEACHER, Role.HOMEROOM_TEACHER}
    assert {role for role in Role if kind_of(role) is Entitling.OTHER_STAFF} == STAFF - {
        Role.TEACHER,
        Role.HOMEROOM_TEACHER,
    }


@pytest.mark.rule("LIC-2b")
@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=8))
def test_a_licence_is_withdrawn_exactly_when_nobody_was_entitled_for_the_whole_grace(steps):
    """However often it is looked at: who is entitled again in time keeps it, and what was withdrawn stays so."""
    licence, now, without_since = Licence(pool="p", person=PersonId(1), since=NOW), NOW, None
    gone = False
    for days, entitled in steps:
        now += timedelta(days=days)
        gone = gone or (not entitled and without_since is not None and now >= without_since + GRACE)
        without_since = None if entitled else (without_since or now)
        before = licence
        licence = reviewed(before, entitled=entitled, settings=Settings(), now=now)

        assert licence.state in {before.state, *LICENCE_LIFECYCLE[before.state]}
        assert (licence.state is LicenceState.WITHDRAWN) == gone
        assert (licence.grace_until is not None) == (licence.state is LicenceState.GRACE)
        assert reviewed(licence, entitled=entitled, settings=Settings(), now=now) == licence


@pytest.mark.rule("LIC-2b")
def test_a_licence_is_withdrawn_once():
    """From withdrawn no way leads anywhere."""
    ended = withdrawn(Licence(pool="p", person=PersonId(1), since=NOW))

    assert not ended.holds_a_seat
    with pytest.raises(InvalidValue):
        withdrawn(ended)
    assert reviewed(ended, entitled=True, settings=Settings(), now=NOW) == ended


def test_a_pool_has_no_negative_number_of_seats():
    """None at all is a number: nobody gets a licence."""
    assert Pool(key="p", product="P", seats=0).seats == 0
    with pytest.raises(InvalidValue):
        Pool(key="p", product="P", seats=-1)


def rows(text):
    """Return what a reader of CSV finds."""
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.rule("LIC-1b")
@given(
    st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8), roles), max_size=4),
    st.frozensets(st.sampled_from(Entitling)),
)
def test_the_export_says_who_has_which_role_where_and_nothing_else(people, kinds):
    """Whatever the names hold, the tables read back; no id and no private address is in them."""
    licensed = [
        Licensed(person(number=number, first=first, last=last), tuple(held))
        for number, (first, last, held) in enumerate(people, 1)
    ]
    files = tables(licensed, [StatedSchool("A", "Szkoła, „Jedynka”"), StatedSchool("B", "")], kinds)

    users, told = rows(files["users.csv"]), rows(files["roles.csv"])
    assert [name for name, _ in files.items()] == ["orgs.csv", "users.csv", "roles.csv"]
    assert users[0] == ["sourcedId", "username", "givenName", "familyName"]
    assert [row[:2] for row in users[1:]] == [[str(each.person.id), each.person.login] for each in licensed]
    assert {(row[0], row[1]) for row in told[1:]} == {
        (str(each.person.id), role.school) for each in licensed for role in each.roles if kind_of(role.role) in kinds
    }
    assert {row[0] for row in rows(files["orgs.csv"])[1:]} == {row[1] for row in told[1:]}


@pytest.mark.rule("LIC-1b")
@pytest.mark.parametrize("name", ["=1+1", "+48", "-Ala", "@SUM(A1)", "\tAla"])
def test_no_name_becomes_a_formula(name):
    """A spreadsheet that opens the export computes nothing."""
    files = tables([Licensed(person(first=name), ())], [], frozenset())

    assert rows(files["users.csv"])[1][2] == f"'{name}"


def test_the_lifecycle_names_every_state():
    """No state is missing from the table."""
    assert set(LICENCE_LIFECYCLE) == set(LicenceState)
    assert evolve(Licence(pool="p", person=PersonId(1), since=NOW), state=LicenceState.GRACE).holds_a_seat

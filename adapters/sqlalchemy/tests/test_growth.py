"""What one person's or one school's business costs does not grow with the region: steps are counted, not time."""

from __future__ import annotations

import re
from collections import Counter
from string import ascii_lowercase

import pytest
from attrs import evolve, frozen
from sqlalchemy import event

from eszkola_core import CHEAPEST_FOR_TESTS, Action, Argon2Hasher, Order, Person, Platform, Reading
from eszkola_core.domain.stated import Unopened
from eszkola_core.testing.doubles import MemoryCourier, PlainRenderer
from eszkola_core.testing.notation import reading
from eszkola_core.testing.region import CONSOLE, Region
from eszkola_sqlalchemy.administration import SqliteAdministration

SLACK = 10
"""A longer table may take a step or two more to look through."""


class Steps:
    """Counts the steps of SQLite's machine, by statement."""

    def __init__(self, engine):
        self.taken = Counter[str]()
        self._statement = ""
        event.listen(engine, "before_cursor_execute", self._begin)

    def _begin(self, connection, _cursor, statement, *_):
        connection.connection.driver_connection.set_progress_handler(self._step, 1)
        self._statement = re.sub(r"savepoint_\d+", "savepoint", " ".join(statement.split()))

    def _step(self):
        self.taken[self._statement] += 1


@frozen
class Town:
    """A region with one family of which more is asked."""

    region: Region
    platform: Platform
    guardian: Person
    student: Person


def family(number):
    """Return a record of a student and a guardian who have nothing in common with others."""
    name = "Kot" + ascii_lowercase[number // 26] + ascii_lowercase[number % 26]
    return f"1: s Ala_{name} {number} u{number}, g Jan_{name} {1000 + number} g{number}"


def stated(school, number):
    """Return what a school's source says, which is known by its stamp."""
    said = reading(f"{school}/{family(number)}")
    return evolve(said, rosters=tuple(evolve(each, stamp=school.encode()) for each in said.rosters))


def shut(school, number):
    """Return the same source where nobody has looked into it."""
    return Reading(rosters=(), unopened=(Unopened(school.encode(), "source", lambda: stated(school, number)),))


WORKS = {
    "a school is taken in": lambda town: town.region.take(f"B/{family(301)}"),
    "a school says the same": lambda town: town.region.take(stated("A", 300)),
    "a school is not looked into": lambda town: town.region.take(shut("A", 300)),
    "children are seen": lambda town: town.platform.see_children.of(town.guardian.id),
    "a right is looked up": lambda town: town.platform.check_permission.may(
        town.guardian.id, Action.VIEW, town.student.id
    ),
    "a school is made ready": lambda town: town.platform.check_readiness.of(CONSOLE, "A"),
    "held people are seen": lambda town: town.platform.see_held.of(CONSOLE, "A"),
    "conflicts are seen": lambda town: town.platform.see_conflicts.of(CONSOLE, school="A"),
    "somebody is found by login": lambda town: town.platform.find_people.by(CONSOLE, town.guardian.login),
    "somebody is found by address": lambda town: town.platform.find_people.by(CONSOLE, "g300@example.com"),
    "somebody is diagnosed": lambda town: town.platform.diagnose.of(CONSOLE, town.guardian.login),
    "who sees a child": lambda town: town.platform.who_sees.of(CONSOLE, town.student.id),
    "links are seen": lambda town: town.platform.see_links.of(CONSOLE, town.guardian.id),
    "somebody asks for access": lambda town: town.platform.recover_access.request(town.guardian.login),
    "somebody is answered": lambda town: town.platform.recover_access.answer_waiting(),
    "somebody fails to sign in": lambda town: town.platform.sign_in.attempt(town.guardian.login, "Wrong-Horse-7"),
    "sources of data are seen": lambda town: town.platform.see_sources.of(CONSOLE, town.guardian.id),
    "a school gets letters": lambda town: town.platform.hand_out_credentials.preview(CONSOLE, Order(school="A")),
    "somebody is kept away": lambda town: town.platform.restrict_links.restrict(
        CONSOLE, town.guardian.id, town.student.id, reason="court order"
    ),
    "a school changes": lambda town: town.region.take(f"A/{family(302)}"),
}


def built(folder, schools):
    """Return a town in a region with so many other schools, and what counts its steps."""
    admin = SqliteAdministration(folder / "eszkola.sqlite", folder / "eszkola.keyring", tenant="t")
    admin.create()
    steps = Steps(admin.database.engine)
    region = Region(storage=admin.open())
    region.take(stated("A", 300))
    for number in range(schools):
        region.take(stated(f"S{number}", number))
    region.activate("A/1 g")
    platform = Platform(
        region.tenant,
        storage=region.storage,
        clock=region.clock,
        hasher=Argon2Hasher(CHEAPEST_FOR_TESTS),
        email=MemoryCourier(),
        renderer=PlainRenderer(),
    )
    return admin, Town(region, platform, region.account("A/1 g"), region.account("A/1 s")), steps.taken


@pytest.fixture(scope="module")
def towns(tmp_path_factory):
    """Return the same town in a small region and in a large one, each with what counts its steps."""
    found = [built(tmp_path_factory.mktemp("town"), schools) for schools in (3, 40)]
    yield [each[1:] for each in found]
    for admin, *_ in found:
        admin.close()


@pytest.mark.parametrize("name", WORKS)
def test_the_region_around_costs_nothing(towns, name):
    """Each statement takes as many steps among forty schools as among three."""
    small, large = (_taken(town, taken, WORKS[name]) for town, taken in towns)
    grown = {text: (small[text], steps) for text, steps in large.items() if steps > small[text] + SLACK}

    assert large.total() > SLACK
    assert grown == {}


def _taken(town, taken, work):
    taken.clear()
    work(town)
    return Counter(taken)

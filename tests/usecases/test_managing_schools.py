"""Schools that no roster has named yet."""

from __future__ import annotations

import pytest

from eszkola_core._usecases.manage_schools import ManageSchools, SchoolKept
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.permissions import NotPermitted
from eszkola_core.domain.stated import StatedSchool
from eszkola_core.errors import InvalidValue

CONSOLE = Actor.console("console:root")


@pytest.fixture
def region(staffed_region):
    """Return a region with a secretary, and a regional administrator."""
    return staffed_region


@pytest.fixture
def managing(region):
    """Return the use case."""
    return ManageSchools(region.storage, region.tenant, region.clock)


def test_a_school_is_added_and_gets_another_name(region, managing):
    """By the region or the console; a delegate can then be named for it before the first roster comes."""
    assert managing.add(region.actor("rena"), "B", " Dwójka ") == SchoolKept(StatedSchool("B", "Dwójka"))
    managing.add(CONSOLE, "B", "Szkoła nr 2")

    assert list(managing.known()) == [StatedSchool("A", "School A"), StatedSchool("B", "Szkoła nr 2")]
    assert [(each.by, each.detail) for each in region.journal("school-added")] == [
        (region.person("rena").id, {"school": "B"}),
        (None, {"school": "B"}),
    ]


@pytest.mark.rule("ROLE-4a")
def test_a_school_does_not_add_schools(region, managing):
    """That is the region's."""
    assert isinstance(managing.add(region.actor("zofia"), "B", "Dwójka"), NotPermitted)
    assert [each.key for each in managing.known()] == ["A"]


@pytest.mark.parametrize("key", ["", " B", "B\n"])
def test_a_key_that_nobody_could_type_again_is_refused(managing, key):
    """It is what every file and command names the school by."""
    with pytest.raises(InvalidValue, match="key"):
        managing.add(CONSOLE, key, "Dwójka")

"""Settings: one table, with bounds that hold."""

from __future__ import annotations

import re
from datetime import timedelta

import attrs
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.roles import STAFF, Role
from eszkola_core.domain.settings import PROFILES, SETTINGS, Changer, Need, Settings
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.strategies import settings_

bounded = [row for row in SETTINGS.values() if row.floor is not None or row.ceiling is not None]


def test_the_table_is_the_settings():
    """Each field is a row, and each row says what it is, by which rule, and who may change it."""
    assert list(SETTINGS) == [each.name for each in attrs.fields(Settings)]
    for name, row in SETTINGS.items():
        assert row.name == name
        assert row.says
        assert re.match(r"[A-Z]+-\d+[a-z]?$|DESIGN: ", row.rule)
        assert isinstance(row.changer, Changer)


@pytest.mark.parametrize("row", bounded, ids=lambda row: row.name)
def test_bounds_are_inside_and_beyond_them_is_refused(row):
    """Floor and ceiling may be chosen; one step further is refused, and the error names setting, bound and rule."""
    step = timedelta(seconds=1) if isinstance(row.default, timedelta) else 1
    for edge in (row.floor, row.ceiling):
        assert getattr(Settings(**{row.name: edge}), row.name) == edge
    for beyond, edge in ((row.floor - step, row.floor), (row.ceiling + step, row.ceiling)):
        with pytest.raises(InvalidValue) as refused:
            Settings(**{row.name: beyond})
        assert str(refused.value).startswith(f"{row.name}: ")
        assert str(edge) in str(refused.value)
        assert row.rule in str(refused.value)


def test_numbers_and_spans_have_both_bounds():
    """What can be set too high can be set too low."""
    counted = [row for row in SETTINGS.values() if type(row.default) in (int, timedelta)]

    assert counted == bounded
    assert all(row.floor < row.ceiling for row in counted)
    assert all(row.floor <= row.default <= row.ceiling for row in counted)


@pytest.mark.rule("ID-4a")
@given(settings_(), st.sampled_from(Role), st.frozensets(st.sampled_from(["sp1", "sp2"])))
def test_a_school_may_only_ask_for_more(settings, role, asking):
    """Of guardians it may ask the national id too; of others nothing else."""
    strict = evolve(settings, guardian_national_id_schools=asking)
    for school in ("sp1", "sp2"):
        without = evolve(settings, guardian_national_id_schools=frozenset()).needs(role, school)
        more = strict.needs(role, school) - without

        assert strict.needs(role, school) >= without
        assert more <= ({Need.NATIONAL_ID} if role is Role.GUARDIAN and school in asking else set())
        if role is Role.GUARDIAN and school in asking:
            assert Need.NATIONAL_ID in strict.needs(role, school)


@pytest.mark.rule("ID-4b")
def test_the_profiles_ask_what_the_rules_say():
    """Opolska and UONET+ want both of students and staff and an address of guardians; eAsistent wants neither."""
    for name in ("opolska", "uonet"):
        for role in {Role.STUDENT, *STAFF}:
            assert PROFILES[name].needs(role, "sp1") == set(Need)
        assert PROFILES[name].needs(Role.GUARDIAN, "sp1") == {Need.EMAIL}
    for name in ("easistent", "open"):
        assert all(PROFILES[name].needs(role, "sp1") == set() for role in Role)

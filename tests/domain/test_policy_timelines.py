"""Which policy holds for whom and from when (CRED-9a), and what that means for passwords that are there (CRED-3c)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from eszkola_core.domain.days import zone
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.password_expiry import expires_at
from eszkola_core.domain.passwords import (
    NIST_800_63B_4,
    OPOLSKA_2018,
    POLICIES,
    Owner,
    PasswordPolicy,
    violations,
)
from eszkola_core.domain.policy_timelines import POLICY_NUMBERS, IntroducedPolicy, own_policy, stricter, timelines
from eszkola_core.domain.roles import Role
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.strategies import days, introduced_policies, password_policies

WARSAW = zone("Europe/Warsaw")
DAY = timedelta(days=1)
STAFF = frozenset({Role.TEACHER, Role.SECRETARY})
SEPTEMBER, JANUARY = date(2026, 9, 1), date(2027, 1, 1)

some_roles = st.frozensets(st.sampled_from(Role), max_size=4)
some_days = days(first=date(2015, 1, 1), last=date(2035, 1, 1))
instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
names = st.sampled_from(sorted(POLICIES))
texts = st.text(st.characters(max_codepoint=0x17F, exclude_categories=["C"]), min_size=1, max_size=70).map(Secret)


def broken(text, policy):
    """Return what is wrong with a password, by code."""
    return {each.code for each in violations(text, policy, owner=Owner(), compromised=True, reused=False)}


@pytest.mark.rule("CRED-9a")
def test_a_policy_holds_from_its_first_day_for_whom_it_was_introduced():
    """A day before it the former one holds; for others nothing changes."""
    found = timelines(
        "OPOLSKA_2018",
        [
            IntroducedPolicy(own_policy("OPOLSKA_2018", SEPTEMBER, min_length=12)),
            IntroducedPolicy(own_policy("NIST_800_63B_4", JANUARY), STAFF),
        ],
    )
    student, teacher = {Role.STUDENT}, {Role.TEACHER}

    assert [found.on(day, student).min_length for day in (SEPTEMBER - DAY, SEPTEMBER, JANUARY)] == [8, 12, 12]
    assert [found.on(day, teacher).min_length for day in (SEPTEMBER - DAY, SEPTEMBER, JANUARY - DAY, JANUARY)] == [
        8,
        12,
        12,
        15,
    ]
    assert [found.on(day, teacher).lifetime is None for day in (JANUARY - DAY, JANUARY)] == [False, True]
    assert found.on(date(1999, 1, 1), student).min_length == 8


@pytest.mark.rule("CRED-9a")
def test_whoever_has_several_roles_keeps_each_requirement_in_its_stricter_form():
    """A teacher who is a guardian too: the length of one policy, the kinds of characters and rotation of the other."""
    found = timelines("OPOLSKA_2018", [IntroducedPolicy(own_policy("NIST_800_63B_4", SEPTEMBER), STAFF)])

    both = found.on(SEPTEMBER, {Role.TEACHER, Role.GUARDIAN})

    assert (both.min_length, both.need_upper, both.lifetime, both.history) == (15, True, OPOLSKA_2018.lifetime, 4)
    assert both.warn_days == OPOLSKA_2018.warn_days
    assert found.on(SEPTEMBER, {Role.TEACHER, Role.SECRETARY}).need_upper is False


@pytest.mark.rule("CRED-9a")
@given(names, st.lists(introduced_policies(), max_size=4), some_roles, some_days, texts)
def test_one_role_more_never_eases_anything(name, introduced, roles, day, text):
    """
    Whatever a password lacks for one of the roles it lacks for all of them together, and nothing else.

    Neither a lifetime grows nor a history shrinks.
    """
    found = _timelines_or_assume(name, introduced)
    singly = [found.on(day, {role}) for role in roles] or [found.on(day, ())]
    together = found.on(day, roles)

    assert broken(text, together) == set().union(*(broken(text, each) for each in singly))
    assert together.history == max(each.history for each in singly)
    lifetimes = [each.lifetime for each in singly if each.lifetime is not None]
    assert together.lifetime == min(lifetimes, default=None)
    assert all(DAY * days < together.lifetime for days in together.warn_days if together.lifetime)


@pytest.mark.rule("CRED-9a")
@given(names, st.lists(introduced_policies(), max_size=4), some_roles, st.randoms(use_true_random=False))
def test_the_order_in_the_file_does_not_matter(name, introduced, roles, shuffling):
    """Nor does the order of roles; a timeline goes forward, and begins before anybody had a password."""
    found = _timelines_or_assume(name, introduced)
    shuffled = list(introduced)
    shuffling.shuffle(shuffled)
    timeline = found.of(roles)

    assert timelines(name, shuffled).of(tuple(roles)[::-1]) == timeline
    assert [each.first_day for each in timeline] == sorted({each.first_day for each in timeline})
    assert timeline[0].first_day == date(1970, 1, 1)


@pytest.mark.rule("CRED-3c")
@pytest.mark.rule("CRED-9a")
@given(
    names,
    st.lists(introduced_policies(), max_size=3),
    introduced_policies(),
    some_roles,
    instants,
    st.binary(min_size=1, max_size=8),
)
def test_a_policy_of_one_role_expires_nobody_sooner_than_14_days_after_its_first_day(  # noqa: PLR0913, PLR0917 - each is one fact
    name, introduced, newest, roles, set_at, account
):
    """Also for whoever has other roles beside: what the newest policy brings forward falls into its grace or later."""
    last = max((each.policy.first_day for each in introduced), default=date(2014, 1, 1))
    newest = evolve(newest, policy=newest.policy.starting(last + 5 * DAY))

    def expiry(some):
        timeline = _timelines_or_assume(name, some).of(roles)
        return expires_at(set_at, timeline, zone=WARSAW, account=account)

    before, after = expiry(introduced), expiry([*introduced, newest])
    begins = datetime.combine(newest.policy.first_day, datetime.min.time(), WARSAW)

    if after is not None and (before is None or after < before) and set_at < begins:
        assert after >= begins + 13 * DAY + timedelta(hours=22)  # fourteen days, were the clocks set forward
        assert after.astimezone(WARSAW).date() >= newest.policy.first_day + 14 * DAY


@pytest.mark.rule("CRED-9a")
@given(st.lists(password_policies(), min_size=1, max_size=4), some_days, texts)
def test_what_is_stricter_than_several_is_all_of_them(policies, day, text):
    """Of one it is that one; of several it refuses what any of them refuses."""
    found = stricter(policies, day)

    assert found.first_day == day
    assert broken(text, found) == set().union(*(broken(text, each) for each in policies))
    assert found.shortest(second_factor=True) == max(each.shortest(second_factor=True) for each in policies)
    assert stricter([found, *policies], day).lifetime == found.lifetime


@pytest.mark.rule("CRED-9a")
def test_every_requirement_of_the_stricter_is_somebodys():
    """The greater length, any kind of character, the shorter life and what of the warnings falls into it."""
    one = PasswordPolicy(
        name="Szkoły",
        first_day=JANUARY,
        min_length=9,
        need_digit_or_special=True,
        blocklist=False,
        lifetime=60 * DAY,
        warn_days=(30, 14, 7),
        history=2,
        grace=20 * DAY,
    )
    other = PasswordPolicy(
        name="Biuro",
        first_day=SEPTEMBER,
        min_length=8,
        min_length_beside_second_factor=10,
        need_upper=True,
        blocklist=False,
        lifetime=30 * DAY,
        warn_days=(3,),
        history=4,
        grace=40 * DAY,
    )

    assert stricter([one, other, one], SEPTEMBER) == PasswordPolicy(
        name="Biuro + Szkoły",
        first_day=SEPTEMBER,
        min_length=9,
        min_length_beside_second_factor=10,
        need_upper=True,
        need_digit_or_special=True,
        blocklist=False,
        lifetime=30 * DAY,
        warn_days=(14, 7, 3),
        history=4,
        grace=20 * DAY,
    )
    assert stricter([one, evolve(other, blocklist=True)], SEPTEMBER).blocklist
    assert stricter([one, other], JANUARY).first_day == JANUARY


@pytest.mark.rule("CRED-9a")
def test_what_a_tenant_began_with_holds_on_every_day_before():
    """Also on one before there were computers: a day that cannot be right opens no gap."""
    begun = timelines("OPOLSKA_2018", [])

    assert begun.on(date(1900, 1, 1), STAFF) == begun.usual[0]


@pytest.mark.rule("CRED-9a")
@pytest.mark.parametrize("roles", [frozenset(), STAFF])
def test_two_policies_for_the_same_people_do_not_begin_on_one_day(roles):
    """Nobody could say which one holds; on the same day for different people they may."""
    one, other = (
        IntroducedPolicy(own_policy("OPOLSKA_2018", SEPTEMBER, min_length=length), roles) for length in (9, 10)
    )
    with pytest.raises(InvalidValue):
        timelines("OPOLSKA_2018", [one, other])
    assert timelines("OPOLSKA_2018", [one, evolve(other, roles=frozenset({Role.STUDENT}))])


@pytest.mark.rule("CRED-9a")
@pytest.mark.parametrize("row", POLICY_NUMBERS.values(), ids=lambda row: row.name)
def test_a_number_of_ones_own_lies_within_its_bounds(row):
    """Floor and ceiling may be chosen; one step further is refused, and named."""
    step = DAY if isinstance(row.floor, timedelta) else 1
    for edge in (row.floor, row.ceiling):
        assert getattr(own_policy("NIST_800_63B_4", SEPTEMBER, **{row.name: edge}), row.name) == edge
    for beyond in (row.floor - step, row.ceiling + step):
        with pytest.raises(InvalidValue, match=row.name):
            own_policy("NIST_800_63B_4", SEPTEMBER, **{row.name: beyond})


@pytest.mark.rule("CRED-9a")
def test_an_own_policy_is_the_shipped_one_but_for_what_was_chosen():
    """It is named after it and its day, unless it has a name; one that expires warns, another warns of nothing."""
    assert own_policy("OPOLSKA_2018", SEPTEMBER) == OPOLSKA_2018.starting(SEPTEMBER)
    longer = own_policy("OPOLSKA_2018", SEPTEMBER, min_length=12)
    assert longer == evolve(OPOLSKA_2018, name="OPOLSKA_2018, 2026-09-01", first_day=SEPTEMBER, min_length=12)
    assert own_policy("NIST_800_63B_4", SEPTEMBER, lifetime=90 * DAY).warn_days == (14, 7, 3, 1)
    assert own_policy("OPOLSKA_2018", SEPTEMBER, lifetime=None).warn_days == ()
    assert own_policy("OPOLSKA_2018", SEPTEMBER, name="Nasza").name == "Nasza"
    with pytest.raises(InvalidValue):
        own_policy("MINE", SEPTEMBER)
    assert NIST_800_63B_4.first_day != SEPTEMBER


def _timelines_or_assume(name, introduced):
    try:
        return timelines(name, introduced)
    except InvalidValue:
        assume(False)  # noqa: FBT003 - hypothesis' own call
        raise

"""When passwords expire and owners are warned (CRED-3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.days import day_of, is_expired, zone
from eszkola_core.domain.password_expiry import SPREAD, expires_at, warning_due
from eszkola_core.domain.passwords import NIST_800_63B_4, OPOLSKA_2018

WARSAW = zone("Europe/Warsaw")
DAY = timedelta(days=1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ACCOUNT = b"account 1"

instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
first_days = st.dates(date(2020, 1, 1), date(2035, 1, 1))
accounts = st.binary(min_size=1, max_size=16)
lifetimes = st.none() | st.integers(15, 400).map(lambda days: timedelta(days=days))
policies = st.builds(
    lambda first_day, lifetime: attrs.evolve(NIST_800_63B_4, first_day=first_day, lifetime=lifetime),
    first_days,
    lifetimes,
)
timelines = st.lists(policies, min_size=1, max_size=4, unique_by=lambda policy: policy.first_day).map(
    lambda some: sorted(some, key=lambda policy: policy.first_day),
)


def expiry(set_at, *timeline, account=ACCOUNT):
    """Return the expiry in Warsaw."""
    return expires_at(set_at, timeline, zone=WARSAW, account=account)


def later(moment, other):
    """Return whether *moment* is not before *other*, where None is never."""
    return moment is None or (other is not None and moment >= other)


@pytest.mark.rule("CRED-3a")
@given(instants, accounts)
def test_a_password_expires_sixty_times_24_hours_after_it_was_set(set_at, account):
    """Neither a clock change nor the account moves the instant, and the instant itself is already expired."""
    expires = expiry(set_at, OPOLSKA_2018, account=account)

    assert expires == set_at + timedelta(hours=60 * 24)
    assert is_expired(expires, expires)
    assert not is_expired(expires, expires - timedelta(microseconds=1))


@pytest.mark.rule("CRED-3a")
@given(instants)
def test_without_rotation_no_password_expires(set_at):
    """A policy without a lifetime ends nothing and warns of nothing."""
    expires = expiry(set_at, NIST_800_63B_4)

    assert expires is None
    assert warning_due(expires, OPOLSKA_2018, now=set_at, last_warned=None) is None


@pytest.mark.rule("CRED-3b")
def test_warnings_are_sent_14_7_3_and_1_days_before():
    """Asked every hour, exactly four warnings come, each at its day before the expiry."""
    expires = expiry(NOON, OPOLSKA_2018)
    sent, last = [], None
    now = NOON
    while now < expires + 2 * DAY:
        days = warning_due(expires, OPOLSKA_2018, now=now, last_warned=last)
        if days is not None:
            sent.append((days, expires - now))
            last = now
        now += timedelta(hours=1)

    assert sent == [(14, 14 * DAY), (7, 7 * DAY), (3, 3 * DAY), (1, DAY)]


@pytest.mark.rule("CRED-3b")
@given(
    st.lists(st.integers(0, 62 * 24), max_size=8).map(sorted),
    st.none() | st.integers(-400, -1),
)
def test_no_owner_is_warned_twice_of_the_same(hours, warned_before):
    """However rarely one looks, each warning comes at most once, the nearest first of those missed, none too early."""
    expires = expiry(NOON, OPOLSKA_2018)
    last = None if warned_before is None else NOON + warned_before * DAY
    sent = []
    for now in (NOON + timedelta(hours=hour) for hour in hours):
        days = warning_due(expires, OPOLSKA_2018, now=now, last_warned=last)
        reached = [ahead for ahead in OPOLSKA_2018.warn_days if expires - ahead * DAY <= now < expires]
        if days is None:
            assert not reached or min(reached) in sent
        else:
            assert days == min(reached)
            sent.append(days)
            last = now

    assert sent == sorted(set(sent), reverse=True)


@pytest.mark.rule("CRED-3c")
@given(instants, timelines, policies, accounts)
def test_a_stricter_policy_expires_nobody_sooner_than_14_days_after_its_first_day(set_at, timeline, newest, account):
    """Whatever came before: an expiry that a new policy brings forward falls on the fourteenth day after or later."""
    newest = newest.starting(timeline[-1].first_day + 5 * DAY)
    before = expiry(set_at, *timeline, account=account)
    after = expiry(set_at, *timeline, newest, account=account)

    if day_of(set_at, WARSAW) < newest.first_day and not later(after, before):
        assert day_of(after, WARSAW) >= newest.first_day + 14 * DAY


@pytest.mark.rule("CRED-3c")
@given(instants, timelines, accounts)
def test_a_policy_to_come_changes_no_expiry_before_it(set_at, timeline, account):
    """What expires before a policy begins expires as if that policy were not planned."""
    *earlier, newest = timeline
    before = expiry(set_at, *earlier, account=account)
    after = expiry(set_at, *timeline, account=account)

    if before is not None and day_of(before, WARSAW) < newest.first_day:
        assert after == before


@pytest.mark.rule("CRED-3c")
@given(instants, instants, policies, accounts)
def test_a_password_set_later_expires_no_sooner(one, other, policy, account):
    """Neither grace nor spread lets an older password outlive a newer one of the same account."""
    first, second = sorted((one, other))

    assert later(expiry(second, policy, account=account), expiry(first, policy, account=account))


@pytest.mark.rule("CRED-3c")
@given(instants, timelines, accounts)
def test_a_password_set_under_a_policy_lives_exactly_as_long_as_it_says(set_at, timeline, account):
    """Grace and spread are for passwords that were there before."""
    newest = timeline[-1]
    if day_of(set_at, WARSAW) >= newest.first_day:
        assert expiry(set_at, *timeline, account=account) == (newest.lifetime and set_at + newest.lifetime)


@pytest.mark.rule("CRED-3c")
@given(instants, timelines, policies, accounts)
def test_a_stricter_policy_lengthens_nobodys_life(set_at, timeline, newest, account):
    """Grace spares an older password, but never beyond what the policy before allowed it."""
    newest = newest.starting(timeline[-1].first_day + 5 * DAY)
    before = expiry(set_at, *timeline, account=account)
    is_stricter = newest.lifetime is not None and not later(set_at + newest.lifetime, before)

    if is_stricter and day_of(set_at, WARSAW) < newest.first_day:
        assert later(before, expiry(set_at, *timeline, newest, account=account))


@pytest.mark.rule("CRED-3c")
def test_what_expires_just_after_a_stricter_policy_begins_expires_when_it_was_to():
    """The grace of the new policy is no reprieve from the old one."""
    longer = attrs.evolve(OPOLSKA_2018, lifetime=180 * DAY)
    stricter = OPOLSKA_2018.starting(date(2026, 9, 1))
    set_at = datetime(2026, 3, 8, 12, tzinfo=UTC)

    assert expiry(set_at, longer, stricter) == set_at + 180 * DAY == datetime(2026, 9, 4, 12, tzinfo=UTC)


@pytest.mark.rule("CRED-3c")
def test_a_policy_begins_with_the_first_instant_of_its_day():
    """A password set at midnight is set under it; one that expires at midnight is gone before it."""
    midnight = datetime(2026, 3, 1, 23, tzinfo=UTC)
    short = attrs.evolve(OPOLSKA_2018, lifetime=15 * DAY, warn_days=())
    begun = date(2026, 3, 2)

    assert expiry(midnight, NIST_800_63B_4, short.starting(begun)) == midnight + 15 * DAY
    assert expiry(midnight - 15 * DAY, short, NIST_800_63B_4.starting(begun)) == midnight


@pytest.mark.rule("CRED-3c")
def test_an_accounts_share_of_the_spread_is_the_same_for_ever():
    """An owner who was warned of an instant finds it unchanged after every release."""
    stricter = OPOLSKA_2018.starting(date(2026, 10, 20))

    assert expiry(NOON, NIST_800_63B_4, stricter, account=b"account 1") == datetime(
        2026, 11, 10, 11, 10, 35, tzinfo=UTC
    )


@pytest.mark.rule("CRED-3c")
def test_a_laxer_policy_keeps_alive_what_it_finds_alive():
    """A password that is still good on the first day gets the longer life; one that is gone stays gone."""
    laxer = NIST_800_63B_4.starting(date(2026, 4, 1))

    assert expiry(datetime(2026, 3, 1, tzinfo=UTC), OPOLSKA_2018, laxer) is None
    assert expiry(datetime(2026, 1, 1, tzinfo=UTC), OPOLSKA_2018, laxer) == datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.rule("CRED-3c")
def test_the_mass_of_old_passwords_is_spread_over_two_weeks():
    """A thousand old accounts expire evenly between the 14th and the 28th day, each always at the same instant."""
    stricter = OPOLSKA_2018.starting(date(2026, 10, 20))
    names = [f"account {number}".encode() for number in range(1000)]
    found = [expiry(NOON, NIST_800_63B_4, stricter, account=name) for name in names]
    # The clocks change between: the 14th day begins an hour later in UTC.
    begins = datetime(2026, 11, 2, 23, tzinfo=UTC)
    days = [(moment - begins) // DAY for moment in found]

    assert found == [expiry(NOON, NIST_800_63B_4, stricter, account=name) for name in names]
    assert set(days) == set(range(14))
    assert max(days.count(day) for day in days) < 2 * 1000 // 14
    assert timedelta(0) <= min(found) - begins < max(found) - begins < SPREAD


@pytest.mark.rule("CRED-3c")
def test_who_would_expire_later_anyway_is_not_hurried():
    """A password set the day before a stricter policy begins lives the full new lifetime."""
    stricter = OPOLSKA_2018.starting(date(2026, 3, 2))

    assert expiry(NOON, NIST_800_63B_4, stricter) == NOON + 60 * DAY


@pytest.mark.rule("CRED-3c")
@given(accounts, st.text(st.sampled_from("aż—"), min_size=30, max_size=90))
def test_a_policy_may_have_a_long_name(account, name):
    """The name tells policies apart, so that each spreads anew; no length of it breaks that."""
    stricter = attrs.evolve(OPOLSKA_2018, name=name, first_day=date(2019, 1, 1), lifetime=30 * DAY)
    begins = datetime(2019, 1, 1, tzinfo=WARSAW)

    expires = expiry(begins - 5 * DAY, attrs.evolve(OPOLSKA_2018, warn_days=()), stricter, account=account)

    assert begins + 14 * DAY <= expires < begins + 14 * DAY + SPREAD

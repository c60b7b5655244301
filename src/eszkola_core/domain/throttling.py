"""
How often something may be tried: failures slow down whoever goes on, and never shut an owner out (ACCESS-7, LINK-7c).

Failures are counted under three keys: of one account from one place, of one account from anywhere, and of whatever from
one place. Up to a number in a window nothing happens; each further one doubles the time in which attempts are
throttled, up to the longest wait. An attempt that is throttled is not looked at, and counts nothing.

An account under attack from everywhere throttles those who are new to it, each for one wait from when they first came:
so whatever others do, its owner signs in within the longest wait. A place from which the owner has just signed in
answers for its own failures alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from attrs import evolve, frozen

from eszkola_core.domain.settings import Settings

_SUBSCRIBER_BITS: Final = 64


class AttemptKind(StrEnum):
    """What is tried; attempts of one kind say nothing about another."""

    SIGN_IN = "sign-in"
    REQUEST = "request"
    CODE = "code"


@frozen(kw_only=True)
class Limits:
    """
    What is throttled, and for how long.

    ``here`` failures of one account from one place, ``anywhere`` of one account, ``of_place`` of one place do not
    matter within a ``window``. Where ``newcomers_wait_once`` is false, an account that is over its number
    throttles everybody: whoever asks for a message then has had one just now.
    """

    here: int
    anywhere: int
    of_place: int
    window: timedelta
    first_wait: timedelta
    longest_wait: timedelta
    memory: timedelta
    newcomers_wait_once: bool = True

    @property
    def doublings(self) -> int:
        """How many failures over the number bring the first wait to the longest."""
        return (self.longest_wait // self.first_wait).bit_length()


def limits_of(kind: AttemptKind, settings: Settings) -> Limits:
    """Return what a tenant allows of one kind of attempt."""
    match kind:
        case AttemptKind.SIGN_IN:
            numbers = (settings.failures_here, settings.failures_anywhere, settings.failures_of_place)
        case AttemptKind.REQUEST:
            numbers = (settings.requests_here, settings.requests_anywhere, settings.requests_of_place)
        case AttemptKind.CODE:
            numbers = (settings.wrong_codes_here, settings.wrong_codes_anywhere, settings.wrong_codes_here)
    here, anywhere, of_place = numbers
    return Limits(
        here=here,
        anywhere=anywhere,
        of_place=of_place,
        window=settings.throttle_window,
        first_wait=settings.throttle_first_wait,
        longest_wait=settings.throttle_longest_wait,
        memory=settings.throttle_memory,
        newcomers_wait_once=kind is not AttemptKind.REQUEST,
    )


@frozen(kw_only=True)
class Tally:
    """
    What is remembered of the attempts under one key.

    ``failed_at`` is the last failure, ``clear_at`` when all failures are forgotten: each one moves it on. ``good_at``
    is the last success where nothing failed since. What was not touched for long is forgotten altogether.
    """

    first_at: datetime
    touched_at: datetime
    failed_at: datetime | None = None
    clear_at: datetime | None = None
    good_at: datetime | None = None


@frozen(kw_only=True)
class Attempts:
    """What is remembered of one account from one place, of the account from anywhere, and of the place."""

    here: Tally | None = None
    anywhere: Tally | None = None
    of_place: Tally | None = None


def throttled_until(attempts: Attempts, limits: Limits, now: datetime) -> datetime | None:
    """Return until when an attempt is throttled, or None where it is let through (ACCESS-7)."""
    here, anywhere, of_place = (
        _remembered(each, limits, now) for each in (attempts.here, attempts.anywhere, attempts.of_place)
    )
    moments = [_free_at(here, limits.here, limits)]
    if here is None or here.good_at is None:
        since = (here.failed_at or here.first_at) if here is not None and limits.newcomers_wait_once else None
        moments += [
            _free_at(anywhere, limits.anywhere, limits, since=since),
            _free_at(of_place, limits.of_place, limits),
        ]
    return max((each for each in moments if each is not None and each > now), default=None)


def seen(attempts: Attempts, limits: Limits, now: datetime) -> Attempts:
    """Return what is remembered after an attempt that was throttled: when it first came, and nothing else."""
    here = _remembered(attempts.here, limits, now)
    return evolve(attempts, here=Tally(first_at=now, touched_at=now) if here is None else evolve(here, touched_at=now))


def failed(attempts: Attempts, limits: Limits, now: datetime) -> Attempts:
    """Return what is remembered after a failure; whoever compares a password counts one before, and takes it back."""

    def counted(tally: Tally | None, allowed: int) -> Tally:
        known = _remembered(tally, limits, now) or Tally(first_at=now, touched_at=now)
        begins = now if known.clear_at is None else max(known.clear_at, now)
        each = limits.window // allowed
        # What makes no wait longer is not remembered: else an attack of a week would be felt for years.
        clear_at = min(begins + each, now + each * (allowed + limits.doublings))
        return evolve(known, touched_at=now, failed_at=now, clear_at=clear_at, good_at=None)

    return Attempts(
        here=counted(attempts.here, limits.here),
        anywhere=counted(attempts.anywhere, limits.anywhere),
        of_place=counted(attempts.of_place, limits.of_place),
    )


def taken_back(attempts: Attempts, before: Attempts, limits: Limits, at: datetime) -> Attempts:
    """
    Return what is remembered once the failure counted *at* an instant proves to be none.

    ``before`` is what was remembered before it; what others did since then stays.
    """

    def without(tally: Tally | None, former: Tally | None, allowed: int) -> Tally | None:
        if tally is None or tally.clear_at is None:
            return tally
        clear_at = tally.clear_at - limits.window // allowed
        if tally.failed_at != at:
            return evolve(tally, clear_at=clear_at)
        if former is None:
            return evolve(tally, clear_at=clear_at, failed_at=None)
        return evolve(tally, clear_at=clear_at, failed_at=former.failed_at, good_at=former.good_at)

    return Attempts(
        here=without(attempts.here, before.here, limits.here),
        anywhere=without(attempts.anywhere, before.anywhere, limits.anywhere),
        of_place=without(attempts.of_place, before.of_place, limits.of_place),
    )


def succeeded(attempts: Attempts, before: Attempts, limits: Limits, at: datetime) -> Attempts:
    """Return what is remembered once the attempt counted *at* an instant succeeds: this place is the owner's."""
    rest = taken_back(attempts, before, limits, at)
    first = attempts.here.first_at if attempts.here is not None else at
    return evolve(rest, here=Tally(first_at=first, touched_at=at, good_at=at))


def place_of(source: str) -> str:
    """
    Return the place that an attempt comes from, by what the caller knows of its *source*.

    An IPv6 address stands for its /64, which is one subscriber's: whoever has one has 2 to the 64.

    >>> place_of("2001:db8::1:2"), place_of("::ffff:192.0.2.7"), place_of(" kiosk ")
    ('2001:db8::/64', '192.0.2.7', 'kiosk')
    """
    text = source.strip()
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return text
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, _SUBSCRIBER_BITS), strict=False))


def _remembered(tally: Tally | None, limits: Limits, now: datetime) -> Tally | None:
    """Return what is not too old to be remembered; so it does not matter when old ones are pruned."""
    return tally if tally is not None and tally.touched_at > now - limits.memory else None


def _free_at(tally: Tally | None, allowed: int, limits: Limits, *, since: datetime | None = None) -> datetime | None:
    """Return when an attempt under a key is let through again, for whoever has come *since* an instant."""
    if tally is None or tally.failed_at is None or tally.clear_at is None:
        return None
    over = -(-(tally.clear_at - tally.failed_at) * allowed // limits.window) - allowed
    if over < 0:
        return None
    wait = min(limits.longest_wait, limits.first_wait * (1 << min(over, limits.doublings)))
    return min(tally.failed_at, since or tally.failed_at) + wait

"""When a password expires, and when its owner is warned (CRED-3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from hashlib import blake2b
from typing import Final
from zoneinfo import ZoneInfo

from eszkola_core.domain.days import aware, is_expired
from eszkola_core.domain.passwords import PasswordPolicy

SPREAD: Final = timedelta(days=14)
"""The time over which the expiries are spread that a stricter policy brings (CRED-3c)."""


def expires_at(
    set_at: datetime,
    timeline: Sequence[PasswordPolicy],
    *,
    zone: ZoneInfo,
    account: bytes,
) -> datetime | None:
    """
    Return the instant at which a password expires, or None when it does not (CRED-3a).

    Under one policy that is its lifetime after *set_at*, in hours of 60 minutes: clock changes do not matter. A policy
    that begins later lengthens the life of a password that it still finds alive; one that is stricter shortens it, but
    to no instant before its grace is over, and not to the same instant for all (CRED-3c).

    Args:
        set_at: when the owner set it.
        timeline: the policies of the account, the earliest first; those to come may be among them.
        zone: the tenant's zone, in which first days begin.
        account: what tells accounts apart, so that each has its own share of the spread, always the same.
    """
    due: datetime | None = None
    for policy in timeline:
        begins = _start(policy, zone)
        own = None if policy.lifetime is None else aware(set_at) + policy.lifetime
        if set_at >= begins:
            due = own
        elif due is not None and due <= begins:
            return due
        elif own is None or (due is not None and due <= own):
            due = own
        else:
            spared = max(own, _start(policy, zone, after=policy.grace) + _share(account, policy.name))
            due = spared if due is None else min(due, spared)
    return due


def warning_due(
    expiry: datetime | None,
    policy: PasswordPolicy,
    *,
    now: datetime,
    last_warned: datetime | None,
) -> int | None:
    """
    Return how many days ahead the warning is that must be sent now, or None when there is none to send (CRED-3b).

    Of warnings that were missed only the latest counts: nobody gets two at once. After the expiry there is none.

    Args:
        expiry: what `expires_at` returned.
        policy: the policy of the day, which names the warnings.
        now: the instant of asking.
        last_warned: when the owner of this account was last warned, be it of an earlier password.
    """
    if expiry is None or is_expired(expiry, now):
        return None
    reached = [days for days in policy.warn_days if now >= expiry - timedelta(days=days)]
    latest = min(reached, default=None)
    if latest is None or (last_warned is not None and last_warned >= expiry - timedelta(days=latest)):
        return None
    return latest


def _start(policy: PasswordPolicy, zone: ZoneInfo, *, after: timedelta = timedelta()) -> datetime:
    """Return the instant at which the policy's first day begins, or the day that comes *after* it."""
    return datetime.combine(policy.first_day + after, time(), zone).astimezone(UTC)


def _share(account: bytes, policy: str) -> timedelta:
    """Return how much later than the earliest this account's turn is: evenly spread, known to nobody in advance."""
    digest = blake2b(account, digest_size=8, key=policy.encode()[:64]).digest()
    return timedelta(seconds=int.from_bytes(digest) % int(SPREAD.total_seconds()))

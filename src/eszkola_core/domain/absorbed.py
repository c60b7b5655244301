"""What an account that was merged into another keeps: its ids, and its address (ID-7c, ID-7d)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from attrs import evolve

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import DecisionKind, World
from eszkola_core.domain.days import is_expired
from eszkola_core.domain.national_ids import NationalId

Absorbed = Mapping[PersonId, tuple[Person, ...]]
"""The accounts that were merged into each survivor, in the order of their numbers."""


def absorbed_by(world: World, aliases: Aliases) -> Absorbed:
    """Return the accounts of *world* that are read as another."""
    found: dict[PersonId, list[Person]] = defaultdict(list)
    for number in sorted(world.people):
        survivor = aliases.survivor(number)
        if survivor != number:
            found[survivor].append(world.people[number])
    return {survivor: tuple(accounts) for survivor, accounts in found.items()}


def kept_addresses(world: World, absorbed: Absorbed, now: datetime, undo: timedelta) -> Mapping[str, PersonId]:
    """Return the mailboxes that nobody but a survivor may have, as long as the merge can be undone (ID-7d)."""
    revocable = {
        each.object
        for each in world.decisions
        if each.kind is DecisionKind.MERGED and each.stands and not is_expired(each.at + undo, now)
    }
    return {
        account.central.mailbox: survivor
        for survivor, accounts in absorbed.items()
        for account in accounts
        if account.central is not None and account.id in revocable
    }


def own_ids(ids: Iterable[NationalId], accounts: Collection[Person]) -> tuple[NationalId, ...]:
    """Return those of a human's *ids* that are the survivor's own, and not one of the absorbed *accounts*'."""
    others = {each for account in accounts for each in account.ids}
    return tuple(each for each in ids if each not in others)


def without(absorbed: Absorbed, taken: Collection[str]) -> tuple[Person, ...]:
    """Return the absorbed accounts, without an address that somebody has taken."""
    return tuple(
        evolve(account, central=None, sharing=False)
        if account.central is not None and account.central.mailbox in taken
        else account
        for accounts in absorbed.values()
        for account in accounts
    )

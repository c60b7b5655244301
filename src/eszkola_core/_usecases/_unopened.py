"""Sources that need not be opened, because what they state was taken in and stands as it was (SYNC-4d)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence

from attrs import asdict, evolve

from eszkola_core.domain.claims import RosterKey
from eszkola_core.domain.reading import RULES_VERSION
from eszkola_core.domain.record_keys import roster_key
from eszkola_core.domain.runs import Stamped
from eszkola_core.domain.stated import Reading, together
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit


def rules_of(tenant: Tenant, storage: Storage) -> str:
    """Return what stands for the rules that records are read under: other settings read everything again."""
    chosen = asdict(tenant.settings, recurse=False)
    # A set is written in another order by every process, so it is sorted.
    plain = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in chosen.items()}
    ground = repr((RULES_VERSION, plain, tenant.platform_domain, tenant.time_zone))
    return storage.fingerprint(ground.encode(), context="settings").hex()


def known_by(stamp: bytes, rules: str, storage: Storage) -> bytes:
    """Return what is kept of a source's stamp: under other rules the same source is another."""
    return storage.fingerprint(rules.encode() + stamp, context="source")


def opened(reading: Reading, unit: Unit, tenant: Tenant, storage: Storage) -> tuple[Reading, Sequence[Stamped]]:
    """
    Return *reading* with every source opened that has to be, and the lists of those that need not be.

    One must be opened that is not known any more, of whose lists something is unsettled, or which states a list that
    another source states too.
    """
    if not reading.unopened:
        return reading, ()
    rules = rules_of(tenant, storage)
    closed = {known_by(each.stamp, rules, storage): each for each in reading.unopened}
    by_stamp: dict[bytes, list[Stamped]] = defaultdict(list)
    for each in unit.rosters.stamps(closed):
        by_stamp[each.stamp].append(each)
    unsettled = {each.roster for each in unit.rosters.unsettled()}
    parts = [evolve(reading, unopened=())]
    while True:
        stated = {roster_key(each) for part in parts for each in part.rosters} | unsettled
        due = [stamp for stamp in closed if not _rests(by_stamp.get(stamp, ()), stated)]
        if not due:
            break
        parts += [closed.pop(stamp).read() for stamp in due]
    return together(parts), [each for stamp in closed for each in by_stamp[stamp]]


def schools_of(reading: Reading, unit: Unit, tenant: Tenant, storage: Storage) -> frozenset[str]:
    """Return the schools whose lists *reading* states."""
    all_opened, resting = opened(reading, unit, tenant, storage)
    return frozenset({each.school for each in all_opened.rosters} | {each.roster.school for each in resting})


def _rests(lists: Sequence[Stamped], stated: Container[RosterKey]) -> bool:
    """Return whether the lists of a source are known, and none of them is *stated* beside it."""
    return bool(lists) and not any(each.roster in stated for each in lists)

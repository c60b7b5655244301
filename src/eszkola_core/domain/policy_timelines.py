"""
Which password policy holds for whom, and from which day (CRED-9a).

A tenant has one timeline for everybody, and another for any role that has a policy of its own. Whoever has several
roles keeps each requirement in its stricter form.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve, frozen

from eszkola_core.domain.passwords import OPOLSKA_2018, POLICIES, PasswordPolicy
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settings import Changer, Setting
from eszkola_core.errors import InvalidValue


def _row(name: str, rule: str, says: str, floor: Any, ceiling: Any) -> Setting:  # noqa: ANN401 - numbers and spans
    return Setting(
        name=name, rule=rule, says=says, changer=Changer.DELEGATE, default=None, floor=floor, ceiling=ceiling
    )


POLICY_NUMBERS: Final[Mapping[str, Setting]] = MappingProxyType(
    {
        row.name: row
        for row in (
            _row("min_length", "CRED-1", "characters that are enough", 8, 64),
            _row(
                "min_length_beside_second_factor", "CRED-9a", "characters that are enough with a second factor", 8, 64
            ),
            _row("lifetime", "CRED-3a", "after what time a password expires", timedelta(days=30), timedelta(days=730)),
            _row("history", "CRED-4a", "last passwords that a new one must differ from", 0, 24),
            _row(
                "grace", "CRED-3c", "how long the policy spares older passwords", timedelta(days=14), timedelta(days=90)
            ),
        )
    },
)
"""The numbers that a tenant may choose for a policy of its own, with their bounds."""


_EVER: Final = date(1970, 1, 1)


@frozen
class IntroducedPolicy:
    """A policy that a tenant introduces on its first day: for everybody, or for some roles."""

    policy: PasswordPolicy
    roles: frozenset[Role] = frozenset()


def own_policy(base: str, first_day: date, *, name: str = "", **chosen: Any) -> PasswordPolicy:  # noqa: ANN401 - fields
    """
    Return a shipped policy as a tenant introduces it on *first_day*, with what it has *chosen* otherwise.

    Raises:
        InvalidValue: there is no such policy, or a number lies outside its bounds; the text names it.
    """
    if base not in POLICIES:
        raise InvalidValue(f"policy: one of {', '.join(sorted(POLICIES))}", code="unknown-password-policy")
    for each, value in chosen.items():
        if each in POLICY_NUMBERS and value is not None:
            POLICY_NUMBERS[each].check(value)
    called = name or (base if not chosen else f"{base}, {first_day:%Y-%m-%d}")
    if "lifetime" in chosen and "warn_days" not in chosen:
        chosen["warn_days"] = () if chosen["lifetime"] is None else POLICIES[base].warn_days or OPOLSKA_2018.warn_days
    return evolve(POLICIES[base], name=called, first_day=first_day, **chosen)


@frozen
class PolicyTimelines:
    """The policies of everybody, and of each role that has its own, the earliest first; none is empty."""

    usual: tuple[PasswordPolicy, ...]
    of_role: Mapping[Role, tuple[PasswordPolicy, ...]]

    def of(self, roles: Collection[Role]) -> tuple[PasswordPolicy, ...]:
        """Return the timeline of somebody with these *roles*: on each day each requirement in its stricter form."""
        mine = list(dict.fromkeys(self.of_role.get(role, self.usual) for role in sorted(roles))) or [self.usual]
        if len(mine) == 1:
            return mine[0]
        days = sorted({policy.first_day for timeline in mine for policy in timeline})
        return tuple(stricter([_on(day, timeline) for timeline in mine], day) for day in days)

    def on(self, day: date, roles: Collection[Role]) -> PasswordPolicy:
        """Return the policy of somebody with these *roles* on a day; before the first day the first holds."""
        return _on(day, self.of(roles))

    @property
    def all_policies(self) -> frozenset[PasswordPolicy]:
        """Every policy that holds for anybody on any day."""
        return frozenset(self.usual).union(*self.of_role.values())


def timelines(policy: str, introduced: Sequence[IntroducedPolicy]) -> PolicyTimelines:
    """
    Return the timelines of a tenant that began with a shipped *policy*.

    A role with a policy of its own has that of everybody before, and its own ones from then on.

    Raises:
        InvalidValue: two policies for the same people have one first day.
    """
    return _timelines(policy, tuple(introduced))


@lru_cache(maxsize=64)
def _timelines(policy: str, introduced: tuple[IntroducedPolicy, ...]) -> PolicyTimelines:
    # What a tenant began with holds from ever: nothing was introduced before it.
    usual = (
        evolve(POLICIES[policy], first_day=_EVER),
        *_in_order(each.policy for each in introduced if not each.roles),
    )
    own = {
        role: _in_order(each.policy for each in introduced if role in each.roles)
        for role in Role
        if any(role in each.roles for each in introduced)
    }
    of_role = {
        role: (*(each for each in usual if each.first_day < policies[0].first_day), *policies)
        for role, policies in own.items()
    }
    return PolicyTimelines(usual, MappingProxyType(of_role))


def stricter(policies: Sequence[PasswordPolicy], first_day: date) -> PasswordPolicy:
    """Return what satisfies all of *policies* at once, from a first day on."""
    different = list(dict.fromkeys(policies))
    first, *others = different
    if not others:
        return evolve(first, first_day=first_day)
    ending = [each for each in different if each.lifetime is not None]
    lifetime = min((each.lifetime for each in ending if each.lifetime is not None), default=None)
    warned = {days for each in ending for days in each.warn_days}
    return PasswordPolicy(
        name=" + ".join(sorted({each.name for each in different})),
        first_day=first_day,
        min_length=max(each.min_length for each in different),
        min_length_beside_second_factor=max(each.shortest(second_factor=True) for each in different),
        need_upper=any(each.need_upper for each in different),
        need_lower=any(each.need_lower for each in different),
        need_digit_or_special=any(each.need_digit_or_special for each in different),
        blocklist=any(each.blocklist for each in different),
        lifetime=lifetime,
        warn_days=tuple(
            sorted((days for days in warned if lifetime and timedelta(days=days) < lifetime), reverse=True)
        ),
        history=max(each.history for each in different),
        grace=min(each.grace for each in different),
    )


def _on(day: date, timeline: Sequence[PasswordPolicy]) -> PasswordPolicy:
    """Return the policy of a day; before the first day the first holds."""
    return max((each for each in timeline if each.first_day <= day), key=_first_day, default=timeline[0])


def _first_day(policy: PasswordPolicy) -> date:
    return policy.first_day


def _in_order(policies: Iterable[PasswordPolicy]) -> tuple[PasswordPolicy, ...]:
    found = tuple(sorted(policies, key=_first_day))
    if len({each.first_day for each in found}) < len(found):
        raise InvalidValue(
            "two policies for the same people begin on one day; give one of them another", code="two-policies"
        )
    return found

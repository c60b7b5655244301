"""`eszkola policy` shows the password policies of a tenant, and where one departs from the standards."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from eszkola_cli.common import about_nobody, as_json, place, strict
from eszkola_cli.screen import Screen
from eszkola_core import (
    LOCALES,
    POLICIES,
    InvalidValue,
    PasswordPolicy,
    Role,
    SystemClock,
    Tenant,
    configuration,
    day_of,
)
from eszkola_core.configuration import in_words
from eszkola_core.domain.conformance import conformance as departures_of
from eszkola_core.domain.conformance import describe

chosen_policy = click.option(
    "--policy", type=click.Choice(sorted(POLICIES)), help="A shipped policy; else the configuration's of today."
)
spoken = click.option(
    "--lang", type=click.Choice(LOCALES), default="en", show_default=True, help="The language of the sentences."
)


@click.group()
def policy() -> None:
    """Password policies, and how they stand to the standards."""


@policy.command()
@as_json
@about_nobody
@click.pass_context
def show(context: click.Context, *, as_json: bool) -> None:
    """Show which policy holds for whom, and from which day."""
    screen = Screen.standard()
    tenant = configuration.load(place(context)).tenant
    today = _today(tenant)
    found = [
        ("everybody", tenant.policies.usual),
        *((role.value, each) for role, each in tenant.policies.of_role.items()),
    ]
    in_force = {who: tenant.policies.on(today, () if who == "everybody" else (Role(who),)) for who, _ in found}
    if as_json:
        screen.json({"policies": [_plain(who, each, in_force[who]) for who, timeline in found for each in timeline]})
        return
    rows = [
        (who, each.name, f"{each.first_day}", "yes" if each == in_force[who] else "", _asks(each), _lasts(each))
        for who, timeline in found
        for each in timeline
    ]
    screen.table(["for", "policy", "from", "today", "asks for", "expires"], rows)


@policy.command()
@chosen_policy
@spoken
@as_json
@strict
@about_nobody
@click.pass_context
def conformance(context: click.Context, policy: str | None, lang: str, *, as_json: bool, strict: bool) -> None:
    """
    Say where a policy departs from the standards.

    They are OWASP ASVS 5.0, chapter 6.2, and NIST SP 800-63B-4, section 3.1.1.2.
    """
    screen = Screen.standard()
    judged = policy_of(context, policy)
    found = departures_of(judged)
    if as_json:
        told = [
            {
                "standard": each.requirement.standard,
                "requirement": each.requirement.number,
                "level": each.requirement.level,
                "code": each.requirement.fault.value,
                "asks": (words := describe(each, lang)).asks,
                "does": words.does,
                "remedy": words.remedy,
            }
            for each in found
        ]
        screen.json({"policy": judged.name, "ok": not found, "departures": told})
    else:
        for each in found:
            words, where = describe(each, lang), each.requirement
            screen.say(f"✗ {where.standard}, {where.number} ({where.level}): {words.asks}", "red")
            screen.bullet(f"{words.does} {words.remedy}")
        if not found:
            screen.say(f"✓ {judged.name} departs from neither standard.", "green")
    context.exit(1 if strict and found else 0)


def policy_of(context: click.Context, name: str | None) -> PasswordPolicy:
    """Return the shipped policy of that name; else what the configuration has today for whoever has no role."""
    if name is not None:
        return POLICIES[name]
    try:
        path = configuration.find(Path(context.obj))
    except InvalidValue:
        return POLICIES["OPOLSKA_2018"]
    tenant = configuration.load(path).tenant
    return tenant.policies.on(_today(tenant), ())


def _today(tenant: Tenant) -> date:
    return day_of(SystemClock().now(), tenant.zone)


def _asks(policy: PasswordPolicy) -> str:
    kinds = [
        word
        for word, is_asked in (
            ("upper case", policy.need_upper),
            ("lower case", policy.need_lower),
            ("digit or special", policy.need_digit_or_special),
        )
        if is_asked
    ]
    beside = policy.shortest(second_factor=True)
    eased = f" ({beside} beside a second factor)" if beside != policy.min_length else ""
    return ", ".join([f"{policy.min_length} characters{eased}", *kinds, f"unlike the last {policy.history}"])


def _lasts(policy: PasswordPolicy) -> str:
    return "never" if policy.lifetime is None else f"after {in_words(policy.lifetime)}"


def _plain(who: str, policy: PasswordPolicy, in_force: PasswordPolicy) -> dict[str, Any]:
    return {
        "for": who,
        "name": policy.name,
        "first_day": policy.first_day.isoformat(),
        "in_force": policy == in_force,
        "min_length": policy.min_length,
        "min_length_beside_second_factor": policy.shortest(second_factor=True),
        "need_upper": policy.need_upper,
        "need_lower": policy.need_lower,
        "need_digit_or_special": policy.need_digit_or_special,
        "blocklist": policy.blocklist,
        "lifetime_days": None if policy.lifetime is None else policy.lifetime.days,
        "warn_days": list(policy.warn_days),
        "history": policy.history,
        "grace_days": policy.grace.days,
    }

"""`eszkola password check` says whether a password would do."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from eszkola_cli import config
from eszkola_cli.common import as_json, ask_password, read_secret, strict
from eszkola_cli.screen import Screen
from eszkola_core.defaults import BuiltInCompromisedPasswords
from eszkola_core.domain.password_texts import describe
from eszkola_core.domain.passwords import POLICIES, Owner, PasswordPolicy, Violation, as_violation, prepare, violations
from eszkola_core.domain.tenants import LOCALES
from eszkola_core.errors import InvalidValue


@click.group()
def password() -> None:
    """Passwords and their policies."""


@password.command()
@click.option(
    "--policy", type=click.Choice(sorted(POLICIES)), help="The policy; else the configuration's, else OPOLSKA_2018."
)
@click.option(
    "--lang", type=click.Choice(LOCALES), default="en", show_default=True, help="The language of the sentences."
)
@as_json
@strict
@click.pass_context
def check(context: click.Context, policy: str | None, lang: str, *, as_json: bool, strict: bool) -> None:
    """Say all that is wrong with a password. It is read from standard input."""
    screen = Screen.standard()
    text = ask_password("Password") if sys.stdin.isatty() else read_secret()
    found = _violations(text, POLICIES[policy] if policy else _configured(context))
    if as_json:
        told = [
            {"code": each.code.value, "params": dict(each.params), "message": describe(each, lang)} for each in found
        ]
        screen.json({"ok": not found, "violations": told})
    else:
        for each in found:
            screen.say(f"✗ {describe(each, lang)}", "red")
        if not found:
            screen.say("✓ The password will do.", "green")
    context.exit(1 if strict and found else 0)


def _configured(context: click.Context) -> PasswordPolicy:
    """Return the policy of the configuration where there is one."""
    try:
        path = config.find(Path(context.obj))
    except InvalidValue:
        return POLICIES["OPOLSKA_2018"]
    name = config.load(path).tenant.settings.password_policy
    if name not in POLICIES:
        raise InvalidValue(f"settings.password_policy: one of {', '.join(sorted(POLICIES))}", code="unknown-policy")
    return POLICIES[name]


def _violations(text: str, policy: PasswordPolicy) -> tuple[Violation, ...]:
    """Return everything that is wrong with a password whose owner is not known."""
    try:
        prepared = prepare(text)
    except InvalidValue as unusable:
        return (as_violation(unusable),)
    common = policy.blocklist and BuiltInCompromisedPasswords().contains(prepared)
    return violations(prepared, policy, owner=Owner(), compromised=common, reused=False)

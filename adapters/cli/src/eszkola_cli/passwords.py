"""`eszkola password check` says whether a password would do."""

from __future__ import annotations

import sys

import click

from eszkola_cli.common import about_nobody, as_json, ask_password, read_secret, strict
from eszkola_cli.policies import chosen_policy, policy_of, spoken
from eszkola_cli.screen import Screen
from eszkola_core import BuiltInCompromisedPasswords, InvalidValue, PasswordPolicy, Violation, describe
from eszkola_core.domain.passwords import Owner, as_violation, prepare, violations


@click.group()
def password() -> None:
    """Passwords and their policies."""


@password.command()
@chosen_policy
@spoken
@as_json
@strict
@about_nobody
@click.pass_context
def check(context: click.Context, policy: str | None, lang: str, *, as_json: bool, strict: bool) -> None:
    """Say all that is wrong with a password. It is read from standard input."""
    screen = Screen.standard()
    text = ask_password("Password") if sys.stdin.isatty() else read_secret()
    found = violations_of(text, policy_of(context, policy))
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


def violations_of(text: str, policy: PasswordPolicy) -> tuple[Violation, ...]:
    """Return everything that is wrong with a password whose owner is not known."""
    try:
        prepared = prepare(text)
    except InvalidValue as unusable:
        return (as_violation(unusable),)
    common = policy.blocklist and BuiltInCompromisedPasswords().contains(prepared)
    return violations(prepared, policy, owner=Owner(), compromised=common, reused=False)

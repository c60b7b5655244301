"""`eszkola settings`: changing what takes something from people, with all who would lose before it is done."""

from __future__ import annotations

from collections import Counter
from typing import Final

import click

from eszkola_cli.common import actor, as_json, opened, refused
from eszkola_cli.screen import Screen
from eszkola_core import LossKind, NotPermitted, SettingsChanged, SettingsKept, SettingsPlan
from eszkola_core.domain.choices import Choice

_SHOWN: Final = 25
_WORDS: Final = {
    LossKind.ADDRESS: "loses the shared address",
    LossKind.SIGN_IN: "cannot sign in any more",
}


@click.group()
def settings() -> None:
    """Settings whose change takes something from people."""


@settings.command()
@as_json
@click.pass_context
def plan(context: click.Context, *, as_json: bool) -> None:
    """
    Say who would lose what.

    The settings login_scheme and sharing of the configuration file are compared with those in force; nothing is
    written.
    """
    screen = Screen.standard()
    with opened(context) as house:
        found = house.change_settings.plan(actor(context))
    if isinstance(found, NotPermitted):
        screen.problem(refused(found.permission))
        context.exit(1)
        return
    _show(screen, found, as_json=as_json)


@settings.command()
@click.option("--plan", "plan_id", required=True, metavar="ID", help="The plan that was looked at.")
@as_json
@click.pass_context
def apply(context: click.Context, plan_id: str, *, as_json: bool) -> None:
    """
    Let the configured settings be in force.

    Refused where others would lose by now than the plan said.
    """
    screen = Screen.standard()
    with opened(context) as house:
        done = house.change_settings.apply(actor(context), plan_id)
    if isinstance(done, SettingsKept):
        screen.problem("others would lose by now than the plan said; nothing was changed")
        _show(screen, done.plan, as_json=as_json)
        context.exit(1)
    if not isinstance(done, SettingsChanged):
        screen.problem(refused(done.permission))
        context.exit(1)
    if as_json:
        screen.json({**_plain(done.plan), "applied": True})
    else:
        screen.say("✓ The settings are in force.", "green")


def _show(screen: Screen, found: SettingsPlan, *, as_json: bool) -> None:
    if as_json:
        screen.json(_plain(found))
        return
    if found.is_empty:
        screen.say("The configured settings are in force; nothing would change.", "green")
        return
    screen.say(f"In force: {_words(found.before)}")
    screen.say(f"Configured: {_words(found.after)}")
    counts = Counter(each.kind for each in found.losses)
    for kind, words in _WORDS.items():
        screen.say(f"{counts[kind]} × {words}", "yellow" if counts[kind] else "")
    if found.losses:
        rows = [(", ".join(each.schools), each.name, each.login, _WORDS[each.kind]) for each in found.losses[:_SHOWN]]
        screen.table(["school", "who", "login", "what"], rows)
    if len(found.losses) > _SHOWN:
        screen.say(f"  … and {len(found.losses) - _SHOWN} more; --json lists all")
    screen.say(f"Nothing is written yet. To go on: eszkola settings apply --plan {found.id}")


def _words(choice: Choice | None) -> str:
    return "nothing yet" if choice is None else f"login_scheme {choice.login_scheme}, sharing {choice.sharing}"


def _plain(found: SettingsPlan) -> dict[str, object]:
    return {
        "plan": found.id,
        "before": None if found.before is None else _choice(found.before),
        "after": _choice(found.after),
        "losses": [
            {"schools": list(each.schools), "name": each.name, "login": each.login, "kind": each.kind.value}
            for each in found.losses
        ],
    }


def _choice(choice: Choice) -> dict[str, str]:
    return {"login_scheme": choice.login_scheme.value, "sharing": choice.sharing.value}

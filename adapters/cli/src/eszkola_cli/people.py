"""`eszkola person`: what is known of somebody, a copy of it, its erasure; and who is one person, and who is two."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from eszkola_cli import identity, merging, sources
from eszkola_cli.common import actor, as_json, filled, new_file, opened, refused, whom
from eszkola_cli.screen import Screen, counted
from eszkola_core import (
    Erased,
    ErasurePlan,
    ErasureRefused,
    Exported,
    InvalidValue,
    NotErased,
    NotPermitted,
    Platform,
    Unavailable,
)
from eszkola_core.domain.dossier_texts import LOCALES, words

_KEPT: Final[Mapping[ErasureRefused, str]] = {
    ErasureRefused.NO_SUCH_PERSON: "there is no such person any more",
    ErasureRefused.ALREADY_ERASED: "the person was erased before",
    ErasureRefused.MERGED: "the account was merged into another: erase that one",
    ErasureRefused.RECORDS_NAME_THEM: "records name the person; what the law keeps stays, and their school ends them:",
    ErasureRefused.APPLICATION_OPEN: "an application is undecided: decide or withdraw it first",
    ErasureRefused.GROUND_MOVED: "something has changed since the plan was made: look at a new plan",
}
_why = click.option("--why", required=True, help="The request, for the journal; name nobody in it.")


@click.group()
def person() -> None:
    """One person: what is known of them, and who they are."""


for command in (
    identity.held,
    identity.same,
    identity.another,
    identity.distinct,
    merging.merge,
    merging.unmerge,
    sources.show,
):
    person.add_command(command)


@person.command()
@click.argument("identifier")
@click.option("--out", type=click.Path(path_type=Path), help="A new file to write to, readable by you only.")
@click.option("--stdout", "to_stdout", is_flag=True, help="Print it, national ids and all, instead of writing a file.")
@click.option("--lang", type=click.Choice(LOCALES), help="A text to read, in this language; else JSON for programs.")
@click.pass_context
def export(context: click.Context, identifier: str, out: Path | None, *, to_stdout: bool, lang: str | None) -> None:
    """
    Hand out all that is kept of somebody.

    IDENTIFIER is a login, central address or national id; '-' reads it from standard input. Passwords and what else
    opens an account is named and not shown.
    """
    if (out is None) != to_stdout:
        raise click.UsageError("say where to: --out FILE, or --stdout")
    if out is not None and (out.exists() or not out.parent.is_dir()):
        raise InvalidValue(f"{out}: name a new file in a folder that is there", code="file-taken")
    screen = Screen.standard()
    with opened(context) as house:
        done = house.export_person.of(actor(context), whom(house, identifier).id)
    if not isinstance(done, Exported):
        gone = _KEPT[ErasureRefused.NO_SUCH_PERSON]
        screen.problem(refused(done.permission) if isinstance(done, NotPermitted) else gone)
        context.exit(1)
    text = (
        json.dumps(done.content, ensure_ascii=False, indent=2) + "\n"
        if lang is None
        else words(done.content, lang, zone=house.tenant.zone)
    )
    if out is None:
        click.echo(text, nl=False)
        return
    filled(new_file(str(out)), text)
    screen.say(f"✓ {out} holds personal data in clear; hand it to its owner and delete it here.", "green")


@person.command()
@click.argument("identifier")
@_why
@click.option("--plan", metavar="ID", help="Erase as this plan says; without it the plan is shown.")
@as_json
@click.pass_context
def erase(context: click.Context, identifier: str, why: str, plan: str | None, *, as_json: bool) -> None:
    """
    Erase somebody: plan first, then apply the plan.

    IDENTIFIER is a login, central address or national id; '-' reads it from standard input. It is refused while a
    record names the person. The request alone ends security codes that were handed out.
    """
    screen = Screen.standard()
    with opened(context) as house:
        number, who = whom(house, identifier).id, actor(context)
        done = (
            house.erase_person.request(who, number, why=why)
            if plan is None
            else house.erase_person.apply(who, number, plan, why=why)
        )
        again = isinstance(done, NotErased) and done.reason is ErasureRefused.ALREADY_ERASED
        swept = _swept(house) if isinstance(done, Erased) or (plan is not None and again) else None
    if as_json:
        screen.json(_told(done, swept))
    elif isinstance(done, ErasurePlan):
        screen.table(["what goes", "how much"], [(part, str(count)) for part, count in done.goes.items()])
        stay = counted(done.restrictions, "restriction stays", "restrictions stay")
        screen.say(f"{stay}, and the names that were issued stay reserved.")
        screen.say(f"Nothing is erased yet. Erase with --plan {done.id}")
    elif isinstance(done, Erased):
        screen.say("✓ Erased.", "green")
    elif isinstance(done, NotPermitted):
        screen.problem(refused(done.permission))
    else:
        screen.problem(_KEPT[done.reason])
        for each in done.records:
            screen.bullet(f"school {each.school}, record {each.record.key} ({each.record.roster.list})", "yellow")
    if swept is False and not as_json:
        screen.problem("the file is in use, and what was erased may be legible in it: do the same once more later")
    if not isinstance(done, (ErasurePlan, Erased)) or swept is False:
        context.exit(1)


def _swept(house: Platform) -> bool:
    """Overwrite what was taken away; False where somebody else has the storage in use."""
    try:
        house.administration.sweep()
    except Unavailable:
        return False
    return True


def _told(done: ErasurePlan | Erased | NotErased | NotPermitted, swept: bool | None) -> Mapping[str, object]:  # noqa: FBT001 - one of three
    if isinstance(done, ErasurePlan):
        return {"plan": done.id, "goes": dict(done.goes), "restrictions": done.restrictions}
    if isinstance(done, Erased):
        return {"erased": True, "restrictions": done.restrictions, "swept": swept}
    if isinstance(done, NotPermitted):
        return {"refused": "not-permitted", "records": []}
    records = [{"school": e.school, "list": e.record.roster.list, "record": e.record.key} for e in done.records]
    return {"refused": done.reason.value, "records": records}

"""`eszkola licence`: seats of software, and who has one."""

from __future__ import annotations

from pathlib import Path

import click

from eszkola_cli.common import actor, as_json, machine_only, opened, refused, whom
from eszkola_cli.screen import Screen
from eszkola_core import Entitling, InvalidValue, Licence, NoLicence, NotPermitted, Pool


@click.group()
def licence() -> None:
    """Licences of software, for those whom a role entitles."""


@licence.command()
@click.argument("key")
@click.option("--product", required=True, help="What the licences are for.")
@click.option("--seats", required=True, type=click.IntRange(min=0), help="How many there are.")
@click.option(
    "--for",
    "roles",
    multiple=True,
    type=click.Choice([each.value for each in Entitling]),
    help="Whom the pool is for; give it several times. Without it, for all of them.",
)
@click.pass_context
def pool(context: click.Context, key: str, *, product: str, seats: int, roles: tuple[str, ...]) -> None:
    """Make the pool KEY, or give it another number of seats."""
    screen = Screen.standard()
    made = Pool(key=key, product=product, seats=seats, roles=frozenset(map(Entitling, roles)) or frozenset(Entitling))
    with opened(context) as house:
        done = house.assign_licences.keep_pool(actor(context), made)
    if isinstance(done, NotPermitted):
        screen.problem(refused(done.permission))
        context.exit(1)
        return
    screen.say(f"{done.pool.key}: {done.taken} of {done.pool.seats} seats are taken.", "green")


@licence.command("list")
@as_json
@click.pass_context
def list_(context: click.Context, *, as_json: bool) -> None:
    """List the pools with their seats."""
    screen = Screen.standard()
    with opened(context) as house:
        found = house.assign_licences.pools(actor(context))
    if isinstance(found, NotPermitted):
        screen.problem(refused(found.permission))
        context.exit(1)
        return
    if as_json:
        pools = [
            {
                "key": each.pool.key,
                "product": each.pool.product,
                "seats": each.pool.seats,
                "taken": each.taken,
                "for": sorted(each.pool.roles),
            }
            for each in found
        ]
        screen.json({"pools": pools})
    elif found:
        rows = [
            (each.pool.key, each.pool.product, f"{each.taken} of {each.pool.seats}", ", ".join(sorted(each.pool.roles)))
            for each in found
        ]
        screen.table(["pool", "product", "seats taken", "for"], rows)
    else:
        screen.say("There is no pool yet; make one with: eszkola licence pool")


@licence.command()
@click.argument("identifier")
@click.option("--pool", "pool_key", required=True, help="The pool's key.")
@click.pass_context
def assign(context: click.Context, identifier: str, *, pool_key: str) -> None:
    """Give somebody a licence by their login, address or national id."""
    with opened(context) as house:
        done = house.assign_licences.assign(actor(context), whom(house, identifier).id, pool_key)
    _tell(context, done, "The licence is assigned.")


@licence.command()
@click.argument("identifier")
@click.option("--pool", "pool_key", required=True, help="The pool's key.")
@click.option("--why", required=True, help="The reason, for the journal.")
@click.pass_context
def withdraw(context: click.Context, identifier: str, *, pool_key: str, why: str) -> None:
    """Take a licence back at once, without a grace."""
    with opened(context) as house:
        done = house.assign_licences.withdraw(actor(context), whom(house, identifier).id, pool_key, why=why)
    _tell(context, done, "The licence is withdrawn, and its seat is free.")


@licence.command()
@machine_only
@click.pass_context
def review(context: click.Context) -> None:
    """
    Bring all licences up to what their owners are entitled to.

    Worth doing every night.
    """
    with opened(context) as house:
        done = house.assign_licences.review()
    Screen.standard().say(f"{done.into_grace} into grace, {done.restored} restored, {done.withdrawn} withdrawn")


@licence.command()
@click.option("--pool", "pool_key", required=True, help="The pool's key.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The folder for the three files.")
@click.pass_context
def export(context: click.Context, *, pool_key: str, out: Path) -> None:
    """
    Write who has a licence as School Data Sync v2.1.

    That is three files: orgs.csv, users.csv and roles.csv.
    """
    screen = Screen.standard()
    with opened(context) as house:
        files = house.assign_licences.export(actor(context), pool_key)
    if isinstance(files, NotPermitted):
        screen.problem(refused(files.permission))
        context.exit(1)
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (out / name).write_text(text, encoding="utf-8", newline="")
            (out / name).chmod(0o600)
    except OSError as wrong:
        raise InvalidValue(f"{out}: cannot be written ({wrong.strerror})", code="not-writable") from None
    screen.say(f"Written to {out}: {', '.join(files)}", "green")


def _tell(context: click.Context, done: Licence | NoLicence | NotPermitted, what: str) -> None:
    """Print what came of it."""
    screen = Screen.standard()
    if isinstance(done, Licence):
        screen.say(what, "green")
        return
    screen.problem(refused(done.permission) if isinstance(done, NotPermitted) else _REASONS[done.reason.value])
    context.exit(1)


_REASONS = {
    "no-national-id": "this account has no validated national id; a passport entitles to no licence",
    "no-entitling-role": "no role of this account is one that the pool is for",
    "no-seat-or-has-one": "no seat is left in the pool, or the person has one already",
    "has-none": "the person has no licence of this pool",
}

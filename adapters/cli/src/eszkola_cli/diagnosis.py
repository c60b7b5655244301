"""`eszkola diagnose`: why something does not work for somebody."""

from __future__ import annotations

import click

from eszkola_cli.common import actor, as_json, opened, refused, secret_argument
from eszkola_cli.screen import Screen
from eszkola_core import LOCALES, Mender, NotPermitted, Where
from eszkola_core.domain.cause_texts import how, says

WHO = {
    "pl": {
        Mender.OWNER: "sama osoba",
        Mender.SECRETARY: "sekretariat szkoły",
        Mender.ADMINISTRATOR: "administrator",
        Mender.TIME: "czas",
    },
    "sl": {
        Mender.OWNER: "oseba sama",
        Mender.SECRETARY: "tajništvo šole",
        Mender.ADMINISTRATOR: "skrbnik sistema",
        Mender.TIME: "čas",
    },
    "en": {
        Mender.OWNER: "the person",
        Mender.SECRETARY: "the school's office",
        Mender.ADMINISTRATOR: "an administrator",
        Mender.TIME: "time",
    },
}
_WHERE = {
    "pl": {
        Where.SIGN_IN_PAGE: "strona logowania",
        Where.ACCESS_PAGE: "strona dostępu",
        Where.ACCOUNT_PAGE: "strona konta",
        Where.GRADEBOOK: "dziennik",
        Where.OFFICE: "szkoła",
        Where.BROWSER: "przeglądarka",
        Where.NOWHERE: "",
    },
    "sl": {
        Where.SIGN_IN_PAGE: "stran za prijavo",
        Where.ACCESS_PAGE: "stran za dostop",
        Where.ACCOUNT_PAGE: "stran računa",
        Where.GRADEBOOK: "dnevnik",
        Where.OFFICE: "šola",
        Where.BROWSER: "brskalnik",
        Where.NOWHERE: "",
    },
    "en": {
        Where.SIGN_IN_PAGE: "sign-in page",
        Where.ACCESS_PAGE: "access page",
        Where.ACCOUNT_PAGE: "account page",
        Where.GRADEBOOK: "gradebook",
        Where.OFFICE: "school",
        Where.BROWSER: "browser",
        Where.NOWHERE: "",
    },
}
_NOTHING = {
    "pl": "Nic nie stoi na przeszkodzie.",
    "sl": "Nič ni v napoto.",
    "en": "Nothing stands in the way.",
}


@click.command()
@click.argument("identifier")
@click.option("--lang", type=click.Choice(LOCALES), default=None, help="The language; the tenant's where left out.")
@click.option("--source", default="", help="Where the person tries to sign in from, as the service tells it.")
@as_json
@click.pass_context
def diagnose(context: click.Context, identifier: str, *, lang: str | None, source: str, as_json: bool) -> None:
    """
    Say why something does not work for somebody, and the remedy.

    Why they cannot sign in, do not see a child, get no message, or lost the application.

    IDENTIFIER is a login, an address, a national id, or SCHOOL/RECORD for somebody who has no account yet; '-' reads
    it from standard input.
    """
    screen = Screen.standard()
    with opened(context) as house:
        locale = lang or house.tenant.locale
        found = house.diagnose.of(actor(context), secret_argument(identifier), source=source)
    if isinstance(found, NotPermitted):
        screen.problem(refused(found.permission))
        context.exit(1)
        return
    if as_json:
        findings = [
            {
                "code": each.code.value,
                "blocks": each.blocks,
                "facts": dict(each.facts),
                "says": says(each, locale),
                "who": each.row.who.value,
                "where": each.row.where.value,
                "how": how(each, locale),
            }
            for each in found.causes
        ]
        screen.json({"findings": findings})
        return
    for each in found.causes:
        screen.bullet(f"{'✗' if each.blocks else '·'} {says(each, locale)}", "red" if each.blocks else "", indent=0)
        place = _WHERE[locale][each.row.where]
        who = WHO[locale][each.row.who]
        screen.bullet(f"→ {how(each, locale)} ({', '.join(filter(None, (who, place)))})", "dim", indent=2)
    if not found.blocks:
        screen.say(f"✓ {_NOTHING[locale]}", "green")

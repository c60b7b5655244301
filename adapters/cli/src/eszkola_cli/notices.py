"""`eszkola rules` shows what everybody is to keep, and writes down who acknowledged it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from eszkola_cli.common import actor, as_json, opened, refused, whom
from eszkola_cli.screen import Screen
from eszkola_core import (
    LOCALES,
    Acknowledged,
    AcknowledgingRefused,
    InvalidValue,
    NotAcknowledged,
    Notice,
    NoticeKind,
    Published,
)

_KINDS = click.Choice([each.value for each in NoticeKind])
_REFUSALS: Final[Mapping[AcknowledgingRefused, str]] = {
    AcknowledgingRefused.NO_SESSION: "the session has ended; sign in again",
    AcknowledgingRefused.NO_SUCH_PERSON: "there is no such person any more",
    AcknowledgingRefused.NOTICE_CHANGED: "a newer version is in force by now; see 'eszkola rules show', and try again",
}


@click.group()
def rules() -> None:
    """What everybody is to know, keep and acknowledge."""


@rules.command()
@click.option("--school", default="", help="Show what holds in this school; else what holds for everybody.")
@click.option("--kind", type=_KINDS, help="Show this one alone.")
@click.option("--lang", type=click.Choice(LOCALES), help="The language; else the tenant's.")
@as_json
@click.pass_context
def show(context: click.Context, school: str, kind: str | None, lang: str | None, *, as_json: bool) -> None:
    """Show the notices in force, with their versions."""
    screen = Screen.standard()
    with opened(context) as house:
        found = [each for each in house.acknowledge_notices.in_force(school) if kind in (None, each.kind)]
        locale = lang or house.tenant.locale
    if as_json:
        screen.json({"notices": [_told(each, locale) for each in found]})
        return
    for each in found:
        whose = f"school {each.school}" if each.school else "everybody"
        screen.heading(f"{each.kind} · version {each.version} · {whose} · {each.digest.hex()[:12]}")
        screen.say(each.text(locale))


@rules.command()
@click.argument("identifier")
@click.option("--kind", "kinds", type=_KINDS, multiple=True, help="Only this one; may be given several times.")
@click.pass_context
def acknowledge(context: click.Context, identifier: str, kinds: tuple[str, ...]) -> None:
    """
    Write down that somebody handed in a signed statement.

    IDENTIFIER is a login, central address or national id. It is kept for the notices as they are now: a newer version
    has to be acknowledged again.
    """
    screen = Screen.standard()
    with opened(context) as house:
        person = whom(house, identifier)
        meant = [NoticeKind(each) for each in kinds] or list(NoticeKind)
        done = house.acknowledge_notices.on_paper(actor(context), person.id, meant)
    if not isinstance(done, Acknowledged):
        screen.problem(_REFUSALS[done.reason] if isinstance(done, NotAcknowledged) else refused(done.permission))
        context.exit(1)
    for each in done.notices:
        screen.say(f"✓ {person.login}: {each.kind}, version {each.version}", "green")


@rules.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--kind", type=_KINDS, required=True, help="What the notice is about.")
@click.option("--school", default="", help="The school whose notice it is; else everybody's.")
@click.pass_context
def publish(context: click.Context, file: Path, kind: str, school: str) -> None:
    """
    Put the notice in FILE into force.

    Whoever acknowledged the former one has this one to acknowledge. FILE is TOML: the version, and a text for each
    language, such as version = "2026-09" and pl = "…".
    """
    screen = Screen.standard()
    with opened(context) as house:
        notice = _read(file, NoticeKind(kind), school)
        done = house.acknowledge_notices.publish(actor(context), notice)
    if not isinstance(done, Published):
        screen.problem(refused(done.permission))
        context.exit(1)
    screen.say(f"✓ {notice.kind}, version {notice.version}, is in force.", "green")


def _read(file: Path, kind: NoticeKind, school: str) -> Notice:
    """Return the notice in a file."""
    try:
        content: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise InvalidValue(f"{file}: this is not TOML: {broken}", code="notice-broken") from None
    except OSError as gone:
        raise InvalidValue(f"{file}: cannot be read ({gone.strerror})", code="notice-missing") from None
    version = content.pop("version", "")
    for key, text in (("version", version), *content.items()):
        if key not in ("version", *LOCALES) or not isinstance(text, str):
            raise InvalidValue(
                f"{file}: {key}: there are version and {', '.join(LOCALES)}, each a text", code="notice-broken"
            )
    texts = {key: text.strip() for key, text in content.items()}
    try:
        return Notice(kind=kind, school=school, version=version, texts=texts)
    except InvalidValue as incomplete:
        raise InvalidValue(f"{file}: {incomplete}", code=incomplete.code) from None


def _told(notice: Notice, locale: str) -> dict[str, str]:
    return {
        "kind": notice.kind.value,
        "school": notice.school,
        "version": notice.version,
        "digest": notice.digest.hex(),
        "text": notice.text(locale),
    }

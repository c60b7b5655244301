"""`eszkola person held`, `same`, `another` and `distinct`: what recognition leaves to people, and what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

import click

from eszkola_cli.common import actor, as_json, opened, refused, strict, whom
from eszkola_cli.diagnosis import WHO
from eszkola_cli.screen import Screen
from eszkola_core import Answer, HeldPlace, IdentityKept, IdentityRefused, IdentitySettled, NotPermitted, Platform
from eszkola_core.domain.claims import Hold

KEPT: Final[Mapping[IdentityRefused, str]] = {
    IdentityRefused.NO_REASON: "say why with --reason",
    IdentityRefused.SAME_PERSON: "both are one account already",
    IdentityRefused.DISTINCT_ALREADY: "that is remembered already",
    IdentityRefused.NO_QUESTION: "this place does not wait for that; 'eszkola person held' says what it waits for",
    IdentityRefused.CORRECT_THE_RECORD: "that is mended in the gradebook: correct the national id in the record",
    IdentityRefused.ANOTHERS_ID: "another account has this national id: correct it in the gradebook, or, if both "
    "accounts are one person's, see 'eszkola person merge'",
}
_UNSEEN: Final = "nobody whom you may see is held under this name by now; look again with 'eszkola person held'"
_COMPARE: Final = "compare it with the person's document; "
_STUDENT_FIRST: Final = "the student of the record may be another one by now: answer that first"
REASONS: Final[Mapping[tuple[Hold, bool], tuple[str, str]]] = {
    (Hold.ANOTHERS_ID, True): (
        "a national id of whom they are not, as somebody said here",
        "correct it in the gradebook; if that was a mistake: eszkola person same PLACE",
    ),
    (Hold.ID_CORRECTION, True): (
        "another national id than the account's",
        _COMPARE + "if it is right: eszkola person same PLACE; if not, correct it in the gradebook",
    ),
    (Hold.RENAMED, True): (
        "another name than before in the same record",
        _COMPARE + "if it is still the same person: eszkola person same PLACE; else eszkola person another PLACE",
    ),
    (Hold.NAME_MISMATCH, True): (
        "an account's national id under another name",
        _COMPARE + "if it is the account's owner: eszkola person same PLACE; else eszkola person another PLACE",
    ),
    (Hold.RESTRICTION, True): (
        "new beside a restriction",
        "if they prove to be another than whom it keeps away: eszkola link admit PLACE",
    ),
    (Hold.ID_CORRECTION, False): ("new in a record whose student is in doubt", _STUDENT_FIRST),
    (Hold.RENAMED, False): ("new in a record whose student is in doubt", _STUDENT_FIRST),
    (Hold.NAME_MISMATCH, False): (
        "one national id under two names",
        _COMPARE + "correct the wrong one in the gradebook",
    ),
    (Hold.AMBIGUOUS, False): (
        "fits more than one person",
        "enter the national id in the gradebook; two accounts of one person: see eszkola person merge",
    ),
    (Hold.IDS_DISAGREE, False): (
        "national ids that cannot be one person's",
        _COMPARE + "correct the wrong one in the gradebook",
    ),
    (Hold.TWICE_IN_RECORD, False): (
        "one person twice in one record",
        _COMPARE + "correct the national id of the other one in the gradebook",
    ),
}
"""What a reason means, and the remedy; by whether something can be answered here."""

reason_why = click.option("--reason", required=True, help="Why, for the journal; name nobody in it.")


@click.command()
@click.option("--school", help="One school's key; all schools where it is left out.")
@strict
@as_json
@click.pass_context
def held(context: click.Context, school: str | None, *, strict: bool, as_json: bool) -> None:
    """
    List who is held, why, and who can mend it how.

    The newest state of these is not applied, until somebody answers or the gradebook is corrected. PLACE is the name by
    which to answer: it stands for what is asked now, and for nothing that the record may state later.
    """
    screen = Screen.standard()
    with opened(context) as house:
        found = house.see_held.of(actor(context), school)
    if isinstance(found, NotPermitted):
        screen.problem(refused(found.permission))
        context.exit(1)
        return
    if as_json:
        screen.json({"held": [_told(each) for each in found]})
    else:
        _show(screen, found)
    context.exit(1 if strict and found else 0)


@click.command()
@click.argument("place")
@reason_why
@click.pass_context
def same(context: click.Context, place: str, *, reason: str) -> None:
    """
    Say that somebody held is the one who is meant.

    With another national id it corrects the account's; the former one opens nothing any more. With another name the
    place is that person's. PLACE is the name that 'eszkola person held' gives.
    """
    _answer(context, place, is_same=True, reason=reason)


@click.command()
@click.argument("place")
@reason_why
@click.pass_context
def another(context: click.Context, place: str, *, reason: str) -> None:
    """
    Say that somebody held is not the one who is meant.

    The place is not that person's under this name, unless somebody says 'same' later. A wrong national id is corrected
    in the gradebook. PLACE is the name that 'eszkola person held' gives.
    """
    _answer(context, place, is_same=False, reason=reason)


@click.command()
@click.argument("identifier")
@click.argument("other")
@reason_why
@click.pass_context
def distinct(context: click.Context, identifier: str, other: str, reason: str) -> None:
    """
    Say that two are two people.

    They are reported as possibly one no more, and never merged.
    """
    screen = Screen.standard()
    with opened(context) as house:
        pair = whom(house, identifier).id, whom(house, other).id
        done = house.settle_identity.distinct(actor(context), *pair, reason=reason)
    if not isinstance(done, IdentitySettled):
        _refuse(context, screen, done)
        return
    screen.say("✓ They are two, and nobody is asked again.", "green")


def held_place(context: click.Context, house: Platform, screen: Screen, place: str) -> HeldPlace:
    """Return what PLACE names, or end the command."""
    found = house.see_held.find(actor(context), place)
    if not isinstance(found, HeldPlace):
        screen.problem(_UNSEEN if found is None else refused(found.permission))
        context.exit(1)
    return found


def _answer(context: click.Context, place: str, *, is_same: bool, reason: str) -> None:
    screen = Screen.standard()
    with opened(context) as house:
        found = held_place(context, house, screen, place)
        done = house.settle_identity.answer(actor(context), found.key, is_same=is_same, reason=reason)
    if not isinstance(done, IdentitySettled):
        _refuse(context, screen, done)
        return
    whose = f"the owner of {found.meant.login}" if found.meant is not None else "the one who is meant"
    if found.hold is Hold.ID_CORRECTION:
        screen.say("✓ The national id is corrected; the former one opens nothing any more.", "green")
    elif is_same:
        screen.say(f"✓ {found.name} is {whose}; nobody is asked again under this name.", "green")
    else:
        screen.say(f"✓ {found.name} is not {whose}; nobody is asked again under this name.", "green")
        if found.hold is Hold.NAME_MISMATCH:
            screen.say("  The national id is wrong then: correct it in the gradebook; until then they stay held.")


def _refuse(context: click.Context, screen: Screen, done: IdentityKept | NotPermitted) -> None:
    """Say why nothing was changed, and end the command."""
    screen.problem(refused(done.permission) if isinstance(done, NotPermitted) else KEPT[done.reason])
    context.exit(1)


def _show(screen: Screen, found: Sequence[HeldPlace]) -> None:
    """Print what waits: each reason with who mends it how, and a table of whom it holds."""
    if not found:
        screen.say("✓ Nobody is held.", "green")
    for (hold, answered), group in groupby(sorted(found, key=_kind), key=_kind):
        rows = list(group)
        means, how = REASONS[Hold(hold), answered]
        screen.bullet(f"{len(rows)} \N{MULTIPLICATION SIGN} {means}", "yellow", indent=0)
        screen.bullet(f"→ {how} ({WHO['en'][rows[0].mender]})")
        screen.table(
            ["place", "who", "role", "class", "may be"],
            [(each.reference, str(each.name), each.key.role.value, each.class_name, _meant(each)) for each in rows],
        )


def _kind(held: HeldPlace) -> tuple[str, bool]:
    return held.hold.value, bool(held.answers)


def _meant(held: HeldPlace) -> str:
    """Return the account that is meant, as one says it; somebody else's is not named to everybody."""
    if held.meant is not None:
        return f"{held.meant.name} ({held.meant.login})"
    return "somebody whom you may not see" if Answer.SAME in held.answers else ""


def _told(held: HeldPlace) -> dict[str, object]:
    """Return what `--json` prints of one place."""
    meant = held.meant
    return {
        "place": held.reference,
        "school": held.key.school,
        "class": held.class_name,
        "list": held.key.record.roster.list,
        "record": held.key.record.key,
        "role": held.key.role.value,
        "name": str(held.name),
        "code": held.hold.value,
        "meant": {"name": str(meant.name), "login": meant.login} if meant is not None else None,
        "who": held.mender.value,
        "answers": [each.value for each in held.answers],
    }

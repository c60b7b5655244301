"""`eszkola conflict`: what is open, who can mend it how, and who was asked to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

import click

from eszkola_cli.common import actor, as_json, opened, refused, strict, whom
from eszkola_cli.diagnosis import WHO
from eszkola_cli.screen import Screen, day
from eszkola_core import (
    LOCALES,
    AssignRefused,
    CaseKind,
    CaseState,
    ConflictAssigned,
    ConflictKept,
    ConflictSide,
    NotPermitted,
    SeenConflict,
)
from eszkola_core.domain.mending_texts import means, mended_by

_IN_GRADEBOOK: Final = "eszkola roster apply SOURCE"
_TWO_ACCOUNTS: Final = "eszkola person merge LOGIN LOGIN, or: eszkola person distinct LOGIN LOGIN"

COMMANDS: Final[Mapping[CaseKind, str]] = {
    **dict.fromkeys(CaseKind, _IN_GRADEBOOK),
    CaseKind.ADDRESS_UNUSABLE: "eszkola outbox clear ADDRESS",
    CaseKind.POSSIBLE_DUPLICATE: _TWO_ACCOUNTS,
    CaseKind.AMBIGUOUS: f"{_IN_GRADEBOOK}, or: eszkola person merge LOGIN LOGIN",
    CaseKind.ANOTHERS_ID: f"{_IN_GRADEBOOK}, or: eszkola person same PLACE",
    CaseKind.ID_CORRECTION: f"eszkola person same PLACE, or: {_IN_GRADEBOOK}",
    CaseKind.NAME_MISMATCH: "eszkola person same PLACE, or: eszkola person another PLACE",
    CaseKind.RENAMED: "eszkola person same PLACE, or: eszkola person another PLACE",
    CaseKind.RESTRICTION: "eszkola link admit PLACE",
}
"""The command that mends each kind; what is corrected in the gradebook is taken in with the next roster."""

KEPT: Final[Mapping[AssignRefused, str]] = {
    AssignRefused.UNKNOWN: "there is no conflict with this number that you may see; 'eszkola conflict list' has them",
    AssignRefused.CLOSED: "this conflict is over",
    AssignRefused.NOBODY: "this account is not open",
    AssignRefused.MAY_NOT_MEND: "the owner of this account has no right to mend it, or it concerns themselves",
    AssignRefused.NOT_ASSIGNED: "nobody was asked to mend it",
}

_COLUMNS: Final = ("#no", "who", "class", "record", "facts", "place", "schools", "since", "for")
_ALWAYS: Final = frozenset({"#no", "who", "since"})
"""Columns that stand there also where all cells are empty."""

in_language = click.option(
    "--lang", type=click.Choice(LOCALES), default="en", show_default=True, help="The language of the sentences."
)
reason_why = click.option("--reason", default="", help="Why, for the journal; name nobody in it.")


@click.group()
def conflict() -> None:
    """What is open, and who mends it."""


@conflict.command(name="list")
@click.option("--school", help="One school's key; all schools where it is left out.")
@click.option("--kind", type=click.Choice([each.value for each in CaseKind]), help="One kind of conflict only.")
@click.option("--mine", is_flag=True, help="Only those that you were asked to mend.")
@click.option("--closed", is_flag=True, help="Those that are over and not forgotten yet.")
@in_language
@strict
@as_json
@click.pass_context
def list_(  # noqa: PLR0913 - the options of a command
    context: click.Context,
    *,
    school: str | None,
    kind: str | None,
    mine: bool,
    closed: bool,
    lang: str,
    strict: bool,
    as_json: bool,
) -> None:
    """
    List what is open, by school, with who can mend it how.

    Only those of schools and classes are listed that you look after, and nothing that concerns yourself. A conflict
    closes by itself once its ground is gone.
    """
    screen = Screen.standard()
    with opened(context) as house:
        chosen = CaseKind(kind) if kind is not None else None
        found = house.see_conflicts.of(actor(context), school=school, kind=chosen, mine=mine, closed=closed)
    if isinstance(found, NotPermitted):
        screen.problem(refused(found.permission))
        context.exit(1)
        return
    if as_json:
        screen.json({"counts": _counts(found, school), "conflicts": [_told(each, lang) for each in found]})
    else:
        _show_all(screen, found, lang, school, house.tenant.zone, closed=closed)
    context.exit(1 if strict and found else 0)


@conflict.command()
@click.argument("number", type=click.IntRange(min=1))
@in_language
@as_json
@click.pass_context
def show(context: click.Context, number: int, *, lang: str, as_json: bool) -> None:
    """Show one conflict, open or over, and the command that mends it."""
    screen = Screen.standard()
    with opened(context) as house:
        found = house.see_conflicts.find(actor(context), number)
    if found is None:
        screen.problem(KEPT[AssignRefused.UNKNOWN])
        context.exit(1)
        return
    if as_json:
        screen.json({"conflict": _told(found, lang)})
    else:
        _show(screen, found, lang, house.tenant.zone)


@conflict.command()
@click.argument("number", type=click.IntRange(min=1))
@click.argument("identifier")
@reason_why
@click.pass_context
def assign(context: click.Context, number: int, identifier: str, *, reason: str) -> None:
    """Ask somebody to mend a conflict, who has the right to."""
    screen = Screen.standard()
    with opened(context) as house:
        person = whom(house, identifier)
        done = house.assign_conflict.assign(actor(context), number, person.id, reason=reason)
    _said(context, screen, done, f"✓ {person.login} is asked to mend conflict {number}.")


@conflict.command()
@click.argument("number", type=click.IntRange(min=1))
@reason_why
@click.pass_context
def release(context: click.Context, number: int, *, reason: str) -> None:
    """Hand a conflict back: nobody is asked to mend it any more."""
    screen = Screen.standard()
    with opened(context) as house:
        done = house.assign_conflict.release(actor(context), number, reason=reason)
    _said(context, screen, done, f"✓ Nobody is asked to mend conflict {number} any more.")


def _said(
    context: click.Context, screen: Screen, done: ConflictAssigned | ConflictKept | NotPermitted, text: str
) -> None:
    """Say what was done, or why nothing was, and end the command."""
    if isinstance(done, ConflictAssigned):
        screen.say(text, "green")
        return
    screen.problem(refused(done.permission) if isinstance(done, NotPermitted) else KEPT[done.reason])
    context.exit(1)


# What is printed


def _show_all(  # noqa: PLR0913 - what is listed, for whom and how
    screen: Screen, found: Sequence[SeenConflict], lang: str, school: str | None, zone: ZoneInfo, *, closed: bool
) -> None:
    """Print the counts first, then each school's conflicts, each kind with what it means and how it is mended."""
    if not found:
        screen.say(
            "Nothing is over that is remembered." if closed else "✓ Nothing is open.", None if closed else "green"
        )
        return
    assigned = sum(each.case.state is CaseState.ASSIGNED for each in found)
    counts = Counter(each.case.subject.kind for each in found)
    states = "" if closed else f", {assigned} of them assigned"
    screen.say(f"{len(found)} {'over' if closed else 'open'}{states}")
    for kind, count in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        screen.bullet(f"{count} \N{MULTIPLICATION SIGN} {kind.value}")
    for key, theirs in _by_school(found, school).items():
        screen.heading(f"{key}: {len(theirs)}")
        kinds: dict[CaseKind, list[SeenConflict]] = defaultdict(list)
        for each in theirs:
            kinds[each.case.subject.kind].append(each)
        for kind, rows in sorted(kinds.items(), key=lambda each: each[0]):
            screen.bullet(f"{len(rows)} \N{MULTIPLICATION SIGN} {means(kind, lang)}", "yellow", indent=0)
            screen.bullet(f"→ {mended_by(kind, lang)} ({WHO[lang][rows[0].mending.who]})")
            screen.bullet(f"→ {COMMANDS[kind]}")
            table = [_row(each, zone) for each in rows]
            shown = [at for at, name in enumerate(_COLUMNS) if name in _ALWAYS or any(row[at] for row in table)]
            screen.table([_COLUMNS[at] for at in shown], [[row[at] for at in shown] for row in table])


def _row(seen: SeenConflict, zone: ZoneInfo) -> tuple[str, ...]:
    """Return a conflict as a row of a table."""
    first = next((each for each in seen.sides if each.record is not None), seen.sides[0])
    return (
        str(seen.case.number),
        " / ".join(map(_who, seen.sides)),
        first.role.class_name if first.role is not None else "",
        first.record.key if first.record is not None else "",
        _facts(seen),
        seen.held.reference if seen.held is not None else "",
        ", ".join(seen.case.schools) if len(seen.case.schools) > 1 else "",
        _since(seen, zone),
        _for_whom(seen),
    )


def _show(screen: Screen, seen: SeenConflict, lang: str, zone: ZoneInfo) -> None:
    """Print one conflict with all that is known of it."""
    kind, case = seen.case.subject.kind, seen.case
    screen.say(f"{case.number} · {kind.value} · {case.state.value} · {', '.join(case.schools)}")
    screen.bullet(means(kind, lang), "yellow", indent=0)
    for side in seen.sides:
        screen.bullet(_side(side))
    if seen.facts:
        screen.bullet(_facts(seen))
    screen.bullet(f"since {_since(seen, zone)}")
    if _for_whom(seen):
        screen.bullet(f"asked to mend it: {_for_whom(seen)}")
    if case.closed_at is not None:
        screen.bullet(f"over since {day(case.closed_at, zone)}")
        return
    screen.bullet(f"→ {mended_by(kind, lang)} ({WHO[lang][seen.mending.who]})")
    screen.bullet(f"→ {_command(seen)}")


def _command(seen: SeenConflict) -> str:
    """Return the command that mends a conflict, with the names that are known."""
    command = COMMANDS[seen.case.subject.kind]
    if seen.held is not None:
        command = command.replace("PLACE", seen.held.reference)
    logins = [each.login for each in seen.sides if each.login]
    if seen.case.subject.kind is CaseKind.POSSIBLE_DUPLICATE and len(logins) == len(seen.sides):
        command = command.replace("LOGIN LOGIN", " ".join(logins))
    return command


def _by_school(found: Iterable[SeenConflict], school: str | None) -> Mapping[str, list[SeenConflict]]:
    """Return conflicts by the school that is asked for, else by the first one that their reader sees a record of."""
    grouped: dict[str, list[SeenConflict]] = defaultdict(list)
    for each in found:
        seen = (side.school for side in each.sides if side.record is not None)
        grouped[school or next(seen, each.sides[0].school)].append(each)
    return dict(sorted(grouped.items()))


def _counts(found: Iterable[SeenConflict], school: str | None) -> dict[str, dict[str, int]]:
    """Return how many there are of each kind, by school."""
    by_school = _by_school(found, school).items()
    return {key: dict(sorted(Counter(e.case.subject.kind.value for e in theirs).items())) for key, theirs in by_school}


def _who(side: ConflictSide) -> str:
    if side.record is None:
        return f"somebody in {side.school}"
    return str(side.name) if side.name is not None else "?"


def _side(side: ConflictSide) -> str:
    if side.record is None:
        return f"somebody in school {side.school}"
    role = f"{side.role.role.value} {side.role.class_name}".strip() if side.role is not None else "record"
    login = f" ({side.login})" if side.login else ""
    return f"{_who(side)}{login}: {role}, {side.school}/{side.record.key}"


def _facts(seen: SeenConflict) -> str:
    return "; ".join(each for each in seen.facts if each)


def _since(seen: SeenConflict, zone: ZoneInfo) -> str:
    times = f", again ({seen.case.reopened})" if seen.case.reopened else ""
    return f"{day(seen.case.opened_at, zone)}{times}"


def _for_whom(seen: SeenConflict) -> str:
    if seen.assignee is None:
        return ""
    return seen.assignee.login if seen.assignee.may_mend else f"{seen.assignee.login} (may no more)"


def _told(seen: SeenConflict, lang: str) -> dict[str, object]:
    """Return what `--json` prints of one conflict."""
    case, kind = seen.case, seen.case.subject.kind
    return {
        "number": case.number,
        "kind": kind.value,
        "state": case.state.value,
        "schools": list(case.schools),
        "opened_at": case.opened_at.isoformat(),
        "closed_at": case.closed_at.isoformat() if case.closed_at is not None else None,
        "reopened": case.reopened,
        "people": [_side_told(each) for each in seen.sides],
        "facts": list(seen.facts),
        "place": seen.held.reference if seen.held is not None else None,
        "answers": [each.value for each in seen.held.answers] if seen.held is not None else [],
        "assignee": (
            {"login": seen.assignee.login, "name": str(seen.assignee.name), "may_mend": seen.assignee.may_mend}
            if seen.assignee is not None
            else None
        ),
        "may_mend": seen.may_mend,
        "who": seen.mending.who.value,
        "where": seen.mending.where.value,
        "means": means(kind, lang),
        "how": mended_by(kind, lang),
        "command": _command(seen),
    }


def _side_told(side: ConflictSide) -> dict[str, object]:
    role, record = side.role, side.record
    return {
        "school": side.school,
        "list": record.roster.list if record is not None else None,
        "record": record.key if record is not None else None,
        "role": role.role.value if role is not None else None,
        "class": role.class_name if role is not None else None,
        "name": str(side.name) if side.name is not None else None,
        "login": side.login or None,
    }

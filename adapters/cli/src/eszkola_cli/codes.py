"""`eszkola codes`: the security codes of guardians."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import click
from attrs import asdict

from eszkola_cli.address_table import read_addresses
from eszkola_cli.common import (
    CONSOLE,
    actor,
    as_json,
    ask_password,
    discard,
    filled,
    new_file,
    opened,
    owner_only,
    refused,
    secret_argument,
)
from eszkola_cli.passwords import violations_of
from eszkola_cli.policies import policy_of
from eszkola_cli.printing import check_locale, letters_set, printed_to
from eszkola_cli.screen import Screen, counted, in_words, instant
from eszkola_core import (
    CodeChannel,
    CodeHandOver,
    CodeIssued,
    CodeNotIssued,
    CodeRefused,
    Completed,
    ContactRow,
    ContactStanding,
    Covered,
    HandOverKept,
    InvalidValue,
    Level,
    NotPermitted,
    Platform,
    Redeemed,
    RedemptionRefused,
    Secret,
    Violation,
    describe,
)
from eszkola_core.domain.code_texts import instructions
from eszkola_core.domain.security_codes import shown_code

_REASONS: Final[Mapping[CodeRefused, str]] = {
    CodeRefused.NO_SUCH_GUARDIAN: "the record names no such guardian, or several: look at 'eszkola codes status', and "
    "name one with --guardian",
    CodeRefused.HELD: "what the record says of the guardian is held: settle it first",
    CodeRefused.NO_CHILD: "there is no child at this school whom the code would cover",
    CodeRefused.NO_BIRTH_DATE: "no child whom the code would cover has a birth date: enter it in the gradebook",
    CodeRefused.NO_CODE: "the guardian has no code that works: issue one",
    CodeRefused.RECEIPT_INCOMPLETE: "the receipt says too little",
}
_STANDINGS: Final[Mapping[ContactStanding, str]] = {
    ContactStanding.MISSING: "missing",
    ContactStanding.ENTERED: "entered",
    ContactStanding.CODE_ISSUED: "code issued",
    ContactStanding.VERIFIED: "verified",
}
_LEVELS: Final = click.Choice([each.value for each in Level])

_school = click.option("--school", required=True, help="The school's key.")
_record = click.option("--record", required=True, help="The key of the student's record in the gradebook.")
_guardian = click.option("--guardian", default="", help="The guardian's name, where the record has several.")


@click.group()
def codes() -> None:
    """Security codes: how a school makes sure of its guardians."""


@codes.command()
@_school
@_record
@_guardian
@click.option("--show", is_flag=True, help="Print the code too, on a line of its own.")
@click.option(
    "--out", type=click.Path(dir_okay=False), metavar="FILE", help="Write code and instructions to a new file."
)
@click.option("--lang", help="The language of the instructions; else the tenant's.")
@click.pass_context
def issue(  # noqa: PLR0913 - the options of the command
    context: click.Context, *, school: str, record: str, guardian: str, show: bool, out: str | None, lang: str | None
) -> None:
    """
    Issue a code to one guardian.

    A former one of the same school stops at once. The instructions are printed; the code itself with --show, or with
    --out into a file that only you can read.
    """
    if not show and out is None:
        raise click.UsageError("say where the code goes: --show prints it, --out FILE writes it to a new file")
    with opened(context) as house:
        path = new_file(out) if out is not None else None
        issued = house.issue_codes.issue(actor(context), school, record, guardian)
        if not isinstance(issued, CodeIssued):
            discard(path)
            _refuse(context, issued)
            return
        lines = _sheet(house, issued, lang)
    screen = Screen.standard()
    if path is not None:
        filled(path, "\n".join((shown_code(issued.code), *lines)) + "\n")
        screen.say(f"Code and instructions are in {path}.")
        return
    screen.say(shown_code(issued.code))
    for line in lines:
        screen.say(line)


@codes.command("print")
@_school
@click.option("--class", "class_name", help="One class of that school.")
@click.option("--out", type=click.Path(dir_okay=False), metavar="FILE", required=True, help="The new PDF file.")
@click.option("--addresses", type=click.Path(path_type=Path), metavar="FILE", help="A table of postal addresses.")
@click.option("--lang", help="The language of the letters; else the tenant's.")
@as_json
@click.pass_context
def print_codes(  # noqa: PLR0913 - the options of the command
    context: click.Context,
    *,
    school: str,
    class_name: str | None,
    out: str,
    addresses: Path | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """
    Print a letter with a code for every guardian.

    Those whom the school knows already get none. A former code of anybody who gets a new one stops at once. Each
    letter is a page of its own, with the address where an envelope has its window; without --addresses the letters
    are handed over.
    """
    screen = Screen.standard()
    book, locale = read_addresses(addresses), check_locale(lang)
    with opened(context) as house, printed_to(out) as write:
        acting = actor(context)
        done = house.print_codes.issue(acting, school, class_name, addresses=book, locale=locale)
        if isinstance(done, NotPermitted):
            screen.problem(refused(done.permission))
            context.exit(1)
            return
        document, unset = letters_set(house, [each.letter for each in done.sheets], screen)
        if document is not None:
            write(document)
        sheets = [each for number, each in enumerate(done.sheets) if number not in unset]
        house.print_codes.printed(acting, school, sheets)
    without = [{"record": each.record, "guardian": each.guardian, "reason": each.reason} for each in done.without]
    if as_json:
        screen.json({"printed": len(sheets), "verified": done.verified, "without": without, "unprintable": len(unset)})
        return
    for each in done.without:
        screen.problem(f"{each.guardian} (record {each.record}) gets no code: {_REASONS[each.reason]}")
    if sheets:
        screen.say(f"✓ {counted(len(sheets), 'letter is', 'letters are')} in {out}.", "green")
    else:
        screen.say("There is nobody to print a code for.")
    if done.verified:
        screen.say(f"{counted(done.verified, 'guardian needs', 'guardians need')} none: whom the school knows already.")


@codes.command("hand-over")
@_school
@_record
@_guardian
@click.option(
    "--channel", type=click.Choice([each.value for each in CodeChannel]), required=True, help="How it went out."
)
@click.option("--collected-by", default="", help="By hand: who took it.")
@click.option("--document", default="", help="By hand: which document they showed.")
@click.option("--authority", default="", help="By hand: on whose authority.")
@click.option("--known-by", default="", help="By phone: how you knew the person.")
@click.pass_context
def hand_over(  # noqa: PLR0913 - the parts of a receipt
    context: click.Context,
    *,
    school: str,
    record: str,
    guardian: str,
    channel: str,
    collected_by: str,
    document: str,
    authority: str,
    known_by: str,
) -> None:
    """Write down how a code came to its guardian."""
    with opened(context) as house:
        handed = CodeHandOver(
            channel=CodeChannel(channel),
            at=house.clock.now(),
            collected_by=collected_by,
            document=document,
            authority=authority,
            known_by=known_by,
        )
        done = house.issue_codes.hand_over(actor(context), school, record, guardian, handed)
    if isinstance(done, HandOverKept):
        Screen.standard().say("✓ It is written down.", "green")
        return
    _refuse(context, done)


@codes.command()
@click.argument("code")
@click.option(
    "--birth-date",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    metavar="DAY",
    help="That of any one child whom the code covers.",
)
@click.option("--level", type=_LEVELS, help="How much you want to hear; without it the children are listed only.")
@click.option("--child", "children", multiple=True, metavar="N=LEVEL", help="The same for one child, by its number.")
@click.option("--password-stdin", is_flag=True, help="Read the new password from standard input.")
@click.option(
    "--link-file", type=click.Path(dir_okay=False), metavar="FILE", help="Write the link that sets it to a file."
)
@owner_only
@click.pass_context
def redeem(  # noqa: PLR0913 - the options of the command
    context: click.Context,
    code: str,
    *,
    birth_date: datetime,
    level: str | None,
    children: Sequence[str],
    password_stdin: bool,
    link_file: str | None,
) -> None:
    """
    Redeem CODE, as the guardian does.

    '-' reads it from standard input. Where both code and password come from standard input, the first line is the code.
    """
    text, password = _typed(code, from_stdin=password_stdin)
    chosen = dict(map(_child_level, children))
    with opened(context) as house:
        if level is None:
            _list(context, house, text, birth_date)
            return
        if password is not None and (found := violations_of(password, policy_of(context, None))):
            _tell(context, found, house.tenant.locale)
            return
        path = new_file(link_file) if link_file is not None else None
        done = house.redeem_code.redeem(text, birth_date.date(), own=Level(level), children=chosen, source=CONSOLE)
        if not isinstance(done, Redeemed):
            discard(path)
            _wrong(context, done.reason)
            return
        screen = Screen.standard()
        screen.say(f"✓ Verified: {done.login}, for {', '.join(done.children)}.", "green")
        if done.told:
            screen.say("A link to set the password is on its way to the account's own address.")
        if done.token is not None:
            _first_access(context, house, done.token, password, path)


@codes.command()
@_school
@click.option("--class", "class_name", help="One class of that school.")
@as_json
@click.pass_context
def status(context: click.Context, *, school: str, class_name: str | None, as_json: bool) -> None:
    """Show how far the guardians of a class have come."""
    with opened(context) as house:
        seen = house.see_contacts.of(actor(context), school, class_name)
    screen = Screen.standard()
    if isinstance(seen, NotPermitted):
        screen.problem(refused(seen.permission))
        context.exit(1)
        return
    counts = {standing.value: seen.counts.get(standing, 0) for standing in ContactStanding}
    if as_json:
        screen.json({"counts": counts, "rows": [asdict(row) for row in seen.rows]})
        return
    screen.table(
        ["contact data", "#guardians"], [(_STANDINGS[each], str(counts[each.value])) for each in ContactStanding]
    )
    rows = [
        (
            row.class_name,
            row.child,
            row.guardian or "–",
            row.record,
            _STANDINGS[row.standing],
            _since(row, house),
            row.how,
        )
        for row in seen.rows
    ]
    screen.table(["class", "child", "guardian", "record", "contact data", "since", "how"], rows)


def _since(row: ContactRow, house: Platform) -> str:
    """Return since when, as people read it: a day, or an instant in the tenant's zone."""
    return instant(datetime.fromisoformat(row.since), house.tenant.zone) if "T" in row.since else row.since


def _sheet(house: Platform, issued: CodeIssued, lang: str | None) -> Sequence[str]:
    """Return the lines under a code; the last day named is one on which it surely works."""
    locale = lang or house.tenant.locale
    if locale not in ("pl", "sl", "en"):
        raise InvalidValue("--lang: pl, sl or en", code="unknown-locale")
    until = (issued.expires_at - timedelta(days=1)).astimezone(house.tenant.zone).date()
    return instructions(
        locale, name=str(issued.name), school=issued.school, children=issued.children, link=issued.link, until=until
    )


def _list(context: click.Context, house: Platform, text: str, birth_date: datetime) -> None:
    """List the children whom a code covers, with the numbers to choose by."""
    covered = house.redeem_code.look(text, birth_date.date(), source=CONSOLE)
    if isinstance(covered, Covered):
        screen = Screen.standard()
        for number, name in enumerate(covered.children, 1):
            screen.say(f"{number}  {name}")
        screen.say("Choose with --level, and for single children with --child N=LEVEL.")
        return
    _wrong(context, covered.reason)


def _first_access(
    context: click.Context, house: Platform, token: Secret, password: str | None, path: Path | None
) -> None:
    """Set the first password, or write the link that does."""
    screen = Screen.standard()
    if path is not None:
        filled(path, f"{house.tenant.link('access/complete')}?token={token.reveal()}\n")
        screen.say(f"The link that sets the password is in {path}.")
        return
    while True:
        new = ask_password("New password", confirm=True) if password is None else password
        done = house.recover_access.complete(token.reveal(), new)
        if isinstance(done, Completed):
            screen.say(f"The password is set. Sign in as {done.login}", "green")
            return
        for each in done.violations:
            screen.say(f"✗ {describe(each, house.tenant.locale)}", "red")
        if password is not None:
            screen.problem("no password is set yet: ask the school for a new code")
            context.exit(1)


def _tell(context: click.Context, found: Sequence[Violation], locale: str) -> None:
    """Say what is wrong with a password before the code is redeemed for it, and end with 1."""
    screen = Screen.standard()
    for each in found:
        screen.say(f"✗ {describe(each, locale)}", "red")
    screen.problem("the code is as it was: choose another password")
    context.exit(1)


def _typed(code: str, *, from_stdin: bool) -> tuple[str, str | None]:
    """Return the code, and the password where that comes from standard input too."""
    if not from_stdin:
        return secret_argument(code), None
    text = secret_argument("-")
    if code != "-":
        return code, text
    first, _, rest = text.partition("\n")
    return first.removesuffix("\r"), rest


def _child_level(text: str) -> tuple[int, Level]:
    """Return the child's number and the level that ``N=LEVEL`` says."""
    number, _, level = text.partition("=")
    if not number.isdecimal() or level not in set(Level):
        raise click.BadParameter("write N=LEVEL, such as 1=minimal", param_hint="--child")
    return int(number), Level(level)


def _wrong(context: click.Context, reason: RedemptionRefused) -> None:
    """Say why nothing was redeemed."""
    screen = Screen.standard()
    if reason is RedemptionRefused.SLIP:
        screen.problem("a code has twelve digits, and these do not belong together: look again (this cost no try)")
    else:
        screen.problem("code and birth date do not open anything")
        screen.remedy(
            "Compare both. Three wrong dates end a code, and after many wrong ones nothing helps for a while."
        )
    context.exit(1)


def _refuse(context: click.Context, done: CodeNotIssued | NotPermitted) -> None:
    """Say why nothing was done."""
    screen = Screen.standard()
    if isinstance(done, NotPermitted):
        screen.problem(refused(done.permission))
    else:
        more = f" ({', '.join(map(in_words, done.details))})" if done.details else ""
        screen.problem(f"{_REASONS[done.reason]}{more}")
    context.exit(1)

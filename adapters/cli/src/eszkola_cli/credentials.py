"""`eszkola credentials`: handing initial credentials out to those who have never set a password."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

import click

from eszkola_cli.address_table import read_addresses
from eszkola_cli.common import actor, as_json, discard, filled, new_file, opened, refused, whom
from eszkola_cli.printing import check_locale, letters_set, list_set, printed_to
from eszkola_cli.screen import Screen, counted
from eszkola_core import (
    STAFF,
    Actor,
    ClosedBecause,
    CredentialChannel,
    Deed,
    HandedBy,
    HandedOver,
    HandingRefused,
    Money,
    Nothing,
    NotPermitted,
    NotSent,
    Order,
    Platform,
    Preview,
    PreviewRow,
    Proof,
    Role,
    SendingRefused,
    Sent,
)

F = TypeVar("F", bound=Callable[..., Any])

_ROLES: Final[Mapping[str, frozenset[Role]]] = MappingProxyType(
    {"student": frozenset({Role.STUDENT}), "guardian": frozenset({Role.GUARDIAN}), "staff": STAFF}
)
_PEOPLE: Final[Mapping[str, tuple[str, str]]] = {
    "student": ("student", "students"),
    "guardian": ("guardian", "guardians"),
    "staff": ("of staff", "staff"),
}
_NOTHING: Final[Mapping[Nothing, str]] = {
    Nothing.NO_ACCOUNT: "no account yet",
    Nothing.HAS_OWN_PASSWORD: "has set a password",
    Nothing.ACCOUNT_SHUT: "the account is shut",
    Nothing.NOT_PERMITTED: "out of your reach",
    Nothing.EXPIRED: "expired: --renew-expired, or --new",
    Nothing.NO_CHANNEL: "no open channel",
}
_CLOSED: Final[Mapping[ClosedBecause, str]] = {
    ClosedBecause.NOT_WANTED: "not asked for",
    ClosedBecause.NO_ADDRESS: "no address",
    ClosedBecause.UNUSABLE_ADDRESS: "the address came back",
    ClosedBecause.SHARED_ADDRESS: "others read the address",
    ClosedBecause.NO_PHONE: "no number",
    ClosedBecause.NO_POSTAL_ADDRESS: "not in the table of addresses",
    ClosedBecause.NO_ELECTRONIC_COMMUNICATION: "no electronic messages wanted",
    ClosedBecause.RESTRICTION: "somebody kept from the child is there",
    ClosedBecause.STAFF: "nothing is read out to staff",
    ClosedBecause.OF_AGE: "of age",
    ClosedBecause.NO_GUARDIAN: "no guardian",
    ClosedBecause.NO_ACTIVE_LINK: "no guardian who is verified and signs in",
    ClosedBecause.NO_GATEWAY: "no gateway",
    ClosedBecause.NO_PRICE: "no price for the number",
    ClosedBecause.OTHER_CURRENCY: "priced in another currency than letters",
}
_REFUSED: Final[Mapping[SendingRefused, str]] = {
    SendingRefused.NEEDS_PREVIEW: "this costs {cost}: look at it with 'eszkola credentials preview', and send it with "
    "--preview and the id that it tells",
    SendingRefused.UNKNOWN_PREVIEW: "this is no id of a preview: give the one that 'eszkola credentials preview' tells",
    SendingRefused.PREVIEW_MOVED: "people, channels or options are not those of that preview any more: look again",
    SendingRefused.DEARER: "it would cost more than the preview said, {cost} by now: look again",
}
_HANDING: Final[Mapping[HandingRefused, str]] = {
    HandingRefused.NO_SUCH_PERSON: "there is no account of this person",
    HandingRefused.HAS_OWN_PASSWORD: "the owner has set a password; see 'eszkola account reset'",
    HandingRefused.NO_CREDENTIAL: "there is no credential that works: make one with 'eszkola credentials send "
    "--school KEY --new IDENTIFIER'",
    HandingRefused.NO_ACTIVE_LINK: "there is no active link between this guardian and a child",
    HandingRefused.OF_AGE: "the owner is of age, or no student: it goes to nobody else",
    HandingRefused.NOT_BY_PHONE: "it is read out to students and guardians only",
    HandingRefused.UNKNOWN_VOICE: "by phone somebody is known in person, or called back",
}


@click.group()
def credentials() -> None:
    """Initial credentials: who gets what by which channel."""


def _ordered(command: F) -> F:
    """Add the options that say for whom and how."""
    for option in reversed(
        (
            click.option("--school", required=True, help="The school's key."),
            click.option("--class", "class_name", help="One class of that school."),
            click.option(
                "--role",
                "roles",
                type=click.Choice(list(_ROLES)),
                multiple=True,
                default=("student",),
                show_default=True,
                help="Whose; may be given several times.",
            ),
            click.option(
                "--new",
                "renewed",
                metavar="IDENTIFIER",
                multiple=True,
                help="For this person only, and a new one: the former stops at once. May be given several times.",
            ),
            click.option("--renew-expired", is_flag=True, help="Make a new one for those whose former one expired."),
            click.option(
                "--addresses", type=click.Path(path_type=Path), metavar="FILE", help="A table of postal addresses."
            ),
            click.option("--lang", help="The language: pl, sl or en; else the tenant's."),
        )
    ):
        command = option(command)
    return command


def _channelled(command: F) -> F:
    """Add the options that say by which channels."""
    choice = click.Choice([each.value for each in CredentialChannel])
    command = click.option("--plain-letters", is_flag=True, help="Send SMS in plain letters, which is cheaper.")(
        command
    )
    return click.option(
        "--channel", "channels", type=choice, multiple=True, help="Only this one; may be given several times."
    )(command)


@credentials.command()
@_ordered
@_channelled
@as_json
@click.pass_context
def preview(context: click.Context, /, *, as_json: bool, **options: Any) -> None:  # noqa: ANN401 - as click has them
    """
    Show who would get what, and what it costs.

    Of the channels that law and consent leave open each takes the cheapest. Nothing is sent, and nothing is made.
    """
    screen = Screen.standard()
    with opened(context) as house:
        found = house.hand_out_credentials.preview(actor(context), _order(house, **options))
    if isinstance(found, NotPermitted):
        screen.problem(refused(found.permission))
        context.exit(1)
    elif as_json:
        screen.json(_as_data(found))
    else:
        _show(screen, found)


@credentials.command()
@_ordered
@_channelled
@click.option(
    "--preview", "said", metavar="ID", default="", help="What the preview called itself; needed where it costs."
)
@click.option("--out", type=click.Path(dir_okay=False), metavar="FILE", help="The new PDF file for the letters.")
@as_json
@click.pass_context
def send(
    context: click.Context,
    /,
    *,
    said: str,
    out: str | None,
    as_json: bool,
    **options: Any,  # noqa: ANN401 - as click has them
) -> None:
    """
    Send what the preview said.

    It is refused where people, channels or a higher cost differ from the preview. Those who have a credential that
    works get the same again. Letters are written to --out; whom to call is listed, and read out with hand-over.
    """
    screen = Screen.standard()
    with opened(context) as house:
        handing, order, acting = house.hand_out_credentials, _order(house, **options), actor(context)
        if out is None:
            ahead = handing.preview(acting, order)
            if isinstance(ahead, Preview) and ahead.counts()[CredentialChannel.LETTER]:
                raise click.UsageError("there are letters among it: say with --out FILE where they go")
            done = handing.send(acting, order, said)
            unset: Sequence[int] = ()
        else:
            with printed_to(out) as write:
                done = handing.send(acting, order, said)
                document, unset = letters_set(house, done.letters if isinstance(done, Sent) else (), screen)
                if document is not None:
                    write(document)
    if isinstance(done, NotPermitted):
        screen.problem(refused(done.permission))
        context.exit(1)
    elif isinstance(done, NotSent):
        screen.problem(_REFUSED[done.reason].format(cost=done.preview.cost))
        context.exit(1)
    elif as_json:
        screen.json({**_as_data(done.preview), "letters": len(done.letters), "unprintable": len(unset)})
    else:
        _tell_sent(screen, done, out)


@credentials.command("print")
@_ordered
@click.option("--list", "as_list", is_flag=True, help="One list of everybody instead of letters.")
@click.option("--first-access", is_flag=True, help="Letters without a password, for those whom an e-mail reaches.")
@click.option("--out", type=click.Path(dir_okay=False), metavar="FILE", required=True, help="The new PDF file.")
@as_json
@click.pass_context
def print_credentials(
    context: click.Context,
    /,
    *,
    as_list: bool,
    first_access: bool,
    out: str,
    as_json: bool,
    **options: Any,  # noqa: ANN401 - as click has them
) -> None:
    """
    Print letters, or a list with blanks.

    One person a page, to the guardian of a minor, for an envelope with a window. Who has never had a credential gets
    one; the list leaves the password blank for everybody who has set one.
    """
    if as_list and first_access:
        raise click.UsageError("--list or --first-access, not both")
    screen = Screen.standard()
    with opened(context) as house, printed_to(out) as write:
        handing, order, acting = house.hand_out_credentials, _order(house, **options), actor(context)
        found = handing.invitations(acting, order) if first_access else handing.print(acting, order)
        if isinstance(found, NotPermitted):
            screen.problem(refused(found.permission))
            context.exit(1)
            return
        letters = found if isinstance(found, Sequence) else found.letters
        unset: Sequence[int] = ()
        if as_list and not isinstance(found, Sequence):
            count, document = len(found.listed.rows), None
            if found.listed.rows:
                document = list_set(house, found.listed, screen)
        else:
            document, unset = letters_set(house, letters, screen)
            count = len(letters) - len(unset)
        if document is not None:
            write(document)
        others = {} if as_json else _left_out(house, acting, options, first_access=first_access)
    if as_json:
        screen.json({"printed": count, "unprintable": len(unset)})
    elif document is None:
        screen.say("There is nobody to print anything for.")
    else:
        told = counted(count, "row is", "rows are") if as_list else counted(count, "letter is", "letters are")
        screen.say(f"✓ {told} in {out}, for {_whom(options)}.", "green")
    if not as_json and others:
        left = ", ".join(f"{counted(many, *_PEOPLE[role])} (--role {role})" for role, many in others.items())
        screen.say(f"Left out, though their accounts are open: {left}.")


@credentials.command("hand-over")
@click.argument("identifier")
@click.option(
    "--by",
    "way",
    type=click.Choice([each.value for each in HandedBy]),
    required=True,
    help="By hand, or read out by phone.",
)
@click.option("--proof", type=click.Choice([each.value for each in Proof]), required=True, help="How it is known who.")
@click.option("--to", "guardian", metavar="IDENTIFIER", help="The guardian who gets it for a minor; else the owner.")
@click.option("--show", is_flag=True, help="Print the password too, on a line of its own.")
@click.option("--out", type=click.Path(dir_okay=False), metavar="FILE", help="Write login and password to a new file.")
@click.pass_context
def hand_over(  # noqa: PLR0913 - the parts of a receipt
    context: click.Context,
    identifier: str,
    *,
    way: str,
    proof: str,
    guardian: str | None,
    show: bool,
    out: str | None,
) -> None:
    """
    Hand one over, or read it out by phone.

    IDENTIFIER is a login, central address or national id; '-' reads it from standard input. To whom it went, and how
    they were known, is in the journal.
    """
    if not show and out is None:
        raise click.UsageError("say where the password goes: --show prints it, --out FILE writes it to a new file")
    screen = Screen.standard()
    with opened(context) as house:
        person = whom(house, identifier)
        to = whom(house, guardian).id if guardian is not None else None
        path = new_file(out) if out is not None else None
        done = house.hand_over_credential.hand_over(
            actor(context), person.id, by=HandedBy(way), proof=Proof(proof), to=to
        )
        if not isinstance(done, HandedOver):
            discard(path)
            is_denied = isinstance(done, NotPermitted)
            screen.problem(refused(done.permission) if is_denied else _HANDING[done.reason])  # type: ignore[union-attr]
            context.exit(1)
            return
    if path is not None:
        filled(path, f"{done.login}\n{done.password.reveal()}\n")
        screen.say(f"Login and password are in {path}.")
    if show:
        screen.say(done.login)
        screen.say(done.password.reveal())
    screen.say(f"✓ It is written down as entry {done.receipt.entry} of the journal.", "green")


def _order(  # noqa: PLR0913 - the options that every command has
    house: Platform,
    *,
    school: str,
    class_name: str | None,
    roles: Sequence[str],
    renewed: Sequence[str],
    renew_expired: bool,
    addresses: Path | None,
    lang: str | None,
    channels: Sequence[str] = (),
    plain_letters: bool = False,
) -> Order:
    """Return what the command line orders."""
    return Order(
        school=school,
        class_name=class_name,
        roles=frozenset(role for each in roles for role in _ROLES[each]) if not renewed else frozenset(Role),
        only=frozenset(whom(house, each).id for each in renewed) if renewed else None,
        renew=bool(renewed),
        renew_expired=renew_expired,
        channels=frozenset(map(CredentialChannel, channels)) if channels else frozenset(CredentialChannel),
        addresses=read_addresses(addresses),
        plain_letters=plain_letters,
        locale=check_locale(lang),
    )


def _whom(options: Mapping[str, Any]) -> str:
    """Return for whom something was ordered."""
    return "those who are named" if options["renewed"] else ", ".join(_PEOPLE[role][1] for role in options["roles"])


def _left_out(house: Platform, acting: Actor, options: Mapping[str, Any], *, first_access: bool) -> Mapping[str, int]:
    """Return how many of the roles that were not asked for would get a letter too."""
    found: dict[str, int] = {}
    for role in () if options["renewed"] else _ROLES.keys() - set(options["roles"]):
        order = _order(house, **{**options, "roles": (role,)})
        if first_access:
            letters = house.hand_out_credentials.invitations(acting, order)
            found[role] = 0 if isinstance(letters, NotPermitted) else len(letters)
        else:
            seen = house.hand_out_credentials.preview(acting, order)
            found[role] = 0 if isinstance(seen, NotPermitted) else sum(each.deed is not None for each in seen.rows)
    return {role: found[role] for role in _ROLES if found.get(role)}


def _show(screen: Screen, found: Preview) -> None:
    """Show a preview: how many by which channel, each person, and the id to send it by."""
    rows = [(channel.value, str(count)) for channel, count in found.counts().items()]
    nothing = [each for each in found.rows if each.nothing is not None]
    screen.table(["channel", "#people"], [*rows, ("nothing", str(len(nothing)))])
    screen.table(
        ["class", "name", "login", "channel", "to", "#cost", "why"],
        [
            (
                each.class_name,
                each.name,
                each.login,
                each.channel.value if each.channel else "–",
                each.priced.route.shown if each.priced else "",
                str(each.priced.cost) if each.priced and each.priced.cost.amount else "",
                _why(each),
            )
            for each in found.rows
        ],
    )
    screen.say(f"Cost: {found.cost}; with text messages in plain letters: {found.in_plain_letters}.")
    screen.say(f"Send it with --preview {found.id}")


def _why(row: PreviewRow) -> str:
    """Return why somebody gets nothing, or that they get the same again."""
    if row.nothing is Nothing.NO_CHANNEL:
        closed = [(each, why) for each, why in row.closed.items() if why is not ClosedBecause.NOT_WANTED]
        return "; ".join(f"{each.value}: {_CLOSED[why]}" for each, why in closed)
    if row.nothing is not None:
        return _NOTHING[row.nothing]
    return "the same again" if row.deed is Deed.AGAIN else ""


def _tell_sent(screen: Screen, done: Sent, out: str | None) -> None:
    counts = done.preview.counts()
    told = ", ".join(f"{count} by {channel.value}" for channel, count in counts.items() if count)
    screen.say(f"✓ Sent: {told or 'nothing'}. Cost: {done.preview.cost}.", "green")
    if done.letters and out is not None:
        screen.say(f"{counted(len(done.letters), 'letter is', 'letters are')} in {out}.")
    calls = [each for each in done.preview.rows if each.channel is CredentialChannel.PHONE]
    if calls:
        screen.heading("To call")
        screen.table(
            ["class", "name", "login", "who answers", "number"],
            [
                (each.class_name, each.name, each.login, each.priced.route.to, each.priced.route.phone.e164)
                for each in calls
                if each.priced is not None and each.priced.route.phone is not None
            ],
        )
        screen.say("Read each out with 'eszkola credentials hand-over LOGIN --by phone', which writes the receipt.")
    if any(counts[each] for each in (CredentialChannel.EMAIL, CredentialChannel.GUARDIAN, CredentialChannel.SMS)):
        screen.say("Messages wait in the outbox; 'eszkola outbox dispatch' sends them.")


def _as_data(found: Preview) -> Mapping[str, object]:
    """Return a preview as scripts read it."""
    return {
        "preview": found.id,
        "cost": _amount(found.cost),
        "transliterated": _amount(found.in_plain_letters),
        "channels": {each.value: count for each, count in found.counts().items()},
        "rows": [
            {
                "class": each.class_name,
                "name": each.name,
                "record": each.record,
                "login": each.login,
                "deed": each.deed,
                "nothing": each.nothing,
                "channel": each.channel,
                "to": each.priced.route.shown if each.priced else "",
                "cost": _amount(each.priced.cost) if each.priced else None,
                "transliterated": _amount(each.priced.in_plain_letters)
                if each.priced and each.priced.in_plain_letters
                else None,
                "closed": {channel.value: why.value for channel, why in each.closed.items()},
            }
            for each in found.rows
        ],
    }


def _amount(money: Money) -> Mapping[str, str]:
    return {"amount": money.spelling, "currency": money.currency}

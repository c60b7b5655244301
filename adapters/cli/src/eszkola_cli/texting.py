"""`eszkola sms`: what text messages would cost, what they did cost, and whether the gateway says the same."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Final

import click

from eszkola_cli.common import actor, as_json, machine_only, opened, refused
from eszkola_cli.gateway_lists import rows_of
from eszkola_cli.screen import Screen, counted
from eszkola_cli.text_quotes import quote
from eszkola_core import OF_TENANT, Difference, InvalidValue, Money, NotPermitted, Reconciled, ReportFate, Statement
from eszkola_core.domain.sms_budgets import parse_month
from eszkola_core.domain.sms_reconciliation import BOOKED_TRULY
from eszkola_core.domain.sms_statements import COLUMNS

_SHOWN: Final = 25
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_SAID: Final[Mapping[Difference, str]] = {
    Difference.WAS_SENT: "in doubt: it was sent, and is charged now",
    Difference.WAS_NOT_SENT: "in doubt: it was not sent, and is released now",
    Difference.OTHER_COST: "the gateway took another price, which is booked now",
    Difference.BILLED_ALL_THE_SAME: "taken for refused, but billed: it is charged now",
    Difference.OTHER_CURRENCY: "the list has another currency; nothing of its price is booked",
    Difference.BILLED_TWICE: "the list has the message again; ask the gateway",
    Difference.NOT_OURS: "no message of ours; ask the gateway",
    Difference.NOT_LISTED: "charged here, but not in the list; ask the gateway",
}
_FATES: Final[Mapping[ReportFate, str]] = {
    ReportFate.CLOSED: "closed a doubt: the message is charged",
    ReportFate.NOTED: "said whether a telephone got it",
    ReportFate.NOTHING_NEW: "said nothing new",
    ReportFate.UNKNOWN: "named no message of ours: nothing changes",
}


@click.group()
def sms() -> None:
    """Text messages: what they cost and did cost."""


sms.add_command(quote)


@sms.command()
@click.option("--school", default=OF_TENANT, help="The school that paid; without it, what people asked for themselves.")
@click.option("--month", required=True, metavar="YYYY-MM", help="The month in which the cost was reserved.")
@click.option("--csv", "table", type=click.Path(dir_okay=False, path_type=Path), help="Write the messages as a table.")
@as_json
@click.pass_context
def statement(context: click.Context, *, school: str, month: str, table: Path | None, as_json: bool) -> None:
    """Say what a school's month came to."""
    screen = Screen.standard()
    with opened(context) as house:
        found = house.account_for_sms.statement(actor(context), school, parse_month(month))
    if isinstance(found, NotPermitted):
        screen.problem(refused(found.permission))
        context.exit(1)
        return
    if table is not None:
        _write(table, found)
    if as_json:
        screen.json(found.plain())
        return
    _show_statement(screen, found)
    if table is not None:
        screen.say(f"The messages are in {table}.", "green")


def _show_statement(screen: Screen, found: Statement) -> None:
    rows = [(state.value, str(many)) for state, many in found.counts.items()]
    screen.table(["state", "#messages"], rows) if rows else screen.say("No text message in this month.")
    for title, amounts in (("Charged", found.charged), ("Reserved or in doubt", found.reserved)):
        if amounts:
            screen.say(f"{title}: {', '.join(map(str, amounts.values()))}")
    spending = found.spending
    style = "yellow" if spending.is_warned else None
    screen.say(f"Of the budget of {spending.cap}, {spending.spent} is spent and {spending.left} left.", style)


def _write(table: Path, found: Statement) -> None:
    """Write the messages by RFC 4180; a cell that a spreadsheet would take for a formula begins with an apostrophe."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([[f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in found.rows()])
    try:
        table.write_text(text.getvalue(), encoding="utf-8", newline="")
    except OSError as wrong:
        raise InvalidValue(f"{table}: cannot be written ({wrong.strerror})", code="not-writable") from None


@sms.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--currency", help="What its prices are in, where it does not say; without it, as the tariff's.")
@as_json
@click.pass_context
def reconcile(context: click.Context, file: Path, *, currency: str | None, as_json: bool) -> None:
    """
    Compare the ledger with the gateway's list.

    FILE is a table (CSV) or JSON; '-' reads it from standard input. What is in doubt is closed, what cost something
    else is booked truly, and what only one side knows is told. Ends with 1 when somebody should look at something.
    """
    screen = Screen.standard()
    with opened(context) as house:
        usual = currency or house.tenant.tariff.prices[0].amount.currency
        rows = rows_of(file, currency=usual, zone=house.tenant.zone)
        done = house.account_for_sms.reconcile(actor(context), rows)
    if isinstance(done, NotPermitted):
        screen.problem(refused(done.permission))
        context.exit(1)
        return
    open_ones = [each for each in done.differences if each.difference not in BOOKED_TRULY]
    if as_json:
        told = [_difference(each) for each in done.differences]
        screen.json({"matched": done.matched, "booked": len(done.changes), "differences": told})
    else:
        screen.say(f"{counted(done.matched, 'message matches', 'messages match')}, {len(done.changes)} booked anew.")
        _show_differences(screen, done.differences)
    context.exit(1 if open_ones else 0)


def _difference(found: Reconciled) -> dict[str, object]:
    return {
        "difference": found.difference.value,
        "line": found.line,
        "number": found.entry,
        "ours": _amount(found.ours),
        "theirs": _amount(found.theirs),
    }


def _amount(money: Money | None) -> dict[str, str] | None:
    return None if money is None else {"amount": money.spelling, "currency": money.currency}


def _show_differences(screen: Screen, differences: Sequence[Reconciled]) -> None:
    for kind, said in _SAID.items():
        its = [each for each in differences if each.difference is kind]
        if not its:
            continue
        screen.bullet(
            f"{len(its)} \N{MULTIPLICATION SIGN} {said}", None if kind in BOOKED_TRULY else "yellow", indent=0
        )
        for each in its[:_SHOWN]:
            places = (f"message {each.entry}" if each.entry else "", f"line {each.line}" if each.line else "")
            costs = (f"ours {each.ours}" if each.ours else "", f"theirs {each.theirs}" if each.theirs else "")
            screen.bullet(", ".join(filter(None, (*places, *costs))), "dim", indent=4)


@sms.command()
@click.argument("source", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True, path_type=Path))
@as_json
@machine_only
@click.pass_context
def report(context: click.Context, source: Sequence[Path], *, as_json: bool) -> None:
    """
    Record what the gateway reports of messages.

    SOURCE is what it sent: the body or the address of a callback; '-' reads it from standard input.
    """
    screen = Screen.standard()
    counts: Counter[str] = Counter()
    with opened(context) as house:
        for octets in map(_octets, source):
            counts.update(house.record_sms_report.record(house.sms_reports.reports(octets)))
    if as_json:
        screen.json({each.value.replace("-", "_"): counts[each] for each in ReportFate})
        return
    for each, said in _FATES.items():
        if counts[each]:
            screen.say(f"{counts[each]} {said}")
    if not counts:
        screen.say("Nothing there is a report.")


def _octets(source: Path) -> bytes:
    if str(source) == "-":
        return sys.stdin.buffer.read()
    try:
        return source.read_bytes()
    except OSError:
        raise InvalidValue(f"{source}: this file cannot be read", code="unreadable-file") from None

"""A gateway's own list of what it sent and billed: a table with commas or semicolons, or JSON (SMS-5)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from io import StringIO
from pathlib import Path
from typing import Any, Final

from eszkola_cli.text_files import decoded, large_cells
from eszkola_core import GatewayRow, InvalidValue, Money
from eszkola_core.domain.money import parse_amount

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "reference": ("idx", "reference", "key"),
    "gateway_id": ("id", "msgid", "message_id", "gateway_id"),
    "number": ("number", "to", "phone", "recipient"),
    "cost": ("points", "cost", "price", "charged"),
    "currency": ("currency",),
    "at": ("date_sent", "sent_at", "date", "at"),
}
"""What the columns of such lists are called, in any case of letters."""

_LATEST: Final = 4_102_444_800
"""The seconds from 1970 to 2100: what is larger is no instant."""


def rows_of(source: Path, *, currency: str, zone: tzinfo) -> Sequence[GatewayRow]:
    """
    Return the rows of the list at *source*; ``-`` is standard input.

    Args:
        source: the file.
        currency: what prices are in where the list does not say.
        zone: where the clock stands by which an instant without an offset was written.

    Raises:
        InvalidValue: it is no such list; the text names the line and the remedy.
    """
    name = "standard input" if str(source) == "-" else str(source)
    text = decoded(source, name)
    raw = _of_json(name, text) if text.lstrip()[:1] in ("{", "[") else _of_table(name, text)
    return [_row(f"{name}, line {line}", line, cells, currency, zone) for line, cells in raw]


def _of_json(name: str, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the rows of SMSAPI's answers, or of a plain list; each counts for a line."""
    try:
        content = json.loads(text, parse_float=str)
    except (ValueError, RecursionError):
        raise InvalidValue(f"{name}: this is not JSON", code="no-json") from None
    if isinstance(content, dict):
        content = content.get("list", content.get("collection"))
    if not isinstance(content, list) or not all(isinstance(each, dict) for each in content):
        raise InvalidValue(f"{name}: a list of messages is wanted, or an object with one as 'list'", code="no-list")
    for line, each in enumerate(content, 1):
        yield line, {key.casefold(): value for key, value in each.items()}


def _of_table(name: str, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the rows of a table."""
    first = text.partition("\n")[0]
    reader = csv.reader(StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    try:
        with large_cells():
            heading = [each.strip().casefold() for each in next(reader, [])]
            rows = [(reader.line_num, row) for row in reader]
    except csv.Error as broken:
        raise InvalidValue(f"{name}, line {reader.line_num}: this is no table ({broken})", code="no-table") from None
    if not set(heading) & {*COLUMNS["reference"], *COLUMNS["gateway_id"], *COLUMNS["number"]}:
        known = ", ".join((*COLUMNS["reference"], *COLUMNS["gateway_id"]))
        raise InvalidValue(f"{name}: no column names the message; call it one of {known}", code="no-column")
    for line, row in rows:
        if len(row) not in (0, len(heading)):
            told = f"{name}, line {line}: {len(row)} cells where the heading has {len(heading)}"
            raise InvalidValue(told, code="other-columns")
        if row:
            yield line, dict(zip(heading, row, strict=True))


def _row(where: str, line: int, cells: Mapping[str, Any], currency: str, zone: tzinfo) -> GatewayRow:
    found = {name: _cell(cells, names) for name, names in COLUMNS.items()}
    if not (found["reference"] or found["gateway_id"] or found["number"]):
        raise InvalidValue(f"{where}: nothing names the message", code="nameless-row")
    return GatewayRow(
        line=line,
        reference=found["reference"],
        gateway_id=found["gateway_id"],
        number="".join(each for each in found["number"] if each.isdigit()),
        cost=_cost(where, found["cost"], found["currency"].upper() or currency),
        at=_instant(where, found["at"], zone),
    )


def _cell(cells: Mapping[str, Any], names: Sequence[str]) -> str:
    held = next((cells[each] for each in names if cells.get(each) not in (None, "")), "")
    return str(held).strip()


def _cost(where: str, text: str, currency: str) -> Money | None:
    """Return a price, or None where there is none: that is not nought."""
    if not text:
        return None
    try:
        found = Money(parse_amount(text), currency)
    except InvalidValue as wrong:
        raise InvalidValue(f"{where}: {wrong}", code=wrong.code) from None
    if found.amount < 0:
        raise InvalidValue(f"{where}: a price is not below zero", code="invalid-price")
    return found


def _instant(where: str, text: str, zone: tzinfo) -> datetime | None:
    """Return an instant: seconds since 1970, or as ISO 8601 has it."""
    if not text:
        return None
    try:
        if text.isascii() and text.isdigit() and int(text) < _LATEST:
            return datetime.fromtimestamp(int(text), UTC)
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo is not None else found.replace(tzinfo=zone)).astimezone(UTC)
    except (OverflowError, ValueError):  # the former where an instant in UTC is of no year
        raise InvalidValue(
            f"{where}: write when it was sent as 2026-09-30T12:00:00+02:00, or in seconds since 1970", code="no-instant"
        ) from None

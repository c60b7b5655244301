"""`eszkola sms quote`: what texts would cost, as they stand and transliterated (SMS-3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import click

from eszkola_cli.common import about_nobody, as_json, read_secret
from eszkola_cli.screen import Screen
from eszkola_cli.text_files import Texts, texts_of
from eszkola_core import (
    TARIFFS,
    InvalidValue,
    NotPriced,
    PhoneNumber,
    Quote,
    QuotePair,
    SystemClock,
    Tariff,
    configuration,
    day_of,
    quote_both,
)
from eszkola_core.domain.days import zone
from eszkola_core.domain.money import sums

_SHOWN: Final = 25


@click.command()
@click.argument("text", required=False)
@click.option(
    "--file",
    "source",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    metavar="CSV|-",
    help="A table of texts: its column 'text', else its only column; '-' reads it from standard input.",
)
@click.option("--to", metavar="NUMBER", help="The telephone number; without it, the price that is for all numbers.")
@click.option("--tariff", metavar="T", help="A tariff's name: 'literal', 'by-segment' or one of the configuration.")
@as_json
@about_nobody
@click.pass_context
def quote(  # noqa: PLR0913 - the options of the command
    context: click.Context, text: str | None, source: Path | None, to: str | None, tariff: str | None, *, as_json: bool
) -> None:
    """
    Say what a text costs as SMS.

    As it stands, and transliterated. '-' reads TEXT from standard input. It needs no configuration; with one, its
    tariffs are known and its setting says which counts.
    """
    if (text is None) == (source is None):
        raise click.UsageError("give either TEXT or --file")
    screen = Screen.standard()
    terms = _Terms(context, tariff, to)
    if source is None:
        found = terms.quoted(read_secret() if text == "-" else str(text))
        if as_json:
            screen.json(_pair(found))
        else:
            _show(screen, found)
        return
    texts = texts_of(source)
    if texts.heading is not None:
        screen.remedy(f"The first line, {texts.heading!r}, is taken for the heading of the only column.")
    _quote_file(context, screen, terms, texts, as_json=as_json)


class _Terms:
    """By which tariff, for which number and on which day is quoted."""

    def __init__(self, context: click.Context, tariff: str | None, to: str | None) -> None:
        try:
            path = configuration.find(Path(context.obj))
        except InvalidValue:
            tariffs, usual, country, where = TARIFFS, TARIFFS["literal"], "PL", zone("Europe/Warsaw")
        else:
            tenant = configuration.load(path).tenant
            tariffs, usual, where = tenant.tariffs, tenant.tariff, tenant.zone
            country = tenant.settings.phone_country
        self.tariff = usual if tariff is None else _named(tariffs, tariff)
        self.to = None if to is None else PhoneNumber.parse(to, country=country)
        self.day = day_of(SystemClock().now(), where)

    def quoted(self, text: str) -> QuotePair:
        """
        Return what *text* costs.

        Raises:
            InvalidValue: it is empty or holds half a character, or the tariff has no price.
        """
        found = quote_both(text, self.tariff, to=self.to, day=self.day)
        if isinstance(found, NotPriced):
            whose = "for all numbers; name one with --to" if self.to is None else "for this number"
            raise InvalidValue(f"the tariff {found.tariff!r} has no price {whose}", code="not-priced")
        return found


def _named(tariffs: Mapping[str, Tariff], name: str) -> Tariff:
    """Return the tariff that *name* means, however its words are joined."""
    wanted = name.strip().casefold().replace(" ", "-").replace("_", "-")
    for spelling in (name, wanted, f"by-{wanted}"):
        if spelling in tariffs:
            return tariffs[spelling]
    there = ", ".join(sorted(tariffs))
    raise InvalidValue(f"--tariff: there is no tariff {name!r}; there are {there}", code="unknown-tariff")


def _quote_file(context: click.Context, screen: Screen, terms: _Terms, texts: Texts, *, as_json: bool) -> None:
    """Print one result a row, in order; a row that cannot be quoted has its reason, and the command ends with 1."""
    found: list[QuotePair] = []
    faults: list[tuple[int, InvalidValue]] = []
    for line, text in texts.rows:
        try:
            pair = terms.quoted(text)
        except InvalidValue as wrong:
            faults.append((line, wrong))
            if as_json:
                screen.json(_refusal(text, wrong))
        else:
            found.append(pair)
            if as_json:
                screen.json(_pair(pair))
    if not as_json:
        _show_all(screen, found, faults)
    context.exit(1 if faults else 0)


def _plain(found: Quote) -> dict[str, object]:
    return {
        "text": found.text,
        "encoding": found.travels.encoding.value,
        "units": found.travels.units,
        "segments": found.travels.segments,
        "cost": found.cost.spelling,
        "currency": found.cost.currency,
        "tariff": found.tariff,
        "messages": found.messages,
    }


def _pair(found: QuotePair) -> dict[str, object]:
    return {**_plain(found.as_written), "transliterated": _plain(found.transliterated)}


def _refusal(text: str, wrong: InvalidValue) -> dict[str, object]:
    nothing = dict.fromkeys(("encoding", "units", "segments", "cost", "currency", "transliterated"))
    return {"text": text, **nothing, "refused": wrong.code}


def _show(screen: Screen, found: QuotePair) -> None:
    rows = [
        (name, each.travels.encoding.value, str(each.travels.units), str(each.travels.segments), str(each.cost))
        for name, each in (("as it stands", found.as_written), ("transliterated", found.transliterated))
    ]
    screen.table(["text", "alphabet", "#units", "#segments", "#cost"], rows)
    if found.transliterated.text == found.as_written.text:
        screen.say("Transliteration changes nothing.")
    else:
        screen.say(f"Transliterated: {found.transliterated.text}")
    screen.say(f"By the tariff {found.as_written.tariff!r}.")


def _show_all(screen: Screen, found: Sequence[QuotePair], faults: Sequence[tuple[int, InvalidValue]]) -> None:
    rows = [_compared(each, " ".join(each.as_written.text.split())) for each in found[:_SHOWN]]
    if found:
        together = [
            ", ".join(map(str, sums(each.cost for each in quotes).values()))
            for quotes in ([each.as_written for each in found], [each.transliterated for each in found])
        ]
        segments = [sum(each.as_written.travels.segments for each in found)]
        segments.append(sum(each.transliterated.travels.segments for each in found))
        rows.append((f"{len(found)} together", "", str(segments[0]), together[0], str(segments[1]), together[1]))
        screen.table(["text", "alphabet", "#segments", "#cost", "#transliterated", "#its cost"], rows)
    if len(found) > _SHOWN:
        screen.say(f"… and {len(found) - _SHOWN} more texts in the sum; --json lists all")
    for line, wrong in faults[:_SHOWN]:
        screen.problem(f"line {line}: {wrong}")


def _compared(found: QuotePair, name: str) -> tuple[str, ...]:
    written, plain = found.as_written, found.transliterated
    return (
        *(name, written.travels.encoding.value, str(written.travels.segments), str(written.cost)),
        *(str(plain.travels.segments), str(plain.cost)),
    )

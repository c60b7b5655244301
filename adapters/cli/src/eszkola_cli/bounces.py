"""`eszkola outbox bounce` and `eszkola outbox clear`: what came back, and that an address works again (MAIL-9)."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import click

from eszkola_cli.common import actor, as_json, machine_only, opened, refused, secret_argument
from eszkola_cli.screen import Screen
from eszkola_core import BounceFate, InvalidValue, NotPermitted, NotUnusable

_NO_REPORT: Final = "no-report"
_SAID: Final = {
    BounceFate.MARKED: "made an address unusable",
    BounceFate.FOR_NOW: "failed for now: nothing changes",
    BounceFate.KNOWN: "said nothing new",
    BounceFate.UNPROVED: "proved no message of ours: nothing changes",
    _NO_REPORT: "reported no delivery or complaint",
}


@click.command()
@click.argument("source", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True, path_type=Path))
@as_json
@machine_only
@click.pass_context
def bounce(context: click.Context, source: Sequence[Path], *, as_json: bool) -> None:
    """
    Record what came back of messages.

    SOURCE is a message as it arrived, a folder of such (.eml), or '-' for standard input. Only what proves that it
    answers a message of ours changes anything.
    """
    screen = Screen.standard()
    counts: Counter[str] = Counter()
    with opened(context) as house:
        for octets in _messages(source):
            found = house.bounces.bounce(octets)
            counts[_NO_REPORT if found is None else house.record_bounce.record(found)] += 1
    if as_json:
        screen.json({each.replace("-", "_"): counts[each] for each in _SAID})
        return
    for each, said in _SAID.items():
        if counts[each]:
            screen.say(f"{counts[each]} {said}")


def _messages(sources: Sequence[Path]) -> Iterator[bytes]:
    """Yield the messages that the command line names."""
    for source in sources:
        if str(source) == "-":
            yield sys.stdin.buffer.read()
            continue
        for path in sorted(source.glob("*.eml")) if source.is_dir() else [source]:
            try:
                yield path.read_bytes()
            except OSError:
                raise InvalidValue(f"{path}: this file cannot be read", code="unreadable-file") from None


@click.command()
@click.argument("address")
@click.option("--why", required=True, metavar="REASON", help="Why it can be used again; it is kept in the journal.")
@click.pass_context
def clear(context: click.Context, address: str, *, why: str) -> None:
    """
    Use an unusable address again.

    It works for all who share it. '-' reads ADDRESS from standard input.
    """
    screen = Screen.standard()
    with opened(context) as house:
        done = house.clear_address.clear(actor(context), secret_argument(address), why=why)
    if isinstance(done, NotPermitted):
        screen.problem(refused(done.permission))
        context.exit(1)
    if isinstance(done, NotUnusable):
        screen.problem("this address is not marked as unusable")
        context.exit(1)
    screen.say("✓ Messages go to this address again.", "green")

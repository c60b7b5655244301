"""The dispatcher as a service runs it: out of the outbox of an import, worded, by SMTP, and written down."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from attrs import field, frozen

from benchmarks.parts.telling import main
from benchmarks.sides.ours import TENANT, administration, imported
from eszkola_cli.main import collect_seldom
from eszkola_core._defaults import SystemClock
from eszkola_core._usecases.deliver_messages import DeliverMessages
from eszkola_core.domain.emails import Outcome, Receipt, RenderedEmail
from eszkola_core.ports.messages import EmailCourier
from eszkola_jinja import JinjaRenderer
from eszkola_smtp import SmtpCourier
from eszkola_smtp.mime import Sender, internet_message, parse_sender

_SENDER = "Bench <noreply@eszkola.example.org>"
_BATCH = 100


@frozen
class Finisher:
    """Takes e-mails no further than to what smtplib would be given."""

    sender: Sender
    finished: list[tuple[str, str, str]] = field(factory=list)

    def send(self, emails: Sequence[RenderedEmail]) -> Iterator[Receipt]:
        """Finish each."""
        for each in emails:
            octets = internet_message(each, self.sender, SystemClock().now())
            self.finished.append((self.sender.address, each.to, octets.decode()))
            yield Receipt(each.reference, Outcome.SENT)


def queued(folder: str, rosters: str) -> Callable[[], object]:
    """Import a folder of rosters into a new database: whoever gets an account gets a message."""
    administration("sqlite", folder).create()
    return imported("sqlite", folder, rosters, at_once=True)


def finished(folder: str, mails: str) -> Callable[[], object]:
    """Write down what there is to send."""

    def job() -> object:
        courier = Finisher(parse_sender(_SENDER))
        done = _all_of(_delivering(folder, courier))
        Path(mails).write_text(json.dumps(courier.finished), "utf-8")
        return done

    return job


def sent(folder: str, port: int) -> Callable[[], object]:
    """Send all that waits."""
    collect_seldom()  # as the command line does
    delivering = _delivering(
        folder, SmtpCourier("127.0.0.1", port, sender=_SENDER, security="none", hostname="localhost")
    )
    return lambda: _all_of(delivering)


def _delivering(folder: str, courier: EmailCourier) -> DeliverMessages:
    storage = administration("sqlite", folder).open()
    return DeliverMessages(storage, TENANT, SystemClock(), JinjaRenderer(), courier)


def _all_of(delivering: DeliverMessages) -> int:
    """Send all, as the command line does, and return how many left."""
    done = delivering.all_due(limit=_BATCH)
    if done.sent != done.total:
        raise SystemExit(f"not everything was sent: {done}")
    return done.sent


if __name__ == "__main__":
    main({"queue": queued, "finish": finished, "send": sent})

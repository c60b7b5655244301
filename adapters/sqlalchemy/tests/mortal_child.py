"""
A process that works on a database until somebody kills it, or until it is done.

``python mortal_child.py WORK DATABASE KEYRING STEP``, where ``DATABASE`` is a path or a URL. It says ``ready`` when it
begins, and then a line for each piece of work that it was told is done.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy import make_url

from eszkola_core._defaults import SystemSecrets
from eszkola_core._usecases.deliver_messages import DeliverMessages
from eszkola_core._usecases.import_rosters import ImportRosters
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.emails import Outcome, Receipt
from eszkola_core.domain.sessions import Session
from eszkola_core.domain.tokens import Purpose
from eszkola_core.errors import Unavailable
from eszkola_core.testing.doubles import PlainRenderer
from eszkola_core.testing.region import START, Region
from eszkola_sqlalchemy.administration import PostgresqlAdministration, SqlAdministration, SqliteAdministration

RECORDS = 40
"""How many records each import has."""

TOKENS = 400
"""How many tokens there are to redeem."""


def administration(database: str, keyring: str) -> SqlAdministration:
    """Return what looks after the database."""
    if "://" in database:
        return PostgresqlAdministration(make_url(database), Path(keyring), tenant="t")
    return SqliteAdministration(Path(database), Path(keyring), tenant="t", busy_timeout=60)


class Lives(Region):
    """A region whose secrets are others in each life, as they would be."""

    @property
    def importing(self):
        """The use case, with secrets of its own."""
        return ImportRosters(self.storage, self.tenant, self.clock, SystemSecrets())


def region(storage, step):
    """Return the region as it is on the day of a step: whoever died before is known to be dead by then."""
    found = Lives(storage=storage, message_attempts=50)
    found.clock.advance(timedelta(days=step))
    return found


def roster(step):
    """Return what the gradebook states on the day of a step: everybody stays, some are renamed, some move."""
    return [
        f"A/{number}: s Ala{'_Kot' if (number + step) % 3 == 0 else ''} {number + 1} "
        f"ala{number}{'x' if (number + step) % 4 == 0 else ''}, g Jan - jan{number}"
        for number in range(RECORDS)
        if (number + step) % 7
    ]


def digest(kind, number):
    """Return the digest of a token or session."""
    return sha256(f"{kind}{number}".encode()).digest()


def say(text):
    """Say something at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def take(admin, step):
    """Import the roster of the step."""
    here = region(admin.open(), step)
    say("ready")
    here.take(*roster(step))
    say("done")


def redeem(admin, _step):
    """Redeem every token that is live, each for a session."""
    here = region(admin.open(), 0)
    say("ready")
    for number in range(TOKENS):
        with here.storage.unit() as unit:
            spent = unit.tokens.spend(digest("token", number), purposes=[Purpose.DISPUTE_ADDRESS], now=START)
            if spent is None:
                continue
            unit.sessions.add(
                Session(digest=digest("session", number), person=PersonId(1), opened_at=START, seen_at=START)
            )
        say(number)


class SayingCourier:
    """Delivers an e-mail by saying so."""

    def send(self, emails):
        """Say each, and what it was."""
        for each in emails:
            say(f"{each.reference} {sha256(each.text.encode()).hexdigest()}")
            yield Receipt(each.reference, Outcome.SENT)


def dispatch(admin, step):
    """Send what waits, on the day of a step."""
    here = region(admin.open(), step)
    delivering = DeliverMessages(here.storage, here.tenant, here.clock, PlainRenderer(), SayingCourier())
    say("ready")
    while delivering.next_batch(limit=20).total:
        pass


def migrate(admin, _step):
    """Bring the schema up to date."""
    say("ready")
    admin.upgrade()
    say("done")


def fill_up(admin, room):
    """Import until the disk has no room: no file may grow beyond *room* KiB more than it has."""
    import resource  # noqa: PLC0415 - POSIX only

    here = region(admin.open(), 0)
    limit = admin.path.stat().st_size + 1024 * room
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    say("ready")
    try:
        here.take(*roster(0))
    except Unavailable as full:
        say(full.code)
    else:
        say("done")


WORK = {"take": take, "fill_up": fill_up, "redeem": redeem, "dispatch": dispatch, "migrate": migrate}

if __name__ == "__main__":
    work, database, keyring, number = sys.argv[1:]
    WORK[work](administration(database, keyring), int(number))

"""No secret stands anywhere in clear: not in the files, and not in what an error shows (ID-10)."""

from __future__ import annotations

import base64
import traceback
from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core.domain import national_ids, sessions, tokens
from eszkola_core.domain.access_requests import AccessRequest
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Evidence, Reservation, Seeds
from eszkola_core.domain.credentials import CredentialKind
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.messages import MessageState
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settings import Settings
from eszkola_core.domain.tokens import Purpose
from eszkola_core.errors import EszkolaError
from eszkola_core.testing.contracts.storage import samples as a

PASSWORD = Secret("Kanarek-Haslo-42")
PASSPORT = national_ids.document("UA", "passport", "KANAREK778899")
TOKEN, TOKEN_TEXT = tokens.issue(
    Purpose.RECOVERY, PersonId(1), random=b"kanarek!" * 4, settings=Settings(), now=a.NOW, address=a.address("o@x.pl")
)
SESSION, SESSION_KEY = sessions.open_session(PersonId(1), random=b"kanarki?" * 4, now=a.NOW)
ASKED = Secret("kanarek.identyfikator")
IDS = [a.national_id(number) for number in range(1, 9)]


def canaries():
    """Yield every secret, as it could stand in a file or a text."""
    secrets = [PASSWORD, TOKEN_TEXT, SESSION_KEY, ASKED]
    for text in [*(each.reveal() for each in secrets), *(each.reveal() for each in (*IDS, PASSPORT))]:
        plain = text.encode()
        yield from (plain, text.encode("utf-16-le"), plain.hex().encode(), base64.b64encode(plain).rstrip(b"="))


def live(storage):
    """Let all happen that the storage keeps secrets of: some stays, some changes, some is done with."""
    applied, held = a.claims(ids=(IDS[0], PASSPORT)), a.claims(ids=(IDS[2],))
    with storage.unit() as unit:
        places = [
            a.place(person=PersonId(1), accepted=applied, pending=held),
            a.place("g", accepted=a.claims(ids=(IDS[4],))),
        ]
        a.save(
            unit,
            openings=[a.opening(1, ids=(IDS[0], PASSPORT)), a.opening(2, ids=(IDS[1],))],
            records=[a.record_state(a.record())],
            places=places,
        )
        unit.people.decide(a.decision(1))
        unit.people.reserve(Reservation("b@example.com", PersonId(1), a.NOW + a.HOUR))
        unit.credentials.put(a.credential(1, kind=CredentialKind.GIVEN, sealed=PASSWORD))
        unit.credentials.put(a.credential(2, kind=CredentialKind.GIVEN, sealed=PASSWORD))
        unit.tokens.add(TOKEN)
        unit.sessions.add(SESSION)
        unit.outbox.add(
            [a.message(key, secret=TOKEN_TEXT.reveal(), tokens=(TOKEN.digest,)) for key in ("sent", "waits")]
        )
        for _ in range(3):
            unit.outbox.ask(AccessRequest(identifier=ASKED, asked_at=a.NOW))
    with storage.unit() as unit:
        a.save(unit, places=[evolve(places[0], accepted=held, pending=None), places[1]])
        unit.people.save(a.person(2, ids=(IDS[3],), revision=1))
        unit.credentials.put(a.credential(2))
        first, *_ = unit.outbox.lease(1, now=a.NOW, until=a.NOW + timedelta(minutes=5))
        unit.outbox.settle(first.moved(MessageState.SENT), held_until=first.leased_until)
        unit.outbox.take_requests(1)
    with storage.unit() as unit:
        unit.rosters.gather(Seeds(evidence=frozenset(map(Evidence.of_id, IDS))))
        unit.people.by_national_id(IDS[0])


def files(admin):
    """Return the bytes of everything but the keyring."""
    folder = admin.path.parent
    return {each.name: each.read_bytes() for each in folder.iterdir() if each != admin.keyring}


@pytest.mark.rule("ID-10b")
def test_no_byte_of_the_files_holds_a_secret(sqlite_admin):
    """National ids, documents, tokens, passwords and keys are in the database, its log and its index sealed only."""
    live(sqlite_admin.open())
    kept = files(sqlite_admin)
    sqlite_admin.close()
    kept |= {f"closed {name}": content for name, content in files(sqlite_admin).items()}

    assert {"eszkola.sqlite", "eszkola.sqlite-wal", "eszkola.sqlite-shm", "closed eszkola.sqlite"} <= kept.keys()
    assert b"zofia.lis1" in kept["closed eszkola.sqlite"]
    assert [name for name, content in kept.items() for canary in canaries() if canary in content] == []


@pytest.mark.rule("ID-10b")
def test_a_message_that_is_done_with_holds_nothing(storage, sql):
    """What was sent or cancelled has no data any more, not even sealed."""
    live(storage)
    with storage.unit() as unit:
        unit.outbox.cancel([TOKEN.digest])
        rows = sql(unit, "SELECT state, data FROM message").all()

    assert sorted(rows) == [("cancelled", None), ("sent", None)]


def told(happening):
    """Return everything that a log could show of the error that *happening* raises, values of all frames included."""
    try:
        happening()
    except EszkolaError as error:
        chain: list[BaseException] = [error]
        seen: list[BaseException] = []
        while chain:
            each = chain.pop()
            seen.append(each)
            chain += [other for other in (each.__cause__, each.__context__) if other is not None and other not in seen]
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        texts = [*shown.format(), *(f"{each!r} {each} {vars(each)!r}" for each in seen)]
        return type(error).__name__, "".join(texts).encode()
    return "nothing", b""


def taken_id(storage, _sql):
    """Open an account with an id that is another's."""
    with storage.unit() as unit:
        a.save(unit, openings=[a.opening(3, ids=(IDS[0],))])


def taken_twice(storage, _sql):
    """Keep a token whose digest is known."""
    with storage.unit() as unit:
        unit.tokens.add(TOKEN)


def stranger(storage, _sql):
    """Keep a given password of somebody who is not there."""
    with storage.unit() as unit:
        unit.credentials.put(a.credential(99, sealed=PASSWORD))


def stale(storage, _sql):
    """Change an account that has changed."""
    with storage.unit() as unit:
        unit.people.save(a.person(1, ids=(IDS[5], PASSPORT), revision=7))


def unstorable(storage, _sql):
    """Keep a place and a message whose texts have half a letter."""
    with storage.unit() as unit:
        a.save(unit, places=[a.place("g", accepted=a.claims(ids=(IDS[6],), class_name="\ud800"))])


def unsealable(storage, sql):
    """Change a place whose sealed ids were exchanged by hand."""
    with storage.unit() as unit:
        sql(unit, "UPDATE place SET ids = substr(ids, 1, 1) WHERE ids IS NOT NULL")
        a.save(unit, places=[a.place(accepted=a.claims(ids=(IDS[7],)), role=Role.STUDENT)])


def unspendable(storage, sql):
    """Write to a table that is gone."""
    with storage.unit() as unit:
        sql(unit, "ALTER TABLE message RENAME TO lost")
        unit.outbox.add([a.message("x", secret=TOKEN_TEXT.reveal())])


@pytest.mark.rule("ID-10a")
@pytest.mark.parametrize(
    ("happening", "error"),
    [
        (taken_id, "Conflict"),
        (taken_twice, "Conflict"),
        (stranger, "Conflict"),
        (stale, "Conflict"),
        (unstorable, "InvalidValue"),
        (unsealable, "Unavailable"),
        (unspendable, "Unavailable"),
    ],
)
def test_no_error_shows_a_secret(storage, sql, happening, error):
    """Neither its text nor its chain nor the values of the frames it came through, as some logs keep them."""
    live(storage)
    kind, shown = told(lambda: happening(storage, sql))

    assert kind == error
    assert [canary for canary in canaries() if canary in shown] == []

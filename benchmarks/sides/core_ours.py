"""What people do all day, as a service runs it: they sign in, use a token, look at their children; all at once too."""

from __future__ import annotations

import resource
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread
from time import perf_counter
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from argon2 import PasswordHasher as Argon2
from sqlalchemy import Engine, event

from benchmarks.parts.telling import main
from benchmarks.sides.ours import TENANT, administration
from eszkola_core import (
    CHEAPEST_FOR_TESTS,
    PROFILE_2026,
    Action,
    Actor,
    Argon2Hasher,
    PersonId,
    Platform,
    SignedIn,
    State,
)
from eszkola_core.domain.credentials import Credential, CredentialKind
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.passwords import prepare
from eszkola_gradebook.gradebook import FileGradebook

PASSWORD: Final = "Zielony-Dom-7"  # noqa: S105 - invented
_WITH_PASSWORDS: Final = 1000
"""So many guardians have a password."""

CHILDREN: Final = """
    SELECT child.person, child.first, child.last, child.class_name
    FROM place AS mine JOIN place AS child ON child.roster = mine.roster AND child.record = mine.record
    WHERE mine.tenant = 1 AND mine.person = ? AND mine.role = 'guardian' AND mine.gone IS NULL
    AND child.role = 'student' AND child.gone IS NULL
"""
"""One lookup of a guardian's children, as it would be written by hand."""


def platform_at(store: str, folder: str, *, cheap: bool = False) -> Platform:
    """Return the platform on a database."""
    hasher = Argon2Hasher(CHEAPEST_FOR_TESTS if cheap else PROFILE_2026)
    return Platform(TENANT, administration=administration(store, folder), gradebook=FileGradebook(), hasher=hasher)


def furnished(store: str, folder: str, rosters: str, *, passwords: bool = False) -> Callable[[], object]:
    """Make a database, take in a folder of rosters, and give some guardians one and the same password."""

    def job() -> None:
        platform = platform_at(store, folder)
        platform.administration.create()
        for path in sorted(Path(rosters).iterdir()):
            reading = platform.gradebook.read([path], school=path.stem)
            platform.import_rosters.apply(reading, actor=Actor.console("bench"), allow_removals=None)
        if not passwords:
            return
        encoded, now = platform.hasher.hash(prepare(PASSWORD)), platform.clock.now()
        with platform.storage.unit() as unit:
            people = unit.people.get_many(guardians(folder)[:_WITH_PASSWORDS])
            for number, person in people.items():
                unit.people.save(person.changed(state=State.ACTIVE, activated_at=now))
                unit.credentials.put(
                    Credential(person=number, kind=CredentialKind.OWN, encoded=encoded, set_at=now, history=(encoded,))
                )

    return job


def guardians(folder: str) -> list[PersonId]:
    """Return the numbers of all guardians with an account, in order."""
    with closing(sqlite3.connect(Path(folder) / "eszkola.sqlite")) as database:
        found = database.execute(
            "SELECT DISTINCT person FROM place WHERE role = 'guardian' AND person IS NOT NULL ORDER BY person"
        )
        return [PersonId(number) for (number,) in found]


def signed_in(store: str, folder: str, times: int) -> Callable[[], object]:
    """Let one person sign in again and again, and verify the same password bare, by turns."""
    platform = platform_at(store, folder)
    login = logins(platform, guardians(folder)[:1])[0]
    bare = Argon2(
        time_cost=PROFILE_2026.time_cost,
        memory_cost=PROFILE_2026.memory_kib,
        parallelism=PROFILE_2026.parallelism,
    )
    encoded = bare.hash(PASSWORD)

    def attempt() -> object:
        done = platform.sign_in.attempt(login, PASSWORD, source="192.0.2.7")
        if not isinstance(done, SignedIn):
            raise SystemExit(f"nobody signed in: {done!r}")
        return done

    return lambda: by_turns(times, {"ours": attempt, "bare": lambda: bare.verify(encoded, PASSWORD)})


def tokens(store: str, folder: str, many: int) -> Callable[[], object]:
    """Ask for access for so many people, answer them, and spend every token, with a hash that costs nothing."""
    platform = platform_at(store, folder, cheap=True)
    reader = platform.storage
    with reader.snapshot() as unit:
        people = unit.people.get_many([PersonId(number) for number in range(1, 2 * many + 1)])
    asked = [each for each in people.values() if each.central is not None][:many]

    def job() -> object:
        begun = perf_counter()
        for number, person in enumerate(asked):
            assert person.central is not None  # noqa: S101 - looked at above
            platform.recover_access.request(person.central.spelling, source=f"192.0.2.{number}")
        while platform.recover_access.answer_waiting():
            pass
        issued = perf_counter()
        found = list(tokens_in(platform))
        looked = perf_counter()
        done = [platform.recover_access.complete(token, PASSWORD) for token in found]
        spent = perf_counter()
        if len(done) != many or any(type(each).__name__ != "Completed" for each in done):
            raise SystemExit(f"{len(done)} tokens of {many}, and {Counter(type(each).__name__ for each in done)}")
        return {"issue": (issued - begun) / many, "redeem": (spent - looked) / many}

    return job


def tokens_in(platform: Platform) -> Iterator[str]:
    """Yield the tokens in the messages that wait."""
    now = platform.clock.now()
    with platform.storage.unit() as unit:
        while messages := unit.outbox.lease(500, now=now, until=now + TENANT.settings.message_lease):
            for each in messages:
                if each.kind in {MessageKind.FIRST_ACCESS, MessageKind.RECOVERY}:
                    yield parse_qs(urlsplit(each.data["link"]).query)["token"][0]


def looked(store: str, folder: str, times: int) -> Callable[[], object]:
    """Look up children and rights, beside one lookup by hand in the same file, by turns."""
    platform = platform_at(store, folder)
    who = guardians(folder)
    pairs = [(number, child.person) for number in who[:200] for child in platform.see_children.of(number)]
    raw = sqlite3.connect(Path(folder) / "eszkola.sqlite", isolation_level=None)
    checking = platform.check_permission
    asked = [(guardian, child) for guardian, child in pairs if child is not None]
    for guardian, child in asked:
        if not checking.may(guardian, Action.VIEW, child):
            raise SystemExit("a guardian does not see their child")
    turn = iter(range(10**9))

    def each() -> tuple[PersonId, PersonId]:
        return asked[next(turn) % len(asked)]

    fresh = Platform(TENANT, storage=platform.storage)

    def uncached() -> object:
        fresh.__dict__.pop("check_permission", None)
        return fresh.check_permission.may(*_viewing(each()))

    sides: Mapping[str, Callable[[], object]] = {
        "children": lambda: platform.see_children.of(each()[0]),
        "may": uncached,
        "may, known": lambda: checking.may(*_viewing(each())),
    }
    house: Any = platform.administration
    engine = house.database.engine
    alone = {f"{name}, by hand": replayed(raw, statements(engine, side)) for name, side in sides.items()}
    lookup = {"raw": lambda: raw.execute(CHILDREN, (each()[0],)).fetchall()}
    return lambda: by_turns(times, {**alone, **sides, **lookup})


def statements(engine: Engine, side: Callable[[], object]) -> list[tuple[str, Any]]:
    """Return the statements that *side* sends, with their values."""
    sent: list[tuple[str, Any]] = []

    def listen(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        sent.append((statement, values))

    side()  # what is looked at once only has been by now
    event.listen(engine, "before_cursor_execute", listen)
    side()
    event.remove(engine, "before_cursor_execute", listen)
    return sent


def replayed(raw: sqlite3.Connection, sent: list[tuple[str, Any]]) -> Callable[[], object]:
    """Return what sends the very same to the database again, and does nothing with what it says."""

    def job() -> None:
        for statement, values in sent:
            raw.execute(statement, values).fetchall()
        raw.commit()

    return job


def _viewing(pair: tuple[PersonId, PersonId]) -> tuple[PersonId, Action, PersonId]:
    return pair[0], Action.VIEW, pair[1]


def stormed(store: str, folder: str, many: int) -> Callable[[], object]:
    """Let so many people sign in at one instant, each from their own place."""
    platform = platform_at(store, folder)
    who = logins(platform, guardians(folder)[:many])
    platform.sign_in.attempt(who[0], PASSWORD)
    answers: list[str] = []
    ready = Barrier(many + 1)

    def attempt(number: int) -> None:
        ready.wait()
        try:
            done = platform.sign_in.attempt(who[number], PASSWORD, source=f"192.0.2.{number}")
            answers.append(type(done).__name__)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            answers.append(f"{type(error).__name__}: {error}")

    threads = [Thread(target=attempt, args=(number,)) for number in range(many)]

    def job() -> object:
        before = _resident()
        for thread in threads:
            thread.start()
        ready.wait()
        for thread in threads:
            thread.join()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        at_once = TENANT.settings.hashes_at_once
        allowed = at_once * PROFILE_2026.memory_kib / 1024 + 100
        return {"answers": dict(Counter(answers)), "above": peak - before, "allowed": allowed, "at once": at_once}

    return job


def _resident() -> float:
    """Return how many mebibytes the process has now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def logins(platform: Platform, people: list[PersonId]) -> list[str]:
    """Return the logins of *people*."""
    with platform.storage.snapshot() as unit:
        found = unit.people.get_many(people)
    return [found[number].login for number in people]


def by_turns(times: int, sides: Mapping[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Do each side in turn, so often, and return what each time took: a machine that gets slower is so for all."""
    found: dict[str, list[float]] = {name: [] for name in sides}
    for side in sides.values():
        side()
    for _ in range(times):
        for name, side in sides.items():
            begun = perf_counter()
            side()
            found[name].append(perf_counter() - begun)
    return found


if __name__ == "__main__":
    main({"furnish": furnished, "sign in": signed_in, "tokens": tokens, "look": looked, "storm": stormed})

"""For every clause of storage a storage with one lie, which its contract finds out."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import sleep

import pytest
from attrs import evolve
from hypothesis import Phase, settings

from eszkola_core.domain.claims import World
from eszkola_core.domain.messages import FINAL, MessageState
from eszkola_core.domain.roles import STAFF, Role
from eszkola_core.domain.runs import Changes
from eszkola_core.domain.tokens import TokenState
from eszkola_core.errors import Conflict, Unavailable
from eszkola_core.ports import storage as port
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.memory import MemoryStorage, MemoryUnit
from eszkola_core.testing.saboteurs import Lie, state

PORTS = (port.Storage, port.Rosters, port.People, port.Credentials, port.Tokens, port.Sessions, port.Outbox)


class PaperStorage(MemoryStorage):
    """Memory that is written down, sealed, after every unit, so that it outlives the process."""

    def __init__(self, folder: Path, tenant: str = "paper") -> None:
        super().__init__(tenant)
        self.folder = folder
        self._sheet = folder / f"{tenant}.sheet"

    @contextmanager
    def unit(self):
        """Open a unit that writes, on what the sheet says."""
        with self._turn:
            self._read()
            with super().unit() as unit:
                yield unit
            self._sheet.write_bytes(self._closed(pickle.dumps(self._state)))

    @contextmanager
    def snapshot(self):
        """Open a unit that only looks, at what the sheet says."""
        with self._turn:
            self._read()
            seen = super().snapshot()
        with seen as unit:
            yield unit

    def _read(self):
        if not self.folder.is_dir():
            raise Unavailable("the folder is gone; put it back")
        if self._sheet.exists():
            written = self.opened(self._sheet.read_bytes(), context="sheet")
            self._state = pickle.loads(written)  # noqa: S301 - written above

    def _closed(self, written: bytes) -> bytes:
        return self.seal(written, context="sheet")


class PaperContract(StorageContract):
    """The contract of a storage that lasts."""

    durable = True


class TestPaperStorage(PaperContract):
    """A storage that lasts keeps the clauses that memory need not keep."""

    @pytest.fixture
    def fresh_storage(self, tmp_path):
        """Return what makes an empty storage in a folder of its own."""
        return partial(_on_paper, tmp_path, PaperStorage)

    @pytest.fixture
    def fresh_tenants(self, tmp_path):
        """Return what makes two tenants' storages in one folder."""

        def two():
            first = _on_paper(tmp_path, PaperStorage)
            return first, PaperStorage(first.folder, "another")

        return two

    @pytest.fixture
    def reopened(self):
        """Return what opens a folder again."""
        return lambda storage: PaperStorage(storage.folder)

    @pytest.fixture
    def everything_kept(self):
        """Return what reads a folder."""
        return _all_bytes

    @pytest.fixture
    def unreachable_storage(self, tmp_path):
        """Return what makes a storage without its folder."""
        return lambda: PaperStorage(tmp_path / "gone")


def _on_paper(place: Path, kind: type[PaperStorage]) -> PaperStorage:
    folder = place / f"{len(list(place.iterdir()))}"
    folder.mkdir()
    return kind(folder)


def _all_bytes(storage: PaperStorage) -> bytes:
    return b"".join(path.read_bytes() for path in storage.folder.iterdir())


# The lies. Each replaces one method of one part; `real` is what it replaces.


def gathers(change: Callable[[World], World]) -> Mapping[str, Callable]:
    """Return a `gather` that changes what was found."""
    return {"gather": lambda real, seeds: change(real(seeds))}


def half_saved(real, run, changes):
    """Write the records although the rest is refused."""
    try:
        return real(run, changes)
    except Conflict:
        state(real).records.update({each.key: each for each in changes.records})
        raise


def saved_over(real, run, changes):
    """Overwrite whatever another wrote meanwhile."""
    people = state(real).people
    forced = [evolve(each, revision=people[each.id].revision + 1) for each in changes.people if each.id in people]
    return real(run, evolve(changes, people=forced))


def saved_by_and_by(real, run, changes):
    """Write people one after the other, so that no two can swap addresses."""
    for each in changes.people:
        run = real(run, Changes(after_run=real.__self__.newest_run(), people=[each]))
    return real(run, evolve(changes, after_run=real.__self__.newest_run(), people=()))


def unheld(real, limit, *, now, until):
    """Hand out what is in somebody's hands."""
    messages = state(real).messages
    messages.update({key: evolve(each, leased_until=None) for key, each in messages.items()})
    return real(limit, now=now, until=until)


def settled_late(real, message, *, held_until):  # noqa: ARG001 - it looks at nothing
    """Write whatever anybody says."""
    stored = state(real).messages[message.id]
    real(message, held_until=stored.leased_until)


def settled_with_data(real, message, *, held_until):
    """Write the state and forget the rest."""
    data = state(real).messages[message.id].data
    real(message, held_until=held_until)
    state(real).messages[message.id] = evolve(state(real).messages[message.id], data=data)


def cancelled_in_part(real, tokens):
    """Leave out what is leased."""
    messages = state(real).messages
    held = {key: each for key, each in messages.items() if each.state is MessageState.LEASED}
    for key in held:
        del messages[key]
    ended = real(tokens)
    messages.update(held)
    return ended


def bounced_whenever(real, number):
    """Let a message come back that never left."""
    found = state(real).messages.get(number)
    if found is not None:
        state(real).messages[number] = evolve(found, state=MessageState.BOUNCED, data={}, leased_until=None)
    return state(real).messages.get(number)


def queued_again(real, messages):
    """Queue what was done with as if it were new."""
    done = {key: each for key, each in state(real).messages.items() if each.state in FINAL}
    for key in done:
        del state(real).messages[key]
    real(messages)
    state(real).messages.update(done)


def given_away(real, person):
    """Give an address to two."""
    try:
        real(person)
    except Conflict:
        if person.id not in state(real).people or state(real).people[person.id].revision != person.revision - 1:
            raise
        state(real).people[person.id] = person


def forced(real, person):
    """Overwrite whatever another wrote meanwhile."""
    stored = state(real).people.get(person.id)
    real(person if stored is None else evolve(person, revision=stored.revision + 1))


def peeled(real, digest, *, purposes, now):
    """Hand a token out and leave it live."""
    token = real.__self__.peek(digest)
    live = token is not None and token.is_live(now) and token.purpose in purposes
    return evolve(token, state=TokenState.SPENT) if live else None


def alone(real, token):
    """Replace whatever the person has of the purpose."""
    for each in list(state(real).tokens.values()):
        if (each.person, each.purpose, each.state) == (token.person, token.purpose, TokenState.LIVE):
            state(real).tokens[each.digest] = each.ended(TokenState.REPLACED)
    real(token)


def seen_whenever(real, digest, *, seen_after, now):
    """See a session however long ago it was seen last."""
    real(digest, seen_after=seen_after - 1000 * a.HOUR, now=now)


def seen_back(real, digest, *, seen_after, now):
    """See a session at whatever instant."""
    found = state(real).sessions.get(digest)
    if found is not None and found.ended_at is None and found.seen_at > seen_after:
        state(real).sessions[digest] = evolve(found, seen_at=now)


def ended_too(real, person):
    """Return the sessions of a person, ended or not."""
    theirs = [each for each in state(real).sessions.values() if each.person == person]
    return sorted(theirs, key=lambda each: each.opened_at)


def ended_pruned(real, before):
    """Forget no session that nobody has ended."""
    found = {digest: each for digest, each in state(real).sessions.items() if each.ended_at is None}
    forgotten = real(before)
    state(real).sessions.update(found)
    return forgotten


def ended_again(real, digest, *, end, now):
    """End what has ended."""
    session = state(real).sessions.get(digest)
    if session is not None:
        state(real).sessions[digest] = evolve(session, ended_at=now, end=end)


def _plain(person):
    """Spell an address as it is compared."""
    return evolve(person, central=person.central and a.address(person.central.mailbox))


def _by_first_id(real, national_id):
    """Find a person by the first of several ids only."""
    found = real(national_id)
    return found if found is not None and found.ids[0] == national_id else None


def _looked_at(real, limit):
    """Take requests and leave them."""
    kept = dict(state(real).requests)
    taken = real(limit)
    state(real).requests = kept
    return taken


def with_given_roles(real, schools, today):
    """Count what was given here as if a gradebook had stated it."""
    given = [each for each in state(real).places.values() if each.is_given and each.school in schools]
    return Counter(real(schools, today)) + Counter((each.school, each.role.value) for each in given)


def counted_only(real, run, people):
    """Say that they are cancelled."""
    return len([each for each in state(real).messages.values() if each.run == run and each.person in people]) - 1


def _known_for_ever(real, run, changes):
    """Keep what changes, and every stamp."""
    stamps = dict(state(real).stamps)
    saved = real(run, changes)
    state(real).stamps = stamps
    return saved


def _each_by_itself(real, run, changes):
    """Take the stamp of a list that changes, and of no other that came with it."""
    stamps = {roster: each for roster, each in state(real).stamps.items() if roster not in changes.lists}
    saved = real(run, changes)
    state(real).stamps = stamps
    return saved


LIES = [
    Lie("RO1", "newest first", "rosters", {"records": lambda real, roster: list(real(roster))[::-1]}),
    Lie(
        "RO1",
        "made of nothing",
        "rosters",
        {"records": lambda real, roster: [evolve(each, trace=b"") for each in real(roster)]},
    ),
    Lie(
        "RO2",
        "the gone are gone",
        "rosters",
        gathers(lambda w: World({k: p for k, p in w.places.items() if not p.gone})),
    ),
    Lie(
        "RO2",
        "what is held is not looked at",
        "rosters",
        gathers(lambda w: evolve(w, places={k: p for k, p in w.places.items() if p.accepted})),
    ),
    Lie("RO3", "nobody", "rosters", gathers(lambda w: evolve(w, people={}))),
    Lie("RO3", "no reservations", "rosters", gathers(lambda w: evolve(w, reservations=frozenset()))),
    Lie("RO4", "nothing was decided", "rosters", gathers(lambda w: evolve(w, decisions=frozenset()))),
    Lie(
        "RO5",
        "nothing is pending",
        "rosters",
        {
            "save": lambda real, run, changes: real(
                run, evolve(changes, places=[evolve(each, pending=None) for each in changes.places])
            )
        },
    ),
    Lie(
        "RO5",
        "addresses are spelled as they are compared",
        "rosters",
        {
            "save": lambda real, run, changes: real(
                run,
                evolve(
                    changes,
                    openings=[evolve(each, person=_plain(each.person)) for each in changes.openings],
                ),
            )
        },
    ),
    Lie("RO6", "half is better than nothing", "rosters", {"save": half_saved}),
    Lie("RO7", "the last one is right", "rosters", {"save": saved_over}),
    Lie("RO7", "one after the other", "rosters", {"save": saved_by_and_by}),
    Lie(
        "RO7",
        "runs do not matter",
        "rosters",
        {"save": lambda real, run, changes: real(run, evolve(changes, after_run=real.__self__.newest_run()))},
    ),
    Lie(
        "RO8",
        "heads are not counted",
        "rosters",
        {
            "census": lambda real, schools, today: {
                key: n for key, n in real(schools, today).items() if key[1] != "link"
            }
        },
    ),
    Lie("RO8", "given roles are counted", "rosters", {"census": with_given_roles}),
    Lie("RO9", "always the first", "rosters", {"next_person": lambda _real: 1}),
    Lie(
        "RO9",
        "the latest is the highest",
        "rosters",
        {"login_numbers": lambda real, stems: {each: number - 8 for each, number in real(stems).items()}},
    ),
    Lie("RO10", "any order", "rosters", {"conflicts": lambda real, schools=None: real(schools)[::-1]}),
    Lie(
        "RO10",
        "the first place only",
        "rosters",
        {"conflicts": lambda real, schools=None: [e for e in real() if not schools or e.place.school in schools]},
    ),
    Lie(
        "RO11",
        "students only",
        "rosters",
        {"unsettled": lambda real: frozenset(each for each in real() if each.roster.list == "students")},
    ),
    Lie("RO18", "only the newest list", "rosters", {"stamps": lambda real: real()[-1:]}),
    Lie("RO18", "lists of nobody", "rosters", {"stamps": lambda real: [evolve(each, people=0) for each in real()]}),
    Lie("RO18", "known for ever", "rosters", {"save": _known_for_ever}),
    Lie("RO18", "each list by itself", "rosters", {"save": _each_by_itself}),
    Lie("RO12", "never heard of it", "rosters", {"applied": lambda _real, _plan: None}),
    Lie(
        "RO13",
        "students only",
        "rosters",
        {
            "places": lambda real, school, class_name=None: [
                each for each in real(school, class_name) if class_name is None or each.role is Role.STUDENT
            ]
        },
    ),
    Lie(
        "RO13",
        "as a language sorts",
        "rosters",
        {"places": lambda real, school, name=None: sorted(real(school, name), key=lambda e: str(e.key).casefold())},
    ),
    Lie("PE1", "None is an answer", "people", {"get_many": lambda real, ids: {**dict.fromkeys(ids), **real(ids)}}),
    Lie(
        "PE2",
        "case matters",
        "people",
        {"by_login": lambda real, login: found if (found := real(login)) and found.login == login else None},
    ),
    Lie("PE2", "a person has one id", "people", {"by_national_id": _by_first_id}),
    Lie("PE3", "the last one is right", "people", {"save": forced}),
    Lie("PE4", "there is room for two", "people", {"save": given_away}),
    Lie("PE5", "what is decided is decided", "people", {"withdraw": lambda _real, _decision, _at, **_who: None}),
    Lie("PE5", "nobody ended it", "people", {"withdraw": lambda real, decision, at, **_who: real(decision, at)}),
    Lie("PE5", "one number for all", "people", {"decide": lambda real, each: evolve(real(each), id=7)}),
    Lie("RO15", "wherever", "rosters", {"holders": lambda real, roles, _schools=None: real(roles)}),
    Lie("RO15", "whoever works there", "rosters", {"holders": lambda real, _roles, schools=None: real(STAFF, schools)}),
    Lie("PE8", "always some", "people", {"has_marks": lambda _real: True}),
    Lie("PE8", "forgetful", "people", {"mark": lambda _real, _marks: None}),
    Lie("RO16", "no marks", "rosters", {"gather": lambda real, seeds: evolve(real(seeds), marks=frozenset())}),
    Lie("PE7", "always the first", "people", {"versions": lambda real, ids: dict.fromkeys(real(ids), 0)}),
    Lie(
        "PE7",
        "accounts only",
        "people",
        {"versions": lambda real, ids: {n: each.revision for n, each in state(real).people.items() if n in ids}},
    ),
    Lie("PE6", "for ever", "people", {"reserved": lambda real, mailbox, _now: real(mailbox, a.NOW)}),
    Lie(
        "CR1",
        "the first is the best",
        "credentials",
        {"put": lambda real, e: state(real).credentials.setdefault(e.person, e)},
    ),
    Lie(
        "CR2",
        "from the beginning",
        "credentials",
        {"set_before": lambda real, instant, *, limit, after=None: real(instant, limit=limit)},  # noqa: ARG005 - the lie
    ),
    Lie("CR3", "finds nobody", "credentials", {"get_many": lambda _real, _people: {}}),
    Lie(
        "CR3",
        "everybody's",
        "credentials",
        {"get_many": lambda real, _people: dict(state(real).credentials)},
    ),
    Lie("CR4", "wipes nothing", "credentials", {"wipe_expired": lambda _real, _now: 0}),
    Lie(
        "CR4",
        "a moment late",
        "credentials",
        {"wipe_expired": lambda real, now: real(now - timedelta(microseconds=1))},
    ),
    Lie("CR4", "everything", "credentials", {"wipe_expired": lambda real, now: real(now + timedelta(days=400))}),
    Lie(
        "TO1", "sent nowhere", "tokens", {"peek": lambda real, digest: (t := real(digest)) and evolve(t, address=None)}
    ),
    Lie(
        "TO2",
        "the more the better",
        "tokens",
        {"add": lambda real, token: state(real).tokens.update({token.digest: token}) or frozenset()},
    ),
    Lie("TO2", "not a word", "tokens", {"add": lambda real, token: real(token) and frozenset()}),
    Lie("TO2", "one at a time", "tokens", {"add": alone}),
    Lie("TO3", "once more", "tokens", {"spend": peeled}),
    Lie(
        "TO3",
        "a minute late",
        "tokens",
        {"spend": lambda real, digest, *, purposes, now: real(digest, purposes=purposes, now=min(now, a.NOW))},
    ),
    Lie("TO5", "all of them", "tokens", {"cancel": lambda real, person, **how: real(person, since=how.get("since"))}),
    Lie(
        "TO5",
        "however old",
        "tokens",
        {"cancel": lambda real, person, **how: real(person, purposes=how.get("purposes"))},
    ),
    Lie(
        "SS1",
        "seconds will do",
        "sessions",
        {"get": lambda real, d: (s := real(d)) and evolve(s, opened_at=s.opened_at.replace(microsecond=0))},
    ),
    Lie(
        "SS2",
        "no exceptions",
        "sessions",
        {"end_all": lambda real, person, *, end, now, except_for=None: real(person, end=end, now=now)},  # noqa: ARG005 - the lie
    ),
    Lie("SS3", "the last word", "sessions", {"end": ended_again}),
    Lie("SS4", "seen whenever", "sessions", {"touch": seen_whenever}),
    Lie("SS4", "back in time", "sessions", {"touch": seen_back}),
    Lie("SS4", "never seen", "sessions", {"touch": lambda _real, _digest, **_when: None}),
    Lie("SS5", "the newest first", "sessions", {"of": lambda real, person: list(real(person))[::-1]}),
    Lie("SS5", "ended ones too", "sessions", {"of": ended_too}),
    Lie("SS6", "the ended only", "sessions", {"prune": ended_pruned}),
    Lie("OU1", "done is forgotten", "outbox", {"add": queued_again}),
    Lie("OU2", "two are faster", "outbox", {"lease": unheld}),
    Lie(
        "OU2",
        "the youngest first",
        "outbox",
        {"lease": lambda real, limit, *, now, until: real(limit, now=now, until=until)[::-1]},
    ),
    Lie(
        "OU3",
        "only once",
        "outbox",
        {
            "lease": lambda real, limit, *, now, until: [
                each for each in real(limit, now=now, until=until) if each.attempts == 1
            ]
        },
    ),
    Lie("OU4", "whoever comes last", "outbox", {"settle": settled_late}),
    Lie("OU5", "who knows what it is good for", "outbox", {"settle": settled_with_data}),
    Lie("OU6", "what is leased is leased", "outbox", {"cancel": cancelled_in_part}),
    Lie("OU9", "newest first", "outbox", {"of_run": lambda real, run: real(run)[::-1]}),
    Lie("OU9", "what waits", "outbox", {"of_run": lambda real, run: [e for e in real(run) if e.state not in FINAL]}),
    Lie(
        "OU10",
        "everybody's",
        "outbox",
        {"cancel_of": lambda real, run, people: real(run, {*people, 2} if people else people)},
    ),
    Lie("OU10", "counted only", "outbox", {"cancel_of": counted_only}),
    Lie(
        "OU7",
        "by due instants",
        "outbox",
        {"oldest_waiting": lambda real: min((e.due_at for e in state(real).messages.values()), default=None)},
    ),
    Lie("OU8", "take and keep", "outbox", {"take_requests": _looked_at}),
    Lie("OU11", "whatever became of it", "outbox", {"bounce": bounced_whenever}),
]


class Forgetful(MemoryStorage):
    """ST1: sessions are lost between units."""

    @contextmanager
    def unit(self):
        """Open a unit that writes less than it was told."""
        with super().unit() as unit:
            yield unit
        self._state.sessions.clear()


class Stubborn(MemoryStorage):
    """ST2: what happened has happened."""

    @contextmanager
    def unit(self):
        """Open a unit on what is kept itself."""
        with self._turn:
            yield MemoryUnit(self._state)


class Unlocked(MemoryStorage):
    """ST3, TO4, OU2, OU8, PE4, RO7, LE2: looks first and writes later."""

    @contextmanager
    def unit(self):
        """Open a unit beside others."""
        draft = self._state.copied()
        sleep(0.0005)
        yield MemoryUnit(draft)
        self._state = draft


class Restless(MemoryStorage):
    """ST4: a snapshot sees what is written meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self._seen = self._state

    @contextmanager
    def snapshot(self):
        """Look at whatever is kept by now."""
        self._seen = self._state.copied()
        yield MemoryUnit(self._seen)

    @contextmanager
    def unit(self):
        """Open a unit that shows in a snapshot."""
        with super().unit() as unit:
            yield unit
        for name in ("sessions", "schools"):
            getattr(self._seen, name).update(getattr(self._state, name))


class Unkeyed(MemoryStorage):
    """ST5: one key for all tenants."""

    def __init__(self, _tenant: str = "") -> None:
        super().__init__("everybody")


class Backward(MemoryStorage):
    """ST9: what is recognised first is not what is given out."""

    @property
    def fingerprints(self):
        """Begin with another one."""
        return (lambda data, context: self.fingerprint(data + b"?", context=context), *super().fingerprints)


class Masked(MemoryStorage):
    """ST10: small and capital letters make one pseudonym."""

    def pseudonym(self, text):
        """Look at small letters only."""
        return super().pseudonym(text.lower())


class Open(MemoryStorage):
    """ST6: a seal opens in every context."""

    def _key(self, context):  # noqa: ARG002 - the lie
        return super()._key("")


class Crumbling(MemoryStorage):
    """ST6: a seal that was touched opens all the same."""

    def opened(self, sealed, *, context):
        """Return whatever comes out."""
        return self._masked(sealed[32:], sealed[:32], context)


class Lost(PaperStorage):
    """ST7: the folder that is gone is somebody else's trouble."""

    def _read(self):
        if not self.folder.is_dir():
            raise FileNotFoundError


class Talkative(PaperStorage):
    """ST8: what is written can be read."""

    def _closed(self, written):
        return written

    def _read(self):
        if self._sheet.exists():
            self._state = pickle.loads(self._sheet.read_bytes())  # noqa: S301 - written by the test


class Neighbour(MemoryStorage):
    """RO14: two tenants in one state."""

    def __init__(self, host: MemoryStorage) -> None:
        super().__init__("another")
        self._host = host

    def unit(self):
        """Open a unit of somebody else's."""
        return self._host.unit()

    def snapshot(self):
        """Look at somebody else's."""
        return self._host.snapshot()


def _neighbours():
    host = MemoryStorage()
    return host, Neighbour(host)


SABOTEURS = [
    *((lie.clause, str(lie), StorageContract, {"fresh_storage": lie.storage}) for lie in LIES),
    *(
        (clause, f"{clause}-{kind.__name__}", StorageContract, {"fresh_storage": kind})
        for kind, clauses in (
            (Forgetful, ["ST1"]),
            (Stubborn, ["ST2"]),
            (Unlocked, ["ST3", "TO4", "OU8", "PE4", "LE2"]),
            (Restless, ["ST4"]),
            (Backward, ["ST9"]),
            (Masked, ["ST10"]),
            (Open, ["ST6"]),
            (Crumbling, ["ST6"]),
        )
        for clause in clauses
    ),
    ("ST5", "ST5-Unkeyed", StorageContract, {"fresh_tenants": lambda: (Unkeyed(), Unkeyed())}),
    ("RO14", "RO14-Neighbour", StorageContract, {"fresh_tenants": _neighbours}),
]


@pytest.mark.parametrize(
    ("clause", "contract", "fixtures"),
    [pytest.param(clause, contract, given, id=name) for clause, name, contract, given in SABOTEURS],
)
def test_a_lie_about_a_clause_is_found_out(bench, clause, contract, fixtures):
    """A storage that breaks one clause turns a test red that cites this very clause."""
    unused = dict.fromkeys(("reopened", "everything_kept", "unreachable_storage"), None)
    spare = {"fresh_storage": MemoryStorage, "fresh_tenants": lambda: (MemoryStorage("a"), MemoryStorage("b"))}
    skipped = dict.fromkeys(unused, _not_asked)

    assert bench.first_red(contract, clause, {**skipped, **spare, **fixtures}) is not None


def _not_asked(*_):
    """Stand in for a fixture of storages that last."""
    pytest.skip("this saboteur does not last")


def test_a_world_that_is_gone_is_not_an_os_error(bench, tmp_path):
    """ST7: a storage that lets the system's own error through is found out."""
    fixtures = {"unreachable_storage": lambda: Lost(tmp_path / "gone")}

    assert bench.first_red(PaperContract, "ST7", fixtures) is not None
    assert (
        bench.first_red(PaperContract, "ST7", {"unreachable_storage": lambda: PaperStorage(tmp_path / "gone")}) is None
    )


def test_secrets_in_clear_are_found(bench, tmp_path):
    """ST8: a storage that writes down what it was given is found out."""
    fixtures = {"everything_kept": _all_bytes, "fresh_storage": partial(_on_paper, tmp_path, Talkative)}

    assert bench.first_red(PaperContract, "ST8", fixtures) is not None


def test_no_clause_of_storage_lacks_a_saboteur(bench):
    """The table of lies and the clauses of the ports name the same, but for races and merges, which have their own."""
    promised = {clause for each in PORTS for clause in bench.clauses(each)} | {"LE2"}

    assert promised == {clause for clause, *_ in SABOTEURS} | {"ST7", "ST8", "PE9", "RO17"}


def test_agreement_finds_lies_too_and_tells_the_program():
    """A storage that forgets what waits differs from memory; the calls up to the one that differs are printed."""
    lie = Lie("", "", "outbox", {"oldest_waiting": lambda _real: None})
    with one_find(), pytest.raises(AssertionError, match="does not do the same") as found:
        StorageContract().test_random_programs_do_the_same_as_in_memory(lie.storage)

    (marked,) = (line.strip() for line in str(found.value).splitlines() if "<- differs" in line)
    assert marked == "outbox.oldest_waiting  # <- differs"
    assert "outbox.add(" in str(found.value)


@contextmanager
def one_find():
    """Let Hypothesis look until it finds something, the same every time, and shorten nothing: that takes seconds."""
    before = settings()
    settings.register_profile(
        "one find", max_examples=1000, database=None, derandomize=True, phases=[Phase.generate], deadline=None
    )
    settings.load_profile("one find")
    try:
        yield
    finally:
        settings.register_profile("as before", before)
        settings.load_profile("as before")

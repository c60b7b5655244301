"""Single use: the clauses of `Tokens` and `Sessions`."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.sessions import Session, SessionEnd
from eszkola_core.domain.tokens import REPLACED_BY_NEWER, Act, Purpose, TokenState
from eszkola_core.ports.storage import Unit
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, StorageFixtures

RECOVERY = frozenset({Purpose.RECOVERY})


class TokenClauses(StorageFixtures):
    """A token is good once, for one thing, for a while."""

    @pytest.mark.clause("TO1")
    def test_a_token_comes_back_equal(self, fresh_storage: Fresh) -> None:
        """With its address and acts, or without; a digest that nobody added finds none."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1))
        full = a.token("full", purpose=Purpose.MUST_ACT, acts=(Act.CHANGE_PASSWORD,))
        bare = a.token("bare", address=None)
        with storage.unit() as unit:
            unit.tokens.add(full)
            unit.tokens.add(bare)
        with storage.snapshot() as unit:
            found = [unit.tokens.peek(a.digest(text)) for text in ("full", "bare", "unknown")]
        assert a.exactly(found) == a.exactly([full, bare, None])

    @pytest.mark.clause("TO2")
    def test_a_newer_token_replaces_the_live_ones_of_its_person_and_purpose(self, fresh_storage: Fresh) -> None:
        """Other purposes and other people keep theirs, and a spent one stays spent."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2))
        with storage.unit() as unit:
            unit.tokens.add(a.token("spent"))
            unit.tokens.spend(a.digest("spent"), purposes=RECOVERY, now=a.NOW)
            kept = [
                unit.tokens.add(a.token("old")),
                unit.tokens.add(a.token("other purpose", purpose=Purpose.CONFIRM_ADDRESS)),
                unit.tokens.add(a.token("other person", number=2)),
            ]
            replaced = unit.tokens.add(a.token("new"))
        assert kept == [frozenset()] * 3
        assert replaced == {a.digest("old")}
        with storage.unit() as unit:
            states = {
                text: found.state
                for text in ("spent", "old", "other purpose", "other person", "new")
                if (found := unit.tokens.peek(a.digest(text)))
            }
            assert unit.tokens.spend(a.digest("old"), purposes=RECOVERY, now=a.NOW) is None
        assert states == {
            "spent": TokenState.SPENT,
            "old": TokenState.REPLACED,
            "other purpose": TokenState.LIVE,
            "other person": TokenState.LIVE,
            "new": TokenState.LIVE,
        }

    @pytest.mark.clause("TO2")
    def test_a_newer_token_replaces_only_where_one_may_live(self, fresh_storage: Fresh) -> None:
        """Of each purpose in `REPLACED_BY_NEWER` the newest lives; of any other all of them do."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1))
        for purpose in Purpose:
            with storage.unit() as unit:
                for number in (1, 2):
                    unit.tokens.add(a.token(f"{purpose} {number}", purpose=purpose))
                first = unit.tokens.peek(a.digest(f"{purpose} 1"))
                second = unit.tokens.spend(a.digest(f"{purpose} 2"), purposes={purpose}, now=a.NOW)

            assert first is not None
            assert (first.state is TokenState.LIVE) == (purpose not in REPLACED_BY_NEWER)
            assert second is not None

    @pytest.mark.clause("TO3")
    def test_a_spent_token_stays_spent(self, fresh_storage: Fresh) -> None:
        """It is returned once, as it is then, and never again: in that unit or in a later one."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1))
        with storage.unit() as unit:
            unit.tokens.add(a.token("t"))
        spent = evolve(a.token("t"), state=TokenState.SPENT)
        with storage.unit() as unit:
            taken = unit.tokens.spend(a.digest("t"), purposes=RECOVERY, now=a.NOW)
            assert a.exactly(taken) == a.exactly(spent)
            assert unit.tokens.spend(a.digest("t"), purposes=RECOVERY, now=a.NOW) is None
        with storage.unit() as unit:
            assert unit.tokens.spend(a.digest("t"), purposes=RECOVERY, now=a.NOW) is None
            assert a.exactly(unit.tokens.peek(a.digest("t"))) == a.exactly(spent)

    @pytest.mark.clause("TO3")
    def test_a_token_is_spent_for_its_purpose_and_before_its_end_only(self, fresh_storage: Fresh) -> None:
        """Another purpose, an unknown digest and the instant of expiry get nothing, and spend nothing."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1))
        last = a.NOW + a.HOUR - timedelta(microseconds=1)
        with storage.unit() as unit:
            unit.tokens.add(a.token("t"))
        with storage.unit() as unit:
            for text, purposes, now in (
                ("t", {Purpose.FIRST_ACCESS, Purpose.MUST_ACT}, a.NOW),
                ("t", set(), a.NOW),
                ("u", RECOVERY, a.NOW),
                ("t", RECOVERY, a.NOW + a.HOUR),
                ("t", RECOVERY, a.NOW + 30 * a.HOUR),
            ):
                assert unit.tokens.spend(a.digest(text), purposes=purposes, now=now) is None
        with storage.unit() as unit:
            assert unit.tokens.spend(a.digest("t"), purposes=frozenset(Purpose), now=last) is not None

    @pytest.mark.clause("TO5")
    def test_cancelling_ends_a_persons_live_tokens(self, fresh_storage: Fresh) -> None:
        """Of the purposes named or of all; the digests of those ended come back, and nobody else's end."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2))
        with storage.unit() as unit:
            unit.tokens.add(a.token("spent"))
            unit.tokens.spend(a.digest("spent"), purposes=RECOVERY, now=a.NOW)
            unit.tokens.add(a.token("recovery"))
            unit.tokens.add(a.token("confirm", purpose=Purpose.CONFIRM_ADDRESS))
            unit.tokens.add(a.token("first", purpose=Purpose.FIRST_ACCESS))
            unit.tokens.add(a.token("other", number=2))
        with storage.unit() as unit:
            some = unit.tokens.cancel(PersonId(1), purposes=[Purpose.RECOVERY, Purpose.MUST_ACT])
            none = unit.tokens.cancel(PersonId(1), purposes=[])
            rest = unit.tokens.cancel(PersonId(1))
            again = unit.tokens.cancel(PersonId(1))
            assert unit.tokens.spend(a.digest("first"), purposes=frozenset(Purpose), now=a.NOW) is None
            spent = unit.tokens.peek(a.digest("spent"))
            others = unit.tokens.spend(a.digest("other"), purposes=RECOVERY, now=a.NOW)
        assert some == {a.digest("recovery")}
        assert none == again == frozenset()
        assert rest == {a.digest("confirm"), a.digest("first")}
        assert spent is not None
        assert spent.state is TokenState.SPENT
        assert others is not None

    @pytest.mark.clause("TO5")
    def test_cancelling_since_an_instant_spares_the_older(self, fresh_storage: Fresh) -> None:
        """What was issued at the instant or later ends; what was issued a microsecond before lives on."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1))
        with storage.unit() as unit:
            for text, later in (("older", -1), ("then", 0), ("newer", 1)):
                issued = a.NOW + timedelta(microseconds=later)
                unit.tokens.add(evolve(a.token(text, purpose=Purpose.DISPUTE_ADDRESS), issued_at=issued))
        with storage.unit() as unit:
            none = unit.tokens.cancel(PersonId(1), purposes=[Purpose.RECOVERY], since=a.NOW)
            some = unit.tokens.cancel(PersonId(1), since=a.NOW)
            rest = unit.tokens.cancel(PersonId(1))
        assert none == frozenset()
        assert some == {a.digest("then"), a.digest("newer")}
        assert rest == {a.digest("older")}


class SessionClauses(StorageFixtures):
    """A session is open until it ends."""

    @pytest.mark.clause("SS1")
    def test_a_session_comes_back_equal(self, fresh_storage: Fresh) -> None:
        """By the digest of its key; another digest finds none."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1))
        with storage.unit() as unit:
            unit.sessions.add(a.session("s"))
        with storage.snapshot() as unit:
            assert a.exactly(unit.sessions.get(a.digest("s"))) == a.exactly(a.session("s"))
            assert unit.sessions.get(a.digest("t")) is None

    @pytest.mark.clause("SS2")
    def test_all_sessions_of_a_person_end_but_the_one_excepted(self, fresh_storage: Fresh) -> None:
        """Those that were open are counted; nobody else is signed out."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2))
        with storage.unit() as unit:
            for text in ("a", "b", "c", "d"):
                unit.sessions.add(a.session(text))
            unit.sessions.add(a.session("e", number=2))
            unit.sessions.end(a.digest("d"), end=SessionEnd.SIGNED_OUT, now=a.NOW)
        with storage.unit() as unit:
            sessions, person = unit.sessions, PersonId(1)
            kept = a.digest("b")
            assert (
                sessions.end_all(person, end=SessionEnd.PASSWORD_CHANGED, now=a.NOW + a.HOUR, except_for=kept) == 2  # noqa: PLR2004 - a and c
            )
        with storage.unit() as unit:
            ends = {text: found.end for text in "abcde" if (found := unit.sessions.get(a.digest(text)))}
            assert unit.sessions.end_all(PersonId(1), end=SessionEnd.REPORTED, now=a.NOW) == 1
        changed = SessionEnd.PASSWORD_CHANGED
        assert ends == {"a": changed, "b": None, "c": changed, "d": SessionEnd.SIGNED_OUT, "e": None}

    @pytest.mark.clause("SS3")
    def test_an_ended_session_stays_ended(self, fresh_storage: Fresh) -> None:
        """Its instant and reason are the first ones, whoever ends it again; an unknown one is nobody's error."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1))
        with storage.unit() as unit:
            unit.sessions.add(a.session("s"))
            unit.sessions.end(a.digest("s"), end=SessionEnd.SIGNED_OUT, now=a.NOW + a.HOUR)
        with storage.unit() as unit:
            unit.sessions.end(a.digest("s"), end=SessionEnd.REPORTED, now=a.NOW + 2 * a.HOUR)
            unit.sessions.end_all(PersonId(1), end=SessionEnd.REPORTED, now=a.NOW + 2 * a.HOUR)
            unit.sessions.end(a.digest("unknown"), end=SessionEnd.REPORTED, now=a.NOW)
        ended = evolve(a.session("s"), ended_at=a.NOW + a.HOUR, end=SessionEnd.SIGNED_OUT)
        with storage.snapshot() as unit:
            assert a.exactly(unit.sessions.get(a.digest("s"))) == a.exactly(ended)

    @pytest.mark.clause("SS4")
    def test_a_session_is_seen_later_and_later(self, fresh_storage: Fresh) -> None:
        """Only while it is open, only if it was seen after the instant, and never back."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1))
        with storage.unit() as unit:
            for text in ("seen", "ended", "idle", "other"):
                unit.sessions.add(a.session(text))
            unit.sessions.end(a.digest("ended"), end=SessionEnd.SIGNED_OUT, now=a.NOW)
        later, tick = a.NOW + 2 * a.HOUR, timedelta(microseconds=1)
        with storage.unit() as unit:
            for text in ("seen", "ended", "unknown"):
                unit.sessions.touch(a.digest(text), seen_after=a.NOW - tick, now=later)
            unit.sessions.touch(a.digest("idle"), seen_after=a.NOW, now=later)
        with storage.unit() as unit:
            unit.sessions.touch(a.digest("seen"), seen_after=a.NOW, now=later - a.HOUR)
            seen = {each: found.seen_at for each in ("seen", "ended", "idle", "other") if (found := _get(unit, each))}
        assert seen == {"seen": later, "ended": a.NOW, "idle": a.NOW, "other": a.NOW}

    @pytest.mark.clause("SS5")
    def test_the_sessions_of_a_person_are_those_that_nobody_has_ended(self, fresh_storage: Fresh) -> None:
        """The oldest first, and nobody else's."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2))
        texts = {"new": 3, "old": 1, "middle": 2, "ended": 0}
        with storage.unit() as unit:
            for text, hours in texts.items():
                unit.sessions.add(a.session(text, opened_at=a.NOW + hours * a.HOUR))
            unit.sessions.add(a.session("other", number=2))
            unit.sessions.end(a.digest("ended"), end=SessionEnd.SIGNED_OUT, now=a.NOW)
        with storage.snapshot() as unit:
            found = unit.sessions.of(PersonId(1))
            assert list(unit.sessions.of(PersonId(9))) == []
        wanted = [a.session(text, opened_at=a.NOW + texts[text] * a.HOUR) for text in ("old", "middle", "new")]
        assert a.exactly(list(found)) == a.exactly(wanted)

    @pytest.mark.clause("SS6")
    def test_old_sessions_are_forgotten(self, fresh_storage: Fresh) -> None:
        """Open or ended; one that was opened at the instant stays."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1))
        earlier = a.NOW - timedelta(microseconds=1)
        with storage.unit() as unit:
            unit.sessions.add(a.session("old", opened_at=earlier, seen_at=a.NOW + a.HOUR))
            unit.sessions.add(a.session("ended", opened_at=earlier))
            unit.sessions.end(a.digest("ended"), end=SessionEnd.SIGNED_OUT, now=a.NOW + a.HOUR)
            unit.sessions.add(a.session("then"))
        with storage.unit() as unit:
            assert unit.sessions.prune(a.NOW) == 2  # noqa: PLR2004 - old and ended
            assert unit.sessions.prune(a.NOW) == 0
        with storage.snapshot() as unit:
            assert [_get(unit, each) is None for each in ("old", "ended", "then")] == [True, True, False]


def _get(unit: Unit, text: str) -> Session | None:
    return unit.sessions.get(a.digest(text))

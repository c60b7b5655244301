"""Security codes: the clauses of `Codes`."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.security_codes import CodeChannel, CodeState, SecurityCode
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, StorageFixtures, heats, won

_SOON = a.NOW + timedelta(minutes=1)
_LIMIT = 3


def _with(fresh_storage: Fresh, *codes: SecurityCode) -> Storage:
    """Return a storage with three people and *codes*."""
    storage = fresh_storage()
    a.open_accounts(storage, *(a.opening(number) for number in (1, 2, 3)))
    with storage.unit() as unit:
        for code in codes:
            unit.codes.add(code)
    return storage


def _states(storage: Storage, *texts: str) -> list[CodeState | None]:
    """Return what became of codes."""
    with storage.snapshot() as unit:
        found = [unit.codes.peek(a.digest(text)) for text in texts]
    return [each.state if each is not None else None for each in found]


class CodeClauses(StorageFixtures):
    """A code is good once, for one guardian, and not for whoever guesses at dates."""

    @pytest.mark.clause("CO1")
    def test_a_code_comes_back_equal(self, fresh_storage: Fresh) -> None:
        """In every state, with its receipts in the order in which they were written."""
        handed = [
            a.handed_over(CodeChannel.PRINT, by=None, name="console:łucja"),
            a.handed_over(CodeChannel.PHONE, known_by="po głosie"),
            a.handed_over(
                CodeChannel.HAND, collected_by="Žiga", document="dowód", authority="matka", at=a.NOW + a.HOUR
            ),
        ]
        codes = [
            a.code("live", hand_overs=tuple(handed[:1]), wrong_dates=2),
            a.code("redeemed", number=2, state=CodeState.REDEEMED, redeemed_at=_SOON),
            *(
                a.code(each.value, number=3, state=each)
                for each in (CodeState.KILLED, CodeState.CANCELLED, CodeState.REPLACED)
            ),
        ]
        storage = _with(fresh_storage, *codes)
        with storage.snapshot() as unit:
            assert a.exactly([unit.codes.peek(each.digest) for each in codes]) == a.exactly(codes)
            assert unit.codes.peek(a.digest("unknown")) is None
        with storage.unit() as unit:
            for each in handed[1:]:
                unit.codes.hand_over(a.digest("live"), each)
        with storage.snapshot() as unit:
            assert a.exactly(unit.codes.peek(a.digest("live"))) == a.exactly(evolve(codes[0], hand_overs=tuple(handed)))

    @pytest.mark.clause("CO2")
    def test_a_newer_code_replaces_the_live_one(self, fresh_storage: Fresh) -> None:
        """Of the same guardian and school; another's, another school's, and one that has ended stay as they are."""
        storage = _with(
            fresh_storage,
            a.code("redeemed", state=CodeState.REDEEMED, redeemed_at=_SOON),
            a.code("first"),
            a.code("elsewhere", school="sp2"),
            a.code("another's", number=2),
            a.code("second"),
        )
        assert _states(storage, "redeemed", "first", "elsewhere", "another's", "second") == [
            CodeState.REDEEMED,
            CodeState.REPLACED,
            CodeState.LIVE,
            CodeState.LIVE,
            CodeState.LIVE,
        ]

    @pytest.mark.clause("CO3")
    def test_a_code_is_redeemed_once(self, fresh_storage: Fresh) -> None:
        """It comes back redeemed, with the instant, and is gone for good."""
        storage = _with(fresh_storage, a.code("c"))
        redeemed = a.code("c", state=CodeState.REDEEMED, redeemed_at=_SOON)
        with storage.unit() as unit:
            assert a.exactly(unit.codes.redeem(a.digest("c"), now=_SOON)) == a.exactly(redeemed)
            assert unit.codes.redeem(a.digest("c"), now=_SOON) is None
            assert unit.codes.redeem(a.digest("unknown"), now=_SOON) is None
        with storage.unit() as unit:
            assert unit.codes.redeem(a.digest("c"), now=_SOON) is None
            assert a.exactly(unit.codes.peek(a.digest("c"))) == a.exactly(redeemed)

    @pytest.mark.clause("CO3")
    @pytest.mark.clause("CO5")
    def test_a_code_that_ended_is_neither_redeemed_nor_counted(self, fresh_storage: Fresh) -> None:
        """Nor one at the very instant at which it expires; a microsecond before it still works."""
        ended = [CodeState.REDEEMED, CodeState.REPLACED, CodeState.KILLED, CodeState.CANCELLED]
        storage = _with(fresh_storage, *(a.code(each.value, state=each) for each in ended), a.code("c"))
        with storage.unit() as unit:
            for each in ended:
                assert unit.codes.redeem(a.digest(each.value), now=_SOON) is None
                assert unit.codes.wrong_date(a.digest(each.value), limit=_LIMIT, now=_SOON) is None
            end = a.code("c").expires_at
            assert unit.codes.redeem(a.digest("c"), now=end) is None
            assert unit.codes.wrong_date(a.digest("c"), limit=_LIMIT, now=end) is None
            assert unit.codes.redeem(a.digest("c"), now=end - timedelta(microseconds=1)) is not None

    @pytest.mark.clause("CO4")
    def test_of_many_redemptions_at_once_one_wins(self, fresh_storage: Fresh) -> None:
        """Sixteen at once, twenty times."""
        if not self.concurrent:
            pytest.skip("this storage serves one thread at a time: `concurrent` is False")
        storage = _with(fresh_storage, *(a.code(f"c{heat}", school=f"sp{heat}") for heat in range(20)))

        def warm() -> None:
            with storage.unit() as unit:
                unit.codes.peek(a.digest("c0"))

        def redeem(heat: int, _runner: int) -> SecurityCode | None:
            with storage.unit() as unit:
                return unit.codes.redeem(a.digest(f"c{heat}"), now=_SOON)

        assert [len(won(outcomes)) for outcomes in heats(redeem, warm=warm)] == [1] * 20

    @pytest.mark.clause("CO5")
    def test_wrong_dates_are_counted_and_kill_at_the_limit(self, fresh_storage: Fresh) -> None:
        """Before it the code still works; at it the code is dead, and nothing counts any more."""
        storage = _with(fresh_storage, a.code("c"), a.code("other", number=2))
        counted = []
        for _ in range(4):
            with storage.unit() as unit:
                counted.append(unit.codes.wrong_date(a.digest("c"), limit=_LIMIT, now=_SOON))
        assert a.exactly(counted) == a.exactly(
            [
                a.code("c", wrong_dates=1),
                a.code("c", wrong_dates=2),
                a.code("c", wrong_dates=3, state=CodeState.KILLED),
                None,
            ]
        )
        with storage.unit() as unit:
            assert unit.codes.redeem(a.digest("c"), now=_SOON) is None
            assert unit.codes.wrong_date(a.digest("unknown"), limit=_LIMIT, now=_SOON) is None
        assert _states(storage, "c", "other") == [CodeState.KILLED, CodeState.LIVE]

    @pytest.mark.clause("CO6")
    def test_cancelling_ends_the_live_codes_of_one_guardian(self, fresh_storage: Fresh) -> None:
        """In every school; those of others, and those that ended otherwise, stay."""
        storage = _with(
            fresh_storage,
            a.code("one"),
            a.code("two", school="sp2"),
            a.code("redeemed", school="sp3", state=CodeState.REDEEMED, redeemed_at=_SOON),
            a.code("another's", number=2),
        )
        with storage.unit() as unit:
            assert unit.codes.cancel(PersonId(1)) == 2  # noqa: PLR2004 - two were live
            assert unit.codes.cancel(PersonId(1)) == 0
        assert _states(storage, "one", "two", "redeemed", "another's") == [
            CodeState.CANCELLED,
            CodeState.CANCELLED,
            CodeState.REDEEMED,
            CodeState.LIVE,
        ]

    @pytest.mark.clause("CO7")
    def test_codes_are_found_by_their_guardians(self, fresh_storage: Fresh) -> None:
        """All of them, in every state and school, the oldest first; nobody's else."""
        codes = [
            a.code("b", issued_at=a.NOW + a.HOUR),
            a.code("a", number=2, school="sp2", issued_at=a.NOW),
            a.code("c", issued_at=a.NOW + 2 * a.HOUR),
            a.code("d", number=3),
        ]
        storage = _with(fresh_storage, *codes)
        with storage.snapshot() as unit:
            found = unit.codes.of([PersonId(2), PersonId(1)])
            assert list(unit.codes.of([])) == []
            assert list(unit.codes.of([PersonId(9)])) == []
        assert [each.digest for each in found] == [a.digest(each) for each in "abc"]

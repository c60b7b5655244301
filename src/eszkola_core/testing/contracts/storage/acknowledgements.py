"""What is to be acknowledged, and who did: the clauses of `Acknowledgements`."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.notices import Channel, NoticeKind
from eszkola_core.errors import Conflict
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, StorageFixtures


class AcknowledgementClauses(StorageFixtures):
    """A notice is kept in every version; an acknowledgement is evidence, and is kept as it was given."""

    @pytest.mark.clause("AK1")
    def test_what_was_acknowledged_comes_back_oldest_first(self, fresh_storage: Fresh) -> None:
        """One person's only, with kind, school, version, digest, language, instant and channel."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2))
        later = a.acknowledgement(1, notice=a.notice("2"), channel=Channel.PAPER, at=a.NOW + a.HOUR)
        earlier = a.acknowledgement(1, notice=a.notice("1", school=""), locale="sl")
        others = a.acknowledgement(2)
        with storage.unit() as unit:
            for each in (later, others, earlier):
                unit.acknowledgements.add(each)
        with storage.snapshot() as unit:
            assert a.exactly(unit.acknowledgements.of(PersonId(1))) == a.exactly([earlier, later])
            assert a.exactly(unit.acknowledgements.of(PersonId(2))) == a.exactly([others])
            assert list(unit.acknowledgements.of(PersonId(9))) == []

    @pytest.mark.clause("AK2")
    def test_the_first_acknowledgement_of_a_content_stands(self, fresh_storage: Fresh) -> None:
        """Said again it is neither kept twice nor moved to another day or channel."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2))
        first = a.acknowledgement(1)
        for again in (first, evolve(first, at=a.NOW + a.HOUR, channel=Channel.PAPER), evolve(first, at=a.NOW - a.HOUR)):
            with storage.unit() as unit:
                unit.acknowledgements.add(again)
        with storage.unit() as unit:
            unit.acknowledgements.add(a.acknowledgement(2))
            assert a.exactly(unit.acknowledgements.of(PersonId(1))) == a.exactly([first])
            assert len(unit.acknowledgements.of(PersonId(2))) == 1

    @pytest.mark.clause("AK3")
    def test_a_version_is_published_once(self, fresh_storage: Fresh) -> None:
        """The same version with another text is a conflict; of another kind or school it is another notice."""
        storage = fresh_storage()
        with storage.unit() as unit:
            unit.acknowledgements.publish(a.notice("1"))
        for text in ("Zasady", "Inne zasady"):
            with pytest.raises(Conflict), storage.unit() as unit:
                unit.acknowledgements.publish(evolve(a.notice("1"), texts={"pl": text}))
        with storage.unit() as unit:
            unit.acknowledgements.publish(a.notice("1", school="sp2"))
            unit.acknowledgements.publish(a.notice("1", kind=NoticeKind.COMMITMENT))
            assert unit.acknowledgements.notice(a.notice("1").digest) == a.notice("1")

    @pytest.mark.clause("AK4")
    def test_the_last_of_each_kind_and_school_is_what_counts(self, fresh_storage: Fresh) -> None:
        """Whatever the versions are called; kinds in their order, then schools, everybody's first."""
        storage = fresh_storage()
        published = [
            a.notice("1", school=""),
            a.notice("a"),
            a.notice("2", school="Ł", kind=NoticeKind.DATA_PROTECTION),
            a.notice("1", kind=NoticeKind.COMMITMENT),
        ]
        with storage.unit() as unit:
            assert list(unit.acknowledgements.notices()) == []
            for each in (*published[::-1], a.notice("0"), a.notice("b")):
                unit.acknowledgements.publish(each)
        with storage.snapshot() as unit:
            expected = [published[0], a.notice("b"), *published[2:]]
            assert a.exactly(unit.acknowledgements.notices()) == a.exactly(expected)

    @pytest.mark.clause("AK5")
    def test_what_was_acknowledged_can_be_read_for_ever(self, fresh_storage: Fresh) -> None:
        """An older version is found by its digest after a newer one stands in its stead; an unknown one is none."""
        storage = fresh_storage()
        versions = [a.notice(version) for version in ("1", "2", "3")]
        for each in versions:
            with storage.unit() as unit:
                unit.acknowledgements.publish(each)
        with storage.snapshot() as unit:
            found = [unit.acknowledgements.notice(each.digest) for each in versions]
            assert unit.acknowledgements.notice(a.digest("unknown")) is None
        assert a.exactly(found) == a.exactly(versions)

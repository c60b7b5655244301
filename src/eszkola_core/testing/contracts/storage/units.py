"""Units, snapshots, seals: the clauses of `Storage` itself."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Final

import pytest

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.bounces import BounceFate
from eszkola_core.domain.choices import Choice
from eszkola_core.domain.claims import Evidence, Mark, Reservation, Side
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.leases import Work
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.runs import Undone
from eszkola_core.domain.security_codes import CodeChannel
from eszkola_core.domain.settings import Settings
from eszkola_core.domain.stated import StatedSchool
from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, FreshTenants, StorageFixtures


class Left(Exception):
    """A unit was left in the middle."""


_CANARY: Final = "Kanarek-zeton"


def fill(unit: Unit) -> None:
    """Keep something in every part."""
    a.save(
        unit,
        openings=[a.opening(1, ids=(a.national_id(1),), central=a.address("Ola@Example.com"))],
        records=[a.record_state(a.record())],
        places=[a.place(person=PersonId(1), accepted=a.claims(ids=(a.national_id(1),)))],
        schools=[StatedSchool("sp1", "Szkoła Podstawowa nr 1")],
    )
    a.save(unit, places=[a.place(person=PersonId(1))], undone=[Undone(a.record(), b"x")])
    unit.rosters.stamp({a.STUDENTS: a.digest("source")})
    unit.people.decide(a.decision(1))
    decision = unit.people.decide(a.decision(1))
    unit.people.mark({Mark(decision.id, Side.SUBJECT, Evidence.of_id(a.national_id(1)))})
    unit.people.reserve(Reservation("b@example.com", PersonId(1), a.NOW + a.HOUR))
    unit.credentials.put(a.credential(1))
    unit.tokens.add(a.token("t"))
    unit.sessions.add(a.session("s"))
    unit.outbox.add([a.message("m")])
    unit.outbox.ask(a.request("zofia.lis1"))
    unit.events.add([a.event("e")])
    unit.sms.add([a.sms("x", person=PersonId(1))])
    unit.sms.reserve(unit.sms.known(["x"])[0], a.MONTH, cap=a.cap(9))
    unit.choices.put(Choice.of(Settings()))
    unit.audit.add(a.audit_entry())
    unit.devices.add(a.device("d"))
    unit.licences.put_pool(a.pool())
    unit.licences.assign(a.licence(1))
    unit.acknowledgements.publish(a.notice("1"))
    unit.acknowledgements.add(a.acknowledgement(1))
    unit.attempts.put({a.digest("a"): a.tally()})
    unit.codes.add(a.code("c", hand_overs=(a.handed_over(CodeChannel.PHONE, known_by="po głosie"),)))
    unit.contacts.put(a.own_contacts(1))
    unit.maintenances.begin(a.maintenance())
    unit.applications.add(a.application(applicant=a.claims(ids=(a.national_id(1),)), applied_by=PersonId(1)))
    a.lease(unit)
    unit.reports.add(a.report(1))
    unit.unusable.mark(a.unusable())
    unit.unusable.count(BounceFate.MARKED)
    (case,) = unit.cases.add([a.case(a.place().key, schools=("sp1", "Ż"))])
    unit.cases.change([case.assigned(PersonId(1))])


def seen(unit: Unit) -> object:
    """Return what of that is there."""
    return a.exactly(
        [
            unit.people.get_many([PersonId(1)]),
            unit.people.decisions(PersonId(1)),
            unit.people.reserved("b@example.com", a.NOW),
            unit.people.has_marks(),
            list(unit.rosters.records(a.STUDENTS)),
            list(unit.rosters.places("sp1")),
            list(unit.rosters.stamps()),
            unit.rosters.newest_run(),
            list(unit.rosters.schools()),
            unit.credentials.get(PersonId(1)),
            unit.tokens.peek(a.digest("t")),
            unit.sessions.get(a.digest("s")),
            unit.outbox.peek("m"),
            unit.events.peek("dziennik", "e"),
            unit.choices.current(),
            unit.sms.known(["x"]),
            unit.sms.booked("sp1", a.MONTH, "EUR"),
            list(unit.audit.entries()),
            list(unit.devices.of(PersonId(1))),
            list(unit.licences.pools()),
            list(unit.licences.held("office")),
            list(unit.acknowledgements.notices()),
            list(unit.acknowledgements.of(PersonId(1))),
            unit.attempts.tallies([a.digest("a")]),
            unit.maintenances.newest(),
            list(unit.applications.of_school("sp1")),
            unit.leases.current(Work.IMPORT),
            unit.runs.newest(9),
            unit.runs.written(1),
            unit.runs.undone(a.STUDENTS),
            unit.codes.peek(a.digest("c")),
            unit.contacts.get(PersonId(1)),
            list(unit.reports.entries()),
            unit.unusable.among([a.unusable().mailbox]),
            unit.unusable.counts(),
            list(unit.cases.listed(["Ż"])),
        ]
    )


class UnitClauses(StorageFixtures):
    """What happens in a unit happens together or not at all, and what is sealed stays shut."""

    @pytest.mark.clause("ST1")
    def test_what_happened_in_a_unit_is_there_afterwards(self, fresh_storage: Fresh) -> None:
        """Every part of a unit that was left in order is seen alike by the next unit and by a snapshot."""
        storage = fresh_storage()
        with storage.unit() as unit:
            fill(unit)
            within = seen(unit)
        with storage.unit() as later:
            assert seen(later) == within
            requests = later.outbox.take_requests(5)
        with storage.snapshot() as looked:
            assert seen(looked) == within
        assert [each.identifier for each in requests] == [Secret("zofia.lis1")]

    @pytest.mark.clause("ST1")
    def test_what_happened_in_a_unit_is_there_for_another_process(
        self, fresh_storage: Fresh, reopened: Callable[[Storage], Storage]
    ) -> None:
        """Whoever opens the place anew finds all of it, and makes the same fingerprints and pseudonyms."""
        storage = fresh_storage()
        with storage.unit() as unit:
            fill(unit)
            within = seen(unit)
        other = reopened(storage)
        with other.snapshot() as looked:
            assert seen(looked) == within
        assert other.fingerprint(b"x", context="c") == storage.fingerprint(b"x", context="c")
        assert other.pseudonym("x") == storage.pseudonym("x")

    @pytest.mark.clause("ST2")
    def test_a_unit_that_is_left_by_an_exception_has_not_happened(self, fresh_storage: Fresh) -> None:
        """Nothing of it is there in any part, and the exception itself comes through."""
        storage = fresh_storage()
        with storage.snapshot() as unit:
            before = seen(unit)
        with pytest.raises(Left):  # noqa: PT012, SIM117 - what the unit did before it was left is the point
            with storage.unit() as unit:
                fill(unit)
                raise Left
        with storage.unit() as unit:
            assert seen(unit) == before
            assert list(unit.outbox.take_requests(5)) == []

    @pytest.mark.clause("ST4")
    def test_a_snapshot_sees_one_moment_while_others_write(self, fresh_storage: Fresh) -> None:
        """What another thread writes meanwhile is written at once, and seen by the next snapshot only."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1))
        with storage.snapshot() as looked:
            before = seen(looked)
            writer = Thread(target=self._write, args=(storage,), daemon=True)
            writer.start()
            writer.join(60)
            assert not writer.is_alive(), "a snapshot kept another thread from writing"
            assert seen(looked) == before
        with storage.snapshot() as looked:
            assert looked.sessions.get(a.digest("s")) == a.session("s")

    @staticmethod
    def _write(storage: Storage) -> None:
        with storage.unit() as unit:
            unit.sessions.add(a.session("s"))
            unit.rosters.add_schools([StatedSchool("sp9", "Dziewiątka")])

    @pytest.mark.clause("ST5")
    def test_a_fingerprint_is_the_same_for_the_same_text_and_context_only(self, fresh_storage: Fresh) -> None:
        """It has 16 to 24 bytes; another text or another context gives another one."""
        storage = fresh_storage()
        mark = storage.fingerprint("Żółw".encode(), context="mailbox")

        assert len(mark) in range(16, 25)
        assert mark == storage.fingerprint("Żółw".encode(), context="mailbox")
        assert mark != storage.fingerprint("Żółty".encode(), context="mailbox")
        assert mark != storage.fingerprint("Żółw".encode(), context="national-id")

    @pytest.mark.clause("ST5")
    def test_another_tenant_has_other_fingerprints_and_cannot_open_the_seals(self, fresh_tenants: FreshTenants) -> None:
        """The key is the tenant's: nothing of one tells anything of the other."""
        ours, theirs = fresh_tenants()

        assert ours.pseudonym("text") != theirs.pseudonym("text")
        assert ours.fingerprint(b"text", context="c") != theirs.fingerprint(b"text", context="c")
        with pytest.raises(InvalidValue):
            theirs.opened(ours.seal(b"text", context="c"), context="c")

    @pytest.mark.clause("ST6")
    def test_what_was_sealed_opens_in_its_own_context_only(self, fresh_storage: Fresh) -> None:
        """The same bytes come back, whatever they are, and none of them shows through the seal."""
        storage = fresh_storage()
        for data in (b"", b"\x00\xff", "Zażółć gęślą jaźń".encode() * 50):
            sealed = storage.seal(data, context="plan")

            assert storage.opened(sealed, context="plan") == data
            assert not data or data not in sealed
            with pytest.raises(InvalidValue):
                storage.opened(sealed, context="another")

    @pytest.mark.clause("ST6")
    def test_a_seal_that_was_touched_does_not_open(self, fresh_storage: Fresh) -> None:
        """One bit turned, a byte cut off or added, nothing at all: each is refused as a value that cannot be right."""
        storage = fresh_storage()
        sealed = storage.seal(b"a plan of changes", context="plan")
        turned = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in range(len(sealed))]
        for touched in (*turned, sealed[:-1], sealed + b"\x00", b"", b"nonsense"):
            with pytest.raises(InvalidValue):
                storage.opened(touched, context="plan")

    @pytest.mark.clause("ST9")
    def test_the_digest_in_use_is_the_first_that_is_recognised(self, fresh_storage: Fresh) -> None:
        """Every recognised one is a digest of its own."""
        storage = fresh_storage()
        found = [by("Żółw".encode(), "c") for by in storage.fingerprints]

        assert found[0] == storage.fingerprint("Żółw".encode(), context="c")
        assert len(set(found)) == len(found)

    @pytest.mark.clause("ST10")
    def test_a_pseudonym_is_the_same_for_the_same_text_only(self, fresh_storage: Fresh) -> None:
        """It has 32 hexadecimal digits, whatever stands in the text, and shows nothing of it."""
        storage = fresh_storage()
        texts = ["", "44051401359", "Żółw", "żółw", "a\x00\udfff"]
        found = [storage.pseudonym(each) for each in texts]

        assert found == [storage.pseudonym(each) for each in texts]
        assert len(set(found)) == len(texts)
        assert all(len(bytes.fromhex(each)) == 16 and len(each) == 32 for each in found)  # noqa: PLR2004 - as the port says

    @pytest.mark.clause("ST7")
    def test_a_world_that_cannot_be_reached_is_unavailable(self, unreachable_storage: Fresh) -> None:
        """A unit and a snapshot both raise `Unavailable`, and neither waits for ever."""
        storage = unreachable_storage()
        outcomes: list[BaseException | None] = []
        for opened in (storage.unit, storage.snapshot):
            trial = Thread(target=lambda opened=opened: outcomes.append(_error_of(opened)), daemon=True)
            trial.start()
            trial.join(120)
        assert [type(each) for each in outcomes] == [Unavailable, Unavailable]

    @pytest.mark.clause("ST8")
    def test_nothing_secret_stands_in_what_is_kept(
        self, fresh_storage: Fresh, everything_kept: Callable[[Storage], bytes]
    ) -> None:
        """No national id, no message's data, no initial password and no identifier is found among the bytes."""
        storage = fresh_storage()
        stated, held = a.national_id(7), a.national_id(8)
        with storage.unit() as unit:
            fill(unit)
            pending = a.place("g", accepted=a.claims(ids=(stated,)), pending=a.claims(ids=(held,)))
            a.save(unit, places=[pending], openings=[a.opening(2, ids=(a.national_id(9),))])
            unit.credentials.put(a.credential(2, sealed=Secret("Kanarek-haslo")))
            unit.outbox.add([a.message("canary", secret=_CANARY)])
            unit.sms.add([a.sms("canary", text=Secret("Kanarek-esemes"), to=PhoneNumber("+48609876543"))])
            unit.outbox.ask(a.request("Kanarek-identyfikator"))
        kept = everything_kept(storage)
        canaries = {
            "Kanarek-haslo",
            _CANARY,
            "Kanarek-identyfikator",
            "Kanarek-esemes",
            "+48609876543",
            stated.reveal(),
            held.reveal(),
        }
        canaries |= {a.national_id(1).reveal(), a.national_id(9).reveal()}

        assert kept
        for canary in canaries:
            plain = canary.encode()
            found = [each for each in (plain, canary.encode("utf-16-le"), plain.hex().encode()) if each in kept]
            assert not found, "a secret stands in what is kept, not encrypted"


def _error_of(opened: Callable[[], object]) -> BaseException | None:
    try:
        with opened() as unit:  # type: ignore[attr-defined]
            unit.people.get_many([PersonId(1)])
            unit.rosters.newest_run()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it is, the test compares it
        return error
    return None

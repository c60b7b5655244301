"""What a dossier tells of somebody, what an erasure leaves of it, and by what somebody is known again (LAW-4)."""

from __future__ import annotations

from collections import Counter

import pytest
from attrs import evolve
from hypothesis import given

from eszkola_core.domain.accounts import LIFECYCLE, Happening, Person, PersonId, State
from eszkola_core.domain.applications import ApplicationStep
from eszkola_core.domain.claims import Claims, DecisionKind, Evidence, Mark, Reservation, Side
from eszkola_core.domain.credentials import CredentialKind
from eszkola_core.domain.dossiers import (
    NOBODY,
    NOT_EXPORTED,
    NOT_SHOWN,
    Dossier,
    emptied,
    erased,
    handed_on,
    mailboxes,
    marks_for,
    plain,
    shown_to,
    spellings,
)
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.settlement import ConflictKind, OpenConflict
from eszkola_core.testing import strategies as s
from eszkola_core.testing.contracts.storage import samples as a

OLA, JAN = PersonId(1), PersonId(2)
AT = "2026-09-01T06:30:15.123456+00:00"
ROSTER = {"school": "sp1", "origin": "uonet", "list": "students"}
STUDENT = {"record": {"roster": ROSTER, "key": "Ł-1"}, "role": "student", "who": ""}
GUARDIAN = {"record": {"roster": ROSTER, "key": "Ł-1"}, "role": "guardian", "who": "jan"}


@pytest.mark.rule("LAW-4a")
def test_a_dossier_is_told_as_plain_data():
    """With its form, the tenant and the time, every part in its order, and what is kept elsewhere of nobody."""
    licences = (a.licence(1, id=7), a.licence(1, id=8, pool="Ł"))
    dossier = Dossier(person=a.person(1), parts={"licences": licences, "devices": ()})
    told = {"person": 1, "state": "assigned", "since": AT, "grace_until": None}

    assert dossier.plain(at=a.NOW, tenant="śląskie") == {
        "schema": "eszkola-person-1",
        "tenant": "śląskie",
        "made_at": AT,
        "person": 1,
        "parts": {"licences": [{"id": 7, "pool": "office", **told}, {"id": 8, "pool": "Ł", **told}], "devices": []},
        "not_exported": dict(NOT_EXPORTED),
    }
    assert dossier.counts() == {"licences": 2}


@pytest.mark.rule("LAW-4a")
def test_what_is_the_persons_own_is_told_in_clear():
    """National ids, addresses, telephone numbers, days, and what somebody decided."""
    claims = a.claims(ids=(a.national_id(1),), email=a.address("Ola@Example.com"), phone=a.PHONE, birth_date=a.TODAY)
    decision = a.decision(1, id=3, object=JAN, value=Secret("kept in clear"))

    assert plain(claims) == {
        "name": {"first": "Žiga Đorđe", "last": "Ćwiek"},
        "ids": [{"scheme": "pl.pesel", "number": a.national_id(1).reveal()}],
        "email": "Ola@Example.com",
        "phone": "+48601234567",
        "birth_date": "2026-09-01",
        "sex": None,
        "class_name": "",
        "first_day": None,
        "last_day": None,
    }
    assert plain(decision) == {
        "id": 3,
        "kind": "address-chosen",
        "subject": 1,
        "object": 2,
        "address": "Nowy@Example.com",
        "value": "kept in clear",
        "author": "zofia.lis1",
        "reason": "własny",
        "at": AT,
        "withdrawn_at": None,
        "withdrawn_by": "",
        "withdrawn_why": "",
    }


@pytest.mark.rule("LAW-4a")
def test_what_proves_or_opens_something_is_named_and_not_shown():
    """Passwords in whatever form, tokens and pins: that there is one is told, and that there is none."""
    given_by_staff = a.credential(
        1, kind=CredentialKind.GIVEN, history=("$h1",), spent=("$s1",), sealed=Secret("Żółw-7"), expires_at=a.NOW
    )
    assert plain(given_by_staff) == {
        "person": 1,
        "kind": "given",
        "encoded": NOT_SHOWN,
        "set_at": AT,
        "expires_at": AT,
        "history": NOT_SHOWN,
        "spent": NOT_SHOWN,
        "sealed": NOT_SHOWN,
        "warned_at": None,
    }
    own = plain(a.credential(1))
    assert [own[each] for each in ("encoded", "history", "spent", "sealed")] == [NOT_SHOWN, None, None, None]
    assert plain((b"anything", b"")) == [NOT_SHOWN, None]


@pytest.mark.rule("LAW-4a")
def test_of_a_message_everything_is_told_but_what_opens():
    """A field whose name says so, and any that holds a link with a token."""
    link = "https://konto.example.org/?token=abc"
    data = {"name": "Ola", "link": "https://konto.example.org", "password": "Żółw", "code": "1234", "more": link}

    assert plain(data) == {
        "name": "Ola",
        "link": NOT_SHOWN,
        "password": NOT_SHOWN,
        "code": NOT_SHOWN,
        "more": NOT_SHOWN,
    }
    told = plain(a.message("m", secret="Ola", tokens=(a.digest("t"),)))
    assert told["tokens"] == NOT_SHOWN
    assert told["data"] == {"name": "Ola name", "login": "Ola login", "until": "Ola until", "link": NOT_SHOWN}


@pytest.mark.rule("LAW-4a")
def test_where_somebody_stands_and_what_was_done_is_no_secret():
    """A conflict's places and an application's steps only have the names that secrets have; where one asked from is."""
    place, guardian = a.place().key, a.place("jan").key
    conflict = OpenConflict(ConflictKind.ADDRESS_CONFLICT, place, guardian, ("o•••@example.com",))
    application = a.application(
        history=(a.step_taken(ApplicationStep.SUBMIT, by=JAN), a.step_taken(ApplicationStep.REJECT, reason="brak"))
    )

    assert plain(conflict) == {
        "kind": "address-conflict",
        "place": STUDENT,
        "other": GUARDIAN,
        "facts": ["o•••@example.com"],
    }
    assert plain(application)["student"] == STUDENT
    assert plain(application)["history"] == [
        {"step": "submit", "at": AT, "by": 2, "name": "zofia.lis1", "reason": ""},
        {"step": "reject", "at": AT, "by": None, "name": "zofia.lis1", "reason": "brak"},
    ]
    assert plain(a.request("OLA"))["place"] == NOT_SHOWN


@pytest.mark.rule("LAW-4b")
@given(s.people())
def test_an_erasure_leaves_the_number_and_the_issued_names(person):
    """Whatever else an account had is gone, and it is one change of it."""
    ready = person.state in {State.CLOSED, State.MERGED, State.UNOPENED} or Happening.CLOSED in LIFECYCLE[person.state]
    if not ready:
        return
    full = evolve(person, former_ids=person.ids, sharing=True, activated_at=a.NOW, first_signed_in_at=a.NOW)

    assert erased(full) == Person(
        id=person.id,
        revision=person.revision + 1,
        name=NOBODY,
        state=State.ERASED,
        login=person.login,
        platform_address=person.platform_address,
        opened_at=None,
    )


@pytest.mark.rule("LINK-3d")
def test_whoever_was_restricted_is_known_again_by_their_ids():
    """On the side on which each restriction that stands names them; every other decision leaves no trace."""
    ola = a.person(1, ids=(a.national_id(1), a.national_id(3)))
    decisions = [
        a.decision(1, id=1, object=JAN, kind=DecisionKind.RESTRICTED),
        a.decision(1, id=2, object=JAN, kind=DecisionKind.RESTRICTED, withdrawn_at=a.NOW),
        a.decision(1, id=3, object=JAN, kind=DecisionKind.LINK_VERIFIED),
        a.decision(1, id=4, object=JAN, kind=DecisionKind.RESTRICTED),
    ]

    assert marks_for(ola, decisions, ()) == {
        Mark(number, Side.SUBJECT, Evidence.of_id(each)) for number in (1, 4) for each in ola.ids
    }


@pytest.mark.rule("LINK-3d")
def test_a_child_is_known_again_by_its_name_too():
    """By every whole name that the account and the places had, as a record may state no id of a child."""
    ola = a.person(1, ids=(a.national_id(1),))
    decisions = [a.decision(2, id=each, object=OLA, kind=DecisionKind.RESTRICTED) for each in (1, 2)]
    renamed = a.claims(name=PersonName("Aleksandra", "Lis"))
    places = [
        a.place(),
        a.place(pending=renamed),
        a.place(accepted=a.claims(name=PersonName("Ola", ""))),
        a.place(accepted=None),
    ]
    names = {ola.name, a.claims().name, renamed.name}
    known = {Evidence.of_id(a.national_id(1)), *map(Evidence.of_name, names)}

    assert marks_for(ola, decisions, places) == {Mark(number, Side.OBJECT, each) for number in (1, 2) for each in known}


@pytest.mark.rule("LAW-4b")
@given(s.applications())
def test_an_application_of_somebody_erased_keeps_its_steps_without_words(application):
    """Nobody is named, no reason is left, and whoever decides at the same time sees that it changed."""
    left = emptied(application)

    assert left.applicant == Claims(name=NOBODY)
    assert left.revision == application.revision + 1
    assert left.history == tuple(evolve(each, reason="") for each in application.history)
    same = {"applicant": application.applicant, "revision": application.revision, "history": application.history}
    assert evolve(left, **same) == application


@pytest.mark.rule("LAW-4a")
def test_what_an_applicant_states_is_not_shown_to_the_child():
    """Whoever handed an application in sees all of it; the child sees that there is one, and whose steps it took."""
    application = a.application(applied_by=JAN, guardian=JAN, child=OLA)

    assert shown_to(JAN, application) == application
    assert shown_to(OLA, application) == evolve(application, applicant=Claims(name=NOBODY))


def test_somebody_is_who_they_type():
    """By login, national id and private address, however it is spelled."""
    central = a.address("Ola@BÜCHER.example")
    ola = a.person(1, ids=(a.national_id(1),), central=central)

    typed = {"zofia.lis1", a.national_id(1).reveal(), "ola@bücher.example", central.mailbox}
    assert spellings(ola) == typed
    assert central.mailbox != "ola@bücher.example"
    assert spellings(a.person(1)) == {"zofia.lis1"}


@pytest.mark.rule("LAW-4b")
def test_the_mailboxes_of_somebody_are_all_that_ever_led_to_them():
    """Central, chosen, stated, held back and left; not what was decided about whom they were joined with."""
    places = [
        a.place(accepted=a.claims(email=a.address("applied@a.pl")), pending=a.claims(email=a.address("held@a.pl"))),
        a.place(accepted=None),
    ]
    decisions = [
        a.decision(1, address=a.address("chosen@a.pl")),
        a.decision(1, address=None),
        a.decision(2, object=OLA, address=a.address("jans@a.pl")),
    ]
    left = [Reservation("left@a.pl", OLA, a.NOW)]
    stated = {"applied@a.pl", "held@a.pl", "left@a.pl"}

    found = mailboxes(a.person(1, central=a.address("central@a.pl")), decisions, places, left)
    assert Counter(found) == Counter({*stated, "central@a.pl", "chosen@a.pl"})
    assert mailboxes(a.person(1), decisions, (), ()) == {"chosen@a.pl"}
    assert mailboxes(None, decisions, places, left) == stated


@pytest.mark.rule("LINK-3d")
def test_what_binds_others_by_a_merge_is_handed_on_when_the_merge_is_forgotten():
    """As a decision about them that has no number yet; nothing where the restriction stays in force without it."""
    father, other, child, third = map(PersonId, range(1, 5))
    merge = a.decision(father, id=1, kind=DecisionKind.MERGED, object=other, address=None)
    kept = a.decision(other, id=2, kind=DecisionKind.RESTRICTED, object=child, address=None)
    inherited = evolve(kept, id=0, subject=father)

    assert handed_on([merge, kept], [other]) == (inherited,)
    assert handed_on([merge, kept], [father]) == ()
    assert handed_on([merge, kept], [father, other]) == ()
    assert handed_on([merge, kept], [child]) == ()
    assert handed_on([merge, kept], [third]) == ()
    own = evolve(kept, id=3, subject=father)
    assert handed_on([merge, kept, own], [other]) == ()

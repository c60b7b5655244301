"""Who gets a first access, who is told what, what nobody learns by asking (ACCESS-1 to ACCESS-3, MAIL-3, SYNC-1)."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._usecases.recover_access import Completed, Requested
from eszkola_core.domain.accounts import State
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.settings import FirstAccessBy, LoginScheme
from eszkola_core.domain.stated import StatedId
from eszkola_core.testing.notation import pesel, reading

BY_ID_ALONE = FirstAccessBy.NATIONAL_ID
BY_ID_OR_EMAIL = FirstAccessBy.NATIONAL_ID_OR_EMAIL
RECOVERING = (State.AWAITING, State.ACTIVE, State.CHANGE_DUE, State.RECOVERY_REQUIRED)

_ALA = "A/1: s Ala 1 ala"
_KINDS = ("id", "central", "stated", "login")


def identifiers_of(person, stated):
    """Return what a person may give: national id, central address, an address that a record states, login."""
    return dict(zip(_KINDS, (person.ids[0].reveal(), person.central.spelling, stated, person.login), strict=True))


@pytest.mark.rule("ACCESS-1a")
@given(
    kind=st.sampled_from(_KINDS),
    state=st.sampled_from(State),
    activated=st.booleans(),
    first_by=st.sampled_from(FirstAccessBy),
    scheme=st.sampled_from(LoginScheme),
    profile=st.sampled_from(["open", "opolska", "uonet"]),
)
def test_what_an_identifier_opens_depends_on_state_and_setting_alone(  # noqa: PLR0913, PLR0917 - each is one fact
    a_region, kind, state, activated, first_by, scheme, profile
):
    """An activated account recovers by anything; a new one opens by its id, by e-mail where set, else gets advice."""
    region = a_region(profile, first_access_by=first_by, login_scheme=scheme)
    region.take(_ALA, "B/1: s Ala 1 second")
    ala = region.person("Ala")
    other = "second@example.com" if ala.central.spelling == "ala@example.com" else "ala@example.com"
    region.become("Ala", state=state, activated_at=ala.opened_at if activated else None)

    letters = region.asks(identifiers_of(ala, other)[kind])

    by_email = kind in ("central", "stated") and first_by is BY_ID_OR_EMAIL
    if state not in RECOVERING:
        expected = []
    elif activated:
        expected = [MessageKind.RECOVERY]
    else:
        expected = [MessageKind.FIRST_ACCESS if kind == "id" or by_email else MessageKind.USE_NATIONAL_ID]
    assert expected == [each.kind for each in letters]
    assert all(each.to == ala.central.spelling for each in letters)


@pytest.mark.rule("MAIL-3a")
@pytest.mark.rule("ACCESS-1b")
def test_the_message_goes_to_the_central_address_whatever_address_was_given(a_region):
    """A school states another address: asked with it, the link still goes to the one central address."""
    region = a_region("uonet")
    region.take("A/1: s Ala 1 ala, g Jan 8 jan", "B/1: s Ola 2 ola, g Jan 8 other")
    assert region.person("Jan").central.spelling == "jan@example.com"

    (letter,) = region.asks("other@example.com")

    assert (letter.kind, letter.to) == (MessageKind.FIRST_ACCESS, "jan@example.com")


@pytest.mark.rule("ACCESS-1b")
def test_an_address_that_two_people_state_opens_nothing(a_region):
    """Nobody's central address and stated in the records of two: it stands for neither."""
    region = a_region("open")
    region.take("A/1: s Ala 1 ala", "A/2: s Ola 2 ola")
    region.take("A/1: s Ala 1 both", "B/1: s Ala 1 ala", "A/2: s Ola 2 both", "B/2: s Ola 2 ola")
    assert {person.central.spelling for person in region.people().values()} == {"ala@example.com", "ola@example.com"}

    assert region.asks("both@example.com") == []


@pytest.mark.rule("ACCESS-1b")
def test_an_address_of_a_record_that_ended_opens_nothing(a_region):
    """Only current claims count: an address that the gradebook no longer states is nobody's."""
    region = a_region("open")
    region.take(_ALA, "B/1: s Ala 1 second")
    assert len(region.asks("second@example.com")) == 1

    region.take("B/9: s Ola 2 ola")

    assert region.asks("second@example.com") == []
    assert len(region.asks("ala@example.com")) == 1


@pytest.mark.rule("ACCESS-1a")
def test_whoever_has_no_national_id_starts_by_e_mail(a_region):
    """The advice to use the national id would be no help to somebody who has none, or a document only."""
    region = a_region("open", first_access_by=BY_ID_ALONE)
    region.take("A/1: s Ala - ala", "A/2: s Ola 2 ola")

    assert [each.kind for each in region.asks("ala@example.com")] == [MessageKind.FIRST_ACCESS]
    assert [each.kind for each in region.asks("ola@example.com")] == [MessageKind.USE_NATIONAL_ID]


@pytest.mark.rule("ID-5")
@pytest.mark.parametrize(("role", "opens"), [("s", True), ("t", False)])
def test_a_document_stands_in_where_the_tenant_allows_it(a_region, role, opens):
    """Under the Opolska profile a foreign student may have a passport; a teacher may not."""
    region = a_region("opolska")
    stated = reading(f"A/1: {role} Iryna - iryna")
    (roster,) = stated.rosters
    (record,) = roster.records
    passport = StatedId("AB1234567", "UA", "passport")
    record = evolve(record, people=(evolve(record.people[0], ids=(passport,)),))

    region.take(evolve(stated, rosters=(evolve(roster, records=(record,)),)))

    assert opens == bool(region.people())
    assert opens == bool(region.asks("iryna@example.com"))


@pytest.mark.rule("ACCESS-1b")
def test_asking_in_other_spellings_finds_the_same_account(a_region):
    """Blanks around, capitals in an address or a login, and full-width digits of an id do not matter."""
    region = a_region("open")
    region.take(_ALA)
    wide = pesel(1).translate({ord(digit): ord(digit) - ord("0") + ord("０") for digit in "0123456789"})

    for spelling in (f"  {pesel(1)} ", "ALA@Example.COM", wide):
        assert [each.kind for each in region.asks(spelling)] == [MessageKind.FIRST_ACCESS]
    assert [each.kind for each in region.asks(" Ala.LIS\n")] == [MessageKind.USE_NATIONAL_ID]


@pytest.mark.rule("ACCESS-1b")
def test_advice_is_sent_once_a_day(a_region):
    """However often somebody asks too early, the mailbox is told once a day."""
    region = a_region("open", first_access_by=BY_ID_ALONE)
    region.take(_ALA)

    assert [len(region.asks("ala@example.com")) for _ in range(3)] == [1, 0, 0]
    region.wait(days=1)
    assert len(region.asks("ala@example.com")) == 1


def of_every_standing(region):
    """Make a region of accounts in every standing, and return an identifier of each kind for each of them."""
    region.take(
        "A/1: s Known 1 known",
        "A/2: s Dormant 2 dormant",
        "A/3: s Locked 3 locked",
        "A/4: s Mute 4 -",
        "A/5: s Fresh 5 fresh",
        "A/6: s Held 6 held",
    )
    for name in ("Known", "Dormant", "Locked"):
        region.enters(name)
    region.take(
        "A/1: s Known 1 known",
        "A/3: s Locked 3 locked",
        "A/4: s Mute 4 -",
        "A/5: s Fresh 5 fresh",
        "A/6: s Held 7 held",
    )
    region.become("Locked", state=State.LOCKED)
    names = ("known", "dormant", "locked", "fresh", "held")
    addresses = [f"{name}@example.com" for name in (*names, "nobody")]
    logins = [f"{name}.lis" for name in (*names, "mute", "nobody")]
    return [*addresses, *logins, *map(pesel, range(1, 9))]


@pytest.mark.rule("ACCESS-2")
def test_asking_is_the_same_for_everybody(a_region):
    """Known, unknown, dormant, locked, held, without an address: equal answer, equal calls, no hash."""
    region = a_region("open")
    identifiers = of_every_standing(region)
    seen = set()
    for identifier in identifiers:
        region.storage.trace.clear()
        work = region.hasher.work
        answer = region.access.request(identifier)
        seen.add((answer, tuple(region.storage.trace), region.hasher.work - work))

    assert seen == {(Requested(), (("storage", "pseudonym"), ("storage", "unit"), ("outbox", "ask")), 0)}


@pytest.mark.rule("ACCESS-2")
@given(identifier=st.text(max_size=400) | st.from_regex(r"\A[0-9]{11}\Z") | st.emails())
def test_whatever_a_stranger_types_is_taken_down_and_answered_with_silence(a_region, identifier):
    """No text makes asking or looking up fail, holds up the requests behind it, or sends a message."""
    region = a_region("open")
    region.take(_ALA)
    region.letters()

    assert region.access.request(identifier) == Requested()
    region.access.request(pesel(1))

    assert region.access.answer_waiting() == 2
    assert [each.to for each in region.letters()] == ["ala@example.com"]


@pytest.mark.rule("ACCESS-2")
def test_a_novel_in_the_box_fills_no_store(a_region):
    """Of what nobody's identifier can be as long as, only a beginning is kept."""
    region = a_region("open")
    region.access.request("x" * 100_000)

    with region.storage.unit() as unit:
        (asked,) = unit.outbox.take_requests(1)
    assert asked.identifier.reveal() == "x" * 320


@pytest.mark.rule("ACCESS-2")
def test_a_surrogate_in_a_request_stops_nobody(a_region):
    """What is not even text is looked up like any unknown login."""
    region = a_region("open")
    for identifier in ("\ud800", "\ud800@example.com", "ala@\udfff.com", "", "@", "\0"):
        assert region.asks(identifier) == []


@pytest.mark.rule("ACCESS-2")
@pytest.mark.parametrize("scheme", LoginScheme)
def test_a_wrong_password_costs_the_same_for_everybody(a_region, scheme):
    """Sign-in of known, unknown, dormant, locked, never activated: equal refusal, equal calls, one hash."""
    region = a_region("open", login_scheme=scheme)
    identifiers = of_every_standing(region)
    seen = set()
    for login in identifiers:
        region.storage.trace.clear()
        work = region.hasher.work
        refused = region.signing_in.attempt(login, "Niebieski-Most-8")
        seen.add((refused.reason, tuple(region.storage.trace), region.hasher.work - work))

    assert len(seen) == 1
    ((_, _, hashes),) = seen
    assert hashes == 1


@pytest.mark.rule("ACCESS-2")
def test_requests_are_answered_in_batches_and_once(a_region):
    """A request that was answered is gone; what exceeds the batch waits for the next."""
    region = a_region("open")
    region.take(_ALA)
    region.letters()
    for _ in range(3):
        region.access.request("nobody")

    assert [region.access.answer_waiting(limit=2) for _ in range(3)] == [2, 1, 0]


@pytest.mark.rule("ACCESS-3")
@given(kind=st.sampled_from(["first", "recovery"]), scheme=st.sampled_from(LoginScheme))
def test_the_letter_holds_the_login_and_a_link_of_the_platform(a_region, kind, scheme):
    """The link is built from the tenant's own address, and the login is the one that signs in."""
    region = a_region("open", login_scheme=scheme)
    region.take(_ALA)
    if kind == "recovery":
        region.enters("Ala")

    (letter,) = region.asks(pesel(1))
    done = region.access.complete(letter.token, "Szary-Kamień-9")

    assert letter.data["link"].startswith("https://konto.example.org/eszkola/")
    assert letter.data["login"] == ("ala@example.com" if scheme is LoginScheme.EMAIL else "ala.lis")
    assert done == Completed(letter.data["login"])
    assert region.signs_in(letter.data["login"], "Szary-Kamień-9")


@pytest.mark.rule("SYNC-1")
@pytest.mark.rule("ACCESS-3")
@given(
    runs=st.lists(st.sampled_from([(_ALA,), (_ALA, "B/1: s Ala 1 ala"), ("A/7: s Ala 1 ala",)]), min_size=1, max_size=5)
)
def test_a_new_account_is_announced_once(a_region, runs):
    """However often and by however many records somebody is stated, the owner is told of the account once."""
    region = a_region("open")
    letters = []
    for lines in runs:
        region.take(*lines)
        region.wait(days=1)
        letters += region.letters(MessageKind.ACCOUNT_OPENED)

    (letter,) = letters
    assert (letter.to, letter.data["login"]) == ("ala@example.com", "ala.lis")
    assert letter.data["link"].startswith("https://konto.example.org/eszkola/")


@pytest.mark.rule("SYNC-1")
def test_an_account_without_an_address_opens_in_silence(a_region):
    """Where no address is there, nobody is told, and nothing waits for ever."""
    region = a_region("open")
    region.take("A/1: s Ala 1 -")

    assert "ala.lis" in region.people()
    assert region.letters() == []

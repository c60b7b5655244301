"""What must be done before a session opens: in order, once, remembered, and nothing else with the ticket (ACCESS-5)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._defaults import shipped_notices
from eszkola_core._usecases.acknowledge_notices import Acknowledged, AcknowledgeNotices, Published
from eszkola_core._usecases.recover_access import Completed
from eszkola_core._usecases.sign_in import MustAct, Refusal, SignedIn, SignInRefused
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.notices import Channel, Notice, NoticeKind
from eszkola_core.domain.tokens import ACKNOWLEDGES, Act
from eszkola_core.testing.notation import pesel

_ALA = "A/1: s Ala 1 ala"
_NEW = "Szary-Kamień-9"
_DEAD = SignInRefused(Refusal.TICKET_NOT_LIVE)
_EARLIER = SignInRefused(Refusal.ANOTHER_ACT_FIRST)
_ALL = tuple(Act)
CONSOLE = Actor.console("console:test")


def noticing(region):
    """Return the use case of notices in a region."""
    return AcknowledgeNotices(region.storage, region.tenant, region.clock, shipped_notices())


def begun(a_region, first=frozenset(NoticeKind), **settings):
    """Return a region in which Ala holds an initial credential, and what signing in with it comes to."""
    region = a_region("open", acknowledge_first=first, **settings)
    region.take(_ALA)
    given = region.gives("Ala")
    return region, region.signing_in.attempt("ala.lis", given.password.reveal())


def acts(region, ticket, act, **how):
    """Do one act with a ticket."""
    if act is Act.CHANGE_PASSWORD:
        return region.signing_in.change_password(ticket, how.get("password", _NEW))
    shown = region.signing_in.to_acknowledge(ticket)
    return region.signing_in.acknowledge(ticket, [each.digest for each in shown], locale="sl")


def of_ala(region):
    """Return what Ala has acknowledged."""
    return noticing(region).by(region.person("Ala").id)


@pytest.mark.rule("ACCESS-5b")
@pytest.mark.rule("LAW-1")
@given(first=st.frozensets(st.sampled_from(NoticeKind)))
def test_each_act_leads_to_the_next_and_the_last_into_the_session(a_region, first):
    """Password first, then what the tenant wants acknowledged, kind by kind; then a session, and next time no act."""
    region, done = begun(a_region, first)
    expected = [Act.CHANGE_PASSWORD, *(act for act, kind in ACKNOWLEDGES.items() if kind in first)]
    tickets = []
    while expected:
        assert isinstance(done, MustAct)
        assert done.acts == tuple(expected)
        assert region.signing_in.person_of(done.ticket.reveal()) is None
        tickets.append(done.ticket.reveal())
        done = acts(region, tickets[-1], expected.pop(0))

    assert isinstance(done, SignedIn)
    assert region.signing_in.person_of(done.key.reveal()) == region.person("Ala")
    assert region.person("Ala").has_signed_in
    assert {each.kind for each in of_ala(region)} == first
    assert isinstance(region.signing_in.attempt("ala.lis", _NEW), SignedIn)
    for spent in tickets:
        assert region.signing_in.change_password(spent, "Biały-Most-3") == _DEAD
        assert region.signing_in.acknowledge(spent, []) == _DEAD
        assert region.signing_in.to_acknowledge(spent) == ()


@pytest.mark.rule("ACCESS-5b")
@given(st.lists(st.sampled_from(["change", "acknowledge", "wrong password", "wrong digest", "link"]), max_size=9))
def test_an_act_out_of_turn_is_refused_and_spends_nothing(a_region, tries):
    """Whatever is tried in whatever order, exactly the next act is done; all the others leave the ticket as it was."""
    region, done = begun(a_region)
    left = list(_ALL)
    for tried in (*tries, "change", "acknowledge", "acknowledge", "acknowledge"):
        if not left:
            break
        ticket = done.ticket.reveal()
        changing = left[0] is Act.CHANGE_PASSWORD
        match tried:
            case "change" if changing:
                done = acts(region, ticket, left.pop(0))
            case "acknowledge" if not changing:
                done = acts(region, ticket, left.pop(0))
            case "change" | "wrong password":
                refused = region.signing_in.change_password(ticket, "mało" if changing else _NEW)
                expected = Refusal.PASSWORD_NOT_ACCEPTED if changing else Refusal.ANOTHER_ACT_FIRST
                assert refused.reason is expected
            case "acknowledge" | "wrong digest":
                refused = region.signing_in.acknowledge(ticket, [b"another"])
                assert refused == (_EARLIER if changing else SignInRefused(Refusal.NOTICE_CHANGED))
            case "link":
                assert not isinstance(region.access.complete(ticket, _NEW), Completed)
                assert not region.is_open(ticket)

    assert isinstance(done, SignedIn)
    assert left == []


@pytest.mark.rule("ACCESS-5b")
@given(kept=st.integers(0, 3))
def test_an_act_that_was_done_is_remembered(a_region, kept):
    """Whoever goes away in the middle goes on there at the next sign-in, with the new password."""
    region, done = begun(a_region)
    for act in _ALL[:kept]:
        done = acts(region, done.ticket.reveal(), act)

    given = region.credential("Ala").sealed
    again = region.signing_in.attempt("ala.lis", given.reveal() if given else _NEW)

    assert again.acts == _ALL[kept:]
    assert region.signing_in.to_acknowledge(done.ticket.reveal()) == ()


@pytest.mark.rule("ACCESS-5b")
@given(kept=st.integers(0, 3), minutes=st.integers(0, 14))
def test_all_acts_together_have_fifteen_minutes(a_region, kept, minutes):
    """A ticket for what is left does not live longer than the first one did."""
    region, done = begun(a_region)
    region.wait(minutes=minutes)
    for act in _ALL[:kept]:
        done = acts(region, done.ticket.reveal(), act)
    ticket = done.ticket.reveal()

    region.clock.advance(timedelta(minutes=15 - minutes) - timedelta(microseconds=1))
    alive = acts(region, ticket, _ALL[kept])
    region.clock.advance(timedelta(microseconds=1))

    assert isinstance(alive, MustAct | SignedIn)
    if isinstance(alive, MustAct):
        assert acts(region, alive.ticket.reveal(), _ALL[kept + 1]) == _DEAD


@pytest.mark.rule("ACCESS-5b")
@pytest.mark.parametrize("kept", range(4))
def test_of_sixteen_who_do_an_act_at_once_one_goes_on(a_region, kept):
    """Each act of a ticket is done once, however many try; there is one way on."""
    region, done = begun(a_region)
    for before in _ALL[:kept]:
        done = acts(region, done.ticket.reveal(), before)
    ticket, start = done.ticket.reveal(), Barrier(16)

    def act(number: int) -> object:
        start.wait()
        return acts(region, ticket, _ALL[kept], password=f"Zielony-Dom-{number}")

    with ThreadPoolExecutor(16) as threads:
        outcomes = list(threads.map(act, range(16)))

    assert sum(isinstance(each, MustAct | SignedIn) for each in outcomes) == 1
    assert outcomes.count(_DEAD) == 15
    assert len(of_ala(region)) == max(0, kept)


@pytest.mark.rule("ACCESS-4b")
@pytest.mark.parametrize("kept", [0, 2])
def test_a_ticket_dies_with_a_new_password_and_with_another_sign_in(a_region, kept):
    """Recovery by the owner, or a second sign-in, leaves nothing of the ticket, whichever act it had come to."""
    for happening in ("recovers", "signs in"):
        region, done = begun(a_region)
        for act in _ALL[:kept]:
            done = acts(region, done.ticket.reveal(), act)
        if happening == "recovers":
            assert isinstance(region.access.complete(region.token_for(pesel(1)), "Biały-Most-3"), Completed)
        else:
            given = region.credential("Ala").sealed
            region.signing_in.attempt("ala.lis", given.reveal() if given else _NEW)

        assert acts(region, done.ticket.reveal(), _ALL[kept]) == _DEAD


@pytest.mark.rule("LAW-1")
def test_a_new_version_is_to_be_acknowledged_again(a_region):
    """Whoever acknowledged the former one is asked at the next sign-in, and not before."""
    region = a_region("open", acknowledge_first=frozenset({NoticeKind.SAFETY_RULES}))
    region.take(_ALA)
    region.access.complete(region.token_for(pesel(1)), _NEW)
    key = acts(region, region.signing_in.attempt("ala.lis", _NEW).ticket.reveal(), None).key.reveal()

    region.wait(hours=1)
    own = Notice(kind=NoticeKind.SAFETY_RULES, school="A", version="2026-09", texts={"pl": "Zasady szkoły"})
    assert isinstance(noticing(region).publish(CONSOLE, own), Published)

    assert region.is_open(key)
    again = region.signing_in.attempt("ala.lis", _NEW)
    assert again.acts == (Act.ACKNOWLEDGE_SAFETY_RULES,)
    assert region.signing_in.to_acknowledge(again.ticket.reveal()) == (own,)
    assert isinstance(acts(region, again.ticket.reveal(), None), SignedIn)
    assert [(each.school, each.version, each.channel, each.locale) for each in of_ala(region)] == [
        ("", "2026-1", Channel.SIGN_IN, "sl"),
        ("A", "2026-09", Channel.SIGN_IN, "sl"),
    ]


@pytest.mark.rule("LAW-1")
def test_a_notice_that_changed_while_it_was_read_is_shown_again(a_region):
    """What was shown is not what holds by now: nothing is acknowledged, nothing spent."""
    region, done = begun(a_region)
    done = acts(region, done.ticket.reveal(), Act.CHANGE_PASSWORD)
    ticket = done.ticket.reveal()
    shown = [each.digest for each in region.signing_in.to_acknowledge(ticket)]
    noticing(region).publish(CONSOLE, evolve(shipped_notices()[0], version="2027-1"))

    assert region.signing_in.acknowledge(ticket, shown) == SignInRefused(Refusal.NOTICE_CHANGED)
    assert of_ala(region) == ()
    assert isinstance(acts(region, ticket, None), MustAct)


@pytest.mark.rule("LAW-1")
def test_what_was_acknowledged_in_a_session_or_on_paper_is_not_asked_for_again(a_region):
    """The office enters the signed statement, the journal says so; the next sign-in opens at once."""
    region = a_region("open", acknowledge_first=frozenset({NoticeKind.SAFETY_RULES, NoticeKind.COMMITMENT}))
    region.take(_ALA)
    region.access.complete(region.token_for(pesel(1)), _NEW)
    assert region.signing_in.attempt("ala.lis", _NEW).acts == (
        Act.ACKNOWLEDGE_SAFETY_RULES,
        Act.ACKNOWLEDGE_COMMITMENT,
    )
    paper = noticing(region).on_paper(CONSOLE, region.person("Ala").id, [NoticeKind.COMMITMENT])
    assert isinstance(paper, Acknowledged)

    opened = acts(region, region.signing_in.attempt("ala.lis", _NEW).ticket.reveal(), None)
    key = opened.key.reveal()
    (left,) = noticing(region).outstanding(key)
    done = noticing(region).in_session(key, [left.digest])

    assert done == Acknowledged((left,))
    assert {each.kind: each.channel for each in of_ala(region)} == {
        NoticeKind.COMMITMENT: Channel.PAPER,
        NoticeKind.SAFETY_RULES: Channel.SIGN_IN,
        NoticeKind.DATA_PROTECTION: Channel.SESSION,
    }
    with region.storage.snapshot() as unit:
        (entry,) = unit.audit.entries(about=region.person("Ala").id)
    assert (entry.deed, entry.detail) == ("notices-acknowledged-on-paper", {"commitment": "2026-1"})


@pytest.mark.rule("LAW-1")
def test_nobody_acknowledges_what_is_not_theirs(a_region):
    """Another school's notice, one that is no longer in force, or none at all, without a session: nothing is kept."""
    region = a_region("open")
    region.take(_ALA, "B/1: s Ola 2 ola")
    key = region.enters("Ala")
    theirs = Notice(kind=NoticeKind.SAFETY_RULES, school="B", version="1", texts={"pl": "Zasady B"})
    noticing(region).publish(CONSOLE, theirs)

    for digests in ([theirs.digest], [theirs.digest, noticing(region).in_force("A")[0].digest], [b"x"]):
        assert noticing(region).in_session(key, digests).reason == "notice-changed"
    assert noticing(region).in_session("no key", []).reason == "no-session"
    assert noticing(region).outstanding("no key") == ()
    assert of_ala(region) == ()


@pytest.mark.rule("LAW-1")
@pytest.mark.rule("ROLE-2a")
def test_the_office_enters_statements_of_its_own_school(a_region):
    """A secretary does so for students there, not elsewhere, not for herself, and publishes no rules."""
    region = a_region("open")
    region.take(_ALA, "B/1: s Ola 2 ola", "A/k: y Ewa 9 ewa")
    ewa = Actor(name="ewa.lis", person=region.person("Ewa").id)
    notice = Notice(kind=NoticeKind.COMMITMENT, school="A", version="1", texts={"pl": "Zobowiązanie"})

    done = {name: noticing(region).on_paper(ewa, region.person(name).id) for name in ("Ala", "Ola", "Ewa")}

    assert isinstance(done["Ala"], Acknowledged)
    assert [done[name].permission.ground for name in ("Ola", "Ewa")] == ["out-of-scope", "concerns-actor"]
    assert noticing(region).publish(ewa, notice).permission.ground == "no-role"
    assert [noticing(region).by(region.person(name).id) for name in ("Ola", "Ewa")] == [(), ()]
    assert noticing(region).in_force("A") == shipped_notices()

"""A month's statement, and the gateway's own list beside it (SMS-5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eszkola_core._usecases.account_for_sms import AccountForSms
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.money import Money
from eszkola_core.domain.permissions import NotPermitted
from eszkola_core.domain.sms_ledger import ChargeState
from eszkola_core.domain.sms_reconciliation import Difference, GatewayRow
from eszkola_core.domain.sms_statements import COLUMNS
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.gateways import GatewayAnswer as Answer
from eszkola_core.testing.region import CONSOLE
from eszkola_core.testing.sms_office import CENTS, NOON, SmsOffice

S = ChargeState
D = Difference
STRANGER = Actor(name="nobody", person=None)
FAR = timedelta(days=30)


def accounting(office):
    """Return the use case."""
    return AccountForSms(office.storage, office.tenant, office.clock)


def listed(*rows, ends=True):
    """Return a list of the gateway, which covers the time around if it has *ends*."""
    found = [GatewayRow(line=at, **each) for at, each in enumerate(rows, 2)]
    if ends:
        found += [
            GatewayRow(line=100 + at, reference=f"end{at}", at=NOON + FAR * sign) for at, sign in enumerate((-1, 1))
        ]
    return found


def differences(done):
    """Return what was found, but for the rows that make the list long."""
    return [(each.difference, each.line) for each in done.differences if each.line is None or each.line < 100]


@pytest.mark.rule("SMS-5")
def test_a_statement_has_a_line_for_each_message_and_their_sums():
    """What was charged, what is reserved, what the budget has left; each number once more in the table."""
    office = SmsOffice(sms_school_budget=CENTS.times(9))
    office.queue("a", "b", "c", "d")
    office.queue("t", asked_by_owner=True)
    office.dispatch(
        Answer.ACCEPTS,
        Answer.LOSES_THE_ANSWER,
        Answer.REFUSES_FOR_GOOD,
        Answer.REFUSES_FOR_NOW,
    )

    told = accounting(office).statement(CONSOLE, "sp1", "2026-09")

    assert [each.key for each in told.entries] == ["a", "b", "c", "d"]
    assert (told.charged, told.reserved) == ({"EUR": CENTS}, {"EUR": CENTS.times(2)})
    assert dict(told.counts) == {S.RESERVED: 1, S.IN_DOUBT: 1, S.CHARGED: 1, S.RELEASED: 1}
    plain = told.plain()
    assert plain["budget"] == {"cap": "0.45", "spent": "0.15", "left": "0.30", "currency": "EUR", "warning": False}
    assert [row["state"] for row in plain["messages"]] == ["charged", "in-doubt", "released", "reserved"]
    first = dict(zip(COLUMNS, next(told.rows()), strict=True))
    assert first == {
        "number": "1",
        "day": "2026-09-30",
        "school": "sp1",
        "key": "a",
        "gateway_id": "g1",
        "tariff": "literal",
        "segments": "1",
        "messages": "1",
        "quoted": "0.05",
        "charged": "0.05",
        "currency": "EUR",
        "state": "charged",
        "delivery": "not-known",
        "code": "",
    }
    assert [each.key for each in accounting(office).statement(CONSOLE, "", "2026-09").entries] == ["t"]
    assert accounting(office).statement(CONSOLE, "", "2026-10").entries == ()
    with pytest.raises(InvalidValue, match="no school"):
        accounting(office).statement(CONSOLE, "sp9", "2026-09")


@pytest.mark.rule("SMS-5")
def test_who_may_not_look_sees_nothing_and_books_nothing():
    """Somebody without a role."""
    office = SmsOffice()
    office.queue("a")
    office.dispatch(Answer.LOSES_THE_ANSWER)

    assert isinstance(accounting(office).statement(STRANGER, "sp1", "2026-09"), NotPermitted)
    assert isinstance(accounting(office).reconcile(STRANGER, office.gateway.rows()), NotPermitted)
    assert office.states("a") == [S.IN_DOUBT]


@pytest.mark.rule("SMS-5")
def test_a_list_that_says_the_same_changes_nothing():
    """All matched, no difference, no entry in the journal; twice as well."""
    office = SmsOffice()
    office.queue("a", "b")
    office.dispatch()
    rows = listed(*({"reference": each, "cost": CENTS, "at": NOON} for each in "ab"))

    for _ in range(2):
        done = accounting(office).reconcile(CONSOLE, rows)
        assert (done.matched, differences(done), list(done.changes)) == (2, [], [])
    with office.storage.snapshot() as unit:
        assert list(unit.audit.entries()) == []


@pytest.mark.rule("SMS-5")
@pytest.mark.rule("SMS-4")
def test_what_is_in_doubt_is_closed_either_way():
    """What the list names was sent, at its price; what it does not name was not. The journal says that it was done."""
    office = SmsOffice()
    office.queue("a", "b")
    office.dispatch(Answer.LOSES_THE_ANSWER, Answer.LOSES_THE_MESSAGE)
    office.clock.advance(timedelta(hours=1))
    dear = CENTS.times(2)

    done = accounting(office).reconcile(
        CONSOLE, listed({"reference": "a", "gateway_id": "g1", "cost": dear, "at": NOON})
    )

    assert differences(done) == [(D.WAS_NOT_SENT, None), (D.WAS_SENT, 2)]
    assert (office.states("a", "b"), office.booked()) == ([S.CHARGED, S.RELEASED], dear)
    assert (office.entry("a").charged, office.entry("a").gateway_id) == (dear, "g1")
    with office.storage.snapshot() as unit:
        assert [(each.deed, dict(each.detail)) for each in unit.audit.entries()] == [
            ("sms-reconciled", {"matched": "1", "changed": "2"})
        ]


@pytest.mark.rule("SMS-5")
def test_only_a_list_that_covers_the_time_proves_that_nothing_was_sent():
    """Not one without instants, nor one that begins or ends within an hour of it, nor while a dispatcher has it."""
    office = SmsOffice()
    office.queue("a")
    office.dispatch(Answer.LOSES_THE_MESSAGE)
    office.clock.advance(timedelta(hours=1))
    hour = timedelta(hours=1)
    for first, last in ((-FAR, hour / 2), (-hour / 2, FAR), (None, None)):
        ends = [{"reference": f"x{at}", "at": None if at is None else NOON + at} for at in (first, last)]
        accounting(office).reconcile(CONSOLE, listed(*ends, ends=False))
        assert office.states("a") == [S.IN_DOUBT]
    with office.storage.unit() as unit:
        entry = office.entry("a")
        assert unit.sms.change(entry, entry.leased(office.clock.now() + hour))
    accounting(office).reconcile(CONSOLE, listed())
    assert office.states("a") == [S.IN_DOUBT]

    office.clock.advance(hour)
    accounting(office).reconcile(CONSOLE, listed())
    assert office.states("a") == [S.RELEASED]


@pytest.mark.rule("SMS-5")
def test_the_list_counts_for_more_than_what_was_believed():
    """Another price is booked, and so is what was taken for refused; the reservation stays where none is told."""
    office = SmsOffice()
    office.queue("a", "b", "c", "d")
    office.dispatch(Answer.ACCEPTS, Answer.REFUSES_FOR_GOOD, Answer.REFUSES_FOR_NOW, Answer.ACCEPTS)
    less = Money.parse("0.04 EUR")
    rows = listed(
        {"gateway_id": "g1", "cost": less},
        {"reference": "b", "gateway_id": "g8", "cost": CENTS},
        {"reference": "c", "gateway_id": "g9"},
        {"reference": "d", "cost": Money.parse("0.20 PLN")},
    )

    done = accounting(office).reconcile(CONSOLE, rows)

    assert differences(done) == [
        (D.OTHER_COST, 2),
        (D.BILLED_ALL_THE_SAME, 3),
        (D.BILLED_ALL_THE_SAME, 4),
        (D.OTHER_CURRENCY, 5),
    ]
    assert office.states("a", "b", "c", "d") == [S.CHARGED] * 4
    assert office.booked() == less.plus(CENTS.times(3))
    assert office.dispatch(later=timedelta(days=2)).total == 0


@pytest.mark.rule("SMS-5")
def test_what_only_one_side_knows_is_for_a_person_to_look_at():
    """A row of nobody's message, a charge that is not listed, one message billed twice: told, nothing is changed."""
    office = SmsOffice()
    office.queue("a", "b")
    office.dispatch()
    before = [office.entry(each) for each in "ab"]
    rows = listed(
        {"reference": "a", "cost": CENTS, "at": NOON},
        {"reference": "a", "cost": CENTS, "at": NOON},
        {"reference": "never", "cost": CENTS, "at": NOON},
    )

    done = accounting(office).reconcile(CONSOLE, rows)

    assert differences(done) == [(D.NOT_LISTED, None), (D.BILLED_TWICE, 3), (D.NOT_OURS, 4)]
    assert [office.entry(each) for each in "ab"] == before


@pytest.mark.rule("SMS-5")
def test_a_row_without_a_name_is_known_by_number_and_time():
    """Where one message in doubt fits one row and no other; two that fit are left to a person."""
    office = SmsOffice()
    office.queue("a")
    office.dispatch(Answer.LOSES_THE_ANSWER)
    row = {"number": "0048601234567", "gateway_id": "smsc-7", "cost": CENTS, "at": NOON + timedelta(minutes=3)}
    others = [{**row, "at": NOON + timedelta(hours=2)}], [{**row, "number": "48601234568"}], [{**row, "reference": "x"}]
    for rows in ([row, row], *others):
        accounting(office).reconcile(CONSOLE, listed(*rows, ends=False))
        assert office.states("a") == [S.IN_DOUBT]

    done = accounting(office).reconcile(CONSOLE, listed(row, ends=False))

    assert differences(done) == [(D.WAS_SENT, 2)]
    assert (office.states("a"), office.entry("a").gateway_id) == ([S.CHARGED], "smsc-7")


@pytest.mark.rule("SMS-5")
def test_all_the_time_of_a_doubt_must_be_covered():
    """What was refused at first counts from the doubtful try; what was tried again, from the first to the last."""
    hour = timedelta(hours=1)

    def after(office, first, last):
        rows = [GatewayRow(line=at, reference=f"x{at}", at=each) for at, each in enumerate((NOON + first, NOON + last))]
        accounting(office).reconcile(CONSOLE, rows)
        return office.states("a")

    refused = SmsOffice()
    refused.queue("a")
    refused.dispatch(Answer.REFUSES_FOR_NOW)
    refused.dispatch(Answer.LOSES_THE_ANSWER, later=9 * hour)
    assert after(refused, -9 * hour, 4 * hour) == [S.IN_DOUBT]
    assert after(refused, 4 * hour, 20 * hour) == [S.RELEASED]

    tried = SmsOffice(deduplicates=True)
    tried.queue("a")
    tried.dispatch(Answer.LOSES_THE_ANSWER)
    tried.dispatch(Answer.LOSES_THE_ANSWER, later=9 * hour)
    assert after(tried, 4 * hour, 20 * hour) == [S.IN_DOUBT]
    assert after(tried, -9 * hour, 4 * hour) == [S.IN_DOUBT]
    assert after(tried, -9 * hour, 20 * hour) == [S.RELEASED]


@pytest.mark.rule("SMS-5")
def test_what_was_never_handed_over_is_in_no_list():
    """A row with its reference is somebody else's."""
    office = SmsOffice()
    office.queue("a")

    done = accounting(office).reconcile(CONSOLE, listed({"reference": "a", "cost": CENTS, "at": NOON}))

    assert differences(done) == [(D.NOT_OURS, 2)]
    assert office.states("a") == [S.QUOTED]

"""Text messages from the quote to the charge: budgets, doubts, reports, and a dispatcher that dies anywhere (SMS-4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from attrs import evolve

from eszkola_core._usecases.account_for_sms import AccountForSms
from eszkola_core._usecases.deliver_sms import DeliverSms
from eszkola_core._usecases.record_sms_report import ReportFate
from eszkola_core.domain.money import Money
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.sms_ledger import SMS_LIFECYCLE, ChargeState
from eszkola_core.domain.sms_quotes import NotPriced
from eszkola_core.domain.tariffs import Counting, Price, Tariff
from eszkola_core.domain.text_messages import Delivery
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.doubles import Killed, MortalStorage
from eszkola_core.testing.gateways import GatewayAnswer, MemorySmsCourier
from eszkola_core.testing.sms_office import CENTS, NOON, TO, SmsOffice

S = ChargeState


@pytest.mark.rule("SMS-4")
def test_a_message_is_quoted_then_reserved_then_charged():
    """By the day's tariff; once, however often it is asked for; and then neither number nor text is kept."""
    office = SmsOffice(sms_tariff="by-segment")
    first, again = office.queue("a", "a", text="ż" * 71)
    assert (first.state, first.cost, first.segments, first.payer) == (S.QUOTED, CENTS.times(2), 2, "sp1")
    assert again == first
    assert office.booked() == CENTS.times(0)

    done = office.dispatch()

    assert (done.charged, done.total) == (1, 1)
    assert [each.sms.text for each in office.gateway.billed] == ["ż" * 71]
    kept = office.entry("a")
    assert (kept.state, kept.charged, kept.month, kept.gateway_id) == (S.CHARGED, CENTS.times(2), "2026-09", "g1")
    assert (kept.to, kept.text, kept.handed_at) == (None, None, NOON)
    assert office.booked() == CENTS.times(2)
    assert office.dispatch(later=timedelta(days=9)).total == 0


@pytest.mark.rule("SMS-4")
def test_the_school_pays_and_for_what_a_person_asked_the_tenant():
    """Each has a month and a budget of its own."""
    office = SmsOffice()
    office.queue("a")
    office.queue("b", asked_by_owner=True)
    office.dispatch()

    assert [office.booked("sp1"), office.booked(""), office.entry("b").school] == [CENTS, CENTS, "sp1"]


@pytest.mark.rule("SMS-1")
def test_a_number_without_a_price_gets_no_message():
    """And nothing waits; an empty text is refused outright."""
    office = SmsOffice()
    only_poland = Tariff(name="literal", counting=Counting.LITERAL, prices=(Price(CENTS, "+48"),))
    office.choose(tariffs={"literal": only_poland})

    assert office.queue("a", to=PhoneNumber("+38640123456")) == [NotPriced("literal")]
    with pytest.raises(InvalidValue):
        office.queue("b", text="")
    assert office.dispatch().total == 0


@pytest.mark.rule("SMS-4")
def test_nothing_is_reserved_beyond_the_budget():
    """What does not fit waits, is looked at again after the pause, and goes in the next month or with more budget."""
    office = SmsOffice(sms_school_budget=CENTS.times(2), sms_budget_pause=timedelta(hours=1))
    office.queue("a", "b", "c")
    done = office.dispatch()
    assert (done.charged, done.no_budget) == (2, 1)
    assert office.entry("c").code == "budget-used-up"
    assert [(each.payer, each.left, each.is_warned) for each in done.warned] == [("sp1", CENTS.times(0), True)]

    assert office.dispatch(later=timedelta(minutes=59)).total == 0
    assert office.dispatch(later=timedelta(minutes=1)).no_budget == 1
    done = office.dispatch(later=timedelta(hours=10))

    assert (done.charged, office.entry("c").month) == (1, "2026-10")
    assert [office.booked(month=each) for each in ("2026-09", "2026-10")] == [CENTS.times(2), CENTS]


@pytest.mark.rule("SMS-4")
def test_a_school_may_have_a_budget_of_its_own():
    """In the stead of the setting; a cap in another currency holds nothing, so nothing is sent."""
    office = SmsOffice(sms_school_budget=CENTS)
    office.choose(school_budgets={"sp1": CENTS.times(3), "sp2": Money.parse("9 PLN")})
    office.queue("a", "b", "c", "d")
    office.queue("x", school="sp2")

    done = office.dispatch()

    assert (done.charged, done.no_budget) == (3, 2)
    assert office.entry("x").code == "other-currency"


@pytest.mark.rule("SMS-4")
@pytest.mark.parametrize(("many", "warned"), [(7, False), (8, True)])
def test_a_warning_comes_at_the_share(many, warned):
    """At eighty per cent, not before."""
    office = SmsOffice(sms_school_budget=CENTS.times(10))
    office.queue(*map(str, range(many)))

    assert bool(office.dispatch().warned) == warned


@pytest.mark.rule("SMS-4")
def test_what_the_gateway_takes_beyond_the_quote_is_booked_truly():
    """Even past the cap; but then nothing more is reserved."""
    office = SmsOffice(sms_school_budget=CENTS.times(2))
    office.gateway.price = CENTS.times(3)
    office.queue("a", "b")
    office.delivering.next_batch(limit=1)
    done = office.delivering.next_batch(limit=1)

    assert (office.entry("a").charged, office.booked()) == (CENTS.times(3), CENTS.times(3))
    assert (done.no_budget, done.warned[0].left) == (1, CENTS.times(-1))


@pytest.mark.rule("SMS-4")
def test_a_price_in_another_currency_is_not_taken_for_ours():
    """What was reserved is charged."""
    office = SmsOffice()
    office.gateway.price = Money.parse("0.20 PLN")
    office.queue("a")
    office.dispatch()

    assert office.entry("a").charged == CENTS


@pytest.mark.rule("SMS-4")
def test_a_refusal_releases_or_is_tried_again():
    """For good it frees the budget; for now the cost stays reserved until it was tried often enough."""
    office = SmsOffice(message_attempts=2, sms_school_budget=CENTS.times(2))
    office.queue("a", "b")
    done = office.dispatch(GatewayAnswer.REFUSES_FOR_GOOD, GatewayAnswer.REFUSES_FOR_NOW)
    assert (done.refused, done.failed_for_now) == (1, 1)
    assert office.states("a", "b") == [S.RELEASED, S.RESERVED]
    assert office.entry("a").code == "no-such-number"
    assert (office.booked(), office.entry("b").text.reveal()) == (CENTS, "Hasło: żółw")
    assert office.dispatch(later=timedelta(seconds=59)).total == 0

    office.dispatch(GatewayAnswer.REFUSES_FOR_NOW, later=timedelta(minutes=1))

    assert office.states("b") == [S.RELEASED]
    assert office.booked() == CENTS.times(0)


@pytest.mark.rule("SMS-4")
@pytest.mark.parametrize("answer", [GatewayAnswer.LOSES_THE_ANSWER, GatewayAnswer.LOSES_THE_MESSAGE])
def test_what_is_in_doubt_stays_reserved_and_is_not_sent_again(answer):
    """Whatever the truth is; its text is gone, as nobody will need it."""
    office = SmsOffice()
    office.queue("a")
    assert office.dispatch(answer).in_doubt == 1

    assert office.dispatch(later=timedelta(days=40)).total == 0
    kept = office.entry("a")
    assert (kept.state, kept.text, kept.to, office.booked()) == (S.IN_DOUBT, None, TO, CENTS)
    assert len(office.gateway.billed) == (answer is GatewayAnswer.LOSES_THE_ANSWER)


@pytest.mark.rule("SMS-4")
@pytest.mark.parametrize("answer", [GatewayAnswer.LOSES_THE_ANSWER, GatewayAnswer.LOSES_THE_MESSAGE])
def test_where_the_gateway_deduplicates_it_is_sent_again_by_itself(answer):
    """And comes to the same: one message, one charge. What the gateway refuses meanwhile stays in doubt."""
    office = SmsOffice(deduplicates=True)
    office.queue("a")
    office.dispatch(answer)
    assert office.dispatch(GatewayAnswer.REFUSES_FOR_GOOD, later=timedelta(minutes=1)).in_doubt == 1
    assert office.states("a") == [S.IN_DOUBT]

    assert office.dispatch(later=timedelta(minutes=2)).charged == 1
    assert (len(office.gateway.billed), office.booked()) == (1, CENTS)


@pytest.mark.rule("SMS-4")
def test_another_gateway_does_not_send_what_was_in_doubt_at_the_former():
    """One that knows no message again gets none of them."""
    office = SmsOffice(deduplicates=True)
    office.queue("a")
    office.dispatch(GatewayAnswer.LOSES_THE_ANSWER)
    office.gateway.deduplicates = False

    assert office.dispatch(later=timedelta(days=1)).total == 0
    assert len(office.gateway.billed) == 1


@pytest.mark.rule("SMS-4")
def test_sending_again_ends():
    """After as many tries as any message has it stays in doubt, without its text."""
    office = SmsOffice(deduplicates=True, message_attempts=2)
    office.queue("a")
    for _ in range(2):
        office.dispatch(GatewayAnswer.LOSES_THE_MESSAGE, later=timedelta(days=1))

    assert office.dispatch(later=timedelta(days=1)).total == 0
    assert (office.entry("a").state, office.entry("a").text) == (S.IN_DOUBT, None)


@pytest.mark.rule("SMS-4")
def test_a_gateway_out_of_reach_puts_nothing_in_doubt():
    """The messages wait, and the sentence says why."""
    office = SmsOffice()
    office.queue("a", "b")
    office.gateway.is_closed = True
    done = office.dispatch()
    assert (done.trouble, office.states("a", "b")) == ("the gateway is closed", [S.RESERVED, S.RESERVED])

    office.gateway.is_closed = False
    assert office.dispatch(later=timedelta(minutes=1)).charged == 2


@pytest.mark.rule("SMS-4")
def test_what_nobody_needs_any_more_is_not_sent():
    """An initial password that has expired while its message waited: released, not paid."""
    office = SmsOffice(deduplicates=True)
    office.queue("a", "b", useful_until=NOON + timedelta(minutes=5))
    office.delivering.next_batch(limit=0)
    office.gateway.answers[:] = [GatewayAnswer.LOSES_THE_MESSAGE]
    office.delivering.next_batch(limit=1)
    done = office.dispatch(later=timedelta(minutes=5))

    assert (done.too_late, office.gateway.billed) == (2, [])
    assert (office.states("a", "b"), office.entry("a").text) == ([S.IN_DOUBT, S.RELEASED], None)
    assert office.entry("b").code == "too-late"


@pytest.mark.rule("SMS-4")
def test_a_report_closes_a_doubt():
    """By reference or by the gateway's id, with the gateway's price; and it says whether a telephone got it."""
    office = SmsOffice()
    office.queue("a", "b")
    office.dispatch(GatewayAnswer.LOSES_THE_ANSWER, GatewayAnswer.LOSES_THE_MESSAGE)

    said = {"gateway_id": "g1", "delivery": Delivery.DELIVERED, "cost": CENTS.times(2)}
    assert office.report(reference="a", **said) is ReportFate.CLOSED
    assert office.report(**said) is ReportFate.NOTHING_NEW
    assert office.report(gateway_id="g1", delivery=Delivery.NOT_DELIVERED) is ReportFate.NOTED
    assert office.report(gateway_id="g9") is ReportFate.UNKNOWN

    kept = office.entry("a")
    assert (kept.state, kept.charged, kept.delivery) == (S.CHARGED, CENTS.times(2), Delivery.NOT_DELIVERED)
    assert (office.states("b"), office.booked()) == ([S.IN_DOUBT], CENTS.times(3))


@pytest.mark.rule("SMS-4")
def test_a_report_of_what_was_taken_for_refused_is_believed():
    """The gateway reports of what it took: it is booked truly."""
    office = SmsOffice()
    office.queue("a")
    office.dispatch(GatewayAnswer.REFUSES_FOR_GOOD)

    assert office.report(reference="a", gateway_id="g7") is ReportFate.CLOSED
    assert (office.states("a"), office.booked(), office.entry("a").gateway_id) == ([S.CHARGED], CENTS, "g7")


@pytest.mark.rule("SMS-4")
def test_a_report_of_what_was_never_handed_over_does_nothing():
    """It is somebody else's, or invented."""
    office = SmsOffice()
    office.queue("a")

    assert office.report(reference="a", delivery=Delivery.DELIVERED) is ReportFate.UNKNOWN
    assert office.states("a") == [S.QUOTED]


@pytest.mark.rule("SMS-4")
@pytest.mark.parametrize("deduplicates", [False, True])
def test_a_dispatcher_that_dies_at_any_call_makes_nobody_pay_twice(deduplicates):
    """Killed after each number of calls in turn; the next ones send the rest, and the sums are right all the while."""
    lives, died = 0, True
    while died:
        office = SmsOffice(deduplicates=deduplicates, sms_school_budget=CENTS.times(3))
        office.queue("a", "b", "c", "d")
        mortal = MortalStorage(office.storage, lives)
        gateway = mortal.mortal("gateway", office.gateway)
        dispatcher = DeliverSms(mortal, office.tenant, mortal.mortal("clock", office.clock), MemorySmsCourier(gateway))
        office.gateway.answers[:] = [GatewayAnswer.ACCEPTS, GatewayAnswer.REFUSES_FOR_NOW]
        try:
            dispatcher.next_batch()
            died = False
        except Killed:
            lives += 1
        office.gateway.answers.clear()
        for _ in range(3):
            office.dispatch(later=timedelta(hours=2))

        entries = [office.entry(each) for each in "abcd"]
        references = [each.sms.reference for each in office.gateway.billed]
        assert len(set(references)) == len(references) <= 3
        assert office.booked() == CENTS.times(sum(each.state in (S.CHARGED, S.IN_DOUBT) for each in entries))
        assert office.booked().micros <= CENTS.times(3).micros
        doubtful = [each.key for each in entries if each.state is S.IN_DOUBT]
        assert len(doubtful) <= (0 if deduplicates else 1)
        assert {each.key for each in entries if each.state is S.CHARGED} | {*doubtful} >= {*references}
    assert lives > 20


@pytest.mark.rule("SMS-4")
def test_one_that_another_dispatcher_took_is_left_to_it():
    """A dispatcher that slept past its lease hands nothing over that somebody else has in hand."""
    office = SmsOffice()
    office.queue("a")

    class Sleeper(MemorySmsCourier):
        def send(self, messages):
            office.clock.advance(timedelta(hours=1))
            assert office.delivering.next_batch().charged == 1
            return super().send(messages)

    slept = DeliverSms(office.storage, office.tenant, office.clock, Sleeper(office.gateway)).next_batch()

    assert (slept.total, len(office.gateway.billed)) == (0, 1)


@pytest.mark.rule("SMS-4")
def test_the_table_holds():
    """What it does not name does not happen; and a charge is final."""
    office = SmsOffice()
    office.queue("a")
    entry = office.entry("a")
    for state in S:
        for after in S:
            before = evolve(entry, state=state)
            if after in SMS_LIFECYCLE[state]:
                assert before.moved(after).state is after
            else:
                with pytest.raises(InvalidValue):
                    before.moved(after)
    assert SMS_LIFECYCLE[S.CHARGED] == frozenset()


@pytest.mark.rule("SMS-4")
def test_the_month_is_the_tenants():
    """Two hours before midnight in UTC it is another month in Warsaw."""
    office = SmsOffice()
    office.queue("a")
    office.dispatch(later=datetime(2026, 9, 30, 22, tzinfo=UTC) - NOON)

    assert office.entry("a").month == f"{date(2026, 10, 1):%Y-%m}"


def test_what_waits_is_told():
    """For monitoring: how many, and since when."""
    office = SmsOffice()
    office.queue("a")
    office.clock.advance(timedelta(hours=1))
    office.queue("b")
    status = AccountForSms(office.storage, office.tenant, office.clock).status()

    assert (dict(status.counts), status.oldest_waiting_at) == ({S.QUOTED: 2}, NOON)

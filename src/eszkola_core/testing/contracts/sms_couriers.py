"""What every courier of text messages promises, as tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, Protocol

import pytest
from attrs import field, frozen

from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.sms_segments import BASIC, ESCAPE, EXTENSION
from eszkola_core.domain.text_messages import RenderedSms, SmsOutcome
from eszkola_core.errors import Unavailable
from eszkola_core.ports.text_messages import SmsCourier

ALL_OF_GSM = BASIC.replace(ESCAPE, "") + "".join(EXTENSION)
TEXTS = (
    "Twoje haslo: {abc} [1] 5€ ~ ^ | \\",
    "a" * 160,
    "a" * 161,
    "a" * 152 + "€" * 80,
    ALL_OF_GSM * 3,
    "Zażółć gęślą jaźń",
    "ż" * 70,
    "ż" * 71,
    "ż" * 66 + "😀" * 40,
    "Київ 漢字 😀",
)
"""Texts at every boundary: the last septet, an escape and a surrogate pair that would be cut in two."""


@frozen
class ArrivedSms:
    """A text message as it reached the other side, put together."""

    to: str
    text: str = field(repr=False)


class SmsGateway(Protocol):
    """The world that a courier sends to, as the test of an adapter plays it."""

    def courier(self) -> SmsCourier:
        """Return a courier to here."""

    def arrived(self) -> Sequence[ArrivedSms]:
        """Return all that the gateway has taken and would send, in any order, also after closing."""

    def refused(self, sms: RenderedSms, *, for_good: bool) -> RenderedSms:
        """Make sure that a message like *sms* is not taken, for good or for now, and return what to send."""

    def unanswered(self, sms: RenderedSms) -> RenderedSms:
        """Make sure that a message like *sms* is taken and its answer lost, and return what to send."""

    def close(self) -> None:
        """Be out of reach from now on."""


FreshGateway = Callable[[], SmsGateway]


def an_sms(number: int, text: str = "Twoje hasło: żółw-7") -> RenderedSms:
    """Return a text message to a number of its own."""
    return RenderedSms(reference=f"initial:{number}", to=PhoneNumber(f"+4860100{number:04}"), text=text)


class SmsCourierContract:
    """Holds an `SmsCourier` to every clause of its port."""

    answers: ClassVar[bool] = True
    """The gateway is another program, whose answer can be lost; False where nothing lies in between."""

    @pytest.fixture
    def fresh_gateway(self) -> FreshGateway:
        """Return a function that opens a gateway which has taken nothing."""
        pytest.fail("override the fixture `fresh_gateway`: return a function that makes an `SmsGateway` of yours")

    @pytest.mark.clause("SC1")
    def test_each_message_gets_its_receipt_in_order(self, fresh_gateway: FreshGateway) -> None:
        """As many receipts as messages, each with its reference, whatever became of them; and none for nothing."""
        gateway = fresh_gateway()
        messages = [an_sms(1), gateway.refused(an_sms(2), for_good=True), an_sms(3)]

        receipts = list(gateway.courier().send(messages))

        assert [each.reference for each in receipts] == [each.reference for each in messages]
        assert list(gateway.courier().send([])) == []

    @pytest.mark.clause("SC2")
    def test_no_more_than_one_is_in_hand(self, fresh_gateway: FreshGateway) -> None:
        """The next message is asked for when the receipt of the last is out, and not before."""
        gateway = fresh_gateway()
        asked: list[str] = []

        def handed_over() -> Iterator[RenderedSms]:
            for number in range(3):
                asked.append(an_sms(number).reference)
                yield an_sms(number)

        told = []
        for receipt in gateway.courier().send(handed_over()):
            told.append(receipt.reference)
            assert asked == told
            assert len(gateway.arrived()) == len(told)

    @pytest.mark.clause("SC3")
    @pytest.mark.parametrize("text", TEXTS, ids=lambda text: f"{text[:1]}{len(text)}")
    def test_what_is_accepted_has_arrived_whole(self, fresh_gateway: FreshGateway, text: str) -> None:
        """Every character of it, to the right number, however many segments it has; and it has the gateway's name."""
        gateway = fresh_gateway()
        messages = [an_sms(1, text), an_sms(2)]

        receipts = list(gateway.courier().send(messages))

        assert [each.outcome for each in receipts] == [SmsOutcome.ACCEPTED] * 2
        assert {(each.to, each.text) for each in gateway.arrived()} == {(each.to.e164, each.text) for each in messages}
        assert len({each.gateway_id for each in receipts} - {""}) == len(messages)

    @pytest.mark.clause("SC4")
    def test_a_refusal_says_whether_trying_again_may_help(self, fresh_gateway: FreshGateway) -> None:
        """For now and for good are told apart, each by a code that names nobody; and nothing has arrived."""
        gateway = fresh_gateway()
        for_now = gateway.refused(an_sms(1), for_good=False)
        for_good = gateway.refused(an_sms(2), for_good=True)

        receipts = list(gateway.courier().send([for_now, for_good]))

        assert [each.outcome for each in receipts] == [SmsOutcome.REFUSED_FOR_NOW, SmsOutcome.REFUSED_FOR_GOOD]
        for receipt in receipts:
            assert receipt.code
            assert " " not in receipt.code
            assert "60100" not in receipt.code
        assert list(gateway.arrived()) == []

    @pytest.mark.clause("SC5")
    def test_a_lost_answer_is_no_refusal(self, fresh_gateway: FreshGateway) -> None:
        """The message may have arrived, so that nothing is known."""
        if not self.answers:
            pytest.skip("nothing lies between this courier and its world: `answers` is False")
        gateway = fresh_gateway()
        lost = gateway.unanswered(an_sms(1))

        receipts = list(gateway.courier().send([lost, an_sms(2)]))

        assert [each.outcome for each in receipts] == [SmsOutcome.UNKNOWN, SmsOutcome.ACCEPTED]
        assert receipts[0].code
        assert [each.to for each in gateway.arrived()] == [lost.to.e164, an_sms(2).to.e164]

    @pytest.mark.clause("SC6")
    def test_one_failure_keeps_nobody_else_waiting(self, fresh_gateway: FreshGateway) -> None:
        """Those before and after a refusal arrive, be it for now or for good."""
        for for_good in (False, True):
            gateway = fresh_gateway()
            messages = [an_sms(1), gateway.refused(an_sms(2), for_good=for_good), an_sms(3)]

            outcomes = [each.outcome for each in gateway.courier().send(messages)]

            assert [each is SmsOutcome.ACCEPTED for each in outcomes] == [True, False, True]
            assert {each.to for each in gateway.arrived()} == {an_sms(1).to.e164, an_sms(3).to.e164}

    @pytest.mark.clause("SC7")
    def test_a_world_out_of_reach_is_asked_for_no_message(self, fresh_gateway: FreshGateway) -> None:
        """It is unavailable, and nothing was put in doubt for it."""
        gateway = fresh_gateway()
        courier = gateway.courier()
        gateway.close()
        asked: list[int] = []

        def handed_over() -> Iterator[RenderedSms]:
            asked.append(1)
            yield an_sms(1)

        with pytest.raises(Unavailable):
            list(courier.send(handed_over()))
        assert asked == []
        assert list(gateway.arrived()) == []

    @pytest.mark.clause("SC8")
    def test_a_message_that_is_known_again_is_not_sent_twice(self, fresh_gateway: FreshGateway) -> None:
        """Accepted once more, by whichever courier; another reference is another message."""
        gateway = fresh_gateway()
        if not gateway.courier().deduplicates:
            pytest.skip("this gateway knows no message again: `deduplicates` is False")
        other = RenderedSms(reference="initial:other", to=an_sms(1).to, text=an_sms(1).text)

        outcomes = [each.outcome for _ in range(2) for each in gateway.courier().send([an_sms(1)])]
        outcomes += [each.outcome for each in gateway.courier().send([other])]

        assert outcomes == [SmsOutcome.ACCEPTED] * 3
        assert [each.to for each in gateway.arrived()] == [an_sms(1).to.e164] * 2

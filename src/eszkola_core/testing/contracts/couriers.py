"""What every courier of e-mails promises, as tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import ClassVar, Protocol

import pytest
from attrs import evolve, field, frozen

from eszkola_core.domain.emails import Outcome, Receipt, RenderedEmail
from eszkola_core.errors import Unavailable
from eszkola_core.ports.messages import EmailCourier


@frozen(kw_only=True)
class Arrived:
    """An e-mail as it reached the other side; line ends and spaces at the ends of lines do not count."""

    to: str
    subject: str
    text: str = field(repr=False)
    html: str | None = field(default=None, repr=False)
    message_id: str
    date: datetime | None = None


class PostOffice(Protocol):
    """The world that a courier delivers to, as the test of an adapter plays it."""

    def courier(self) -> EmailCourier:
        """Return a courier that delivers here."""

    def arrived(self) -> Sequence[Arrived]:
        """Return all that has arrived, in any order, also after closing; an e-mail taken twice may stand there once."""

    def refused(self, email: RenderedEmail, *, for_good: bool) -> RenderedEmail:
        """Make sure that an e-mail like *email* is not taken, for good or for now, and return what to send."""

    def close(self) -> None:
        """Be out of reach from now on."""


def an_email(number: int) -> RenderedEmail:
    """Return an e-mail in Polish, with letters that not every coding has, and a link that must stay whole."""
    link = f"https://eszkola.example/dostep/{number}-" + "aZ09_-" * 12
    return RenderedEmail(
        reference=f"recovery:{number}:Ż",
        to=f"osoba{number}@example.com",
        subject=f"Zażółć gęślą jaźń — dostęp nr {number}",
        text=f"Dzień dobry,\n\n.kropka na początku\nFrom tu zaczyna się wiersz\n{link}\n",
        html=f"<p>Dzień dobry</p>\n<p><a href='{link}'>Łącze</a></p>\n",
        locale="pl",
    )


def lines(text: str) -> list[str]:
    """Return the lines of *text* without what mail may change on the way: line ends, and space at the ends."""
    return [line.rstrip() for line in text.rstrip().splitlines()]


class EmailCourierContract:
    """Holds an `EmailCourier` to every clause of its port."""

    one_by_one: ClassVar[bool] = True
    """An e-mail leaves when the fate of the one before is told; False for a courier that makes several safe at once."""

    @pytest.fixture
    def fresh_post_office(self) -> Callable[[], PostOffice]:
        """Return a function that opens a post office in which nothing has arrived."""
        pytest.fail("override the fixture `fresh_post_office`: return a function that makes a `PostOffice` of yours")

    @pytest.mark.clause("EC1")
    def test_each_email_gets_its_receipt_in_order(self, fresh_post_office: Callable[[], PostOffice]) -> None:
        """As many receipts as e-mails, each with its reference, whatever became of them; and none for nothing."""
        office = fresh_post_office()
        emails = [an_email(1), office.refused(an_email(2), for_good=True), an_email(3), an_email(4)]

        receipts = list(office.courier().send(emails))

        assert [each.reference for each in receipts] == [each.reference for each in emails]
        assert list(office.courier().send([])) == []

    @pytest.mark.clause("EC1")
    def test_a_receipt_is_there_before_the_next_email_leaves(self, fresh_post_office: Callable[[], PostOffice]) -> None:
        """Whoever stops after the first receipt knows the fate of all that has arrived."""
        if not self.one_by_one:
            pytest.skip("the fates of several e-mails are known together: `one_by_one` is False")
        office = fresh_post_office()

        receipt = next(iter(office.courier().send([an_email(1), an_email(2)])))

        assert receipt == Receipt(an_email(1).reference, Outcome.SENT, receipt.code)
        assert [each.to for each in office.arrived()] == [an_email(1).to]

    @pytest.mark.clause("EC2")
    def test_what_is_sent_has_arrived_whole(self, fresh_post_office: Callable[[], PostOffice]) -> None:
        """Every letter of subject, text and HTML is there; an e-mail without HTML has none."""
        office = fresh_post_office()
        emails = [an_email(1), evolve(an_email(2), html=None)]

        receipts = list(office.courier().send(emails))

        assert [each.outcome for each in receipts] == [Outcome.SENT, Outcome.SENT]
        arrived = {each.to: each for each in office.arrived()}
        for email in emails:
            found = arrived[email.to]
            assert found.subject == email.subject
            assert lines(found.text) == lines(email.text)
            assert (found.html is None) == (email.html is None)
            assert lines(found.html or "") == lines(email.html or "")

    @pytest.mark.clause("EC2")
    def test_what_nobody_took_is_not_sent(self, fresh_post_office: Callable[[], PostOffice]) -> None:
        """A refused e-mail is a failure of either kind, and has not arrived."""
        for for_good in (False, True):
            office = fresh_post_office()
            refused = office.refused(an_email(1), for_good=for_good)
            (receipt,) = office.courier().send([refused])

            assert receipt.outcome is not Outcome.SENT
            assert list(office.arrived()) == []

    @pytest.mark.clause("EC3")
    def test_failures_say_whether_trying_again_may_help(self, fresh_post_office: Callable[[], PostOffice]) -> None:
        """A refusal for now and one for good are told apart, each by a code that names nobody."""
        office = fresh_post_office()
        for_now = office.refused(an_email(1), for_good=False)
        for_good = office.refused(an_email(2), for_good=True)

        receipts = list(office.courier().send([for_now, for_good]))

        assert [each.outcome for each in receipts] == [Outcome.FAILED_FOR_NOW, Outcome.FAILED_FOR_GOOD]
        for receipt in receipts:
            assert receipt.code
            assert "@" not in receipt.code
            assert " " not in receipt.code

    @pytest.mark.clause("EC4")
    def test_one_failure_keeps_nobody_else_waiting(self, fresh_post_office: Callable[[], PostOffice]) -> None:
        """Those before and after a failure arrive, be it for now or for good."""
        for for_good in (False, True):
            office = fresh_post_office()
            emails = [an_email(1), office.refused(an_email(2), for_good=for_good), an_email(3)]

            outcomes = [each.outcome for each in office.courier().send(emails)]

            assert [each is Outcome.SENT for each in outcomes] == [True, False, True]
            assert {each.to for each in office.arrived()} == {an_email(1).to, an_email(3).to}

    @pytest.mark.clause("EC5")
    def test_a_world_out_of_reach_is_unavailable(self, fresh_post_office: Callable[[], PostOffice]) -> None:
        """Nothing arrives, and nothing is said to have failed: the e-mails wait where they are."""
        office = fresh_post_office()
        courier = office.courier()
        office.close()
        receipts: list[Receipt] = []
        with pytest.raises(Unavailable):
            _collect(receipts, courier.send([an_email(1), an_email(2)]))

        assert receipts == []
        assert list(office.arrived()) == []

    @pytest.mark.clause("EC5")
    def test_what_has_no_receipt_has_not_been_sent(self, fresh_post_office: Callable[[], PostOffice]) -> None:
        """When the world goes away in the middle, what arrived is what the receipts say, and nothing else."""
        office = fresh_post_office()
        sending = iter(office.courier().send([an_email(number) for number in range(4)]))
        receipts = [next(sending)]
        office.close()
        with suppress(Unavailable):
            _collect(receipts, sending)
        sent = {each.reference for each in receipts if each.outcome is Outcome.SENT}

        assert sent == {each.reference for each in map(an_email, range(4)) if _is_among(each, office.arrived())}
        assert Outcome.FAILED_FOR_GOOD not in {each.outcome for each in receipts}

    @pytest.mark.clause("EC6")
    def test_an_email_keeps_its_message_id(self, fresh_post_office: Callable[[], PostOffice]) -> None:
        """By whichever courier it is taken again; and no other e-mail has the same."""
        office = fresh_post_office()
        for emails in ([an_email(1), an_email(2)], [an_email(1)]):
            assert {each.outcome for each in office.courier().send(emails)} == {Outcome.SENT}
        names = {(each.to, each.message_id) for each in office.arrived()}

        assert len(names) == 2  # noqa: PLR2004 - one for each e-mail
        assert len({message_id for _, message_id in names}) == 2  # noqa: PLR2004 - the same
        assert all(message_id for _, message_id in names)

    @pytest.mark.clause("EC6")
    def test_an_email_bears_the_date_on_which_it_was_written(self, fresh_post_office: Callable[[], PostOffice]) -> None:
        """However late it is taken; so nothing tells one attempt from the other."""
        office = fresh_post_office()
        written_at = datetime(2020, 2, 29, 23, 59, 58, tzinfo=UTC)

        list(office.courier().send([evolve(an_email(1), written_at=written_at)]))

        assert [each.date for each in office.arrived()] == [written_at]

    @pytest.mark.clause("EC7")
    def test_a_message_id_brings_the_proof_back(self, fresh_post_office: Callable[[], PostOffice]) -> None:
        """What stands before the @ is the proof, however long the road."""
        office = fresh_post_office()
        proof = "abcdefghijklmnopqrstuvwxyz234567abcdefg"

        list(office.courier().send([evolve(an_email(1), proof=proof)]))

        assert [each.message_id.partition("@")[0] for each in office.arrived()] == [f"<{proof}"]


def _collect(receipts: list[Receipt], sending: Iterable[Receipt]) -> None:
    """Add what is yielded, so that it is known when an error comes."""
    for each in sending:
        receipts.append(each)  # noqa: PERF402 - `extend` would lose what came before an error


def _is_among(email: RenderedEmail, arrived: Sequence[Arrived]) -> bool:
    return any(each.to == email.to for each in arrived)

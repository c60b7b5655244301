"""For every clause of couriers of e-mails one with a lie, which its contract finds out."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

import pytest
from attrs import define, evolve, field

from eszkola_core.domain.emails import Outcome, Receipt
from eszkola_core.errors import Unavailable
from eszkola_core.ports.messages import EmailCourier
from eszkola_core.testing.contracts.couriers import Arrived, EmailCourierContract


@define
class Office:
    """A post office in memory, and whoever delivers to it."""

    kind: type[Honest]
    letters: list[Arrived] = field(factory=list)
    refusals: dict[str, Outcome] = field(factory=dict)
    is_closed: bool = False
    attempts: count = field(factory=count)

    def courier(self):
        """Return a courier of the kind under trial."""
        return self.kind(self)

    def arrived(self):
        """Return what has arrived."""
        return self.letters

    def refused(self, email, *, for_good):
        """Refuse whatever goes to that address."""
        self.refusals[email.to] = Outcome.FAILED_FOR_GOOD if for_good else Outcome.FAILED_FOR_NOW
        return email

    def close(self):
        """Be out of reach."""
        self.is_closed = True

    def take(self, email, message_id):
        """Take an e-mail in, unless it is refused, and say what became of it."""
        if self.is_closed:
            raise Unavailable("the post office is closed")
        outcome = self.refusals.get(email.to, Outcome.SENT)
        if outcome is Outcome.SENT:
            self.letters.append(
                Arrived(
                    to=email.to,
                    subject=email.subject,
                    text=email.text,
                    html=email.html,
                    message_id=message_id,
                    date=self.kind.date(email),
                )
            )
        return outcome


@define
class Honest:
    """Delivers one e-mail after the other."""

    office: Office

    def send(self, emails):
        """Yield each fate as it comes."""
        for email in emails:
            yield self.receipt(email, self.office.take(email, self.name(email)))

    def name(self, email):
        """Return the Message-ID."""
        return f"<{email.proof or email.reference}@example.com>"

    @staticmethod
    def date(email):
        """Return the date that it bears."""
        return email.written_at

    def receipt(self, email, outcome):
        """Return what is told."""
        return Receipt(email.reference, outcome, "" if outcome is Outcome.SENT else "refused")


class Backwards(Honest):
    """EC1: receipts in another order."""

    def send(self, emails):
        """Begin at the end."""
        return super().send(emails[::-1])


class Eager(Honest):
    """EC1: all receipts at the end."""

    def send(self, emails):
        """Deliver everything before saying anything."""
        return iter(list(super().send(emails)))


class Curt(Honest):
    """EC1: no receipt for a failure."""

    def send(self, emails):
        """Tell what is pleasant."""
        return (each for each in super().send(emails) if each.outcome is Outcome.SENT)


class Hopeful(Honest):
    """EC2: what was handed over counts as sent."""

    def receipt(self, email, outcome):  # noqa: ARG002 - the lie
        """Return what one would like to hear."""
        return Receipt(email.reference, Outcome.SENT)


class Clipping(Honest):
    """EC2: what does not fit is left out."""

    def send(self, emails):
        """Cut long texts."""
        return super().send([evolve(each, text=each.text[:60]) for each in emails])


class Resigned(Honest):
    """EC3: every failure is for good."""

    def receipt(self, email, outcome):
        """Return no hope."""
        return super().receipt(email, Outcome.SENT if outcome is Outcome.SENT else Outcome.FAILED_FOR_GOOD)


class Gossip(Honest):
    """EC3: the code names the addressee."""

    def receipt(self, email, outcome):
        """Return too much."""
        return Receipt(email.reference, outcome, f"refused {email.to}")


class Offended(Honest):
    """EC4: after one failure nothing is tried."""

    def send(self, emails):
        """Stop trying."""
        failed = False
        for email in emails:
            outcome = Outcome.FAILED_FOR_NOW if failed else self.office.take(email, self.name(email))
            failed = failed or outcome is not Outcome.SENT
            yield self.receipt(email, outcome)


class Calm(Honest):
    """EC5: a world out of reach is a failure like any other."""

    def send(self, emails):
        """Never raise."""
        for email in emails:
            try:
                outcome = self.office.take(email, self.name(email))
            except Unavailable:
                outcome = Outcome.FAILED_FOR_GOOD
            yield self.receipt(email, outcome)


class Ahead(Honest):
    """EC5: one e-mail is always on its way before the receipt of the last."""

    def send(self, emails):
        """Deliver the next before telling of the last."""
        waiting = None
        for receipt in super().send(emails):
            if waiting is not None:
                yield waiting
            waiting = receipt
        if waiting is not None:
            yield waiting


class Renaming(Honest):
    """EC6: every attempt has its own Message-ID."""

    def name(self, email):  # noqa: ARG002 - the lie
        """Return another name each time."""
        return f"<{next(self.office.attempts)}@example.com>"


class Nameless(Honest):
    """EC6: all e-mails have one Message-ID."""

    def name(self, email):  # noqa: ARG002 - the lie
        """Return the same name for all."""
        return "<message@example.com>"


class Hasty(Honest):
    """EC6: the date is that of the attempt."""

    @staticmethod
    def date(email):  # noqa: ARG004 - the lie
        """Return another date than the e-mail's."""
        return datetime(2026, 1, 1, tzinfo=UTC)


class Proofless(Honest):
    """EC7: the Message-ID is made of something else."""

    def name(self, email):
        """Return what nobody can prove anything by."""
        return f"<{email.reference}@example.com>"


SABOTEURS = [
    ("EC1", Backwards),
    ("EC1", Eager),
    ("EC1", Curt),
    ("EC2", Hopeful),
    ("EC2", Clipping),
    ("EC3", Resigned),
    ("EC3", Gossip),
    ("EC4", Offended),
    ("EC5", Calm),
    ("EC5", Ahead),
    ("EC6", Renaming),
    ("EC6", Nameless),
    ("EC6", Hasty),
    ("EC7", Proofless),
]


class TestHonestCourier(EmailCourierContract):
    """A courier without a lie passes."""

    @pytest.fixture
    def fresh_post_office(self):
        """Return what opens its office."""
        return lambda: Office(Honest)


@pytest.mark.parametrize(("clause", "kind"), SABOTEURS)
def test_a_lie_about_a_clause_is_found_out(bench, clause, kind):
    """A courier that breaks one clause turns a test red that cites this very clause."""
    assert bench.first_red(EmailCourierContract, clause, {"fresh_post_office": lambda: Office(kind)}) is not None


def test_no_clause_of_couriers_lacks_a_saboteur(bench):
    """The table of lies and the clauses of the port name the same."""
    assert {clause for clause, _ in SABOTEURS} == set(bench.clauses(EmailCourier))

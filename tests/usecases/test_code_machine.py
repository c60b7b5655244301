"""Whatever is done with codes: each is redeemed once at most, and never after three wrong dates (LINK-7)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from threading import Barrier, Thread

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from eszkola_core._usecases.issue_codes import CodeIssued, IssueCodes, code_digests
from eszkola_core._usecases.redeem_code import Covered, NotRedeemed, RedeemCode, Redeemed, RedemptionRefused
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.communication import Level
from eszkola_core.domain.national_ids import PESEL, NationalId
from eszkola_core.domain.security_codes import CodeState, invent_code
from eszkola_core.testing.notation import pesel

LINES = ("A/1: s Ala 1 ala, g Jan 8 jan, g Iza - -", "A/2: s Ola 2 ola, g Jan 8 jan", "B/3: s Iga 3 iga, g Jan 8 jan")
COVERS = {("Jan", "A"): {1, 2}, ("Iza", "A"): {1}, ("Jan", "B"): {3}}
RECORDS = {("Jan", "A"): "1", ("Iza", "A"): "1", ("Jan", "B"): "3"}
BORN = {number: NationalId(PESEL, pesel(number)).birth_date or date.min for number in (1, 2, 3, 4)}
LIFETIME = timedelta(days=30)
LIMIT = 3


class CodeMachine(RuleBasedStateMachine):
    """A school that prints and guardians that type, with a model that counts what they typed."""

    a_region: type

    def __init__(self):
        super().__init__()
        # Throttling has its own properties: here nothing but the code itself may stand in the way, so that everybody
        # types in another place.
        self.region = self.a_region("easistent", wrong_codes_anywhere=10000)
        self.places = map(str, count())
        world = {"storage": self.region.storage, "tenant": self.region.tenant, "clock": self.region.clock}
        self.issuing = IssueCodes(**world, secrets=self.region.secrets)
        self.redeeming = RedeemCode(**world, secrets=self.region.secrets)
        self.region.take(*LINES)
        self.console = Actor.console("console:test")
        self.issued: list[str] = []
        self.of: dict[str, tuple[str, str]] = {}
        self.since = {}
        self.wrong: dict[str, int] = {}
        self.live: dict[tuple[str, str], str] = {}
        self.redeemed: list[str] = []

    def is_good(self, code):
        """Return whether a code may still be redeemed, by what the model knows."""
        return (
            self.live.get(self.of[code]) == code
            and code not in self.redeemed
            and self.wrong[code] < LIMIT
            and self.region.clock.now() < self.since[code] + LIFETIME
        )

    @rule(whose=st.sampled_from(sorted(COVERS)))
    def issue(self, whose):
        """A school prints a code, or prints it again."""
        guardian, school = whose
        issued = self.issuing.issue(self.console, school, RECORDS[whose], f"{guardian} Lis")
        assert isinstance(issued, CodeIssued)
        code = issued.code.reveal()
        self.issued.append(code)
        self.of[code] = whose
        self.since[code], self.wrong[code] = self.region.clock.now(), 0
        self.live[whose] = code

    @precondition(lambda self: self.issued)
    @rule(data=st.data(), number=st.sampled_from([1, 1, 2, 3, 4]), looks=st.booleans())
    def type_it(self, data, number, looks):
        """Somebody types a code with some date: the right outcome, and the right count."""
        code = data.draw(st.sampled_from(self.issued[-6:]))
        good, right = self.is_good(code), number in COVERS[self.of[code]]
        outcome = self.type_once(code, BORN[number], looks=looks)
        assert isinstance(outcome, Covered | Redeemed) == (good and right)
        if isinstance(outcome, Redeemed):
            self.redeemed.append(code)
        if isinstance(outcome, NotRedeemed):
            assert outcome.reason is RedemptionRefused.NOT_RIGHT
            if good:
                self.wrong[code] += 1

    def type_once(self, code, day, *, looks):
        """Return what typing a code comes to."""
        if looks:
            return self.redeeming.look(code, day, source=next(self.places))
        return self.redeem(code, day)

    def redeem(self, code, day):
        """Return what redeeming a code comes to."""
        return self.redeeming.redeem(code, day, own=Level.MINIMAL, source=next(self.places))

    @precondition(lambda self: self.issued)
    @rule(data=st.data(), at=st.integers(0, 11), by=st.integers(1, 9))
    def slip(self, data, at, by):
        """A finger slips: it is told, and costs nothing."""
        code = data.draw(st.sampled_from(self.issued[-6:]))
        typed = code[:at] + str((int(code[at]) + by) % 10) + code[at + 1 :]
        outcome = self.redeem(typed, BORN[1])
        assert outcome == NotRedeemed(RedemptionRefused.SLIP)

    @rule(digits=st.lists(st.integers(0, 9), min_size=11, max_size=11))
    def guess(self, digits):
        """Somebody types a code that nobody was given."""
        drawn = iter(digits)
        code = invent_code(lambda _below: next(drawn)).reveal()
        if code not in self.of:
            outcome = self.redeem(code, BORN[1])
            assert outcome == NotRedeemed(RedemptionRefused.NOT_RIGHT)

    @precondition(lambda self: self.issued)
    @rule(data=st.data(), number=st.sampled_from([1, 2, 4]))
    def race(self, data, number):
        """Four at once type the same: one of them at most redeems."""
        code = data.draw(st.sampled_from(self.issued[-2:]))
        good, right = self.is_good(code), number in COVERS[self.of[code]]
        start, outcomes = Barrier(4), []

        def run():
            start.wait()
            outcomes.append(self.redeem(code, BORN[number]))

        threads = [Thread(target=run) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        redeemed = [each for each in outcomes if isinstance(each, Redeemed)]
        assert len(redeemed) == (1 if good and right else 0)
        if redeemed:
            self.redeemed.append(code)
        elif good:
            self.wrong[code] += 4

    @rule(days=st.sampled_from([1, 15, 29, 30]))
    def wait(self, days):
        """Time passes."""
        self.region.wait(days=days)

    @rule(keep=st.booleans())
    def import_again(self, keep):
        """The same roster comes in again, or one in which an address changed."""
        self.region.take(*(line if keep else line.replace("8 jan", "8 nowy") for line in LINES))

    @invariant()
    def each_is_redeemed_once_and_the_rest_is_as_it_was_counted(self):
        """What is kept of every code is what the model says of it."""
        assert len(self.redeemed) == len(set(self.redeemed))
        now = self.region.clock.now()
        with self.region.storage.snapshot() as unit:
            for code in self.issued[-8:]:
                kept = unit.codes.peek(code_digests(self.region.storage, _secret(code))[0])
                assert kept.is_live(now) == self.is_good(code)
                assert (kept.state is CodeState.REDEEMED) == (code in self.redeemed)
                assert kept.wrong_dates == min(self.wrong[code], LIMIT)


def _secret(code):
    """Return a code as the platform holds it."""
    drawn = iter(map(int, code[:-1]))
    return invent_code(lambda _below: next(drawn))


@pytest.mark.rule("LINK-7b")
@pytest.mark.rule("LINK-7c")
def test_a_code_is_redeemed_once_and_never_after_three_wrong_dates(a_region):
    """Printing, printing again, slips, guesses, wrong dates, races, imports and time, in any order."""
    machine = type("Machine", (CodeMachine,), {"a_region": a_region})
    run_state_machine_as_test(machine)

"""A link goes from state to state as its table says, whatever happens to it (RULES: States; LINK-1, LINK-3, LINK-4)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core._usecases._sight import look_at
from eszkola_core.domain.claims import Decision, DecisionKind, PlaceKey
from eszkola_core.domain.days import day_of
from eszkola_core.domain.links import LINK_LIFECYCLE, LinkHappening, LinkState
from eszkola_core.domain.settings import WhenOfAge
from eszkola_core.testing.notation import pesel
from eszkola_core.testing.region import CONSOLE, Region

ALA = pesel(5, born=date(2008, 11, 30))
GUARDIANS = ("Jan", "Ewa", "Adam")
H = LinkHappening


class Story:
    """A child, those who are named beside it, and all that can happen to a link."""

    def __init__(self, rule):
        self.region = Region(links_when_of_age=rule)
        self.beside = {"Jan"}
        self.take()

    def take(self):
        """Import the record as it is to be by now."""
        family = [f"g {each} - {each.lower()}" for each in GUARDIANS if each in self.beside]
        self.region.take(f"A/1: {', '.join([f's Ala {ALA} a', *family])}")

    def name(self, guardian):
        """Name a guardian in the record, or name them no more."""
        self.beside ^= {guardian}
        self.take()
        return {H.CLAIMED, H.ENDED}

    def wait(self, _guardian):
        """Let some days pass: in one of them Ala comes of age."""
        self.region.later(4)
        self.take()
        return {H.CAME_OF_AGE}

    def restrict(self, guardian):
        """Keep a guardian from the child."""
        self._about(guardian, self.region.restricting.restrict)
        return {H.RESTRICTED}

    def lift(self, guardian):
        """Lift that again; whoever was held meanwhile is looked at anew."""
        self._about(guardian, self.region.restricting.lift)
        return {H.LIFTED, H.ADMITTED}

    def verify(self, guardian):
        """Let the guardian have shown a code."""
        self._decide(DecisionKind.LINK_VERIFIED, guardian, child_first=False)
        return {H.VERIFIED}

    def consent(self, guardian):
        """Let the student have consented."""
        self._decide(DecisionKind.CONSENTED, guardian, child_first=True)
        return {H.CONSENTED}

    def withdraw(self, guardian):
        """Let the student have taken it back."""
        with self.region.storage.unit() as unit:
            for each in unit.people.decisions(self.region.account("A/1 s").id):
                if each.kind is DecisionKind.CONSENTED and each.object == self._number(guardian):
                    unit.people.withdraw(each.id, self.region.clock.now())
        return {H.CONSENT_WITHDRAWN}

    def states(self):
        """Return the state of each guardian's link; who has none was never named, or has ended long since."""
        child = self.region.account("A/1 s").id
        with self.region.storage.snapshot() as unit:
            sight = look_at(unit, {child}, self.region.tenant, day_of(self.region.clock.now(), self.region.tenant.zone))
            found = dict.fromkeys(GUARDIANS, LinkState.ENDED)
            for each in sight.links():
                who = each.guardian
                name = (
                    sight.world.places[who].newest.name if isinstance(who, PlaceKey) else sight.world.people[who].name
                )
                found[name.first] = each.state
        return found

    def _number(self, guardian):
        return next((n for n, each in self.region.world().people.items() if each.name.first == guardian), None)

    def _about(self, guardian, act):
        if (number := self._number(guardian)) is not None:
            act(CONSOLE, number, self.region.account("A/1 s").id, reason="order")

    def _decide(self, kind, guardian, *, child_first):
        child, human = self.region.account("A/1 s").id, self._number(guardian)
        if human is not None:
            subject, other = (child, human) if child_first else (human, child)
            with self.region.storage.unit() as unit:
                unit.people.decide(
                    Decision(kind=kind, subject=subject, object=other, author="x", at=self.region.clock.now())
                )


ACTS = ("name", "wait", "restrict", "lift", "verify", "consent", "withdraw")


@pytest.mark.rule("LINK-3a")
@pytest.mark.rule("LINK-4")
@settings(max_examples=120)
@given(
    acts=st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(["Jan", *GUARDIANS])), max_size=14),
    rule=st.sampled_from(WhenOfAge),
)
def test_a_link_moves_only_as_its_table_says(acts, rule):
    """Whatever happens, in whatever order: each link stays, or goes where what happened leads."""
    story = Story(rule)
    before = story.states()
    for act, guardian in acts:
        happened = getattr(story, act)(guardian)
        after = story.states()
        for who in GUARDIANS:
            leads_to = set().union(*(LINK_LIFECYCLE[before[who]].get(each, set()) for each in happened))
            assert after[who] in {before[who], *leads_to}, (act, guardian, who)
        before = after


@pytest.mark.rule("LINK-3a")
def test_every_state_of_a_link_can_come_and_go():
    """The table leads from each state to others, into each from another, and names all states and happenings."""
    leading = {state: set().union(*moves.values()) for state, moves in LINK_LIFECYCLE.items()}

    assert set(leading) == set(LinkState)
    assert {happening for moves in LINK_LIFECYCLE.values() for happening in moves} == set(LinkHappening)
    for state in LinkState:
        assert leading[state] - {state}
        assert any(state in others for origin, others in leading.items() if origin is not state)

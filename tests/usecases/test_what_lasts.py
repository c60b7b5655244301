"""What an account is given when somebody begins to last, and when records say more of them (ID-1, ID-4)."""

from __future__ import annotations

import pytest

from eszkola_core._usecases.restrict_links import Restricted
from eszkola_core.domain.accounts import State
from eszkola_core.domain.plans import Step
from eszkola_core.testing.notation import pesel
from eszkola_core.testing.region import CONSOLE, Region


@pytest.mark.rule("LINK-3b")
def test_whoever_lasts_without_an_account_has_none_of_its_data():
    """A child who is restricted before the account opens gets number and login, and the rest with the account."""
    region = Region("uonet")
    region.take("A/1: s Ala - ala 601234567, g Jan 8 jan")
    jan, child = region.account("A/1 g Jan").id, region.place("A/1 s").key
    assert isinstance(region.restricting.restrict(CONSOLE, jan, child, reason="court order"), Restricted)

    waiting = region.account("A/1 s")
    assert (waiting.state, waiting.login, str(waiting.name)) == (State.UNOPENED, "ala.lis", "Ala Lis")
    assert (waiting.central, waiting.phone, waiting.opened_at, waiting.ids) == (None, None, None, ())

    region.later(3)
    done = region.take("A/1: s Ala 1 ala 601234567, g Jan 8 jan")
    opened = region.account("A/1 s")
    assert [each.step for each in done.plan.lines if each.person == "Ala Lis"] == [Step.CHANGE, Step.OPEN]
    assert (opened.id, opened.state, opened.opened_at) == (waiting.id, State.AWAITING, region.clock.now())
    assert (opened.central.spelling, opened.phone.e164) == ("ala@example.com", "+48601234567")
    assert [each.reveal() for each in opened.ids] == [pesel(1)]
    assert opened.revision == waiting.revision + 1


@pytest.mark.rule("ID-1a")
def test_an_id_that_a_record_states_at_last_is_the_accounts():
    """And is kept where no record states it any more."""
    region = Region()
    region.take("A/1: t Ewa - e")
    assert region.account("A/1 t").ids == ()

    for line in ("A/1: t Ewa 9 e", "A/1: t Ewa - e"):
        region.take(line)
        assert [each.reveal() for each in region.account("A/1 t").ids] == [pesel(9)]


@pytest.mark.rule("ROLE-5b")
def test_whoever_is_in_no_record_any_more_keeps_name_and_number():
    """An account that rests has nothing left to be named by, and is called as before."""
    region = Region()
    region.take("A/1: t Ewa 9 e 601234567", "A/2: t Jan 8 j")
    ewa = region.account("A/1 t")
    region.take("A/2: t Jan 8 j")
    region.later(40)
    region.take("A/2: t Jan 8 j2", "B/1: t Ola 2 o", "C/1: s Iga 3 e")

    rests = region.world().people[ewa.id]
    assert (str(rests.name), rests.login, rests.ids) == ("Ewa Lis", "ewa.lis", ewa.ids)

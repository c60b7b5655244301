"""Contact data that their owner answers for, and when to ask about them (LINK-8d)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.contacts import OwnContacts

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
spans = st.integers(90, 730).map(lambda days: timedelta(days=days))
waits = st.timedeltas(timedelta(), timedelta(days=2000))


@pytest.mark.rule("LINK-8d")
@given(spans, spans, waits)
def test_the_next_question_comes_so_long_after_the_last_answer(first, second, waited):
    """Whoever confirms is asked anew from then on, whatever was set before; since when they own them stays."""
    owned = OwnContacts.taken(PersonId(1), NOW, first)
    answered = NOW + waited

    assert owned == OwnContacts(person=PersonId(1), since=NOW, confirmed_at=NOW, ask_at=NOW + first)
    assert owned.confirmed(answered, second) == OwnContacts(
        person=PersonId(1), since=NOW, confirmed_at=answered, ask_at=answered + second
    )


@pytest.mark.rule("LINK-8d")
@given(spans, st.lists(waits, min_size=1, max_size=4))
def test_whoever_does_not_answer_is_asked_again_in_time(every, waits):
    """By the same calendar as before; after a long silence of the platform not twice within a day."""
    owned, now = OwnContacts.taken(PersonId(1), NOW, every), NOW
    for waited in waits:
        now = max(owned.ask_at, now + waited)
        asked = owned.asked(now, every)

        assert asked.ask_at == max(owned.ask_at + every, now + DAY)
        assert (asked.since, asked.confirmed_at) == (NOW, NOW)
        owned = asked

"""Times of maintenance."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.maintenance import LONGEST_TEXT, Maintenance
from eszkola_core.domain.tenants import LOCALES
from eszkola_core.testing.strategies.times import chosen, instants

_SPANS = st.timedeltas(timedelta(), timedelta(days=30))


def maintenances(*, begun: SearchStrategy[datetime] | None = None) -> SearchStrategy[Maintenance]:
    """Yield times of maintenance that were *begun* at an instant: under way or ended, with own texts or without."""
    texts = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=LONGEST_TEXT).filter(str.strip)
    return chosen(begun, instants()).flatmap(
        lambda at: st.builds(
            Maintenance,
            number=st.integers(0, 1000),
            author=st.just("console:operator"),
            begun_at=st.just(at),
            expected_end_at=st.none() | _SPANS.map(lambda span: at + span),
            texts=st.dictionaries(st.sampled_from(LOCALES), texts),
            ended_at=st.none() | _SPANS.map(lambda span: at + span),
        )
    )

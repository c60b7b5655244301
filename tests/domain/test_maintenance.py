"""What people are told of a maintenance, and for how long it is remembered (ACCESS-10)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.maintenance import LONGEST_TEXT, USUAL_TEXTS, Maintenance
from eszkola_core.domain.settings import Settings
from eszkola_core.domain.tenants import LOCALES
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.strategies import maintenances

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.rule("ACCESS-10")
@given(maintenances())
def test_everybody_is_told_in_their_language(maintenance):
    """By what somebody wrote, and where nobody did by the usual sentence."""
    for locale in LOCALES:
        assert maintenance.text(locale) == maintenance.texts.get(locale, USUAL_TEXTS[locale])
        assert maintenance.text(locale).strip()


def test_there_is_a_usual_sentence_in_every_language():
    """Each another one."""
    assert set(USUAL_TEXTS) == set(LOCALES)
    assert len(set(USUAL_TEXTS.values())) == len(LOCALES)


@pytest.mark.rule("ACCESS-10")
@pytest.mark.parametrize("texts", [{"de": "Wartung"}, {"pl": " "}, {"en": "x" * (LONGEST_TEXT + 1)}])
def test_what_nobody_could_be_told_is_refused(texts):
    """Another language, nothing at all, a novel."""
    with pytest.raises(InvalidValue):
        Maintenance(author="console:x", begun_at=NOW, texts=texts)
    longest = Maintenance(author="console:x", begun_at=NOW, texts={"en": "x" * LONGEST_TEXT})
    assert longest.text("en") == "x" * LONGEST_TEXT


@pytest.mark.rule("ACCESS-10")
@given(maintenances(), st.timedeltas(timedelta(), timedelta(days=40)))
def test_a_browser_may_still_show_it_for_seven_days(maintenance, after):
    """From its end on, and at the seventh day's instant no more; one that is under way shows itself."""
    assert maintenance.is_under_way == (maintenance.ended_at is None)
    now = (maintenance.ended_at or maintenance.begun_at) + after

    assert maintenance.still_shows(now, Settings()) == (not maintenance.is_under_way and after < timedelta(days=7))
    assert not evolve(maintenance, ended_at=None).still_shows(now, Settings())

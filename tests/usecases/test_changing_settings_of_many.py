"""A change of settings takes an address from those alone who may not share it any more (MAIL-5f)."""

from __future__ import annotations

import pytest

from eszkola_core._usecases import change_settings
from eszkola_core._usecases.change_settings import ChangeSettings, SettingsChanged
from eszkola_core.domain.choices import LossKind
from eszkola_core.domain.settings import LoginScheme, Sharing
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.region import CONSOLE, Region

FAMILY = "A/1: s Ala 1 box, g Ewa 8 box, g Jan 9 box"


def a_family():
    """Return a region in which a family shares, as it may, and what changes its settings."""
    region = Region(sharing=Sharing.FAMILY)
    ChangeSettings(region.storage, region.tenant, region.clock, CountingSecrets("settings")).check()
    region.take(FAMILY)
    return region


def changing(region):
    """Return the use case under the settings of the moment."""
    return ChangeSettings(region.storage, region.tenant, region.clock, CountingSecrets("settings"))


@pytest.mark.rule("MAIL-5f")
def test_who_may_share_goes_on_sharing():
    """As long as families may share, no plan takes an address from anybody."""
    region = a_family()

    plan = changing(region).plan(CONSOLE)
    assert plan.losses == ()
    with region.storage.snapshot() as unit:
        before = unit.runs.newest(10)
    assert isinstance(changing(region).apply(CONSOLE, plan.id), SettingsChanged)
    with region.storage.snapshot() as unit:
        assert unit.runs.newest(10) == before

    assert {region.central(f"A/1 {who}") for who in ("s", "g Ewa", "g Jan")} == {"box"}


@pytest.mark.rule("MAIL-5f")
def test_everybody_is_told_once_however_many_are_looked_at_together(monkeypatch):
    """The plan of a region that is read page by page is that of one read at once."""
    region = a_family()
    region.choose(sharing=Sharing.FORBID, login_scheme=LoginScheme.EMAIL)
    whole = changing(region).plan(CONSOLE)
    assert [each.kind for each in whole.losses] == [LossKind.ADDRESS, LossKind.SIGN_IN] * 2

    monkeypatch.setattr(change_settings, "_AT_ONCE", 1)

    assert changing(region).plan(CONSOLE) == whole

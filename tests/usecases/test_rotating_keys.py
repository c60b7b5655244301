"""Whoever changes keys may do so, and the journal says who it was."""

from __future__ import annotations

import pytest

from eszkola_core._usecases.rotate_keys import KeyForgotten, RotateKeys
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.keys import KeyKind, KeyStep, KeyUse
from eszkola_core.domain.permissions import NotPermitted

CONSOLE = Actor.console("console:root")
USED = KeyUse(kind=KeyKind.DATA, number=1, in_use=True, needed_by={"place": 3})


class Keeper:
    """Keeps keys by writing down when one comes into use or goes, and nothing else."""

    def __init__(self, storage) -> None:
        self.storage = storage

    def all_keys(self, *, at):  # noqa: ARG002 - it keeps no days
        """Return one key."""
        return [USED]

    def renew(self, kind, *, at, note):  # noqa: ARG002 - it keeps no days
        """Take the second key into use."""
        with self.storage.unit() as unit:
            note(unit, 2)
        yield KeyStep(2, kind.value, 5)

    def forget(self, kind, number, *, at, note):  # noqa: ARG002 - it keeps no keys
        """Take a key away."""
        with self.storage.unit() as unit:
            note(unit, number)


@pytest.fixture
def region(staffed_region):
    """Return a region with a secretary, and a regional administrator."""
    return staffed_region


@pytest.fixture
def rotating(region):
    """Return the use case."""
    return RotateKeys(region.storage, Keeper(region.storage), region.tenant, region.clock)


@pytest.mark.rule("LAW-5a")
def test_the_journal_says_who_changed_keys(region, rotating):
    """Which key of which kind came into use, and which went; looking is no deed."""
    assert rotating.look(CONSOLE) == [USED]
    assert list(rotating.renew(region.actor("rena"), KeyKind.DATA)) == [KeyStep(2, "data", 5)]
    assert rotating.forget(CONSOLE, KeyKind.INDEX, 1) == KeyForgotten(KeyKind.INDEX, 1)

    found = [each for deed in ("key-taken-into-use", "key-forgotten") for each in region.journal(deed)]
    assert [(each.by, each.detail) for each in found] == [
        (region.person("rena").id, {"kind": "data", "key": "2"}),
        (None, {"kind": "index", "key": "1"}),
    ]


@pytest.mark.rule("ROLE-4a")
def test_a_school_does_not_change_keys(region, rotating):
    """They are all schools': whoever works for one neither changes nor sees them."""
    zofia = region.actor("zofia")

    assert isinstance(rotating.look(zofia), NotPermitted)
    assert isinstance(rotating.renew(zofia, KeyKind.DATA), NotPermitted)
    assert isinstance(rotating.forget(zofia, KeyKind.DATA, 1), NotPermitted)
    assert region.journal("key-taken-into-use") == region.journal("key-forgotten") == []

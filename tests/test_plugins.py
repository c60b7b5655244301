"""Adapters are found by exact name, one at a time, and nothing about them is left to chance."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from eszkola_core import _plugins as plugins
from eszkola_core.errors import BrokenPromise, InvalidValue


@pytest.fixture
def announced(monkeypatch):
    """Announce entry points in the stead of those that are installed."""

    def announce(*points):
        def found(*, group, name=None):
            return tuple(each for each in points if each.group == group and name in (None, each.name))

        monkeypatch.setattr(plugins, "entry_points", found)

    return announce


def point(name, value, group=plugins.STORAGE):
    """Return one entry point."""
    return EntryPoint(name=name, value=value, group=group)


def test_a_named_adapter_is_loaded(announced):
    """What stands behind the name comes back, and nothing else is looked at."""
    announced(point("good", "json:dumps"), point("bad", "no_such_module:thing"))

    assert plugins.load(plugins.STORAGE, "good")([1]) == "[1]"


def test_a_name_that_nobody_announces_is_refused_with_those_that_are(announced):
    """The text names the group's adapters, so that a slip is seen at once."""
    announced(point("sqlalchemy", "json:dumps"), point("smtp", "json:dumps", plugins.EMAIL))

    with pytest.raises(InvalidValue, match=r"'sqlalchemi'.*installed: sqlalchemy\)"):
        plugins.load(plugins.STORAGE, "sqlalchemi")


def test_two_of_one_name_are_refused(announced):
    """Which of them would answer is chance; the same one found twice is one."""
    announced(point("mine", "json:dumps"), point("mine", "json:loads"))
    with pytest.raises(BrokenPromise, match="two adapters"):
        plugins.load(plugins.STORAGE, "mine")

    announced(point("mine", "json:dumps"), point("mine", "json:dumps"))
    assert plugins.load(plugins.STORAGE, "mine")


@pytest.mark.parametrize("value", ["no_such_module:thing", "json:no_such_thing"])
def test_one_that_cannot_be_loaded_breaks_its_promise_and_the_cause_is_kept(announced, value):
    """Whoever installed it sees why."""
    announced(point("mine", value))

    with pytest.raises(BrokenPromise, match="cannot be loaded") as broken:
        plugins.load(plugins.STORAGE, "mine")

    assert isinstance(broken.value.__cause__, ImportError | AttributeError)

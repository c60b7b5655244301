"""``st.from_type`` knows every type of the domain."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import entry_points

import attrs
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from eszkola_core.domain.claims import World
from eszkola_core.domain.messages import FIELDS, MessageKind
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.testing import strategies as s
from eszkola_core.testing.strategies.registration import domain_types, register

ONCE = settings(max_examples=50, phases=[Phase.generate], database=None, derandomize=True, deadline=None)


def test_hypothesis_finds_the_registration_by_itself():
    """Whoever installs the core with Hypothesis needs no import for it."""
    (found,) = [each for each in entry_points(group="hypothesis") if each.name == "eszkola"]

    assert found.load() is register


@pytest.mark.parametrize("cls", [*domain_types()], ids=lambda cls: cls.__qualname__)
def test_every_type_of_the_domain_can_be_drawn(cls):
    """An instance that its own checks let through, with aware instants."""
    drawn = find(st.from_type(cls), lambda _: True, settings=ONCE)

    assert isinstance(drawn, cls)
    for each in attrs.fields(cls):
        value = getattr(drawn, each.name)
        assert not isinstance(value, datetime) or value.utcoffset() is not None


@given(st.from_type(NationalId), st.from_type(World))
def test_what_depends_on_itself_has_a_strategy_of_its_own(number, world):
    """A national id is one that its register could have issued; places of a world lie under their keys."""
    assert number.is_document or number.birth_date is not None
    assert {key: place.key for key, place in world.places.items()} == {key: key for key in world.places}


@given(st.data(), st.sampled_from(MessageKind))
def test_a_message_has_the_data_of_its_kind(data, kind):
    """Of the kind that was asked for."""
    message = data.draw(s.messages(kinds=st.just(kind)))

    assert message.kind is kind
    assert message.data.keys() == FIELDS[kind] | {"name"}

"""What cannot be meant is refused at the door of every operation, by name and before anything is looked at."""

from __future__ import annotations

from datetime import UTC, date, datetime
from inspect import signature
from types import FunctionType

import pytest

import eszkola_core
from eszkola_core import Action, Actor, InvalidValue, Platform, Secret, Tenant
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.public_api import cases

TENANT = Tenant(key="opole", name="Opole", base_url="https://konto.example.org", platform_domain="eszkola.example.org")
WRONG: dict[str, list[object]] = {
    "PersonId": ["1", None, 1.0, True, b"1", Secret("1")],
    "PersonId | None": ["1", 1.0],
    "int": ["1", None, True],
    "str": [None, 1, b"text", Secret("1")],
    "str | None": [1, b"text"],
    "date": ["2026-09-01", None, datetime(2026, 9, 1, tzinfo=UTC)],
    "date | None": ["2026-09-01", datetime(2026, 9, 1, tzinfo=UTC)],
    "datetime | None": ["2026-09-01", date(2026, 9, 1)],
    "Actor": ["anna", None, 1],
}
NEEDING = {"deliver_messages", "deliver_sms", "rotate_keys"}


class LookedInto(Exception):
    """Something went on to the storage."""


class Shut(MemoryStorage):
    """A storage that nothing may open once it is shut."""

    is_shut = False

    def unit(self):
        """Open a unit, or fail."""
        if self.is_shut:
            raise LookedInto
        return super().unit()

    def snapshot(self):
        """Open a unit that only looks, or fail."""
        if self.is_shut:
            raise LookedInto
        return super().snapshot()


@pytest.fixture(scope="module")
def platform():
    """Return a platform whose storage was put together, and is shut by now."""
    storage = Shut()
    made = Platform(TENANT, storage=storage)
    assert made.storage is storage
    storage.is_shut = True
    return made


def operations():
    """Yield each operation of each use case that needs no more than a storage, with its checked parameters."""
    for name, called in sorted(cases().items()):
        kind = getattr(eszkola_core, called)
        for operation, found in vars(kind).items():
            if name not in NEEDING and isinstance(found, FunctionType) and not operation.startswith("_"):
                due = [(each.name, str(each.annotation)) for each in signature(found).parameters.values()]
                yield from ((name, operation, parameter, expected) for parameter, expected in due if expected in WRONG)


@pytest.mark.parametrize(("name", "operation", "parameter", "kind"), [*operations()])
def test_what_cannot_be_meant_is_refused_by_name(platform, name, operation, parameter, kind):
    """Nothing is looked into, and what was handed over is not repeated."""
    run, wrongs = getattr(getattr(platform, name), operation), WRONG[kind]
    for wrong in wrongs:
        with pytest.raises(InvalidValue, match=rf"^{parameter} is .* and not a ") as refused:
            run(**{parameter: wrong})
        assert refused.value.code == "wrong-kind"
        assert "2026" not in str(refused.value)


def test_a_secret_is_refused_with_the_way_out(platform):
    """Whoever hands over what signing in gave reads how it is meant, in whatever place it is handed over."""
    sign_out = platform.sign_in.sign_out
    for run in (sign_out, lambda key: sign_out(key=key)):
        with pytest.raises(InvalidValue) as refused:
            run(Secret("s3"))
        assert str(refused.value) == "key is text and not a Secret: hand over what its reveal() returns"


def test_no_key_is_nobodys(platform):
    """A request without a cookie needs no case of its own."""
    assert platform.sign_in.person_of(None) is None
    assert platform.pair_device.person_of(None) is None


def test_what_may_be_left_out_may_be_none(platform):
    """And what is right goes on to the operation itself."""
    with pytest.raises(LookedInto):
        platform.check_readiness.of(Actor.console("test"), school=None, class_name=None)
    with pytest.raises(LookedInto):
        platform.check_permission.may(1, Action.VIEW, 2)
    with pytest.raises(TypeError, match="unexpected keyword argument 'wrong'"):
        platform.check_permission.may(1, Action.VIEW, 2, wrong=1)


@pytest.mark.parametrize("name", ["", "  "])
def test_a_console_has_a_name(name):
    """The journal names whoever sits there."""
    with pytest.raises(InvalidValue, match="say who sits at the console"):
        Actor.console(name)

"""Whether a class fits a port is told in sentences."""

from __future__ import annotations

from typing import Protocol

import pytest
from attrs import frozen

from eszkola_core._defaults import Argon2Hasher, BuiltInCompromisedPasswords, SystemClock, SystemSecrets
from eszkola_core.memory import MemoryUnit, State
from eszkola_core.ports.messages import EmailCourier, MessageRenderer
from eszkola_core.ports.passwords import CompromisedPasswords, PasswordHasher
from eszkola_core.ports.storage import Credentials, Outbox, People, Rosters, Sessions, Storage, Tokens
from eszkola_core.ports.system import Clock, Secrets
from eszkola_core.testing import doubles, memory
from eszkola_core.testing.shapes import shape_faults


class Lamp(Protocol):
    """A port with something of everything."""

    @property
    def colour(self) -> str:
        """The colour."""

    def shine(self, level: int, *, warm: bool = False) -> None:
        """Shine."""

    def dim(self, first: int, second: int) -> None:
        """Dim."""


class Good:
    """Fits, with a parameter more that nobody needs to give."""

    colour = "white"

    def shine(self, level, *, warm=False, steps=3):
        """Shine."""

    def dim(self, first, second):
        """Dim."""


UNIT = MemoryUnit(State())

FITTING = [
    (Storage, memory.MemoryStorage),
    (Storage, doubles.RecordingStorage),
    (Clock, SystemClock),
    (Clock, doubles.FrozenClock),
    (Secrets, SystemSecrets),
    (Secrets, doubles.CountingSecrets),
    (PasswordHasher, Argon2Hasher),
    (PasswordHasher, doubles.CountingHasher),
    (CompromisedPasswords, BuiltInCompromisedPasswords),
    (CompromisedPasswords, doubles.Compromised),
    (EmailCourier, doubles.MemoryCourier),
    (EmailCourier, doubles.FailingCourier),
    (MessageRenderer, doubles.PlainRenderer),
    (Rosters, type(UNIT.rosters)),
    (People, type(UNIT.people)),
    (Credentials, type(UNIT.credentials)),
    (Tokens, type(UNIT.tokens)),
    (Sessions, type(UNIT.sessions)),
    (Outbox, type(UNIT.outbox)),
    (Lamp, Good),
]


@pytest.mark.parametrize(("port", "cls"), FITTING)
def test_what_fits_has_no_faults(port, cls):
    """Everything that ships has the shape of its port."""
    assert shape_faults(port, cls) == []


def test_an_attribute_may_be_annotated_a_slot_or_set_at_the_making():
    """A property of the port is kept by whatever gives instances an attribute of its name."""

    class Annotated(Good):
        colour: str

    @frozen
    class Slotted:
        colour: str

        shine = Good.shine
        dim = Good.dim

    class Made(Good):
        def __init__(self):
            self.colour = "red"

    del Good.colour
    try:
        assert shape_faults(Lamp, Annotated) == []
        assert shape_faults(Lamp, Slotted) == []
        assert shape_faults(Lamp, Made) == []
        assert "Good.colour is missing: Lamp asks for a property or attribute of this name" in shape_faults(Lamp, Good)
    finally:
        Good.colour = "white"


def faults(**changes):
    """Return what is wrong with a lamp that has *changes*; None takes a part away."""
    parts = {"colour": "white", "shine": Good.shine, "dim": Good.dim, **changes}
    return shape_faults(Lamp, type("Bad", (), {name: part for name, part in parts.items() if part is not None}))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"shine": None}, "Bad.shine is missing: Lamp asks for a method of this name"),
        ({"colour": None}, "Bad.colour is missing: Lamp asks for a property or attribute of this name"),
        ({"colour": lambda _self: "x"}, "Bad.colour is a method, where Lamp asks for a property or attribute"),
        ({"shine": 3}, "Bad.shine cannot be called, where Lamp asks for a method"),
        ({"shine": property(lambda _self: 3)}, "Bad.shine cannot be called, where Lamp asks for a method"),
        ({"shine": lambda self, level: None}, "Bad.shine takes no parameter 'warm'"),  # noqa: ARG005
        (
            {"shine": lambda self, *, level, warm=False: None},  # noqa: ARG005
            "Bad.shine takes 'level' by name only; the port gives it by position or name",
        ),
        (
            {"shine": lambda self, level, /, *, warm=False: None},  # noqa: ARG005
            "Bad.shine takes 'level' by position only; the port gives it by position or name",
        ),
        (
            {"shine": lambda self, level, *, warm: None},  # noqa: ARG005
            "Bad.shine needs 'warm', which the port lets callers leave out",
        ),
        (
            {"shine": lambda self, level, more, *, warm=False: None},  # noqa: ARG005
            "Bad.shine needs 'more', which no caller gives",
        ),
        (
            {"dim": lambda self, second, first: None},  # noqa: ARG005
            "Bad.dim takes its positions in another order than the port: first, second",
        ),
    ],
)
def test_each_fault_is_told_in_a_sentence(changes, fault):
    """One fault, one sentence, which names the class and the part."""
    assert faults(**changes) == [fault]


def test_a_method_that_is_still_the_ports_own_is_a_fault():
    """Whoever inherits a port and forgets a method would answer None."""

    class Lazy(Lamp):
        def shine(self, level, *, warm=False):
            """Shine."""

    assert shape_faults(Lamp, Lazy) == [
        "Lazy.colour is still the port's own property: write it, or leave the port out of the bases",
        "Lazy.dim is still the port's own and returns None: write it, or leave the port out of the bases",
    ]


def test_what_takes_everything_fits():
    """A wrapper that passes on whatever it is given is no fault, nor are static and class methods."""
    passing = {"shine": lambda *_given, **_named: None, "dim": staticmethod(lambda first, second: None)}  # noqa: ARG005

    assert faults(**passing) == []
    assert faults(dim=classmethod(lambda cls, first, second: None)) == []  # noqa: ARG005

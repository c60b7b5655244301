"""For every clause of renderers one with a lie, which its contract finds out."""

from __future__ import annotations

from html import escape
from itertools import count

import pytest
from attrs import evolve

from eszkola_core.domain.emails import RenderedEmail
from eszkola_core.ports.messages import MessageRenderer
from eszkola_core.testing.contracts.renderer import MessageRendererContract

GREETINGS = {"pl": "Dzień dobry", "sl": "Dober dan", "en": "Good morning"}


class Scribe:
    """Words messages honestly: a greeting, then each field on a line, and the same as HTML."""

    def email(self, message, tenant):
        """Return *message* as an e-mail."""
        fields = [(name, self.value(message, name)) for name in self.names(message)]
        greeting = self.greeting(message)
        lines = [f"{name}: {value}" for name, value in fields]
        items = [f"<li>{name}: {self.escaped(value)}</li>" for name, value in self.shown(fields)]
        return RenderedEmail(
            reference=message.key,
            to=message.to.spelling,
            subject=self.one_line(f"{message.kind}: {greeting}, {message.data['name']}, {tenant.name}"),
            text="\n".join([f"{greeting}!", *lines, ""]),
            html=f"<p>{greeting}!</p><ul>{''.join(items)}</ul>",
            locale=message.locale,
        )

    def greeting(self, message):
        """Return how one begins in a language."""
        return GREETINGS[message.locale]

    def names(self, message):
        """Return which fields are told."""
        return sorted(message.data)

    def value(self, message, name):
        """Return what is told of a field."""
        return message.data[name]

    def shown(self, fields):
        """Return what of it is told in HTML."""
        return fields

    def escaped(self, value):
        """Return a text as it stands in HTML."""
        return escape(value)

    def one_line(self, text):
        """Return a text that is no second header."""
        return " ".join(text.split())


class Monoglot(Scribe):
    """MR1: knows one language."""

    def greeting(self, message):
        """Return what it knows, or fail."""
        return {"pl": GREETINGS["pl"]}[message.locale]


class Speechless(Scribe):
    """MR1: finds no subject."""

    def email(self, message, tenant):
        """Return the rest."""
        return evolve(super().email(message, tenant), subject="")


class Misaddressing(Scribe):
    """MR1: spells the address as it is compared."""

    def email(self, message, tenant):
        """Write the address small."""
        return evolve(super().email(message, tenant), to=message.to.mailbox)


class Forgetful(Scribe):
    """MR2: leaves out the login."""

    def names(self, message):
        """Return the others."""
        return [name for name in super().names(message) if name != "login"]


class Clipping(Scribe):
    """MR2: cuts what is long."""

    def value(self, message, name):
        """Return the beginning."""
        return super().value(message, name)[:20]


class Careless(Scribe):
    """MR2: the HTML lacks what the text has."""

    def shown(self, fields):
        """Leave out the links."""
        return [(name, value) for name, value in fields if name != "link"]


class Timeless(Scribe):
    """MR2: tells no instants."""

    def names(self, message):
        """Return what lasts."""
        return [name for name in super().names(message) if name not in {"at", "until"}]


class Indiscreet(Scribe):
    """MR2: tells the person's number."""

    def greeting(self, message):
        """Greet a number."""
        return f"{super().greeting(message)} ({message.person})"


class Raw(Scribe):
    """MR3: what comes from data is HTML."""

    def escaped(self, value):
        """Let it through."""
        return value


class Overcautious(Scribe):
    """MR3: what comes from data is HTML in the plain text as well."""

    def value(self, message, name):
        """Escape once too often."""
        return escape(super().value(message, name))


class Wide(Scribe):
    """MR3: a subject may have a second line."""

    def one_line(self, text):
        """Let it through."""
        return text


class Counting(Scribe):
    """MR4: numbers what it words."""

    numbers = count()

    def greeting(self, message):
        """Return another greeting each time."""
        return f"{super().greeting(message)} {next(self.numbers)}"


class Remembering(Scribe):
    """MR4: greets only the first time."""

    def __init__(self) -> None:
        self.greeted: set[str] = set()

    def greeting(self, message):
        """Return less to those whom it knows."""
        known = message.locale in self.greeted
        self.greeted.add(message.locale)
        return "…" if known else super().greeting(message)


class Labelling(Scribe):
    """MR4: another language is another label."""

    def greeting(self, message):  # noqa: ARG002 - the lie
        """Return the same in every language."""
        return GREETINGS["en"]


SABOTEURS = [
    ("MR1", Monoglot),
    ("MR1", Speechless),
    ("MR1", Misaddressing),
    ("MR2", Forgetful),
    ("MR2", Clipping),
    ("MR2", Careless),
    ("MR2", Timeless),
    ("MR2", Indiscreet),
    ("MR3", Raw),
    ("MR3", Overcautious),
    ("MR3", Wide),
    ("MR4", Counting),
    ("MR4", Remembering),
    ("MR4", Labelling),
]


class TestScribe(MessageRendererContract):
    """A renderer without a lie passes."""

    @pytest.fixture
    def fresh_renderer(self):
        """Return what makes it."""
        return Scribe


class PlainScribe(Scribe):
    """An honest renderer that writes no HTML."""

    def email(self, message, tenant):
        """Return the text alone."""
        return evolve(super().email(message, tenant), html=None)


class TestPlainScribe(MessageRendererContract):
    """So does one whose e-mails have no HTML."""

    @pytest.fixture
    def fresh_renderer(self):
        """Return what makes it."""
        return PlainScribe


@pytest.mark.parametrize(("clause", "kind"), SABOTEURS)
def test_a_lie_about_a_clause_is_found_out(bench, clause, kind):
    """A renderer that breaks one clause turns a test red that cites this very clause."""
    assert bench.first_red(MessageRendererContract, clause, {"fresh_renderer": kind}) is not None


def test_no_clause_of_renderers_lacks_a_saboteur(bench):
    """The table of lies and the clauses of the port name the same."""
    assert {clause for clause, _ in SABOTEURS} == set(bench.clauses(MessageRenderer))

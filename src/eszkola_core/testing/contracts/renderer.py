"""What every renderer of messages promises, as tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.emails import RenderedEmail
from eszkola_core.domain.messages import FIELDS, Message, MessageKind
from eszkola_core.domain.tenants import LOCALES, Tenant
from eszkola_core.ports.messages import MessageRenderer

TENANT = Tenant(key="opolska", name="Opolska eSzkoła", base_url="https://eszkola.example", platform_domain="u.example")
NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
HOSTILE = "<b>&amp;\"'{{7*7}}{%x%}</b><script>"


INSTANTS = frozenset({"at", "until"})
"""Fields that hold an instant in ISO 8601, which a reader sees as the language and the tenant's clock have it."""

_GIVEN = {"at": "2026-11-24T09:15:00+00:00", "until": "2026-12-24T09:15:00+00:00", "days": "13"}


def a_message(kind: MessageKind, locale: str, *, value: str = "") -> Message:
    """Return a message whose every field holds something of its own, or holds *value* wherever any text may stand."""
    data = {name: _GIVEN.get(name) or value or _value(name) for name in FIELDS[kind] | {"name"}}
    return Message(
        key=f"{kind}:7",
        kind=kind,
        to=EmailAddress.parse("Adresat@Example.com"),
        person=PersonId(84_211),
        locale=locale,
        data=data,
        tokens=(b"\x01" * 32,),
        created_at=NOW,
        due_at=NOW,
    )


def _value(name: str) -> str:
    return "https://eszkola.example/d/aZ09_-x" if name == "link" else f"Wartość-{name}-ŻóŁw"


def every_message(value: str = "") -> Iterator[Message]:
    """Yield a message of every kind in every locale."""
    for kind in MessageKind:
        for locale in LOCALES:
            yield a_message(kind, locale, value=value)


class Markup(HTMLParser):
    """Reads which tags and attributes there are, and which text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag with the names of its attributes."""
        self.tags.append(" ".join([tag, *(name for name, _ in attrs)]))
        self.words += [value or "" for _, value in attrs]

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.words.append(data)

    @property
    def text(self) -> str:
        """All texts, the values of attributes among them."""
        return " ".join(self.words)


class MessageRendererContract:
    """Holds a `MessageRenderer` to every clause of its port."""

    @pytest.fixture
    def fresh_renderer(self) -> Callable[[], MessageRenderer]:
        """Return a function that makes a renderer."""
        pytest.fail("override the fixture `fresh_renderer`: return a function that makes a renderer of yours")

    @pytest.mark.clause("MR1")
    def test_every_kind_has_a_text_in_every_locale(self, fresh_renderer: Callable[[], MessageRenderer]) -> None:
        """With a subject of one line, addressed as the owner spells it, under the message's own key."""
        renderer = fresh_renderer()
        for message in every_message():
            email = renderer.email(message, TENANT)

            assert email.subject.strip()
            assert len(email.subject.splitlines()) == 1
            assert email.text.strip()
            assert email.html is None or email.html.strip()
            assert (email.reference, email.to, email.locale) == (message.key, "Adresat@Example.com", message.locale)

    @pytest.mark.clause("MR2")
    def test_every_field_stands_in_the_text(self, fresh_renderer: Callable[[], MessageRenderer]) -> None:
        """In the plain text and in the HTML beside it, letter by letter but for instants: a link cut opens nothing."""
        renderer = fresh_renderer()
        for message in every_message():
            email = renderer.email(message, TENANT)
            for name in FIELDS[message.kind] - INSTANTS:
                assert message.data[name] in email.text, (message.kind, message.locale, name)
                assert email.html is None or message.data[name] in Markup(email.html).text, (message.kind, name)

    @pytest.mark.clause("MR2")
    def test_instants_are_told(self, fresh_renderer: Callable[[], MessageRenderer]) -> None:
        """As the language writes them: another day gives another text, and other HTML."""
        renderer = fresh_renderer()
        for message in every_message():
            for name in FIELDS[message.kind] & INSTANTS:
                later = evolve(message, data={**message.data, name: "2027-05-03T07:05:00+00:00"})
                one, another = renderer.email(message, TENANT), renderer.email(later, TENANT)

                assert one.text != another.text, (message.kind, message.locale, name)
                assert one.html is None or one.html != another.html, (message.kind, message.locale, name)

    @pytest.mark.clause("MR2")
    def test_nothing_else_of_the_person_is_told(self, fresh_renderer: Callable[[], MessageRenderer]) -> None:
        """Number, address, key and token's digest change nothing of what is worded."""
        renderer = fresh_renderer()
        for message in every_message():
            other = evolve(message, person=PersonId(3), to=EmailAddress.parse("x@example.com"), tokens=(), key="k")
            one, another = renderer.email(message, TENANT), renderer.email(other, TENANT)

            assert _worded(one) == _worded(another)
            assert "84211" not in "".join(_worded(one))
            assert "example.com" not in "".join(_worded(one)).lower()

    @pytest.mark.clause("MR3")
    def test_data_cannot_become_markup(self, fresh_renderer: Callable[[], MessageRenderer]) -> None:
        """Whatever a field holds, the HTML has the tags that it has with a harmless value; text stays as it is."""
        renderer = fresh_renderer()
        for message in every_message():
            harmless = renderer.email(message, TENANT)
            hostile = renderer.email(a_message(message.kind, message.locale, value=HOSTILE), TENANT)

            assert HOSTILE in hostile.text
            if hostile.html is not None and harmless.html is not None:
                assert Markup(hostile.html).tags == Markup(harmless.html).tags
                assert unescape(HOSTILE) in Markup(hostile.html).text or HOSTILE in Markup(hostile.html).text

    @pytest.mark.clause("MR3")
    def test_data_cannot_begin_a_new_header(self, fresh_renderer: Callable[[], MessageRenderer]) -> None:
        """A subject stays one line, whatever a field or the tenant's name holds."""
        renderer = fresh_renderer()
        tenant = evolve(TENANT, name="Opolska\r\nBcc: ktos@example.com")
        for message in every_message("a\r\nBcc: ktos@example.com\u2028b"):
            assert len(renderer.email(message, tenant).subject.splitlines()) == 1

    @pytest.mark.clause("MR4")
    def test_the_same_message_is_worded_the_same(self, fresh_renderer: Callable[[], MessageRenderer]) -> None:
        """Byte for byte, by this renderer and by another one, before and after other messages."""
        renderer, other = fresh_renderer(), fresh_renderer()
        first = [renderer.email(message, TENANT) for message in every_message()]
        again = [other.email(message, TENANT) for message in reversed(list(every_message()))]

        assert first == again[::-1]
        assert first == [renderer.email(message, TENANT) for message in every_message()]

    @pytest.mark.clause("MR4")
    def test_messages_in_other_languages_differ(self, fresh_renderer: Callable[[], MessageRenderer]) -> None:
        """A locale is more than a label: what is worded differs from language to language."""
        renderer = fresh_renderer()
        for kind in MessageKind:
            worded = {_worded(renderer.email(a_message(kind, locale), TENANT)) for locale in LOCALES}

            assert len(worded) == len(LOCALES)


def _worded(email: RenderedEmail) -> tuple[str, str, str]:
    return email.subject, email.text, email.html or ""

"""The texts that ship: every kind in every language, whole, safe and readable."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from eszkola_core.domain.messages import FIELDS, MessageKind
from eszkola_core.domain.tenants import LOCALES
from eszkola_core.errors import InvalidValue
from eszkola_jinja import JinjaRenderer
from eszkola_jinja.files import entries
from eszkola_jinja.words import one_line

WITH_RULES = [
    MessageKind.ACCOUNT_OPENED,
    MessageKind.FIRST_ACCESS,
    MessageKind.RECOVERY,
    MessageKind.SHARED_ACCESS,
    MessageKind.INITIAL_CREDENTIAL,
]
OWN_LINK = "https://eszkola.example/access/complete?token=own"
EMPTY_TAGS = {"meta", "br"}


class Page(HTMLParser):
    """What a mail program makes of HTML: tags with their attributes, and words."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.words, self.hrefs, self.open = [], "", [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        """Note a tag, and where a link leads."""
        self.tags.append((tag, *(name for name, _ in attrs)))
        self.hrefs += [value for name, value in attrs if name == "href"]
        if tag not in EMPTY_TAGS:
            self.open.append(tag)

    def handle_endtag(self, tag):
        """Match a tag with the one that it closes."""
        assert self.open.pop() == tag

    def handle_data(self, data):
        """Note what is read, apart from the style."""
        if self.open[-1:] != ["style"]:
            self.words += data


def words(text):
    """Return *text* without the line ends that a layout adds."""
    return " ".join(text.split())


@pytest.mark.clause("MR1")
def test_every_kind_is_worded_in_every_language(worded, kind, locale):
    """No combination is missing, and no template is left unfilled."""
    email = worded(kind, locale)

    assert (email.reference, email.to, email.locale) == (f"{kind}:7:once", "Mailbox.Of.Hers@home.example", locale)
    assert email.subject == one_line(email.subject)
    for said in (email.subject, email.text, email.html):
        assert said
        assert not re.search(r"\{\{|\{%|\}\}|Undefined|None", said)


@pytest.mark.clause("MR2")
def test_every_datum_stands_in_text_and_html(worded, tenant, shown, kind, locale):
    """Text and HTML both say all that the message is about, and who sends it; the subject names no person."""
    email = worded(kind, locale)
    page = Page(email.html)

    for field in FIELDS[kind] | {"name"}:
        assert shown(locale)[field] in words(email.text)
        assert shown(locale)[field] in words(page.words)
    assert tenant.name in email.subject
    assert tenant.base_url in words(email.text)
    assert "Łucja" not in email.subject


@pytest.mark.clause("MR2")
def test_nothing_else_of_the_person_is_said(worded, kind, locale):
    """Neither the address that it goes to nor the number of the account stands in a message."""
    email = worded(kind, locale)

    for said in (email.subject, email.text, email.html):
        assert "Mailbox" not in said
        assert "home.example" not in said
        assert ":7:" not in said


@pytest.mark.rule("ACCESS-3")
@pytest.mark.rule("SYNC-1")
def test_the_way_in_comes_with_the_rules_of_safe_use(worded, locale):
    """Who is let in learns login, link and all twelve duties; a mere notice does not repeat them."""
    duties = entries(locale, [])["safe-use.items"].value
    assert isinstance(duties, list)
    assert len(duties) == 12

    for kind in MessageKind:
        email = worded(kind, locale)
        for said in (words(email.text), words(Page(email.html).words)):
            assert [duty in said for duty in duties] == [kind in WITH_RULES] * 12


@pytest.mark.rule("ACCESS-3")
def test_all_links_of_a_page_are_the_messages_own(worded, shown, kind, locale):
    """Nobody is led elsewhere, and opening a message loads nothing from anywhere."""
    html = worded(kind, locale).html

    own = {OWN_LINK, f"{OWN_LINK}-2"} if "accounts" in FIELDS[kind] else set()
    assert set(Page(html).hrefs) == {shown(locale)["link"], *own}
    assert not re.search(r"src=|url\(|<link|<script|<img|@import", html)


def test_a_page_suits_a_phone_and_the_dark(worded, kind, locale):
    """Each page says its language, fits a narrow screen, and knows dark colours; all tags are closed."""
    html = worded(kind, locale).html

    assert f'<html lang="{locale}">' in html
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "@media (prefers-color-scheme: dark)" in html
    assert "@media (max-width: 480px) {" in html
    assert "table, tbody, tr, td { display: block; }" in html
    assert "max-width: 560px" in html
    assert Page(html).open == []


def test_plain_text_has_short_lines(worded, kind, locale):
    """Only a link is longer than a line of 78 characters, and it stands alone on its line."""
    lines = worded(kind, locale).text.splitlines()

    assert [line for line in lines if len(line) > 78 and not re.fullmatch(r"https://\S+", line)] == []
    assert all(line == line.rstrip() for line in lines)
    assert "\n\n\n" not in "\n".join(lines)


def test_the_languages_tell_the_same(locale):
    """A text in one language has its counterpart in each of the others, with as many parts."""

    def shape(texts):
        return {key: len(text.value) if isinstance(text.value, list) else 1 for key, text in texts.items()}

    assert shape(entries(locale, [])) == shape(entries("en", []))


def test_polish_and_slovene_have_their_letters():
    """The texts are written with all letters of their languages."""
    for locale, letters in (("pl", "ąćęłńóśźż"), ("sl", "čšž")):
        whole = str([text.value for text in entries(locale, []).values()])
        assert sorted(set(letters) - set(whole)) == []


@pytest.fixture(scope="module")
def another():
    """Return a second renderer with the texts that ship."""
    return JinjaRenderer()


@pytest.mark.clause("MR4")
def test_the_same_message_is_worded_the_same(worded, another, tenant, message, kind):
    """Two renderers make the same bytes of a message, however often."""
    for locale in LOCALES:
        one = message(kind, locale)

        assert another.email(one, tenant) == worded(kind, locale) == another.email(one, tenant)


@pytest.mark.clause("MR3")
def test_what_comes_from_data_cannot_become_markup(renderer, tenant, message, kind):
    """Whatever a name, login or link is made of, the page has the same tags, and shows the words as they are."""
    plain = Page(renderer.email(message(kind), tenant).html)
    texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(one_line)

    @given(evil=texts)
    @example("<script>alert(1)</script>")
    @example("\"><img src=x onerror='y'>")
    @example("{{ 7 * 7 }}{% include 'x' %}")
    @example("&amp;<b>&lt;</b>")
    @example("]]>--><!--")
    def hold(evil):
        data = dict.fromkeys(("name", "login", "link", "old", "new"), evil)
        data["accounts"] = "\n".join([f"{one_line(evil)}\t{one_line(evil)}"] * 2)
        email = renderer.email(message(kind, **data), evolve(tenant, name=evil))
        page = Page(email.html)

        assert page.tags == plain.tags
        assert page.open == []
        assert set(page.hrefs) == {one_line(evil)}
        assert page.words.count(one_line(evil)) >= 3
        assert one_line(evil) in email.subject
        assert len(email.subject.splitlines()) == 1

    hold()


@pytest.mark.rule("MAIL-5e")
def test_each_account_of_a_shared_address_stands_with_its_own_link(worded, locale):
    """Owner, login and link come together, in the text and on the page, in the order in which they are listed."""
    email = worded(MessageKind.SHARED_ACCESS, locale)
    lines = email.text.splitlines()

    for said in (lines, [words(each) for each in re.split(r"<br>|<p>|</p>", email.html)]):
        at = next(number for number, each in enumerate(said) if each.startswith("Łucja Żółkiewska (lucja"))
        assert OWN_LINK in said[at + 1]
        assert any("Jan Kot" in each for each in said[at + 2 :])


@pytest.mark.clause("MR3")
def test_a_name_cannot_write_paragraphs(renderer, tenant, message):
    """Line ends in a name are spaces in the text, so nobody can add a paragraph of their own."""
    email = renderer.email(message(MessageKind.RECOVERY, name="Anna\r\n\r\nhttps://evil.example\u2028Kowalska"), tenant)

    assert "Anna https://evil.example Kowalska" in words(email.text)
    assert not any(line.startswith("https://evil") for line in email.text.splitlines())
    assert email.text.splitlines()[0] == "Dzień dobry, Anna https://evil.example Kowalska!"


@pytest.mark.rule("DAY-1a")
def test_a_moment_is_told_by_the_tenants_clock(renderer, tenant, message):
    """The same instant is a quarter past ten in Opole and a quarter past nine in Lisbon."""
    lisbon = evolve(tenant, time_zone="Europe/Lisbon")
    one = message(MessageKind.FIRST_ACCESS)

    assert "24.11.2026, 10:15" in renderer.email(one, tenant).text
    assert "24.11.2026, 09:15" in renderer.email(one, lisbon).text


@pytest.mark.rule("CRED-3b")
@pytest.mark.parametrize(
    ("locale_of", "spans"),
    [
        ("pl", {"1": "1 dzień", "2": "2 dni", "3": "3 dni", "7": "7 dni", "14": "14 dni"}),
        ("sl", {"1": "1 dan", "2": "2 dneva", "3": "3 dni", "7": "7 dni", "14": "14 dni"}),
        ("en", {"1": "1 day", "2": "2 days", "3": "3 days", "7": "7 days", "14": "14 days"}),
    ],
)
def test_a_warning_counts_days_as_people_do(renderer, tenant, message, locale_of, spans):
    """Each warning says in subject, text and HTML how many days are left, with the noun in its right form."""
    for days, span in spans.items():
        email = renderer.email(message(MessageKind.PASSWORD_EXPIRES, locale_of, days=days), tenant)

        for said in (email.subject, words(email.text), words(Page(email.html).words)):
            assert re.search(rf"\b{span}\b", said)


@pytest.mark.parametrize(
    ("kind_of", "data"),
    [
        (MessageKind.RECOVERY, {"until": "tomorrow, canary"}),
        (MessageKind.RECOVERY, {"until": "2026-11-24T09:15:00"}),
        (MessageKind.PASSWORD_SET, {"at": "canary"}),
        (MessageKind.PASSWORD_EXPIRES, {"days": "canary"}),
        (MessageKind.PASSWORD_EXPIRES, {"days": "٣"}),
    ],
)
def test_data_that_are_not_what_they_say_are_refused(renderer, tenant, message, kind_of, data):
    """An instant that is none, or days that are no number, raise an error that does not repeat them."""
    with pytest.raises(InvalidValue, match=next(iter(data))) as refusal:
        renderer.email(message(kind_of, **data), tenant)

    assert "canary" not in str(refusal.value)
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


def test_a_message_in_no_known_language_is_refused(renderer, tenant, message):
    """There is no guessing at a language."""
    with pytest.raises(InvalidValue, match="pl, sl, en"):
        renderer.email(message(MessageKind.RECOVERY, "de"), tenant)


def test_a_message_that_is_done_with_cannot_be_worded(renderer, tenant, message):
    """Wiped data are not worded as if they were empty."""
    sent = evolve(message(MessageKind.RECOVERY), state="sent", data={})

    with pytest.raises(InvalidValue, match="no data left"):
        renderer.email(sent, tenant)


def test_the_reference_names_every_kind_with_its_data():
    """The page on messages says of each kind which data it has, and whether the rules follow."""
    page = Path(__file__).parents[3] / "docs/reference/messages.md"
    if not page.is_file():
        pytest.skip("the documents are not beside the adapter")
    rows = re.findall(
        r"^\| `([a-z-]+)` \| [^|]+ \| ([^|]+) \| (yes|no) \|$", page.read_text(encoding="utf-8"), re.MULTILINE
    )

    assert {kind: set(re.findall(r"`(\w+)`", data)) for kind, data, _ in rows} == {
        str(kind): set(fields) for kind, fields in FIELDS.items()
    }
    assert [kind for kind, _, follow in rows if follow == "yes"] == WITH_RULES

"""Cheaper letters: they always save something or nothing, and never cost more (SMS-3)."""

from __future__ import annotations

import pytest
from hypothesis import given

from eszkola_core.domain.sms_quotes import quote_both
from eszkola_core.domain.sms_segments import is_gsm, segmentation
from eszkola_core.domain.tariffs import TARIFFS, Counting, Price, Tariff
from eszkola_core.domain.transliteration import literal_messages, transliterated
from eszkola_core.testing.strategies import TODAY, money, sms_texts

ACCENTS = "an accent on its own is left out, with the letter that it stands on in its plain form"
SPACE = "one space for one space"
UNSEEN = "what nobody sees is left out"
SMALL_CAPITALS = "letters for phonetics, which no name is written in: the text stays as it is"
APART = {
    **dict.fromkeys(
        "\u0313\u0314\u0337\u0338\u20e5\u0332\u20d2\u20d3\u0326\u0347\u0302\u1dcd\u0303\u0330\u0334", ACCENTS
    ),
    **dict.fromkeys("\u00a0\u2000\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t", SPACE),
    **dict.fromkeys("\u008d\u009f\u0080\u0090\u009b", UNSEEN),
    **dict.fromkeys("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", SMALL_CAPITALS),
    "‚": "a quotation mark, as Polish and Slovene use it, and no comma",
}
"""Where the table of another library says something else, and why; docs/reference/sms.md tells the same."""


@pytest.mark.rule("SMS-3")
@given(sms_texts(), money())
def test_it_never_costs_more(text, price):
    """By no tariff, at no price, whatever the text."""
    for counting in Counting:
        tariff = Tariff(name="any", counting=counting, prices=(Price(price),))
        both = quote_both(text, tariff, to=None, day=TODAY)

        assert both.transliterated.cost.amount <= both.as_written.cost.amount
        assert both.as_written.text == text
        assert both.transliterated.text == transliterated(text)


@pytest.mark.rule("SMS-3")
@given(sms_texts())
def test_it_is_done_for_a_whole_text_or_not_at_all(text):
    """What it gives is in the default alphabet, or the text itself; doing it twice changes nothing."""
    plain = transliterated(text)

    assert is_gsm(plain) or plain == text
    assert transliterated(plain) == plain
    assert not is_gsm(text) or plain == text


@pytest.mark.rule("SMS-3")
@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Zażółć gęślą jaźń", "Zazolc gesla jazn"),
        ("ZAŻÓŁĆ GĘŚLĄ JAŹŃ", "ZAZOLC GESLA JAZN"),
        ("Čebela, žaba in škržat; ĐORĐE", "Cebela, zaba in skrzat; DORDE"),
        ("„Nowe” hasło – jutro…", '"Nowe" haslo - jutro...'),
        ("a\u0328e\u0301ż", "aéz"),
        ("naïve façade, œuvre, straße, ½ № ①", "naive facade, oeuvre, straße, 1/2 No 1"),
        ("1\ufe0f\u20e3\u00a0ż\u200b\tb", "1 z b"),
    ],
)
def test_letters_become_the_ones_that_everybody_would_take(text, plain):
    """Accents go, strokes go, punctuation becomes its plainest form; what SMS has by itself stays."""
    assert transliterated(text) == plain


@pytest.mark.rule("SMS-3")
@pytest.mark.parametrize(
    "text", ["Ała 😀", "Київ, żółw", "ż\u200b" + "…" * 60, "ż" + "x" * 155 + "…" * 3, "\u200b", "漢字"]
)
def test_what_would_gain_nothing_stays_as_it_is(text):
    """One sign without a plain spelling, three dots that start another 160 characters, a text that nobody sees."""
    assert transliterated(text) == text


@pytest.mark.rule("SMS-3")
def test_the_texts_of_the_rules_themselves_all_become_cheap(vectors):
    """Real Polish and Slovene sentences: every one fits the default alphabet, most in fewer segments."""
    texts = [each["text"] for each in vectors("sms/three_library_seed_texts.json")]
    before = sum(segmentation(each).segments for each in texts)
    after = sum(segmentation(transliterated(each)).segments for each in texts)

    assert all(is_gsm(transliterated(each)) for each in texts)
    assert (before, after) == (344, 204)


@pytest.mark.rule("SMS-3")
def test_another_library_spells_the_same_but_for_a_few(vectors):
    """Of the 271 signs in the table of message-segment-calculator each is spelt alike, or told apart with a reason."""
    rows = {each["char"]: each["replacement"] for each in vectors("sms/twilio_smart_encoding_map.json")}
    ours = {char: transliterated(f"a{char}a")[1:-1] for char in rows}
    different = {char for char, spelt in rows.items() if ours[char] != spelt}

    assert len(rows) == 271
    assert different == set(APART)


@pytest.mark.rule("SMS-1")
def test_a_literal_message_is_160_code_points():
    """Whatever alphabet they are of, and begun is begun."""
    assert [literal_messages("ż" * length) for length in (1, 160, 161, 320, 321)] == [1, 1, 2, 2, 3]
    assert TARIFFS["literal"].messages("😀" * 160) == 1

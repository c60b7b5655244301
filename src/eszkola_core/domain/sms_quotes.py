"""What an SMS would cost before it is sent, as it stands and transliterated (SMS-2, SMS-3)."""

from __future__ import annotations

from datetime import date

from attrs import field, frozen

from eszkola_core.domain.money import Money
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.sms_segments import Segmentation, segmentation
from eszkola_core.domain.tariffs import Tariff
from eszkola_core.domain.transliteration import transliterated


@frozen
class NotPriced:
    """The answer where a tariff has no price for a number on a day."""

    tariff: str


@frozen(kw_only=True)
class Quote:
    """
    What one text costs.

    ``messages`` is how often the price counts: the segments, or the started 160 characters of a literal tariff.
    """

    text: str = field(repr=False)
    travels: Segmentation
    tariff: str
    messages: int
    cost: Money


@frozen
class QuotePair:
    """What a text costs as it stands, and what in letters that SMS carries cheaply; the latter is never dearer."""

    as_written: Quote
    transliterated: Quote


def quote(text: str, tariff: Tariff, *, to: PhoneNumber | None, day: date) -> Quote | NotPriced:
    """
    Return what *text* costs by *tariff* on *day*.

    Raises:
        InvalidValue: it is empty, or holds half a character.
    """
    travels = segmentation(text)
    price = tariff.price(to, day)
    if price is None:
        return NotPriced(tariff.name)
    messages = tariff.messages(text)
    return Quote(text=text, travels=travels, tariff=tariff.name, messages=messages, cost=price.times(messages))


def quote_both(text: str, tariff: Tariff, *, to: PhoneNumber | None, day: date) -> QuotePair | NotPriced:
    """
    Return what *text* costs as it stands and transliterated (SMS-3).

    Raises:
        InvalidValue: it is empty, or holds half a character.
    """
    as_written = quote(text, tariff, to=to, day=day)
    plain = quote(transliterated(text), tariff, to=to, day=day)
    if isinstance(as_written, NotPriced) or isinstance(plain, NotPriced):
        return NotPriced(tariff.name)
    return QuotePair(as_written, plain)

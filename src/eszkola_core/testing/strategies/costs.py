"""Texts of SMS, amounts of money, and what they cost."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.money import Money
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.sms_ledger import SmsEntry, payer_of
from eszkola_core.domain.sms_segments import BASIC, ESCAPE, EXTENSION, segmentation
from eszkola_core.domain.tariffs import Counting, Price, Tariff
from eszkola_core.testing.strategies.times import chosen, days, instants

_BASIC = BASIC.replace(ESCAPE, "")
_EXTENSION = "".join(EXTENSION)
_POLISH_AND_SLOVENE = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻčšžČŠŽđ–„”…"
_NEAR_BOUNDARIES = (0, 1, 60, 64, 66, 69, 70, 131, 133, 150, 152, 158, 159, 304, 305, 457)
_PREFIXES = ("", "+48", "+4850", "+386", "+380")


def sms_texts(*, alphabets: Collection[str] = ("gsm", "letters", "any")) -> SearchStrategy[str]:
    """
    Yield texts that SMS can carry, most of them near the ends of segments.

    *alphabets* are ``gsm`` (the default alphabet and its extension), ``letters`` (with the Polish and Slovene ones
    beside), ``any`` (everything that is a character).
    """
    signs = {
        "gsm": st.sampled_from(_BASIC) | st.sampled_from(_EXTENSION),
        "letters": st.sampled_from(_BASIC + _EXTENSION + _POLISH_AND_SLOVENE),
        "any": st.characters(exclude_categories=["Cs"]),
    }
    return st.sampled_from(sorted(alphabets)).flatmap(
        lambda name: st.builds(
            lambda body, length, end: (body * (length + 1))[: length + 1] + end,
            st.text(signs[name], min_size=1, max_size=12),
            st.sampled_from(_NEAR_BOUNDARIES),
            st.text(signs[name], max_size=4),
        )
    )


def money(*, currencies: SearchStrategy[str] | None = None, largest: Decimal = Decimal(10000)) -> SearchStrategy[Money]:
    """Yield amounts of nothing and more, exact to the millionth."""
    amounts = st.decimals(0, largest, places=2) | st.decimals(0, largest, places=6)
    return st.builds(Money, amounts, chosen(currencies, st.sampled_from(["EUR", "PLN", "UAH"])))


def prices(
    *, amounts: SearchStrategy[Money] | None = None, first_days: SearchStrategy[date] | None = None
) -> SearchStrategy[Price]:
    """Yield prices for all numbers or those of a prefix, of always or from a day on."""
    return st.builds(
        Price, chosen(amounts, money()), st.sampled_from(_PREFIXES), st.none() | chosen(first_days, days())
    )


def tariffs(
    *, countings: SearchStrategy[Counting] | None = None, each: SearchStrategy[Price] | None = None
) -> SearchStrategy[Tariff]:
    """Yield price lists of one to six prices."""
    lists = st.lists(chosen(each, prices()), min_size=1, max_size=6, unique_by=lambda one: (one.prefix, one.first_day))
    return st.builds(
        Tariff,
        name=st.from_regex(r"[a-z][a-z0-9-]{0,11}", fullmatch=True),
        counting=chosen(countings, st.sampled_from(Counting)),
        prices=lists.map(tuple),
    )


@st.composite
def sms_entries(draw: st.DrawFn, *, costs: SearchStrategy[Money] | None = None) -> SmsEntry:
    """Yield text messages that are quoted, with a line in the ledger."""
    text, created = draw(sms_texts()), draw(instants())
    tariff = draw(tariffs())
    school = draw(st.sampled_from(["sp1", "Ż/2"]))
    return SmsEntry(
        key=draw(st.from_regex(r"[a-z0-9:/-]{1,20}", fullmatch=True)),
        school=school,
        payer=payer_of(school, asked_by_owner=draw(st.booleans())),
        person=draw(st.none() | st.integers(1, 2**31 - 1).map(PersonId)),
        to=draw(sms_numbers()),
        text=Secret(text),
        tariff=tariff.name,
        segments=segmentation(text).segments,
        messages=tariff.messages(text),
        cost=draw(chosen(costs, money())),
        created_at=created,
        due_at=created,
        useful_until=draw(st.none() | st.timedeltas(timedelta(), timedelta(days=30)).map(lambda span: created + span)),
    )


def sms_numbers() -> SearchStrategy[PhoneNumber]:
    """Yield numbers that the prefixes of `prices` are about, and others; nobody is called by them here."""
    rest = st.integers(10**6, 10**7 - 1)
    starts = st.sampled_from(["+4850", "+4860", "+38640", "+38050", "+4401"])
    return st.builds(lambda start, number: PhoneNumber(f"{start}{number}"), starts, rest)

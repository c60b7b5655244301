"""Text messages: how texts are cut and counted, tables of texts, and gateways' lists of what they billed."""

from __future__ import annotations

from datetime import date, timedelta, timezone
from typing import Final

from eszkola_cli.gateway_lists import rows_of
from eszkola_cli.text_files import texts_of
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.sms_quotes import quote_both
from eszkola_core.domain.sms_segments import ALONE, EACH, Encoding, segmentation, segments, septets, utf_16
from eszkola_core.domain.tariffs import TARIFFS
from eszkola_core.domain.transliteration import literal_messages, transliterated
from fuzz.held import refusing, require
from fuzz.parts import flagged, text_of
from fuzz.reading import folder

WORDS: Final = (
    "text", "text\\n", '"', '""', ",", ";", "€", "[", "]", "~", "ą", "ż", "č", "😀", "\u200d", "–", "„", "idx", "id",
    "msgid", "number", "points", "cost", "currency", "date_sent", "sent_at", "0.16", "EUR",
    "2026-09-30T12:00:00+02:00", "0001-01-01T00:00:00", "9999-12-31T23:59:59", "1790000000", '{"list": [', "]}",
    '"points":', "null", "NaN", "1e400",
)  # fmt: skip
_ZONE: Final = timezone(timedelta(hours=2))
_DAY: Final = date(2026, 11, 28)
_MOST_COPIES: Final = 64


def check(data: bytes) -> None:
    """Count one text, or read one file; the first byte says which."""
    flag, content = flagged(data)
    with refusing(quotes=True):
        match flag % 4:
            case 0 | 1:
                _text(text_of(content) * (flag // 4 % _MOST_COPIES + 1))
            case 2:
                with folder() as place:
                    (place / "texts.csv").write_bytes(content)
                    for _, text in texts_of(place / "texts.csv").rows:
                        if text:
                            segmentation(text)
            case _:
                with folder() as place:
                    (place / "list.csv").write_bytes(content)
                    rows = rows_of(place / "list.csv", currency="PLN", zone=_ZONE)
                    require(all(row.cost is None or row.cost.amount >= 0 for row in rows), "a price is below nought")


def _text(text: str) -> None:
    found = segmentation(text)
    cut = segments(text)
    require("".join(cut) == text, "a text is not its segments")
    require(len(cut) == found.segments, "another number was counted than cut")
    limit = (ALONE if len(cut) == 1 else EACH)[found.encoding]
    sizes = [len(septets(each)) if found.encoding is Encoding.GSM_7 else len(utf_16(each)) // 2 for each in cut]
    require(all(0 < size <= limit for size in sizes) and sum(sizes) == found.units, "a segment is too long")
    plain = transliterated(text)
    require(transliterated(plain) == plain, "a plain text is not plain")
    require(segmentation(plain).segments <= found.segments, "a plain text costs more")
    require(literal_messages(plain) <= literal_messages(text), "a plain text costs more by the letter")
    to = PhoneNumber("+48600100200")
    for tariff in TARIFFS.values():
        quote_both(text, tariff, to=to, day=_DAY)

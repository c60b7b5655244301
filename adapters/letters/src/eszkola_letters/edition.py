"""The texts of one language as one tenant has them, and how letters are worded with them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

import segno
from attrs import field, frozen

from eszkola_core.domain.letters import LETTER_FIELDS, ClassList, Letter, LetterKind, one_line
from eszkola_core.domain.tenants import Tenant
from eszkola_letters.files import Text
from eszkola_letters.room import short_parts
from eszkola_letters.words import VARIABLE, breakable, day_of_text, filled, written_day

_EVERYWHERE: Final = frozenset({"to", "owner", "school", "tenant", "base_url"})
_SECRETS: Final = frozenset({"password", "code"})
_PARTS: Final = ("subject", "before", "facts", "steps", "after")


@frozen
class Edition:
    """Every text of a language, checked once."""

    locale: str
    texts: Mapping[str, Text] = field(repr=False)

    @classmethod
    def of(cls, locale: str, texts: Mapping[str, Text]) -> Edition:
        """
        Return the edition of *texts*.

        Raises:
            InvalidValue: a text uses a variable that it cannot have, or a letter does not say one of its data.
        """
        for kind in LetterKind:
            parts = [texts[f"{kind}.{part}"] for part in _PARTS]
            used = {name for part in parts for name in _names(part, LETTER_FIELDS[kind] | _EVERYWHERE)}
            unsaid = sorted((LETTER_FIELDS[kind] - {"link"}) - used)
            if unsaid:
                parts[0].wrong(f"neither here nor beside it stands {{{{ {unsaid[0]} }}}}, which the letter must say")
        for key, text in texts.items():
            if key.startswith("letter."):
                _names(text, _EVERYWHERE | {"link"} if key == "letter.scan" else _EVERYWHERE)
            elif key.startswith("list."):
                _names(text, {"school", "tenant", "base_url", "day"} if key == "list.day" else {"school", "tenant"})
            elif key.startswith("safe-use."):
                _names(text, {"tenant", "base_url"})
        return cls(locale, texts)

    def page(self, letter: Letter, tenant: Tenant) -> Mapping[str, Any]:
        """Return everything that stands on a letter's page, in words."""
        values = {name: one_line(value) for name, value in letter.data.items()}
        if "until" in values:
            values["until"] = written_day(day_of_text(values["until"]), self.locale)
        values |= {"to": one_line(letter.to), "owner": one_line(letter.owner), "school": one_line(letter.school)}
        values |= {"tenant": one_line(tenant.name), "base_url": tenant.base_url}
        shown = {name: breakable(value) for name, value in values.items()}
        kind = letter.kind.value
        with_rules = bool(self.texts[f"{kind}.with-safe-use"].value)
        before = self._words(f"{kind}.before", shown)
        if letter.kind is not LetterKind.SECURITY_CODE and values["to"] != values["owner"]:
            before = [*before, self._word("letter.for-a-minor", shown)]
        page: dict[str, Any] = {
            "lang": self.locale,
            "tenant": shown["tenant"],
            "school": shown["school"],
            "sender": breakable(f"{letter.school} · {tenant.name}"),
            "remark": self._word("letter.remark", shown),
            "window": self._window(letter, shown),
            "info": self._info(letter, shown),
            "subject": self._word(f"{kind}.subject", shown),
            "before": before,
            "facts": [
                (filled(label, shown), filled(value, shown), any(name in value for name in _SECRETS))
                for label, value in self._list(f"{kind}.facts")
            ],
            "qr": _qr(values["link"]),
            "scan": filled(str(self.texts["letter.scan"].value), values),
            "steps": self._words(f"{kind}.steps", shown),
            "after": self._words(f"{kind}.after", shown),
            "rules-title": self._word("safe-use.title", shown),
            "rules": self._words("safe-use.items", shown) if with_rules else [],
            "footer": self._word("letter.footer", shown),
        }
        return {**page, "short": short_parts(page)}

    def listing(self, listed: ClassList, tenant: Tenant) -> Mapping[str, Any]:
        """Return everything that stands in a list, in words."""
        values = {"school": one_line(listed.school), "tenant": one_line(tenant.name), "base_url": tenant.base_url}
        values["day"] = written_day(listed.day, self.locale)
        shown = {name: breakable(value) for name, value in values.items()}
        title = " · ".join(filter(None, (self._word("list.title", shown), breakable(listed.class_name))))
        return {
            "lang": self.locale,
            "title": title,
            "date": dated(listed.day),
            "day": self._word("list.day", shown),
            "school": shown["school"],
            "before": self._words("list.before", shown),
            "headings": self._words("list.headings", shown),
            "blank": self._word("list.blank", shown),
            "footer": self._word("list.footer", shown),
            "rows": [
                {
                    "name": breakable(row.name),
                    "reference": breakable(row.reference),
                    "login": breakable(row.login),
                    "password": breakable(row.password.reveal()) if row.password is not None else "",
                }
                for row in listed.rows
            ],
        }

    def _window(self, letter: Letter, shown: Mapping[str, str]) -> Sequence[str]:
        """Return the lines of the address; where there is none, that the letter is handed over."""
        if letter.address is None:
            return [shown["to"], self._word("letter.by-hand", shown)]
        return [shown["to"], *map(breakable, letter.address.lines)]

    def _info(self, letter: Letter, shown: Mapping[str, str]) -> Sequence[tuple[str, str]]:
        """Return what stands beside the window: the day, by what the school sorts, and whose account it is about."""
        told = [
            ("letter.day", written_day(letter.day, self.locale)),
            ("letter.reference", breakable(letter.reference)),
            ("letter.about", shown["owner"] if letter.kind is not LetterKind.SECURITY_CODE else ""),
        ]
        return [(f"{self._word(key, shown)}:", value) for key, value in told if value]

    def _word(self, key: str, shown: Mapping[str, str]) -> str:
        return filled(str(self.texts[key].value), shown)

    def _words(self, key: str, shown: Mapping[str, str]) -> list[str]:
        return [filled(str(each), shown) for each in self._list(key)]

    def _list(self, key: str) -> Sequence[Any]:
        found = self.texts[key].value
        return found if isinstance(found, list) else []


def dated(day: date) -> Mapping[str, int]:
    """Return a day as a layout takes it: a document says when it was made, and no clock is asked."""
    return {"year": day.year, "month": day.month, "day": day.day}


def _names(text: Text, allowed: frozenset[str] | set[str]) -> frozenset[str]:
    """Return the variables that a text uses, all of them *allowed*."""
    used = frozenset(name for string in strings_in(text.value) for name in VARIABLE.findall(string))
    if not used <= allowed:
        text.wrong(f"there is no {min(used - allowed)} here; there are {', '.join(sorted(allowed))}")
    if any("{{" in VARIABLE.sub("", string) for string in strings_in(text.value)):
        text.wrong("'{{' begins a variable, such as {{ login }}")
    return used


def strings_in(value: object) -> Sequence[str]:
    """Return the texts of an entry, whatever its form."""
    if isinstance(value, str):
        return [value]
    return [string for each in value for string in strings_in(each)] if isinstance(value, list) else []


@lru_cache(maxsize=64)
def _qr(link: str) -> str:
    """Return a QR code of *link* as SVG; the same link has the same code."""
    written = io.BytesIO()
    segno.make_qr(link, error="m").save(written, kind="svg", border=2, xmldecl=False, svgns=True, nl=False)
    return written.getvalue().decode("ascii")

"""Sets letters and lists in type, with texts that ship in Polish, Slovene and English and that a tenant may replace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from eszkola_core.domain.letters import LETTER_FIELDS, ClassList, ClassListRow, Letter, LetterKind, one_line
from eszkola_core.domain.tenants import LOCALES, Tenant
from eszkola_core.errors import InvalidValue, UnprintableSign
from eszkola_letters.edition import Edition, dated, strings_in
from eszkola_letters.files import LAYOUTS, Text, check_folder, entries, layout
from eszkola_letters.fonts import Fonts
from eszkola_letters.typesetting import NotSet, typeset

if TYPE_CHECKING:
    from eszkola_core.ports.letters import LetterRenderer

_LETTER, _LIST = LAYOUTS
_EVERYBODY: Final = ""


@frozen
class _Stationery:
    """The texts of every language and the layouts, as one tenant has them."""

    editions: Mapping[str, Edition]
    layouts: Mapping[str, Text]


class TypstLetters:
    """
    Makes PDF/A documents.

    *overrides* is a folder of texts and layouts that replace those that ship; a folder in it that is called by a
    tenant's key holds what that tenant alone replaces. *fonts* is a folder of fonts for signs that Noto Sans lacks.
    Data never become part of a layout: they are handed over beside it, and set as they are (LR4).
    """

    def __init__(self, overrides: Path | None = None, *, fonts: Path | None = None) -> None:
        """
        Read texts and fonts, and try what was replaced.

        Raises:
            InvalidValue: a text, a layout or a font is broken; its file is named.
        """
        self._fonts = Fonts(fonts)
        tenants = check_folder(overrides) if overrides is not None else ()
        self._stationery: dict[str, _Stationery] = {}
        for tenant in (_EVERYBODY, *tenants):
            folders = [] if overrides is None else [overrides, *([overrides / tenant] if tenant else [])]
            editions = {locale: Edition.of(locale, entries(locale, folders)) for locale in LOCALES}
            layouts = {name: layout(name, folders) for name in LAYOUTS}
            self._stationery[tenant] = _Stationery(editions, layouts)
            if overrides is not None:
                self._try(self._stationery[tenant])

    def letters(self, letters: Sequence[Letter], tenant: Tenant) -> bytes:
        """
        Return *letters* as one PDF document, one page each.

        Raises:
            InvalidValue: there is none, or one has a locale without texts.
            UnprintableSign: no font has a sign of one of them; its place is told.
        """
        if not letters:
            raise InvalidValue("there is no letter to set", code="nothing-to-print")
        self._check(map(_texts_of, letters))
        stationery = self._of(tenant)
        pages = [_edition(stationery, each.locale).page(each, tenant) for each in letters]
        data = {"title": one_line(tenant.name), "date": dated(max(each.day for each in letters)), "letters": pages}
        return self._set(stationery.layouts[_LETTER], data)

    def class_list(self, listed: ClassList, tenant: Tenant) -> bytes:
        """
        Return a list as a PDF document.

        Raises:
            InvalidValue: nobody is in it, or there are no texts in its locale.
            UnprintableSign: no font has a sign of one of its rows; its place is told.
        """
        if not listed.rows:
            raise InvalidValue("there is nobody to list", code="nothing-to-print")
        about = (listed.school, listed.class_name)
        self._check((*about, *_texts_in(row)) for row in listed.rows)
        stationery = self._of(tenant)
        return self._set(stationery.layouts[_LIST], _edition(stationery, listed.locale).listing(listed, tenant))

    def _of(self, tenant: Tenant) -> _Stationery:
        return self._stationery.get(tenant.key) or self._stationery[_EVERYBODY]

    def _check(self, items: Iterable[Iterable[str]]) -> None:
        """Raise UnprintableSign for the first of *items* in which something cannot be printed."""
        for number, texts in enumerate(items):
            sign = self._fonts.missing(map(one_line, texts))
            if sign is not None:
                raise UnprintableSign(number, sign)

    def _set(self, wanted: Text, data: Mapping[str, Any]) -> bytes:
        try:
            return typeset(str(wanted.value), data, self._fonts.folders)
        except NotSet as fault:
            wanted.wrong(str(fault))

    def _try(self, stationery: _Stationery) -> None:
        """Set a letter of every kind and a list in every language, so that a mistake shows at once."""
        for locale in LOCALES:
            for text in stationery.editions[locale].texts.values():
                sign = self._fonts.missing(strings_in(text.value))
                if sign is not None:
                    text.wrong(f"no font here has the sign U+{ord(sign):04X}")
            letters = [_sample(kind, locale) for kind in LetterKind]
            pages = [stationery.editions[locale].page(each, _SAMPLE_TENANT) for each in letters]
            data = {"title": _SAMPLE_TENANT.name, "date": dated(_SAMPLE_DAY), "letters": pages}
            self._set(stationery.layouts[_LETTER], data)
            rows = [ClassListRow(name="Anna", login="anna")]
            listed = ClassList(locale=locale, school="1", day=_SAMPLE_DAY, rows=rows)
            self._set(stationery.layouts[_LIST], stationery.editions[locale].listing(listed, _SAMPLE_TENANT))


_SAMPLE_DAY: Final = date(2026, 9, 1)
_SAMPLE_TENANT: Final = Tenant(key="t", name="T", base_url="https://t.example", platform_domain="t.example")


def _sample(kind: LetterKind, locale: str) -> Letter:
    data = dict.fromkeys(LETTER_FIELDS[kind], "1")
    data |= {"until": _SAMPLE_DAY.isoformat()} if "until" in data else {}
    return Letter(kind=kind, locale=locale, to="Jan", owner="Anna", school="1", day=_SAMPLE_DAY, data=data)


def _edition(stationery: _Stationery, locale: str) -> Edition:
    if locale not in stationery.editions:
        raise InvalidValue(f"a letter's locale is one of {', '.join(LOCALES)}", code="unknown-locale")
    return stationery.editions[locale]


def _texts_of(letter: Letter) -> Iterator[str]:
    """Yield all that comes from data and is printed on a letter's page."""
    yield from (letter.to, letter.owner, letter.school, letter.reference, *letter.data.values())
    yield from letter.address.lines if letter.address is not None else ()


def _texts_in(row: ClassListRow) -> Iterator[str]:
    yield from (row.name, row.reference, row.login)
    if row.password is not None:
        yield row.password.reveal()


if TYPE_CHECKING:
    _kept: type[LetterRenderer] = TypstLetters

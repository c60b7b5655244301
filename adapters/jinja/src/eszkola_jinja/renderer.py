"""Words messages from texts that ship in Polish, Slovene and English, and that a tenant may replace."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from eszkola_core.domain.messages import Message
from eszkola_core.domain.tenants import LOCALES, Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.messages import RenderedEmail
from eszkola_jinja.edition import Edition
from eszkola_jinja.files import LAYOUTS, check_folder, entries, layout
from eszkola_jinja.words import moment, one_line

if TYPE_CHECKING:
    from eszkola_core.ports.messages import MessageRenderer

_INSTANTS: Final = frozenset({"at", "until"})
_NUMBERS: Final = frozenset({"days"})
_LISTS: Final = frozenset({"accounts"})
_EVERYBODY: Final = ""


class JinjaRenderer:
    """
    Words messages as plain text and HTML.

    *overrides* is a folder of texts that replace those that ship, entry by entry; a folder in it that is called by a
    tenant's key holds what that tenant alone replaces. Data are filled in as words: HTML is escaped where the page is
    laid out, after all texts have been put together (MR3).
    """

    def __init__(self, overrides: Path | None = None) -> None:
        """
        Read *overrides*, if any, and try every text in it.

        Raises:
            InvalidValue: a text is broken; its file is named.
        """
        self._overrides = overrides
        self._editions: dict[tuple[str, str], Edition] = {}
        self._tenants = frozenset(check_folder(overrides) if overrides is not None else ())
        if overrides is not None:
            for tenant in (_EVERYBODY, *sorted(self._tenants)):
                for locale in LOCALES:
                    self._edition(tenant, locale)

    def email(self, message: Message, tenant: Tenant) -> RenderedEmail:
        """
        Return *message* as an e-mail in its locale.

        Raises:
            InvalidValue: there are no texts in that locale, the message is done with and its data are wiped, or one of
                its data is not what its name says.
        """
        if message.locale not in LOCALES:
            raise InvalidValue(f"a message's locale is one of {', '.join(LOCALES)}", code="unknown-locale")
        if not message.data:
            raise InvalidValue(f"a message that is {message.state} has no data left to word", code="wiped-message")
        edition = self._edition(tenant.key if tenant.key in self._tenants else _EVERYBODY, message.locale)
        subject, text, html = edition.word(message.kind, message.locale, _values(message, tenant))
        return RenderedEmail(
            reference=message.key,
            to=message.to.spelling,
            subject=subject,
            text=text,
            html=html,
            locale=message.locale,
        )

    def _edition(self, tenant: str, locale: str) -> Edition:
        """Return the texts of a language for a tenant; made once, and by two threads at most twice the same."""
        made = self._editions.get((tenant, locale))
        if made is None:
            folders = [] if self._overrides is None else [self._overrides]
            if self._overrides is not None and tenant != _EVERYBODY:
                folders.append(self._overrides / tenant)
            layouts = {name: layout(name, folders) for name in LAYOUTS}
            made = self._editions[tenant, locale] = Edition.compile(locale, entries(locale, folders), layouts)
        return made


def _values(message: Message, tenant: Tenant) -> Mapping[str, str]:
    """Return what the texts are filled in with: single lines, and instants as a clock of the tenant shows them."""
    data = {name: _shown(name, value, message, tenant) for name, value in message.data.items()}
    return {**data, "tenant": one_line(tenant.name), "base_url": tenant.base_url}


def _shown(name: str, value: str, message: Message, tenant: Tenant) -> str:
    """Return one of the data as a reader sees it, or raise InvalidValue that names it and not its value."""
    if name in _INSTANTS:
        try:
            return moment(value, message.locale, tenant.zone)
        except InvalidValue as error:
            raise InvalidValue(f"{name}: {error}", code=error.code) from None
    if name in _NUMBERS and not (value.isascii() and value.isdigit()):
        raise InvalidValue(f"{name}: a whole number, in digits", code="no-number")
    if name in _LISTS:
        return "\n".join("\t".join(map(one_line, line.split("\t"))) for line in value.splitlines())
    return one_line(value)


if TYPE_CHECKING:
    _kept: type[MessageRenderer] = JinjaRenderer

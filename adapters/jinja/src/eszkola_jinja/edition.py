"""All texts of one language as one tenant wants them: checked once, then only filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from attrs import field, frozen
from jinja2 import Environment, StrictUndefined, Template, TemplateError, TemplateSyntaxError, meta

from eszkola_core.domain.messages import FIELDS, MessageKind
from eszkola_core.errors import InvalidValue
from eszkola_jinja.files import LAYOUTS, Text
from eszkola_jinja.words import Steady, counting, one_line, wrapped

ALWAYS: Final = frozenset({"name", "tenant", "base_url"})
"""What every text may use; a message's own fields come beside it."""

_STEADY: Final = frozenset({"tenant", "base_url"})

# The layout, not the wording, says where the links stand.
_PLACED: Final = frozenset({"link", "accounts"})
_PARTS: Final = ("subject", "before", "facts", "button", "after")
_COMMON: Final = ("hello", "copy", "footer", "safe-use.title", "safe-use.items")
_LAYOUT_NEEDS: Final = frozenset({"hello", "before", "facts", "accounts", "link", "after", "safe_use"})
_LAYOUT_MAY: Final = _LAYOUT_NEEDS | ALWAYS | {"locale", "subject", "button", "copy", "footer"}
# What a mistake in a template comes out as, once it runs.
_MISTAKES: Final = (TemplateError, InvalidValue, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@frozen(eq=False)
class Piece:
    """One entry of a language, compiled: a template, a list of such, or yes or no; and the names that it uses."""

    text: Text
    compiled: object = field(repr=False)
    names: frozenset[str]

    @property
    def is_steady(self) -> bool:
        """Whether it is the same in each message of a tenant."""
        return self.names <= _STEADY

    def fill(self, values: Mapping[str, object]) -> object:
        """Return the entry with *values* in it, in the form that the file has."""
        try:
            return _filled(self.compiled, values)
        except _MISTAKES as mistake:
            self.text.wrong(_complaint(mistake))


@frozen
class Layout:
    """One page that the entries are put on, compiled."""

    text: Text
    template: Template = field(repr=False)

    def fill(self, values: Mapping[str, object]) -> str:
        """Return the page with *values* on it."""
        try:
            return self.template.render(values)
        except _MISTAKES as mistake:
            self.text.wrong(_complaint(mistake))


@frozen
class Edition:
    """One language for one tenant."""

    pieces: Mapping[str, Piece] = field(repr=False)
    layouts: Mapping[str, Layout] = field(repr=False)

    @classmethod
    def compile(cls, locale: str, texts: Mapping[str, Text], layouts: Mapping[str, Text]) -> Edition:
        """
        Return an edition that can word every kind of message.

        Raises:
            InvalidValue: a text has a mistake, uses what its message does not have, or leaves out what it must say
                (MR2); the file and the entry are named.
        """
        plain = _environment(autoescape=False)
        plain.filters |= {"counted": counting(locale), "wrapped": wrapped}
        markup = _environment(autoescape=True)
        pages = {name: markup if name.endswith(".html") else plain for name in LAYOUTS}
        edition = cls(
            {key: _piece(plain, text) for key, text in texts.items()},
            {name: Layout(text, _template(pages[name], text, str(text.value))) for name, text in layouts.items()},
        )
        for name in LAYOUTS:
            _check_names([_piece(pages[name], layouts[name])], may=_LAYOUT_MAY, must=_LAYOUT_NEEDS)
        for key in _COMMON:
            _check_names([edition.pieces[key]], may=ALWAYS, must=frozenset())
        for kind, fields in FIELDS.items():
            own = [edition.pieces[f"{kind}.{part}"] for part in _PARTS]
            _check_names(own, may=fields | ALWAYS, must=fields - _PLACED)
            # Tried out here, so that no mistake in a filter waits for a real message.
            edition.word(kind, locale, dict.fromkeys(fields | ALWAYS, "3"))
        _check_names([edition.pieces["hello"]], may=ALWAYS, must=frozenset({"name"}))
        return edition

    def word(self, kind: MessageKind, locale: str, values: Mapping[str, str]) -> tuple[str, str, str]:
        """Return subject, plain text and HTML of a message of *kind* about *values*."""
        said = {part: _said(self.pieces[f"{kind}.{part}"], values) for part in _PARTS}
        common = {key: _said(self.pieces[key], values) for key in _COMMON}
        rules = {"title": common.pop("safe-use.title"), "items": common.pop("safe-use.items")}
        shown = {"safe_use": rules if self.pieces[f"{kind}.with-safe-use"].fill({}) else None, "locale": locale}
        page = {**values, **said, **common, **shown, "accounts": _listed(values)}
        text, html = (self.layouts[name].fill(page) for name in LAYOUTS)
        return str(said["subject"]), text, html


def _said(piece: Piece, values: Mapping[str, str]) -> object:
    """Return what a piece says of *values*."""
    return _steadily(piece, values["tenant"], values["base_url"]) if piece.is_steady else piece.fill(values)


@lru_cache(maxsize=2048)
def _steadily(piece: Piece, tenant: str, base_url: str) -> object:
    """Return what a piece says in each message of a tenant: nothing of a person is kept here."""
    return _steady(piece.fill({"tenant": tenant, "base_url": base_url}))


def _steady(said: object) -> object:
    """Return what was said with every text marked as steady."""
    if isinstance(said, list):
        return [_steady(each) for each in said]
    return Steady(said) if isinstance(said, str) else said


def _listed(values: Mapping[str, str]) -> list[list[str]]:
    """Return each account that a message lists: whose it is, and its own link."""
    return [line.split("\t") if "\t" in line else [line, ""] for line in values.get("accounts", "").splitlines()]


def _environment(*, autoescape: bool) -> Environment:
    """Return an environment; what it fills in is escaped once, where the HTML page is laid out."""
    return Environment(
        undefined=StrictUndefined,
        autoescape=autoescape,  # noqa: S701 - plain text is not escaped
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    if isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _piece(environment: Environment, text: Text) -> Piece:
    compiled = _compiled(environment, text, text.value)
    return Piece(text, compiled, _names(environment, text))


def _names(environment: Environment, text: Text) -> frozenset[str]:
    """Return the names that an entry uses."""
    strings = [string for string in _strings(text.value) if "{" in string]
    return frozenset(name for string in strings for name in meta.find_undeclared_variables(environment.parse(string)))


def _compiled(environment: Environment, text: Text, value: object) -> object:
    if isinstance(value, list):
        return [_compiled(environment, text, each) for each in value]
    return _template(environment, text, value) if isinstance(value, str) else value


def _template(environment: Environment, text: Text, source: str) -> Template:
    try:
        return environment.from_string(source)
    except TemplateSyntaxError as error:
        text.wrong(f"line {error.lineno}: {error.message}")


def _filled(compiled: object, values: Mapping[str, object]) -> object:
    if isinstance(compiled, Template):
        return one_line(compiled.render(values))
    if isinstance(compiled, list):
        return [_filled(each, values) for each in compiled]
    return compiled


def _complaint(mistake: Exception) -> str:
    """Return what to look at; the library's own words may repeat what was filled in."""
    return str(mistake) if isinstance(mistake, InvalidValue) else "cannot be filled in; look at its filters and tests"


def _check_names(pieces: Sequence[Piece], *, may: frozenset[str], must: frozenset[str]) -> None:
    """Raise InvalidValue unless *pieces* use only names that they may, and together all that they must."""
    used: set[str] = set()
    for piece in pieces:
        if not piece.names <= may:
            strange = ", ".join(sorted(piece.names - may))
            piece.text.wrong(f"there is no {strange} here; there are {', '.join(sorted(may))}")
        used |= piece.names
    if not must <= used:
        missing = ", ".join(f"{{{{ {name} }}}}" for name in sorted(must - used))
        blamed = next((piece for piece in pieces if piece.text.is_own), pieces[0])
        blamed.text.wrong(f"neither here nor beside it stands {missing}, which the message must say")

"""For every clause of what sets letters one with a lie, which its contract finds out."""

from __future__ import annotations

from itertools import count

import pytest
from attrs import evolve

from eszkola_core.domain.letters import one_line
from eszkola_core.errors import InvalidValue, UnprintableSign
from eszkola_core.ports.letters import LetterRenderer
from eszkola_core.testing.contracts.letters import UNPRINTABLE, LetterRendererContract

GREETINGS = {"pl": "Dzień dobry", "sl": "Dober dan", "en": "Good morning"}
PAGE = "\f"


def read(document):
    """Return the pages that a typewriter wrote."""
    return document.decode().split(PAGE)


class Typewriter:
    """Writes honestly: a greeting, and each part on a line."""

    def letters(self, letters, tenant):
        """Write a page for each letter."""
        if not letters:
            raise InvalidValue("there is no letter")
        self.check(map(self.told, letters))
        return PAGE.join(self.page(each, tenant) for each in letters).encode()

    def class_list(self, listed, tenant):
        """Write a page of fifty rows after the other."""
        if not listed.rows:
            raise InvalidValue("there is nobody")
        rows = [[listed.school, listed.class_name, *self.row(each)] for each in listed.rows]
        self.check(rows)
        lines = [" ".join(map(self.line, row)) for row in rows]
        parts = [lines[start : start + 50] for start in range(0, len(lines), 50)]
        return PAGE.join("\n".join([self.greeting(listed), tenant.name, *part]) for part in parts).encode()

    def page(self, letter, tenant):
        """Return a page."""
        return "\n".join([self.greeting(letter), self.line(tenant.name), *map(self.line, self.told(letter))])

    def told(self, letter):
        """Return what a letter says."""
        data = [letter.data[name] for name in sorted(letter.data)]
        return [letter.to, *self.address(letter), letter.owner, letter.school, letter.reference, *data]

    def address(self, letter):
        """Return where it goes."""
        return letter.address.lines if letter.address is not None else ()

    def row(self, row):
        """Return what a list says of somebody."""
        return [row.name, row.reference, row.login, row.password.reveal() if row.password is not None else ""]

    def greeting(self, of):
        """Return how one begins in a language."""
        return GREETINGS[of.locale]

    def line(self, text):
        """Return a text as a line."""
        return one_line(text)

    def check(self, items):
        """Stop where a sign has no shape."""
        for number, texts in enumerate(items):
            for sign in "".join(texts):
                if sign in UNPRINTABLE:
                    raise UnprintableSign(number, sign)


class Monoglot(Typewriter):
    """LR1: knows one language."""

    def greeting(self, of):
        """Return what it knows, or fail."""
        return {"pl": GREETINGS["pl"]}[of.locale]


class Labelling(Typewriter):
    """LR1: another language is the same text."""

    def greeting(self, of):  # noqa: ARG002 - the lie
        """Return the same in every language."""
        return GREETINGS["en"]


class Thrifty(Typewriter):
    """LR2: puts two letters on a page."""

    def letters(self, letters, tenant):
        """Save paper."""
        pages = read(super().letters(letters, tenant))
        return PAGE.join("\n".join(pages[start : start + 2]) for start in range(0, len(pages), 2)).encode()


class Wordy(Typewriter):
    """LR2: needs a second page for what is long."""

    def page(self, letter, tenant):
        """Break the page when it is full."""
        text = super().page(letter, tenant)
        return text if len(text) < 400 else f"{text[:400]}{PAGE}{text[400:]}"


class Sorting(Typewriter):
    """LR2: turns the order round."""

    def letters(self, letters, tenant):
        """Write the last one first."""
        return super().letters(letters[::-1], tenant)


class Clipping(Typewriter):
    """LR3: cuts what is long."""

    def line(self, text):
        """Return the beginning."""
        return super().line(text)[:40]


class Forgetful(Typewriter):
    """LR3: leaves out the reference."""

    def told(self, letter):
        """Return the rest."""
        return [each for each in super().told(letter) if each != letter.reference]


class Timeless(Typewriter):
    """LR3: tells no last day."""

    def told(self, letter):
        """Return the rest."""
        return [each for each in super().told(letter) if each != letter.data.get("until")]


class Mixing(Typewriter):
    """LR3: puts the first letter's secrets on every page."""

    def letters(self, letters, tenant):
        """Write everything behind the first."""
        first = letters[0] if letters else None
        return super().letters(
            [evolve(each, data={**each.data, **self.shared(first, each)}) for each in letters], tenant
        )

    def shared(self, first, other):
        """Return what both kinds have."""
        return {name: value for name, value in first.data.items() if name in other.data}


class Evaluating(Typewriter):
    """LR4: a hash begins a command."""

    def line(self, text):
        """Leave the command out."""
        return super().line(text).replace("#", "")


class Escaping(Typewriter):
    """LR4: takes signs for markup and shows how it protects itself."""

    def line(self, text):
        """Put a backslash before them."""
        return super().line(text).replace("*", "\\*").replace("=", "\\=").replace("{", "\\{").replace("]", "\\]")


class Counting(Typewriter):
    """LR5: numbers what it writes."""

    numbers = count()

    def greeting(self, of):
        """Return another greeting each time."""
        return f"{super().greeting(of)} {next(self.numbers)}"


class Literal(Typewriter):
    """LR6: prints what cannot be seen."""

    def line(self, text):
        """Return a text as it is."""
        return text.replace("\f", " ")


class Boxing(Typewriter):
    """LR6: prints a box where there is no shape."""

    def check(self, items):
        """Let everything through."""

    def line(self, text):
        """Return a box for every such sign."""
        return super().line(text).encode("utf-8", "replace").decode()


class Misnumbering(Typewriter):
    """LR6: counts letters from one."""

    def check(self, items):
        """Name the next one."""
        super().check([[], *items])


class Skipping(Typewriter):
    """LR7: leaves those out who have no password."""

    def class_list(self, listed, tenant):
        """List the others."""
        return super().class_list(evolve(listed, rows=[each for each in listed.rows if each.password]), tenant)


class Reordering(Typewriter):
    """LR7: sorts in its own way."""

    def class_list(self, listed, tenant):
        """Begin with those who have a password."""
        rows = sorted(listed.rows, key=lambda each: each.password is None)
        return super().class_list(evolve(listed, rows=rows), tenant)


class Blank(Typewriter):
    """LR7: leaves every password out."""

    def row(self, row):
        """Return the rest."""
        return super().row(row)[:-1]


class Accepting(Typewriter):
    """LR8: prints an empty page for nobody."""

    def letters(self, letters, tenant):
        """Print nothing."""
        return super().letters(letters, tenant) if letters else b""


class AcceptingLists(Typewriter):
    """LR8: prints an empty list."""

    def class_list(self, listed, tenant):
        """Print nothing."""
        return super().class_list(listed, tenant) if listed.rows else b""


SABOTEURS = [
    ("LR1", Monoglot),
    ("LR1", Labelling),
    ("LR2", Thrifty),
    ("LR2", Wordy),
    ("LR2", Sorting),
    ("LR3", Clipping),
    ("LR3", Forgetful),
    ("LR3", Timeless),
    ("LR3", Mixing),
    ("LR4", Evaluating),
    ("LR4", Escaping),
    ("LR5", Counting),
    ("LR6", Literal),
    ("LR6", Boxing),
    ("LR6", Misnumbering),
    ("LR7", Skipping),
    ("LR7", Reordering),
    ("LR7", Blank),
    ("LR8", Accepting),
    ("LR8", AcceptingLists),
]


class TestTypewriter(LetterRendererContract):
    """One without a lie passes."""

    @pytest.fixture
    def fresh_letters(self):
        """Return what makes it."""
        return Typewriter

    @pytest.fixture
    def read_pages(self):
        """Return what reads its pages."""
        return read


@pytest.mark.parametrize(("clause", "kind"), SABOTEURS)
def test_a_lie_about_a_clause_is_found_out(bench, clause, kind):
    """One that breaks a clause turns a test red that cites this very clause."""
    assert bench.first_red(LetterRendererContract, clause, {"fresh_letters": kind, "read_pages": read}) is not None


def test_no_clause_of_letters_lacks_a_saboteur(bench):
    """The table of lies and the clauses of the port name the same."""
    assert {clause for clause, _ in SABOTEURS} == set(bench.clauses(LetterRenderer))

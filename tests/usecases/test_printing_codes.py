"""Security codes for a whole class, printed (LINK-7)."""

from __future__ import annotations

from datetime import date

import pytest

from eszkola_core._usecases.issue_codes import CodeRefused, IssueCodes
from eszkola_core._usecases.print_codes import CodesPrinted, NoSheet, PrintCodes
from eszkola_core._usecases.redeem_code import RedeemCode, Redeemed
from eszkola_core._usecases.restrict_links import RestrictLinks
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.address_books import HOUSEHOLD, AddressBook
from eszkola_core.domain.communication import Level
from eszkola_core.domain.letters import LetterKind, PostalAddress
from eszkola_core.domain.permissions import NotPermitted
from eszkola_core.domain.security_codes import CodeChannel, read_code
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.notation import pesel

CONSOLE = Actor.console("console:test")
BORN = date(2014, 5, 17)
ALA, OLA = (pesel(number, born=BORN) for number in (1, 2))
HOME = PostalAddress(street="Polna 1", postal_code="45-064", city="Opole")
FAR = PostalAddress(street="Leśna 2", postal_code="45-064", city="Opole")


class Printer:
    """A region with a school that prints codes."""

    def __init__(self, a_region):
        self.region = region = a_region("easistent")
        world = {"storage": region.storage, "tenant": region.tenant, "clock": region.clock}
        self.printing = PrintCodes(IssueCodes(**world, secrets=region.secrets))
        self.redeeming = RedeemCode(**world, secrets=region.secrets)
        self.restricting = RestrictLinks(**world, secrets=region.secrets)
        region.take(
            f"A/1: s Ala {ALA} ala, g Jan 8 jan, g Ewa 7 ewa",
            f"A/2: s Ola {OLA} ola, g Ewa 7 ewa",
            "A/3: s Iga ~ -, g Pia 6 -",
            "A/y: y Zofia 90 zofia",
            "A/t: t Tom 91 tom",
        )

    def prints(self, by=CONSOLE, **lines):
        """Print, and return what came of it."""
        book = AddressBook.of({(key[1:], HOUSEHOLD): address for key, address in lines.items()})
        return self.printing.issue(by, "A", None, addresses=book)

    def channels(self, name):
        """Return by which channels somebody's live code went out."""
        with self.region.storage.snapshot() as unit:
            codes = unit.codes.of([self.region.person(name).id])
        return [each.channel for code in codes if code.is_live(self.region.clock.now()) for each in code.hand_overs]


@pytest.fixture
def printer(a_region):
    """Return such a school."""
    return Printer(a_region)


@pytest.mark.rule("LINK-7b")
@pytest.mark.rule("LINK-7f")
def test_every_guardian_gets_one_code(printer):
    """Though there be several children; it opens what it says, and who cannot have one is named with the reason."""
    printed = printer.prints(r1=HOME)
    letters = {each.guardian: each.letter for each in printed.sheets}

    assert letters.keys() == {"Jan Lis", "Ewa Lis"}
    assert printed.without == (NoSheet("3", "Pia Lis", CodeRefused.NO_BIRTH_DATE),)
    assert {each.kind for each in letters.values()} == {LetterKind.SECURITY_CODE}
    assert letters["Ewa Lis"].data["children"] == "Ala Lis, Ola Lis"
    assert (letters["Jan Lis"].address, letters["Jan Lis"].reference) == (HOME, "1")
    code = letters["Ewa Lis"].data["code"]
    assert read_code(code) is not None
    done = printer.redeeming.redeem(code, BORN, own=Level.MINIMAL)
    assert isinstance(done, Redeemed)
    again = printer.prints()
    assert ([each.guardian for each in again.sheets], again.verified) == (["Jan Lis"], 1)
    assert again.sheets[0].letter.data["code"] != letters["Jan Lis"].data["code"]


@pytest.mark.rule("LINK-7e")
def test_that_it_was_printed_is_written_down(printer):
    """With the code and in the journal, once it is printed and not before."""
    printed = printer.prints()
    assert printer.channels("Jan") == []
    printer.printing.printed(CONSOLE, "A", printed.sheets)

    assert printer.channels("Jan") == [CodeChannel.PRINT]
    assert [each.detail["channel"] for each in printer.region.journal("code-handed-over")] == ["print"] * 2
    shown = "".join(each.letter.data["code"] for each in printed.sheets)
    assert not any(part in repr(printed) for part in shown.split())


@pytest.mark.rule("LINK-3a")
def test_no_code_goes_to_a_household_that_a_guardian_is_kept_from(printer):
    """The one child that is left names the address; a guardian of nobody else gets none."""
    ewa, jan, ala = (printer.region.person(name).id for name in ("Ewa", "Jan", "Ala"))
    for guardian in (ewa, jan):
        printer.restricting.restrict(CONSOLE, guardian, ala, reason="court")
    printed = printer.prints(r1=HOME, r2=FAR)
    letters = {each.guardian: each.letter for each in printed.sheets}

    assert letters.keys() == {"Ewa Lis"}
    assert (letters["Ewa Lis"].address, letters["Ewa Lis"].data["children"]) == (FAR, "Ola Lis")


@pytest.mark.rule("ROLE-4a")
def test_only_who_may_issue_codes_prints_them(printer):
    """A secretary does, a teacher of no class does not; a school that is not there is named."""
    assert isinstance(printer.prints(by=printer.region.actor("Tom")), NotPermitted)
    assert isinstance(printer.prints(by=printer.region.actor("Zofia")), CodesPrinted)
    with pytest.raises(InvalidValue, match="there is no school"):
        printer.printing.issue(CONSOLE, "X", None, addresses=AddressBook())

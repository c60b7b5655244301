"""Security codes for the guardians of a class, one letter each (LINK-7)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from attrs import frozen

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core._usecases._moments import Moment
from eszkola_core._usecases._schools import check_class, known_schools
from eszkola_core._usecases.issue_codes import CodeIssued, CodeNotIssued, CodeRefused, IssueCodes
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.address_books import AddressBook
from eszkola_core.domain.claims import Decision, Place, Seeds
from eszkola_core.domain.days import day_of
from eszkola_core.domain.duplicates import Who
from eszkola_core.domain.letters import Letter, LetterKind
from eszkola_core.domain.names import PersonName, fold
from eszkola_core.domain.permissions import Action
from eszkola_core.domain.platform_records import is_of_application
from eszkola_core.domain.restrictions import pairs_kept_apart
from eszkola_core.domain.roles import Role
from eszkola_core.domain.security_codes import CodeChannel, CodeHandOver, shown_code
from eszkola_core.domain.verification import verified
from eszkola_core.ports.storage import Unit


@frozen
class CodeSheet:
    """A code on its way to one guardian: the letter, and in whose record it was issued."""

    record: str
    guardian: str
    letter: Letter


@frozen
class NoSheet:
    """A guardian who gets none, and why."""

    record: str
    guardian: str
    reason: CodeRefused


@frozen(kw_only=True)
class CodesPrinted:
    """What is printed; how many guardians a school has made sure of already, and need none."""

    sheets: tuple[CodeSheet, ...]
    without: tuple[NoSheet, ...]
    verified: int


@frozen
class PrintCodes:
    """
    Issues a code to every guardian of a class, or of a school, of whom the school has not made sure yet.

    A guardian of several children gets one code for all of them. Each is issued by itself: a new print is a new code,
    so that whatever breaks off halfway is mended by printing again.
    """

    issuing: IssueCodes

    def issue(
        self, actor: Actor, school: str, class_name: str | None, *, addresses: AddressBook, locale: str = ""
    ) -> CodesPrinted | NotPermitted:
        """
        Issue the codes, and return their letters; that they were printed is written down by `printed`.

        Raises:
            InvalidValue: there is no such school.
        """
        with self.issuing.storage.snapshot() as unit:
            found = self._guardians(unit, actor, school, class_name)
            if isinstance(found, NotPermitted):
                return found
            classes, wanted, verified = found
        sheets, without = [], []
        for place in wanted:
            name, record = place.stated.name, place.key.record.key
            issued = self.issuing.issue(actor, school, record, str(name))
            if isinstance(issued, NotPermitted):
                return issued
            if isinstance(issued, CodeNotIssued):
                without.append(NoSheet(record, str(name), issued.reason))
                continue
            letter = self._letter(issued, name, classes.get(record, ""), record, addresses, locale)
            sheets.append(CodeSheet(record, str(name), letter))
        return CodesPrinted(sheets=tuple(sheets), without=tuple(without), verified=verified)

    def printed(self, actor: Actor, school: str, sheets: Sequence[CodeSheet]) -> None:
        """Write down that the codes were printed (LINK-7e)."""
        now = self.issuing.clock.now()
        for each in sheets:
            handed = CodeHandOver(channel=CodeChannel.PRINT, at=now)
            self.issuing.hand_over(actor, school, each.record, each.guardian, handed)

    def _guardians(
        self, unit: Unit, actor: Actor, school: str, class_name: str | None
    ) -> tuple[Mapping[str, str], Sequence[Place], int] | NotPermitted:
        """Return the classes of records, one place of each guardian who needs a code, and how many need none."""
        known_schools(unit, school)
        tenant, storage = self.issuing.tenant, self.issuing.storage
        acting = Acting(unit, storage, tenant, self.issuing.clock.now())
        allowed = acting.permission(actor, Action.ISSUE_CODE, Target.of_school(school, class_name or ""))
        if not allowed:
            return NotPermitted(allowed)
        places = [each for each in unit.rosters.places(school, class_name) if not is_of_application(each)]
        check_class(school, class_name, places)
        recognised = Moment(unit, tenant, acting.now).look_at({each.key.record for each in places}).recognised
        classes = {
            each.key.record.key: each.newest.class_name
            for each in places
            if each.role is Role.STUDENT and each.newest is not None
        }
        students = {each.key.record: each.person for each in places if each.role is Role.STUDENT}
        people = frozenset(each.person for each in places if each.person is not None)
        decisions = unit.rosters.gather(Seeds(people=people)).decisions
        apart = pairs_kept_apart(decisions)
        guardians: dict[Who, list[Place]] = {}
        for each in places:
            if each.role is not Role.GUARDIAN or each.key.record not in students:
                continue
            if (each.person, students[each.key.record]) not in apart:  # nor is that household where they live
                guardians.setdefault(recognised.who_stands_in(each), []).append(each)
        wanted = [
            theirs
            for theirs in guardians.values()
            if not all(_is_verified(decisions, each, students[each.key.record]) for each in theirs)
        ]
        ordered = sorted((theirs[0] for theirs in wanted), key=lambda each: _order(each, classes))
        return classes, ordered, len(guardians) - len(wanted)

    def _letter(  # noqa: PLR0913, PLR0917 - what is printed
        self, issued: CodeIssued, name: PersonName, class_name: str, record: str, addresses: AddressBook, locale: str
    ) -> Letter:
        tenant = self.issuing.tenant
        last_day = day_of(issued.expires_at - timedelta(days=1), tenant.zone)
        return Letter(
            kind=LetterKind.SECURITY_CODE,
            locale=locale or tenant.locale,
            to=str(issued.name),
            address=addresses.own(record, name) or addresses.household(record),
            owner=str(issued.name),
            school=issued.school,
            reference=" · ".join(filter(None, (class_name, record))),
            day=day_of(self.issuing.clock.now(), tenant.zone),
            data={
                "code": shown_code(issued.code),
                "children": ", ".join(issued.children),
                "until": last_day.isoformat(),
                "link": issued.link,
            },
        )


def _is_verified(decisions: Collection[Decision], guardian: Place, child: PersonId | None) -> bool:
    if guardian.person is None or child is None:
        return False
    return verified(decisions, guardian.person, child) is not None


def _order(place: Place, classes: Mapping[str, str]) -> tuple[str, str, str, str]:
    name = place.stated.name
    return classes.get(place.key.record.key, ""), fold(name.last), fold(name.first), place.key.record.key

"""Redeeming a security code: the guardian says who they are, and how much they want to hear (LINK-7, LINK-8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from attrs import evolve, frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._deciding import Door
from eszkola_core._usecases._guardians import Guardian, Linked
from eszkola_core._usecases._levels import choose, own_contacts
from eszkola_core._usecases._post import Post, login_of
from eszkola_core._usecases._throttling import Throttle
from eszkola_core._usecases.issue_codes import code_digests
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.claims import Place
from eszkola_core.domain.communication import ACTIVATES, Level
from eszkola_core.domain.held_roles import held_roles
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.roles import Role
from eszkola_core.domain.security_codes import SecurityCode, read_code
from eszkola_core.domain.signing_in import may_recover
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.throttling import AttemptKind
from eszkola_core.domain.tokens import Purpose
from eszkola_core.domain.verification import VerifiedBy, verification
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets


class RedemptionRefused(StrEnum):
    """Why nothing was redeemed; a wrong code and a wrong date are told alike."""

    SLIP = "slip"
    NOT_RIGHT = "not-right"


@frozen
class NotRedeemed:
    """No code was redeemed. A slip cost no try; whatever else was not right did."""

    reason: RedemptionRefused


@frozen
class Covered:
    """Code and date are right: these are the children it covers, to be chosen for by their numbers from 1 on."""

    children: tuple[str, ...]


@frozen
class Redeemed:
    """
    The guardian is verified, and has chosen.

    ``token`` sets the first password of an account that had none, where the code alone may open it; where it may not, a
    message has gone to the guardian's own address (``told``).
    """

    person: PersonId
    login: str
    children: tuple[str, ...]
    token: Secret | None = None
    told: bool = False


@frozen
class Choice:
    """What a guardian chooses: a level for themselves, and for children by their numbers (LINK-8a)."""

    own: Level
    children: Mapping[int, Level]

    def check(self, count: int) -> None:
        """
        Hold the numbers against how many children there are.

        Raises:
            InvalidValue: there is no child with one of them.
        """
        for number in self.children:
            if not 1 <= number <= count:
                raise InvalidValue(f"there is no child {number}; the code covers {count}", code="no-such-child")

    def of(self, number: int) -> Level:
        """Return the level for one child; what was not said is as for the guardian."""
        return self.children.get(number, self.own)

    @property
    def activates(self) -> bool:
        """Whether it turns the service on."""
        return bool(ACTIVATES & {self.own, *self.children.values()})


@frozen
class RedeemCode:
    """
    Lets guardians redeem the codes that schools gave them.

    Every try with a well-formed code counts before it is looked at, by its source and for the whole tenant.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets

    def look(self, code: str, birth_date: date, *, source: str = "") -> Covered | NotRedeemed:
        """Return which children a code covers, and leave it as it is; a wrong date counts all the same."""
        found = self._try(code, birth_date, source, None)
        return found if isinstance(found, Covered | NotRedeemed) else NotRedeemed(RedemptionRefused.NOT_RIGHT)

    def redeem(
        self,
        code: str,
        birth_date: date,
        *,
        own: Level,
        children: Mapping[int, Level] = MappingProxyType({}),
        source: str = "",
    ) -> Redeemed | NotRedeemed:
        """
        Redeem a code, and keep what the guardian chose.

        Args:
            code: what the guardian typed.
            birth_date: that of any one child whom the code covers.
            own: how much the guardian wants to hear.
            children: the same for each child, by its number in `Covered`; for those left out it is as for themselves.
            source: where the request comes from, such as a network address.

        Raises:
            InvalidValue: there is no child with one of the numbers; nothing was redeemed.
            Conflict: records changed at the very same time; nothing was redeemed, and trying again is right.
        """
        found = self._try(code, birth_date, source, Choice(own, dict(children)))
        return found if isinstance(found, Redeemed | NotRedeemed) else NotRedeemed(RedemptionRefused.NOT_RIGHT)

    def _try(self, text: str, birth_date: date, source: str, choice: Choice | None) -> Covered | Redeemed | NotRedeemed:
        code = read_code(text)
        if code is None:
            return NotRedeemed(RedemptionRefused.SLIP)
        throttle = Throttle(self.storage, self.tenant, AttemptKind.CODE)
        with self.storage.unit() as unit:
            attempt = throttle.begin(unit, "", throttle.place(source), self.clock.now())
        if attempt.is_throttled:
            return NotRedeemed(RedemptionRefused.NOT_RIGHT)
        try:
            with self.storage.unit() as unit:
                found = self._look_up(unit, code, birth_date, choice, source)
                if not isinstance(found, NotRedeemed):
                    throttle.succeed(unit, attempt)
        except InvalidValue:
            with self.storage.unit() as unit:
                throttle.take_back(unit, attempt)
            raise
        return found

    def _look_up(
        self, unit: Unit, text: Secret, birth_date: date, choice: Choice | None, source: str
    ) -> Covered | Redeemed | NotRedeemed:
        acting = Acting(unit, self.storage, self.tenant, self.clock.now())
        code = next(filter(None, [unit.codes.peek(each) for each in code_digests(self.storage, text)]), None)
        if code is None or not code.is_live(acting.now):
            return NotRedeemed(RedemptionRefused.NOT_RIGHT)
        guardian = Guardian.of(unit, code.guardian, self.tenant, acting.today)
        covered = [each for each in guardian.children if code.school in each.schools]
        if birth_date not in {each.born for each in covered}:
            unit.codes.wrong_date(code.digest, limit=self.tenant.settings.code_wrong_dates, now=acting.now)
            return NotRedeemed(RedemptionRefused.NOT_RIGHT)
        names = tuple(each.name for each in covered)
        if choice is None:
            return Covered(names)
        choice.check(len(covered))
        if unit.codes.redeem(code.digest, now=acting.now) is None:
            return NotRedeemed(RedemptionRefused.NOT_RIGHT)
        return self._redeem(acting, code, guardian, covered, choice, source)

    def _redeem(  # noqa: PLR0913, PLR0917 - whose code it is, and what was chosen
        self,
        acting: Acting,
        code: SecurityCode,
        guardian: Guardian,
        covered: Sequence[Linked],
        choice: Choice,
        source: str,
    ) -> Redeemed:
        """Verify the links that a code covers, keep the choices, and let the guardian own their contact data."""
        unit, now = acting.unit, acting.now
        actor = Actor(name=guardian.person.login, person=guardian.id, where=source)
        door = Door(self.storage, self.tenant, self.secrets)
        named = [door.name(unit, each.key, author=actor.name, now=now) for each in covered]
        children = [each for each in named if each is not None]
        for child in children:
            unit.people.decide(verification(guardian.id, child, VerifiedBy.CODE, author=actor.name, at=now))
        levels: dict[PersonId | None, Level] = {None: choice.own}
        levels.update((child, choice.of(number)) for number, child in enumerate(children, 1))
        choose(unit, guardian.id, levels, author=actor.name, now=now)
        own_contacts(acting, guardian.id, author=actor.name)
        door.settle(unit, [guardian.id, *children], author=actor.name, now=now)
        acting.note(
            actor,
            "code-redeemed",
            on=[guardian.id, *children],
            detail={"school": code.school, "level": choice.own.value},
        )
        return self._activated(acting, code, guardian, tuple(each.name for each in covered), choice)

    def _activated(
        self, acting: Acting, code: SecurityCode, guardian: Guardian, names: tuple[str, ...], choice: Choice
    ) -> Redeemed:
        """
        Return the outcome, with first access where the service was turned on for an account without a password.

        A code is worth what its school could give: where the account has roles elsewhere, or on a staff, the link goes
        to its own address only.
        """
        unit, now = acting.unit, acting.now
        person = unit.people.get_many([guardian.id])[guardian.id]
        done = Redeemed(person.id, login_of(person, self.tenant), names)
        places = guardian.recognised.places.values()
        opens = (
            person.is_opened and not person.is_activated and may_recover(person, _of(person.id, places), acting.today)
        )
        if not opens or not choice.activates:
            return done
        post = Post(unit, self.tenant, now)
        roles = held_roles(person.id, tuple(places), acting.today)
        if all(each.role is Role.GUARDIAN and each.school == code.school for each in roles):
            _, text = post.issue_token(Purpose.FIRST_ACCESS, person, self.secrets)
            return evolve(done, token=text)
        if person.central is None:
            return done
        post.send_token(Purpose.FIRST_ACCESS, person, self.secrets, to=person.central)
        return evolve(done, told=True)


def _of(person: PersonId, places: Iterable[Place]) -> tuple[Place, ...]:
    return tuple(place for place in places if place.person == person)

"""
Initial credentials for many: what would go to whom and at what cost, and then exactly that (INIT-1 to INIT-6).

Only those get one who have never set a password of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from attrs import frozen

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core._usecases._handing_out import Order, Plan, Planner, Wanted, reference
from eszkola_core._usecases._passwords import given_credential, owner_of, policy_of
from eszkola_core._usecases._post import Post, credential_mark, login_of
from eszkola_core._usecases._schools import school_name
from eszkola_core._usecases._texting import queue_sms
from eszkola_core.domain.accounts import Happening, Person, PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.credential_channels import CredentialChannel
from eszkola_core.domain.credentials import Credential
from eszkola_core.domain.handing_out import Deed, Nothing, Preview, SendingRefused, live_credential, refusal
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.initial_credentials import invent
from eszkola_core.domain.letters import ClassList, ClassListRow, Letter, LetterKind
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.text_messages import SmsRequest
from eszkola_core.domain.transliteration import transliterated
from eszkola_core.ports.passwords import PasswordHasher
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets

__all__ = ["HandOutCredentials", "NotSent", "Order", "Preview", "Printed", "Sent"]


@frozen(kw_only=True)
class Sent:
    """
    What was done: the preview as it came true, and the letters that are to be printed.

    Whom to call stands in the preview; reading out is written down for each of them by itself.
    """

    preview: Preview
    letters: tuple[Letter, ...] = ()


@frozen
class NotSent:
    """Nothing was changed; ``preview`` is what holds now."""

    reason: SendingRefused
    preview: Preview


@frozen(kw_only=True)
class Printed:
    """A letter for each who has a credential that works, and the list of everybody (INIT-3, INIT-4)."""

    letters: tuple[Letter, ...]
    listed: ClassList


@frozen
class _Made:
    """A credential that was invented and hashed outside of any unit."""

    text: Secret
    encoded: str


@frozen
class HandOutCredentials:
    """
    Hands initial credentials out to those who have never set a password of their own.

    ``sends_sms`` says whether there is a gateway for text messages; without one that channel is closed.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets
    hasher: PasswordHasher
    sends_sms: bool = True

    def preview(self, actor: Actor, order: Order) -> Preview | NotPermitted:
        """
        Return what sending would do; nothing is changed.

        Raises:
            InvalidValue: there is no such school.
        """
        planned = self._looked_at(actor, order)
        return planned if isinstance(planned, NotPermitted) else planned.preview

    def send(self, actor: Actor, order: Order, preview: str = "") -> Sent | NotSent | NotPermitted:
        """
        Do what the preview with this id said: all of it, or nothing where people, channels or a higher cost differ.

        Without an id only what costs nothing is sent.

        Raises:
            InvalidValue: there is no such school.
            Conflict: an account was changed at the very same time; nothing was done, and trying again is right.
        """
        planned = self._looked_at(actor, order)
        if isinstance(planned, NotPermitted):
            return planned
        refused = refusal(planned.preview, preview, self.storage.fingerprints[0])
        if refused is not None:
            return NotSent(refused, planned.preview)
        made = self._made(planned.to_make(sending=True))
        with self.storage.unit() as unit:
            planner = self._planner(unit, order)
            again = planner.plan(actor)
            if isinstance(again, NotPermitted):
                return again
            if again.preview.id != planned.preview.id:  # somebody did something while the hashes were made
                return NotSent(SendingRefused.PREVIEW_MOVED, again.preview)
            return Sent(preview=again.preview, letters=_Desk(planner, again, made).send(actor))

    def print(self, actor: Actor, order: Order) -> Printed | NotPermitted:
        """
        Return letters and a list to print: everybody, the password blank for those who have one of their own.

        Who has never had a credential gets one now. Channels do not matter: somebody hands over what is printed.

        Raises:
            InvalidValue: there is no such school.
            Conflict: an account was changed at the very same time; nothing was done, and trying again is right.
        """
        planned = self._looked_at(actor, order)
        if isinstance(planned, NotPermitted):
            return planned
        made = self._made(planned.to_make(sending=False))
        with self.storage.unit() as unit:
            planner = self._planner(unit, order)
            again = planner.plan(actor)
            return again if isinstance(again, NotPermitted) else _Desk(planner, again, made).print(actor)

    def invitations(self, actor: Actor, order: Order) -> Sequence[Letter] | NotPermitted:
        """
        Return a letter of first access for each who may begin it: with no password yet, and a usable central address.

        It holds no secret: the login, and the page where first access begins. Nothing is changed.

        Raises:
            InvalidValue: there is no such school.
        """
        with self.storage.snapshot() as unit:
            planner = self._planner(unit, order)
            planned = planner.plan(actor)
            if isinstance(planned, NotPermitted):
                return planned
            school = school_name(unit, order.school)
            link = {"link": self.tenant.link("access")}
            return tuple(
                planner.letter(LetterKind.FIRST_ACCESS, each, school, link)
                for each in planned.wanted
                if (isinstance(each.deed, Deed) or each.deed is Nothing.EXPIRED) and _is_reached(each)
            )

    def _looked_at(self, actor: Actor, order: Order) -> Plan | NotPermitted:
        with self.storage.snapshot() as unit:
            return self._planner(unit, order).plan(actor)

    def _planner(self, unit: Unit, order: Order) -> Planner:
        return Planner(Acting(unit, self.storage, self.tenant, self.clock.now()), order, self.sends_sms)

    def _made(self, people: Collection[Person]) -> Mapping[PersonId, _Made]:
        """Invent and hash what is needed: hashing takes long, and happens outside of any unit."""
        made: dict[PersonId, _Made] = {}
        for person in people:
            text = invent(self.secrets.below, policy_of(self.tenant), owner=owner_of(person))
            made[person.id] = _Made(text, self.hasher.hash(text))
        return made


@frozen
class _Desk:
    """Does in one unit what was planned in it."""

    planner: Planner
    plan: Plan
    made: Mapping[PersonId, _Made]

    @property
    def _acting(self) -> Acting:
        return self.planner.acting

    @property
    def _post(self) -> Post:
        return Post(self._acting.unit, self._acting.tenant, self._acting.now)

    def send(self, actor: Actor) -> tuple[Letter, ...]:
        """Give and send, each by the route of the preview; return the letters."""
        letters: list[Letter] = []
        sent: dict[CredentialChannel, list[PersonId]] = {}
        school = school_name(self._acting.unit, self.planner.order.school)
        for each in self.plan.wanted:
            if each.row.priced is None or not isinstance(each.deed, Deed):
                continue
            credential = self._given(each)
            channel = each.row.priced.route.channel
            sent.setdefault(channel, []).append(each.person.id)
            match channel:
                case CredentialChannel.EMAIL:
                    self._by_email(each, credential)
                case CredentialChannel.GUARDIAN:
                    self._tell_guardian(each, credential)
                case CredentialChannel.SMS:
                    self._by_sms(each, credential)
                case CredentialChannel.LETTER:
                    letters.append(self._letter(each, credential, school))
                case CredentialChannel.PHONE:
                    pass  # somebody calls, and writes down to whom it was read out
        for channel, people in sent.items():
            detail = {"school": self.planner.order.school, "channel": channel.value}
            self._acting.note(actor, "credentials-sent", on=people, detail=detail)
        return tuple(letters)

    def print(self, actor: Actor) -> Printed:
        """Give to those who have none, and return what is printed."""
        order, school = self.planner.order, school_name(self._acting.unit, self.planner.order.school)
        letters, rows = [], []
        for each in self.plan.wanted:
            credential = self._given(each) if isinstance(each.deed, Deed) else None
            if credential is not None:
                letters.append(self._letter(each, credential, school))
            rows.append(
                ClassListRow(
                    name=each.row.name,
                    reference=reference(each.candidate),
                    login=self.planner.signs_in_with(each),
                    password=credential.sealed if credential is not None else None,
                )
            )
        people = [each.person.id for each in self.plan.wanted if isinstance(each.deed, Deed)]
        if people:
            self._acting.note(actor, "credentials-printed", on=people, detail={"school": order.school})
        listed = ClassList(
            locale=self.planner.locale,
            school=school,
            class_name=order.class_name or "",
            day=self._acting.today,
            rows=rows,
        )
        return Printed(letters=tuple(letters), listed=listed)

    def _given(self, each: Wanted) -> Credential:
        """Return somebody's credential: the one that is there, or a new one that stops it at once (INIT-2)."""
        unit, person = self._acting.unit, each.person
        live = live_credential(each.candidate.credential, self._acting.now)
        if each.deed is Deed.AGAIN and live is not None:
            return live
        made = self.made[person.id]
        lifetime = self._acting.tenant.settings.initial_credential_lifetime
        given = given_credential(
            person, each.candidate.credential, made.encoded, made.text, lifetime=lifetime, now=self._acting.now
        )
        unit.credentials.put(given)
        unit.people.save(person.after(Happening.CREDENTIAL_GIVEN))
        self._post.cancel_tokens(person)
        return given

    def _by_email(self, each: Wanted, credential: Credential) -> None:
        if each.row.priced is None or credential.sealed is None:
            return
        data = {
            "login": login_of(each.person, self._acting.tenant),
            "password": credential.sealed.reveal(),
            "until": self._until(credential),
            "link": self._acting.tenant.base_url,
        }
        to, mark = each.row.priced.route.email, credential_mark(each.person.id)
        self._post.queue(MessageKind.INITIAL_CREDENTIAL, each.person, data, key=self._key, to=to, marks=[mark])

    def _tell_guardian(self, each: Wanted, credential: Credential) -> None:
        """Tell a guardian that the child's credential can be seen; the message itself holds none."""
        route = each.row.priced.route if each.row.priced is not None else None
        if route is None or route.guardian is None:
            return
        unit, tenant = self._acting.unit, self._acting.tenant
        guardian = unit.people.get_many([route.guardian])[route.guardian]
        data = {
            "login": login_of(guardian, tenant),
            "child": str(each.person.name),
            "until": self._until(credential),
            "link": tenant.base_url,
        }
        key = f"{each.person.id}:{self._key}"
        mark = credential_mark(each.person.id)
        self._post.queue(MessageKind.CHILD_CREDENTIAL, guardian, data, key=key, to=route.email, marks=[mark])

    def _by_sms(self, each: Wanted, credential: Credential) -> None:
        phone = each.row.priced.route.phone if each.row.priced is not None else None
        if phone is None or credential.sealed is None:
            return
        text = self.planner.text(each.person, credential.sealed, self.planner.last_day(credential)).reveal()
        request = SmsRequest(
            key=f"initial-credential:{each.person.id}:{self._key}",
            to=phone,
            text=transliterated(text) if self.planner.order.plain_letters else text,
            school=self.planner.order.school,
            person=each.person.id,
            useful_until=credential.expires_at,
        )
        queue_sms(self._acting.unit, self._acting.tenant, request, self._acting.now)

    def _letter(self, each: Wanted, credential: Credential, school: str) -> Letter:
        data = {
            "password": credential.sealed.reveal() if credential.sealed is not None else "",
            "until": self.planner.last_day(credential).isoformat(),
            "link": self._acting.tenant.base_url,
        }
        return self.planner.letter(LetterKind.CREDENTIAL, each, school, data)

    @property
    def _key(self) -> str:
        return self._acting.now.isoformat()

    def _until(self, credential: Credential) -> str:
        return self._post.instant(credential.expires_at or self._acting.now)


def _is_reached(each: Wanted) -> bool:
    reach = each.candidate.reach
    return reach is not None and reach.email is not None and not reach.email_unusable

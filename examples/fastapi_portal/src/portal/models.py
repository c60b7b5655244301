"""What goes over the wire; on this side of it there are only the platform's own values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr

from eszkola_core import Act, Child, HeldRole, ListedDevice, MustAct, Notice, OpenSession, Person, SignedIn

PASSWORD = "Deszcz-na-dach-7"  # noqa: S105 - an example
TOKEN = "x3J0…"  # noqa: S105 - the same

Token = Annotated[SecretStr, Field(max_length=200, examples=[TOKEN])]
Password = Annotated[SecretStr, Field(examples=[PASSWORD])]
Digest = Annotated[str, Field(pattern="^(?:[0-9a-f]{2})+$", max_length=128)]
DeviceName = Annotated[str, Field(min_length=1, max_length=60, pattern=r"\S", examples=["Ala's telephone"])]


class Sent(BaseModel):
    """What a client sends: nothing but what is named."""

    model_config = ConfigDict(extra="forbid")


class AccessRequest(Sent):
    """Who asks for access."""

    identifier: Annotated[
        str,
        Field(max_length=320, description="A national id, an e-mail address or a login.", examples=["jan@example.com"]),
    ]


class AccessRequested(BaseModel):
    """The one answer to every request."""

    says: Literal["If there is such an account, a message is on its way."] = (
        "If there is such an account, a message is on its way."
    )


class NewPassword(Sent):
    """The password that somebody chose who has the token of a message."""

    token: Token
    password: Password
    keep_devices: Annotated[bool, Field(strict=True, description="Whether paired devices stay paired.")] = False


class PasswordSet(BaseModel):
    """The password is in force."""

    login: Annotated[str, Field(examples=["jan@example.com"])]


class Credentials(Sent):
    """What somebody signs in with."""

    login: Annotated[str, Field(max_length=320, examples=["jan@example.com"])]
    password: Password


class SessionOpened(BaseModel):
    """A session is open; its key is told once, and shown from now on: `Authorization: Bearer KEY`."""

    key: Annotated[str, Field(examples=["hB7w…"])]

    @classmethod
    def of(cls, done: SignedIn) -> SessionOpened:
        """Return *done* as it goes out."""
        return cls(key=done.key.reveal())


class ActsFirst(BaseModel):
    """The password was right; these acts come before a session opens, in this order, with this ticket."""

    ticket: Annotated[str, Field(examples=["pQ2f…"])]
    acts: Annotated[list[Act], Field(examples=[["change-password", "acknowledge-safety-rules"]])]

    @classmethod
    def of(cls, done: MustAct) -> ActsFirst:
        """Return *done* as it goes out."""
        return cls(ticket=done.ticket.reveal(), acts=list(done.acts))


class TicketShown(Sent):
    """The ticket of a sign-in that is not complete yet."""

    ticket: Token


class PasswordChanged(TicketShown):
    """The password that the ticket asks for."""

    password: Password


class NoticeShown(BaseModel):
    """A text that is to be acknowledged."""

    kind: Annotated[str, Field(examples=["safety-rules"])]
    version: Annotated[str, Field(examples=["2026-09"])]
    text: Annotated[str, Field(examples=["Keep your password to yourself…"])]
    digest: Annotated[str, Field(description="What stands for this very text.", examples=["9f86d081…"])]

    @classmethod
    def of(cls, notice: Notice, locale: str) -> NoticeShown:
        """Return *notice* as it goes out."""
        return cls(kind=notice.kind, version=notice.version, text=notice.text(locale), digest=notice.digest.hex())


class NoticesAcknowledged(TicketShown):
    """Which texts somebody has read."""

    digests: Annotated[list[Digest], Field(max_length=50, examples=[["9f86d081884c7d65"]])]


class SessionListed(BaseModel):
    """One open session of whoever asks; the name is no key."""

    name: Annotated[str, Field(examples=["0f3c2a9be1d47788"])]
    opened_at: AwareDatetime
    seen_at: AwareDatetime
    is_this: bool

    @classmethod
    def of(cls, session: OpenSession) -> SessionListed:
        """Return *session* as it goes out."""
        return cls(name=session.name, opened_at=session.opened_at, seen_at=session.seen_at, is_this=session.is_this)


class RoleHeld(BaseModel):
    """One role of whoever asks."""

    school: Annotated[str, Field(examples=["SP1"])]
    role: Annotated[str, Field(examples=["guardian"])]
    class_name: Annotated[str, Field(examples=["7a"])]


class Me(BaseModel):
    """Whoever asks, as the platform knows them."""

    first_name: Annotated[str, Field(examples=["Jan"])]
    last_name: Annotated[str, Field(examples=["Lis"])]
    platform_address: Annotated[str, Field(examples=["jan.lis@eszkola.example.org"])]
    roles: list[RoleHeld]

    @classmethod
    def of(cls, person: Person, roles: Iterable[HeldRole]) -> Me:
        """Return *person* as it goes out."""
        return cls(
            first_name=person.name.first,
            last_name=person.name.last,
            platform_address=person.platform_address,
            roles=[RoleHeld(school=each.school, role=each.role, class_name=each.class_name) for each in roles],
        )


class SchoolAttended(BaseModel):
    """Where a child is a student."""

    school: Annotated[str, Field(examples=["SP1"])]
    class_name: Annotated[str, Field(examples=["7a"])]


class ChildSeen(BaseModel):
    """One child of whoever asks."""

    name: Annotated[str, Field(examples=["Ala Lis"])]
    schools: list[SchoolAttended]
    has_signed_in: Annotated[bool, Field(description="Whether the child ever signed in.")]

    @classmethod
    def of(cls, child: Child) -> ChildSeen:
        """Return *child* as it goes out."""
        schools = [SchoolAttended(school=each.school, class_name=each.class_name) for each in child.schoolings]
        return cls(name=str(child.name), schools=schools, has_signed_in=child.has_signed_in)


class PairingShown(BaseModel):
    """What is shown to whoever is signed in: `text` as a QR code, and the PIN beside it."""

    text: Annotated[str, Field(examples=["CERT#https://konto.example.org/mobile#kD9v…#ENDCERT"])]
    pin: Annotated[str, Field(examples=["042817"])]
    expires_at: AwareDatetime


class PairingText(Sent):
    """What the QR code of a pairing holds."""

    text: Annotated[
        str,
        Field(
            max_length=500,
            pattern="^CERT#[!-~]+#[A-Za-z0-9_-]{20,100}#ENDCERT$",
            examples=["CERT#https://konto.example.org/mobile#kD9vkD9vkD9vkD9vkD9vkD9v#ENDCERT"],
            repr=False,
        ),
    ]


class DevicePaired(Sent):
    """What a device that scanned the code and was told the PIN sends."""

    scanned: Annotated[
        SecretStr, Field(max_length=500, examples=["CERT#https://konto.example.org/mobile#kD9v…#ENDCERT"])
    ]
    pin: Annotated[SecretStr, Field(max_length=20, examples=["042817"])]
    name: DeviceName


class DeviceKey(BaseModel):
    """The device is paired; its key is told once, and shown from now on: `Authorization: Bearer KEY`."""

    number: Annotated[int, Field(examples=[7])]
    key: Annotated[str, Field(examples=["Zr81…"])]


class DeviceRenamed(Sent):
    """Another name for a device."""

    name: DeviceName


class DeviceListed(BaseModel):
    """One device of whoever asks."""

    number: Annotated[int, Field(examples=[7])]
    name: Annotated[str, Field(examples=["Ala's telephone"])]
    state: Annotated[str, Field(examples=["paired"])]
    paired_at: AwareDatetime | None

    @classmethod
    def of(cls, device: ListedDevice) -> DeviceListed:
        """Return *device* as it goes out."""
        return cls(number=device.id, name=device.name, state=device.state, paired_at=device.paired_at)


class Status(BaseModel):
    """Whether anybody can sign in now."""

    is_open: bool
    says: Annotated[str | None, Field(description="What people are told during maintenance.")] = None
    until: Annotated[datetime | None, Field(description="When it is expected to end.")] = None

"""
How a service embeds the platform: one function puts it together, three answer requests, two are for the timetable.

Run it where the adapters are installed: ``python examples/embedded.py``. The words are those of `docs/glossary.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen

from eszkola_core.defaults import (
    Argon2Hasher,
    BoundedHasher,
    BuiltInCompromisedPasswords,
    SystemClock,
    SystemSecrets,
    shipped_notices,
)
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.password_texts import describe
from eszkola_core.domain.settings import PROFILES
from eszkola_core.domain.tenants import Tenant
from eszkola_core.usecases.deliver_messages import DeliverMessages
from eszkola_core.usecases.import_rosters import Applied, ImportRosters
from eszkola_core.usecases.recover_access import Completed, RecoverAccess
from eszkola_core.usecases.see_children import SeeChildren
from eszkola_core.usecases.sign_in import Busy, InMaintenance, MustAct, SignedIn, SignIn
from eszkola_gradebook.gradebook import FileGradebook
from eszkola_jinja import JinjaRenderer
from eszkola_smtp import FolderCourier
from eszkola_sqlalchemy.plugin import DATABASE, storage

Form = Mapping[str, str]
Answer = tuple[int, Mapping[str, object]]
"""A status of HTTP, and what goes out as JSON."""

ROSTER = """\
Matična številka;Priimek;Ime;Datum rojstva;Spol;Oddelek;Starš 1 priimek;Starš 1 ime;Starš 1 e-pošta
1;Žagar;Ana;1.3.2015;Ž;5.b;Žagar;Mojca;mojca@example.com
2;Žagar;Luka;9.9.2018;M;2.a;Žagar;Mojca;mojca@example.com
"""


@frozen
class Platform:
    """The use cases that this service needs; they hold no state, and any thread may call them."""

    imports: ImportRosters
    access: RecoverAccess
    sign_in: SignIn
    children: SeeChildren
    deliver: DeliverMessages


@contextmanager
def open_platform(folder: Path) -> Iterator[Platform]:
    """Open the platform that lies in *folder*, which the first start makes, and let go of it in the end."""
    tenant = Tenant(
        key="savinjska",
        name="Savinjska eŠola",
        base_url="https://racun.example.org",
        platform_domain="esola.example.org",
        time_zone="Europe/Ljubljana",
        locale="sl",
        settings=PROFILES["easistent"],
    )
    administration = storage({}, base=folder, tenant=tenant.key)
    if not (folder / DATABASE).exists():
        administration.create()
    try:
        kept, clock, secrets = administration.open(), SystemClock(), SystemSecrets()
        hasher = BoundedHasher(Argon2Hasher(), at_once=4, waiting=200)
        compromised = BuiltInCompromisedPasswords()
        courier = FolderCourier(folder / "outbox", sender=f"{tenant.name} <noreply@{tenant.platform_domain}>")
        yield Platform(
            ImportRosters(kept, tenant, clock, secrets),
            RecoverAccess(kept, tenant, clock, secrets, hasher, compromised),
            SignIn(kept, tenant, clock, secrets, hasher, compromised, shipped_notices()),
            SeeChildren(kept, tenant, clock),
            DeliverMessages(kept, tenant, clock, JinjaRenderer(), courier),
        )
    finally:
        administration.close()


def post_access(platform: Platform, form: Form) -> Answer:
    """Take down who asks for access: the answer is the same for everybody, and as quick."""
    platform.access.request(form["identifier"])
    return 202, {"says": "If there is such an account, a message is on its way."}


def post_password(platform: Platform, form: Form) -> Answer:
    """Set the first password, or another one, for whoever has the token."""
    done = platform.access.complete(form["token"], form["password"])
    if isinstance(done, Completed):
        return 200, {"login": done.login}
    return 422, {"reason": str(done.reason), "violations": [describe(each, "en") for each in done.violations]}


def post_session(platform: Platform, form: Form, *, address: str = "") -> Answer:
    """
    Sign somebody in and show them their children, unless the password has to be changed first.

    *address* is the network address of whoever asks: failures from elsewhere never keep an owner out for long.
    """
    done = platform.sign_in.attempt(form["login"], form["password"], source=address)
    if isinstance(done, Busy):
        return 503, {"reason": "busy"}
    if isinstance(done, InMaintenance):
        return 503, {"reason": done.maintenance.text("sl")}
    if isinstance(done, MustAct):
        return 200, {"ticket": done.ticket.reveal(), "first": list(done.acts)}
    if not isinstance(done, SignedIn):
        return 401, {"reason": str(done.reason)}
    children = [str(each.name) for each in platform.children.of(done.person)]
    return 200, {"session": done.key.reveal(), "children": children}


def every_night(platform: Platform, roster: Path) -> Mapping[str, int]:
    """Import what the gradebook exported; the same export again changes nothing."""
    done = platform.imports.apply(FileGradebook().read([roster], school="os1"), actor=Actor.console("timetable"))
    if not isinstance(done, Applied):
        return {}  # last night's has not ended, or somebody imports by hand: tomorrow's brings what is new
    plan = done.plan
    return {"created": plan.counts.created, "opened": plan.counts.opened, "findings": len(plan.findings)}


def every_minute(platform: Platform) -> int:
    """Look up who asked for access, send what waits, and return how many messages were sent."""
    platform.access.answer_waiting()
    return platform.deliver.next_batch().sent


def token_in(outbox: Path) -> str:
    """Return the token in the one message that has any, as its reader would find it."""
    mails = [message_from_bytes(each.read_bytes(), EmailMessage, policy=policy.default) for each in outbox.iterdir()]
    texts = [body.get_content() for mail in mails if (body := mail.get_body(("plain",)))]
    return next(found[1] for text in texts if (found := re.search(r"token=([\w-]+)", text)))


def main() -> None:
    """Play a first day of the service."""
    with TemporaryDirectory() as place, open_platform(Path(place)) as platform:
        roster = Path(place, "ucenci.csv")
        roster.write_text(ROSTER, encoding="utf-8")
        print("night: ", every_night(platform, roster))
        print("access:", *post_access(platform, {"identifier": "mojca@example.com"}))
        print("minute:", every_minute(platform), "messages sent")
        token = token_in(Path(place, "outbox"))
        print("weak:  ", *post_password(platform, {"token": token, "password": "mojca"}))
        status, account = post_password(platform, {"token": token, "password": "Dež-na-strehi-7"})
        print("strong:", status, account)
        status, session = post_session(platform, {"login": str(account["login"]), "password": "Dež-na-strehi-7"})
        print("signed:", status, session["children"])


if __name__ == "__main__":
    main()

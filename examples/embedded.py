"""
How a service embeds the platform: one function puts it together, three answer requests, two are for the timetable.

Run it where the adapters are installed: ``python examples/embedded.py``. The words are those of `docs/glossary.md`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

from eszkola_core import (
    PROFILES,
    Actor,
    Applied,
    Busy,
    Completed,
    InMaintenance,
    MustAct,
    Platform,
    SignedIn,
    Tenant,
    describe,
)
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


def open_platform(folder: Path) -> Platform:
    """Return the platform that lies in *folder*, which the first start makes; any thread may use it."""
    tenant = Tenant(
        key="savinjska",
        name="Savinjska eŠola",
        base_url="https://racun.example.org",
        platform_domain="esola.example.org",
        time_zone="Europe/Ljubljana",
        locale="sl",
        settings=PROFILES["easistent"],
    )
    platform = Platform(
        tenant,
        administration=storage({}, base=folder, tenant=tenant.key),
        email=FolderCourier(folder / "outbox", sender=f"{tenant.name} <noreply@{tenant.platform_domain}>"),
        renderer=JinjaRenderer(),
        gradebook=FileGradebook(),
    )
    if not (folder / DATABASE).exists():
        platform.administration.create()
    return platform


def post_access(platform: Platform, form: Form) -> Answer:
    """Take down who asks for access: the answer is the same for everybody, and as quick."""
    platform.recover_access.request(form["identifier"])
    return 202, {"says": "If there is such an account, a message is on its way."}


def post_password(platform: Platform, form: Form) -> Answer:
    """Set the first password, or another one, for whoever has the token."""
    done = platform.recover_access.complete(form["token"], form["password"])
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
    children = [str(each.name) for each in platform.see_children.of(done.person)]
    return 200, {"session": done.key.reveal(), "children": children}


def every_night(platform: Platform, roster: Path) -> Mapping[str, int]:
    """Import what the gradebook exported; the same export again changes nothing."""
    done = platform.import_rosters.apply(
        platform.gradebook.read([roster], school="os1"), actor=Actor.console("timetable")
    )
    if not isinstance(done, Applied):
        return {}  # last night's has not ended, or somebody imports by hand: tomorrow's brings what is new
    plan = done.plan
    return {"created": plan.counts.created, "opened": plan.counts.opened, "findings": len(plan.findings)}


def every_minute(platform: Platform) -> int:
    """Look up who asked for access, send what waits, and return how many messages were sent."""
    return platform.dispatch().emails.sent


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

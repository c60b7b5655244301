"""`eszkola demo`: the whole main job on a made-up region, from nothing, with everything that real files get wrong."""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import chain
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import click
from attrs import define, field

from eszkola_cli.access import show_children, show_roles
from eszkola_cli.common import console_user, machine_only
from eszkola_cli.region import SCHOOL_OF, Character, Region, make_region, second_day, write_region
from eszkola_cli.screen import Screen
from eszkola_cli.setting_up import make
from eszkola_core import (
    Actor,
    Applied,
    BrokenPromise,
    InvalidValue,
    NotCompleted,
    NotPermitted,
    Plan,
    Platform,
    Reading,
    SignedIn,
    Standing,
    SystemClock,
    configuration,
    day_of,
    describe,
    from_config,
    wire,
)
from eszkola_core.domain.initial_credentials import invent
from eszkola_core.domain.settlement import ConflictKind

_WEAK: Final = "dominika1"
_TITLES: Final[Mapping[str, str]] = {
    "address-on-the-platform": "the platform's own mailbox given as the private one",
    "birth-date-disagrees": "a birth date that the PESEL contradicts",
    "double-barrelled-surname": "a surname of two families",
    "foreigner-without-pesel": "foreigners with a passport and no PESEL",
    "guardian-pesel-of-somebody-else": "a mistyped PESEL that is somebody else's",
    "guardian-with-childs-address": "a guardian with the child's own address",
    "guardian-with-two-addresses": "a guardian with two addresses in two schools",
    "guardian-without-email": "guardians without an address",
    "lost-zero-held": "a zero eaten by a spreadsheet, nothing to prove it",
    "lost-zero-restorable": "a zero eaten by a spreadsheet, birth date to prove it",
    "malformed-address": "an address that is none",
    "namesakes-with-one-address": "father and son of one name, with one mailbox",
    "record-twice": "one record number twice, with different content",
    "row-cut-short": "a row cut short in the middle of a file",
    "student-without-email": "students without an address",
    "teacher-is-guardian": "teachers who are guardians elsewhere, by PESEL",
    "teacher-is-guardian-without-pesel": "teachers who are guardians elsewhere, by address and name",
    "teacher-with-two-addresses": "a teacher with two addresses in two schools",
    "twin-without-email": "twins, one of them without an address",
    "wrong-checksum": "a PESEL with a wrong check digit",
}


class _StoryClock:
    """The system's clock, some days on."""

    def __init__(self) -> None:
        self._system = SystemClock()
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the instant of the story."""
        return self._system.now() + self._ahead

    def sleep_until_tomorrow(self) -> None:
        """Let a day pass."""
        self._ahead += timedelta(days=1)


@click.command()
@click.option(
    "--dir", "folder", type=click.Path(file_okay=False, path_type=Path), help="An empty or new folder to play in."
)
@click.option("--seed", default=2018, show_default=True, help="Another number makes another region.")
@machine_only
def demo(folder: Path | None, seed: int) -> None:
    """Play the main job on a made-up region. Import, first access, sign-in, a change, a conflict."""
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="eszkola-demo-"))
    elif folder.exists() and any(folder.iterdir()):
        raise InvalidValue(f"{folder} is not empty; name an empty or a new folder", code="not-empty")
    _Story(Screen.standard(), folder, seed).tell()


@define
class _Story:
    """The demonstration, chapter by chapter."""

    _screen: Screen
    _folder: Path
    _seed: int
    _clock: _StoryClock = field(factory=_StoryClock, init=False)
    _started: float = field(factory=time.perf_counter, init=False)
    _opened: int = field(default=0, init=False)
    _activated: int = field(default=0, init=False)

    def tell(self) -> None:
        """Tell all of it."""
        house = self._furnish()
        try:
            today = day_of(self._clock.now(), house.tenant.zone)
            region = make_region(self._seed, today=today)
            self._show_region(region)
            self._import_first(house, region)
            self._send_messages(house)
            self._first_access(house, region)
            self._next_day(house, region)
            self._sum_up(house)
        finally:
            house.close()

    def _chapter(self, number: int, title: str) -> None:
        self._screen.out.rule(f"[bold]{number} · {title}", align="left", style="dim")

    def _furnish(self) -> Platform:
        """Make configuration, keys and database, as `eszkola init` does."""
        made = make(
            self._folder,
            key="opolska",
            name="Opolska eSzkoła (demo)",
            profile="opolska",
            base_url="https://konto.eszkola.example.org",
            platform_domain="eszkola.example.org",
            time_zone="Europe/Warsaw",
            locale="pl",
        )
        made.close()
        path = self._folder / configuration.FILE
        text = path.read_text("utf-8").replace("# guardians_open_by", "guardians_open_by")
        path.write_text(text, "utf-8")
        return from_config(path, clock=self._clock)

    # Chapter 1

    def _show_region(self, region: Region) -> None:
        self._chapter(1, "A region of schools, and nobody in it is real")
        students = sum(len(school.students) for school in region.schools)
        self._screen.say(
            f"{len(region.schools)} schools with {students} students, their guardians and teachers, made up from the "
            f"number {region.seed}. Their files are in {self._folder / 'day-1'}; {len(region.anomalies)} things in "
            "them are wrong on purpose, as in real life."
        )

    # Chapter 2

    def _import_first(self, house: Platform, region: Region) -> None:
        self._chapter(2, "What importing would do, and what is held and why")
        reading = self._read(house, write_region(region, self._folder / "day-1"))
        plan = house.import_rosters.plan(reading)
        show = [(school, str(c.created), str(c.held), str(c.opened)) for school, c in plan.counts_by_school.items()]
        self._screen.table(["school", "#people named", "#held", "#accounts to open"], show)
        self._show_planted(region, plan)
        began = time.perf_counter()
        applied = house.import_rosters.apply(reading, actor=Actor.console(console_user()))
        seconds = time.perf_counter() - began
        if not isinstance(applied, Applied) or applied.run is None:
            raise BrokenPromise("a first import writes something")
        self._opened = applied.plan.counts.opened
        self._screen.say(
            f"✓ Applied as run {applied.run.id} in {seconds:.1f} s: {self._opened} accounts, one for each person "
            "whatever the number of schools and roles.",
            "green",
        )

    def _read(self, house: Platform, paths: Sequence[Path]) -> Reading:
        """Read every file for its own school, as one run."""
        readings = [wire.kept(house.gradebook.read([path], school=SCHOOL_OF[path.name])) for path in paths]
        return Reading(
            rosters=tuple(chain.from_iterable(each.rosters for each in readings)),
            schools=tuple(chain.from_iterable(each.schools for each in readings)),
            findings=tuple(chain.from_iterable(each.findings for each in readings)),
        )

    def _show_planted(self, region: Region, plan: Plan) -> None:
        """Print what was planted beside what was found."""
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for line in plan.lines:
            if line.step in ("hold", "conflict"):
                found[line.school, line.record].add(line.reason.partition(":")[0])
        for finding in plan.findings:
            for name, school in SCHOOL_OF.items():
                if name in finding.source:
                    found[school or "ZS3", finding.record].add(finding.code)
        planted: dict[str, list[set[str]]] = defaultdict(list)
        for anomaly in region.anomalies:
            planted[anomaly.code].append(found[anomaly.school, anomaly.record])
        rows = []
        for code, outcomes in sorted(planted.items()):
            told = Counter(chain.from_iterable(outcomes))
            words = ", ".join(f"{what} ×{n}" if n > 1 else what for what, n in sorted(told.items()))
            rows.append((f"{len(outcomes)}", _TITLES[code], words or _UNTROUBLED.get(code, "no finding")))
        self._screen.table(["#", "planted", "found"], rows)

    # Chapter 3

    def _send_messages(self, house: Platform) -> None:
        self._chapter(3, "Everybody is told once")
        sent = house.dispatch().emails
        self._screen.say(
            f"✓ {sent.sent} messages are in {self._outbox}: open one with any mail program. This is one of them:",
            "green",
        )
        shown = min(self._outbox.glob("*.eml"))
        self._quote(_opened_mail(shown))

    @property
    def _outbox(self) -> Path:
        return self._folder / "outbox"

    def _quote(self, mail: EmailMessage) -> None:
        body = mail.get_body(("plain",))
        text = body.get_content() if body is not None else ""
        self._screen.say(f"  To: {mail['To']}", "dim")
        self._screen.say(f"  Subject: {mail['Subject']}", "dim")
        for line in text.strip().splitlines()[:14]:
            self._screen.say(f"  │ {line}", "dim")
        self._screen.say("  │ …", "dim")

    # Chapter 4

    def _first_access(self, house: Platform, region: Region) -> None:
        self._chapter(4, "First access, a password, and the children")
        cast = region.cast
        self._screen.say(f"{cast.student.name} asks for access with the PESEL. The answer is the same for everybody.")
        token = self._ask(house, cast.student)
        refused = house.recover_access.complete(token, _WEAK)
        if isinstance(refused, NotCompleted):
            self._screen.say("The first password is refused, and the link is still good:")
            for each in refused.violations:
                self._screen.say(f"  ✗ {describe(each, house.tenant.locale)}", "red")
        self._activate(house, cast.student, token)
        for person in (cast.guardian, cast.teacher, cast.mover):
            self._activate(house, person, self._ask(house, person))
        self._screen.say(
            f"✓ {self._activated} people have set a password; each link worked once and is spent now.", "green"
        )

    def _ask(self, house: Platform, person: Character) -> str:
        """Ask for access as *person* does, let the message go, and return the token in its link."""
        known = set(self._outbox.glob("*.eml"))
        house.recover_access.request(person.national_id)
        house.dispatch()
        for path in set(self._outbox.glob("*.eml")) - known:
            mail = _opened_mail(path)
            if mail["To"] == person.email:
                return _token_in(mail)
        raise BrokenPromise(f"no message came for {person.name}")

    def _activate(self, house: Platform, person: Character, token: str) -> None:
        """Set a password, sign in, and show what opens."""
        secret = invent(house.secrets.below, house.tenant.policies.usual[-1])
        done = house.recover_access.complete(token, secret.reveal())
        if isinstance(done, NotCompleted):
            raise BrokenPromise(f"a good password was refused: {done.reason}")
        self._activated += 1
        outcome = house.sign_in.attempt(done.login, secret.reveal())
        if not isinstance(outcome, SignedIn):
            raise BrokenPromise("a right password was refused")
        children = house.see_children.of(outcome.person)
        self._screen.say(f"✓ {person.name} is signed in as {done.login}" + (" and sees:" if children else "."), "green")
        show_roles(self._screen, house.see_roles.of(outcome.person))
        show_children(self._screen, children)
        house.sign_in.sign_out(outcome.key.reveal())

    # Chapter 5

    def _next_day(self, house: Platform, region: Region) -> None:
        self._clock.sleep_until_tomorrow()
        self._chapter(5, "The next day")
        tomorrow = second_day(region)
        for change in tomorrow.news:
            self._screen.say(f"  • {change.story}")
        reading = self._read(house, write_region(tomorrow, self._folder / "day-2"))
        applied = house.import_rosters.apply(reading, actor=Actor.console(console_user()))
        if not isinstance(applied, Applied):
            raise BrokenPromise("nothing else changed the ground")
        counts = applied.plan.counts
        self._opened += counts.opened
        self._screen.say(
            f"✓ {counts.changed} changed, {counts.created} new, {counts.ended} gone, {counts.unchanged} unchanged. "
            "What was held is held still.",
            "green",
        )
        mover = region.cast.mover
        conflict = next(
            line
            for line in applied.plan.lines
            if line.person == mover.name and line.reason.startswith(ConflictKind.ADDRESS_CONFLICT)
        )
        self._screen.say(f"A conflict: {mover.name} · {conflict.reason}", "yellow")
        self._screen.say(
            "Messages still go to the first address, which is central, until every school states the new one or its "
            "owner confirms it. Nothing was lost, and nobody was locked out."
        )
        house.dispatch()

    # Chapter 6

    def _sum_up(self, house: Platform) -> None:
        self._chapter(6, "Where things stand")
        readiness = house.check_readiness.of(Actor.console(console_user()))
        if isinstance(readiness, NotPermitted):
            raise BrokenPromise("the console may see everybody's readiness")
        status = house.deliver_messages.status()
        missing = Counter(reason for row in readiness.rows for reason in row.reasons)
        rows = [
            (f"{readiness.counts.get(each, 0)}", _STANDINGS[each]) for each in Standing if readiness.counts.get(each)
        ]
        self._screen.table(["#", "places in records whose person …"], rows)
        self._screen.table(["#", "still to be mended"], [(str(n), what) for what, n in missing.most_common(8)])
        sent = sum(status.counts.values())
        seconds = time.perf_counter() - self._started
        self._screen.say(
            f"✓ {self._opened} accounts, {sent} messages, {self._activated} people signed in, two days of gradebooks: "
            f"{seconds:.1f} s, from nothing.",
            "bold green",
        )
        self._screen.say(f"Everything is in {self._folder}. Look around with:")
        for line in (
            f"cd {self._folder.resolve()}",
            f"{_command()} readiness --school LO2",
            f"{_command()} outbox status",
            f"{_command()} roster plan day-1/lo2-uczniowie.xlsx --school LO2",
        ):
            self._screen.say(f"  {line}", "cyan")


_UNTROUBLED: Final[Mapping[str, str]] = {
    "double-barrelled-surname": "one account",
    "foreigner-without-pesel": "accounts, with the passport in place of a PESEL",
    "teacher-is-guardian": "one account each, with both roles",
    "teacher-is-guardian-without-pesel": "one account each, with both roles",
}
_STANDINGS: Final[Mapping[Standing, str]] = {
    Standing.ACTIVE: "has set a password and can sign in",
    Standing.AWAITING: "has an account and awaits first access",
    Standing.CHANGE_DUE: "must change a given password",
    Standing.SHUT: "has an account that is shut",
    Standing.NOT_OPENED: "has no account yet, as something is missing",
    Standing.HELD: "is held until somebody looks",
}


def _command() -> str:
    """Return how this very command is called again: by its path, as the reader's shell may not find it by name."""
    return str(Path(sys.argv[0]).resolve())


def _opened_mail(path: Path) -> EmailMessage:
    """Return the e-mail in a file."""
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    if not isinstance(mail, EmailMessage):
        raise BrokenPromise("the default policy makes e-mail messages")
    return mail


def _token_in(mail: EmailMessage) -> str:
    """Return the token in the link of a message."""
    body = mail.get_body(("plain",))
    for word in (body.get_content() if body is not None else "").split():
        found = parse_qs(urlsplit(word).query).get("token")
        if found:
            return found[0]
    raise BrokenPromise("the message holds no link with a token")

"""A package to rosters: one for each school and list, keyed by the users' sourcedIds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import evolve

from eszkola_core.domain.findings import Finding
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Field, Problem, StatedPerson, StatedRecord, StatedRoster
from eszkola_gradebook.cells import safe_key
from eszkola_gradebook.mapped import Stated
from eszkola_gradebook.mapping import STUDENTS
from eszkola_gradebook.mapping_file import PARSER_VERSION
from eszkola_gradebook.oneroster.claims import Claim, Claims, is_whole, kind_of
from eszkola_gradebook.oneroster.files import Entry
from eszkola_gradebook.oneroster.homerooms import Homerooms, Taught
from eszkola_gradebook.oneroster.package import Package, opened
from eszkola_gradebook.oneroster.people import Persons, listed
from eszkola_gradebook.records import Records, joined_days, spanning
from eszkola_gradebook.shelves import Shelves
from eszkola_gradebook.tables import Table

ORIGIN: Final = "oneroster"
_PEOPLE: Final = ("users", "roles")
_OF_HOMEROOMS: Final = (*_PEOPLE, "classes", "enrollments")
_DISABLED: Final = frozenset({"false", "0"})
_REMEMBERED: Final = 1 << 10


def stated_by(tables: Sequence[Table], shelves: Shelves) -> tuple[str, Stated]:
    """
    Return the name of the format and what the package states.

    Raises:
        UnreadableSource: a file that says who is who is not there.
    """
    return stated_in(opened(tables, shelves))


def stated_in(package: Package) -> tuple[str, Stated]:
    """Return the name of the format and what *package* states, wherever its rows come from."""
    return f"{ORIGIN}-{package.version}", _Reader(package).stated()


class _Reader:
    """
    One package on its way to rosters.

    All that is to say is said in a first look at everybody; records are made when somebody walks their list.
    """

    def __init__(self, package: Package) -> None:
        self._package = package
        self._findings: list[Finding] | None = package.findings
        self._claims = Claims(package)
        self._persons = Persons(package)
        self._rooms = Homerooms(package)
        self._changes = package.delta(*_PEOPLE)
        self._damaged = {file: package.damaged(file) for file in _PEOPLE}
        self._whole = {files: is_whole(package, *files) for files in (_PEOPLE, _OF_HOMEROOMS)}
        self._homeless: set[str] = set()
        self._lists: set[tuple[str, str]] = set()
        self._listed = package.shelves.new()
        """Who is in which list."""
        self._guardians = package.shelves.new()
        self._named = package.shelves.new()
        """Who is named by a student."""
        self._taught: dict[str, list[tuple[str, list[Taught]]]] = {}
        self._found: dict[str, tuple[Claim, ...]] = {}

    def stated(self) -> Stated:
        """Return all rosters, schools and findings."""
        package = self._package
        self._look_at_all()
        for (user, org), taught in self._rooms.by_teacher():
            if org and self._homerooms(user, taught):
                self._taught.setdefault(org, []).append((user, taught))
                self._lists.add((org, Role.HOMEROOM_TEACHER.value))
        orgs = dict(package.by_key("orgs"))
        schools = {key for key, entry in orgs.items() if entry["type"].casefold() == "school" and not entry.gone}
        if "users" in package.files and not self._changes:
            self._lists |= {(key, STUDENTS) for key in schools}
        used = schools | {org for org, _ in self._lists}
        self._say_childless()
        self._findings = None
        return Stated(
            rosters=[self._roster(org, name) for org, name in sorted(self._lists)],
            schools={key: orgs[key]["name"] for key in used if key in orgs},
            findings=package.findings,
        )

    def _look_at_all(self) -> None:
        """Put aside who is in which list, and say what there is to say of them."""
        for claim in self._claims.all():
            if claim.role is Role.GUARDIAN:
                self._guardians.add(claim.user)
            if not claim.org:
                self._homeless.add(claim.list)
            elif claim.role is not Role.GUARDIAN and (record := self._record_of(claim)) is not None:
                if claim.role is Role.STUDENT and not record.problems and not record.ended:
                    self._look_at_agents(claim)
                self._lists.add((claim.org, claim.list))
                self._listed.add(_key(claim.org, claim.list), claim.user)

    def _look_at_agents(self, claim: Claim) -> None:
        for agent in self._agents(claim):
            self._named.add(agent)
            self._guardians_in(agent, claim)

    def _roster(self, org: str, name: str) -> StatedRoster:
        package = self._package
        files = _OF_HOMEROOMS if name == Role.HOMEROOM_TEACHER.value else _PEOPLE
        named = package.files.get("users") or package.files.get("roles")
        return StatedRoster(
            school=org,
            origin=ORIGIN,
            list=name,
            records=Records(lambda: joined_days(self._living(org, name))),
            kind=kind_of(package, *files),
            complete=self._whole[files] and name not in self._homeless,
            cut=any(file in package.cut for file in files),
            shared_keys=True,
            version=f"{ORIGIN}-{package.version}+parser{PARSER_VERSION}",
            source=named.source if named else "",
        )

    def _living(self, org: str, name: str) -> list[StatedRecord]:
        """Return the records of a list; an ending in one role counts for nobody who is there in another."""
        records = list(self._records(org, name))
        if name == Role.HOMEROOM_TEACHER.value:
            for user, taught in self._taught.get(org, ()):
                # A role row for homeroom teachers does not say which class; the enrolment does, and stands for both.
                records = [record for record in records if record.key != user] + self._homerooms(user, taught)
        active = {record.key for record in records if not record.ended}
        return [record for record in records if not record.ended or record.key not in active]

    def _records(self, org: str, name: str) -> Iterator[StatedRecord]:
        """Yield what roles give to a list."""
        for user in dict.fromkeys(user for (user,) in self._listed.of(_key(org, name))):
            for claim in self._claims.of(user):
                if (claim.org, claim.list) == (org, name) and (record := self._record_of(claim)) is not None:
                    yield record if record.problems or record.ended else self._full(record, claim)

    def _record_of(self, claim: Claim) -> StatedRecord | None:
        return self._record(claim.user, claim.entry, gone=claim.entry.gone, changes=self._changes)

    def _record(self, user: str, entry: Entry, *, gone: bool, changes: bool) -> StatedRecord | None:
        """Return the bare record of a user: held if in doubt, ended if the package ends it; None if it is left out."""
        own, problem = self._persons.user(user)
        ended = False
        if problem is None and not user:
            problem = Problem(None, "record-key-missing", hint="name the user of this role")
        if problem is None and (gone or (own is not None and _absent(own))):
            if not changes:
                self._say_left_out(entry if entry.gone else own or entry)
                return None
            ended = True
        elif problem is None and own is None:
            problem = Problem(None, "user-unknown", hint="there is no row for this user among the users")
        problems = () if problem is None else (problem,)
        return StatedRecord(key=user or None, source=entry.source, line=entry.line, problems=problems, ended=ended)

    def _full(self, bare: StatedRecord, claim: Claim) -> StatedRecord:
        """Return a record with whom a role makes it speak of."""
        if claim.role is Role.STUDENT:
            people, problems = self._student(claim)
        else:
            people, problems = (self._persons.person(claim.user, claim.role, claim.days),), ()
        return StatedRecord(key=bare.key, people=people, source=bare.source, line=bare.line, problems=problems)

    def _student(self, claim: Claim) -> tuple[tuple[StatedPerson, ...], tuple[Problem, ...]]:
        """Return a student with class, and the guardians, and what is wrong with the record as a whole."""
        room = self._rooms.class_of(claim.user, claim.org)
        label = None if isinstance(room, Problem) else room
        student = self._persons.person(claim.user, Role.STUDENT, claim.days, label)
        if isinstance(room, Problem):
            student = evolve(student, problems=(*student.problems, room), silent=student.silent - {Field.CLASS})
        people, problems = [student], []
        for agent in self._agents(claim):
            found = self._guardians_in(agent, claim)
            if isinstance(found, Problem):
                problems.append(found)
            elif found:
                people.append(spanning([self._persons.person(agent, Role.GUARDIAN, role.days) for role in found]))
        return tuple(people), tuple(problems)

    def _agents(self, claim: Claim) -> tuple[str, ...]:
        """Return the agents of a student."""
        own, _ = self._persons.user(claim.user)
        return listed(own["agentSourcedIds"]) if own else ()

    def _guardians_in(self, agent: str, claim: Claim) -> tuple[Claim, ...] | Problem:
        """
        Return the roles in which somebody whom a student names is a guardian; none for others who are named.

        Where it cannot be told who an agent is, the record is held: leaving them out would end a guardian's link.
        """
        own, doubt = self._persons.user(agent)
        lost = self._changes or self._damaged["users"]
        if own is None and not lost:
            hint = "there is no row for this agent among the users"
            self._say(claim.entry, "agent-unknown", "agentSourcedIds", safe_key(agent), hint)
            return ()
        unclear = (self._changes or self._damaged["roles"]) and not self._claims.has_any(agent)
        if own is None or unclear or doubt is not None:
            return Problem(None, "agent-unclear", hint="the package does not show who this agent is")
        if _absent(own):
            self._say_left_out(own)
            return ()
        roles = self._guardian(agent)
        if not roles:
            hint = "the agent is no guardian, parent or relative: no link was read"
            self._say(claim.entry, "agent-not-guardian", "agentSourcedIds", safe_key(agent), hint)
        return roles

    def _guardian(self, user: str) -> tuple[Claim, ...]:
        """Return the roles that make a user a guardian."""
        if user not in self._found:
            # They are asked for with each child.
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            claims = self._claims.of(user)
            self._found[user] = tuple(each for each in claims if each.role is Role.GUARDIAN and not each.entry.gone)
        return self._found[user]

    def _homerooms(self, user: str, taught: Sequence[Taught]) -> list[StatedRecord]:
        """Return the classes of a homeroom teacher, each under both keys: a delta that names one means that one."""
        changes = self._package.delta(*_OF_HOMEROOMS)
        records: list[StatedRecord] = []
        for room in taught if changes else [room for room in taught if not room.gone]:
            record = self._record(user, room.entry, gone=room.gone, changes=changes)
            if record is None:
                return []
            if not record.problems and not record.ended:
                person = self._persons.person(user, Role.HOMEROOM_TEACHER, room.days, room.label)
                record = evolve(record, people=(person,))
            records.append(evolve(record, key=f"{user}/{room.room}" if user else None))
        return records

    def _say_childless(self) -> None:
        """Say which guardians no student names, and whose ending could not be placed for the same reason."""
        for user in self._guardians.each_key():
            if user in self._named:
                continue
            own, _ = self._persons.user(user)
            ended = not self._guardian(user) or (own is not None and _absent(own))
            if self._changes and ended:
                hint = "a guardian ends with the student's record: send the students' rows too"
                for claim in self._claims.of(user):
                    self._say(claim.entry, "ending-unplaced", hint=hint)
            elif not self._changes and not ended and own is not None:
                hint = "no student names this guardian: list them in agentSourcedIds of the student"
                self._say(own, "guardian-without-child", "agentSourcedIds", hint=hint)
            elif own is not None:
                hint = "a guardian is read with the student who names them: send the students' rows too"
                self._say(own, "change-unplaced", "agentSourcedIds", hint=hint)

    def _say_left_out(self, entry: Entry) -> None:
        hint = "a full export lists who is there: the row was left out"
        if entry.gone:
            self._say(entry, "status-left-out", "status", entry["status"], hint)
        else:
            self._say(entry, "user-disabled", "enabledUser", hint=hint)

    def _say(self, entry: Entry, code: str, about: str = "", value: str = "", hint: str = "") -> None:
        if self._findings is not None:
            self._findings.append(entry.finding(code, about, value, hint))


def _key(org: str, name: str) -> str:
    return f"{org}/{name}"


def _absent(user: Entry) -> bool:
    """Return whether the user's own row says that they are no more, or may not come in."""
    return user.gone or user["enabledUser"].casefold() in _DISABLED

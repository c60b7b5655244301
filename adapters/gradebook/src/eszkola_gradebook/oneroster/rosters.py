"""A package to rosters: one for each school and list, keyed by the users' sourcedIds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import evolve

from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Field, Problem, StatedPerson, StatedRecord, StatedRoster
from eszkola_gradebook.cells import safe_key
from eszkola_gradebook.mapped import Stated
from eszkola_gradebook.mapping import STUDENTS
from eszkola_gradebook.mapping_file import PARSER_VERSION
from eszkola_gradebook.oneroster.claims import Claim, claims_of, is_whole, kind_of
from eszkola_gradebook.oneroster.homerooms import Homerooms, Taught
from eszkola_gradebook.oneroster.package import Entry, Package, opened
from eszkola_gradebook.oneroster.people import Persons, listed
from eszkola_gradebook.records import Records, joined_days, spanning
from eszkola_gradebook.tables import Table

ORIGIN: Final = "oneroster"
_PEOPLE: Final = ("users", "roles")
_OF_HOMEROOMS: Final = (*_PEOPLE, "classes", "enrollments")
_DISABLED: Final = frozenset({"false", "0"})


def stated_by(tables: Sequence[Table]) -> tuple[str, Stated]:
    """
    Return the name of the format and what the package states.

    Raises:
        UnreadableSource: a file that says who is who is not there.
    """
    return stated_in(opened(tables))


def stated_in(package: Package) -> tuple[str, Stated]:
    """Return the name of the format and what *package* states, wherever its rows come from."""
    return f"{ORIGIN}-{package.version}", _Reader(package).stated()


class _Reader:
    """One package on its way to rosters."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._claims = claims_of(package)
        self._persons = Persons(package)
        self._rooms = Homerooms(package)
        self._changes = package.delta(*_PEOPLE)
        self._guardians: dict[str, list[Claim]] = {}
        for claim in self._claims:
            if claim.role is Role.GUARDIAN and not claim.entry.gone:
                self._guardians.setdefault(claim.user, []).append(claim)
        rows, column = ("roles", "userSourcedId") if "roles" in package.entries else ("users", "sourcedId")
        self._with_role = {entry[column] for entry in package.rows(rows) if not entry.fault and entry["role"]}
        # Asked for once for every student and every list, and the same each time: it is a walk over all rows.
        self._damaged = {file: package.damaged(file) for file in _PEOPLE}
        self._whole = {files: is_whole(package, *files) for files in (_PEOPLE, _OF_HOMEROOMS)}
        self._homeless = {claim.list for claim in self._claims if not claim.org}
        self._named: set[str] = set()
        self._lists: dict[tuple[str, str], list[StatedRecord]] = {}

    def stated(self) -> Stated:
        """Return all rosters, schools and findings."""
        package = self._package
        for claim in self._claims:
            if claim.role is not Role.GUARDIAN and claim.org:
                self._add(claim)
        for (user, org), taught in self._rooms.by_teacher():
            self._add_homeroom(user, org, taught)
        orgs = package.by_key("orgs")
        schools = {key for key, entry in orgs.items() if entry["type"].casefold() == "school" and not entry.gone}
        if "users" in package.entries and not self._changes:
            for key in schools:
                self._lists.setdefault((key, STUDENTS), [])
        used = schools | {org for org, _ in self._lists}
        self._say_childless()
        return Stated(
            rosters=[self._roster(org, name, records) for (org, name), records in sorted(self._lists.items())],
            schools={key: orgs[key]["name"] for key in used if key in orgs},
            findings=package.findings,
        )

    def _roster(self, org: str, name: str, records: list[StatedRecord]) -> StatedRoster:
        package = self._package
        files = _OF_HOMEROOMS if name == Role.HOMEROOM_TEACHER.value else _PEOPLE
        active = {record.key for record in records if not record.ended}
        living = [record for record in records if not record.ended or record.key not in active]
        return StatedRoster(
            school=org,
            origin=ORIGIN,
            list=name,
            records=Records(lambda: joined_days(living)),
            kind=kind_of(package, *files),
            complete=self._whole[files] and name not in self._homeless,
            cut=any(file in package.cut for file in files),
            shared_keys=True,
            version=f"{ORIGIN}-{package.version}+parser{PARSER_VERSION}",
            source=package.sources.get("users", package.sources.get("roles", "")),
        )

    def _add(self, claim: Claim) -> None:
        """Add what one role states to its list."""
        record = self._record(claim.user, claim.entry, gone=claim.entry.gone, changes=self._changes)
        if record is None:
            return
        if not record.problems and not record.ended:
            record = self._student(record, claim) if claim.role is Role.STUDENT else self._with(record, claim)
        self._lists.setdefault((claim.org, claim.list), []).append(record)

    def _record(self, user: str, entry: Entry, *, gone: bool, changes: bool) -> StatedRecord | None:
        """Return the bare record of a user: held if in doubt, ended if the package ends it; None if it is left out."""
        base = StatedRecord(key=user or None, source=entry.source, line=entry.line)
        own = self._persons.users.get(user)
        problem = self._persons.problem(user)
        if problem is None and not user:
            problem = Problem(None, "record-key-missing", hint="name the user of this role")
        if problem is not None:
            return evolve(base, problems=(problem,))
        if gone or (own is not None and _absent(own)):
            if changes:
                return evolve(base, ended=True)
            self._say_left_out(entry if entry.gone else own or entry)
            return None
        if own is None:
            return evolve(
                base, problems=(Problem(None, "user-unknown", hint="there is no row for this user among the users"),)
            )
        return base

    def _say_left_out(self, entry: Entry) -> None:
        hint = "a full export lists who is there: the row was left out"
        if entry.gone:
            self._package.findings.append(entry.finding("status-left-out", "status", entry["status"], hint))
        else:
            self._package.findings.append(entry.finding("user-disabled", "enabledUser", hint=hint))

    def _with(self, record: StatedRecord, claim: Claim) -> StatedRecord:
        return evolve(record, people=(self._persons.person(claim.user, claim.role, claim.days),))

    def _student(self, record: StatedRecord, claim: Claim) -> StatedRecord:
        """Return a student's record with class and guardians."""
        room = self._rooms.class_of(claim.user, claim.org)
        label = None if isinstance(room, Problem) else room
        student = self._persons.person(claim.user, Role.STUDENT, claim.days, label)
        if isinstance(room, Problem):
            student = evolve(student, problems=(*student.problems, room), silent=student.silent - {Field.CLASS})
        people, problems = [student], []
        for agent in listed(self._persons.users[claim.user]["agentSourcedIds"]):
            found = self._agent(agent, claim)
            if isinstance(found, Problem):
                problems.append(found)
            elif found is not None:
                people.append(found)
        return evolve(record, people=tuple(people), problems=tuple(problems))

    def _agent(self, agent: str, claim: Claim) -> StatedPerson | Problem | None:
        """
        Return the guardian that a student names; None for others who are named.

        Where it cannot be told who an agent is, the record is held: leaving them out would end a guardian's link.
        """
        package = self._package
        self._named.add(agent)
        own = self._persons.users.get(agent)
        lost = self._changes or self._damaged["users"]
        if own is None and not lost:
            hint = "there is no row for this agent among the users"
            package.findings.append(claim.entry.finding("agent-unknown", "agentSourcedIds", safe_key(agent), hint))
            return None
        unclear = agent not in self._with_role and (self._changes or self._damaged["roles"])
        if own is None or unclear or self._persons.problem(agent):
            return Problem(None, "agent-unclear", hint="the package does not show who this agent is")
        if _absent(own):
            self._say_left_out(own)
            return None
        roles = self._guardians.get(agent, [])
        if not roles:
            hint = "the agent is no guardian, parent or relative: no link was read"
            package.findings.append(claim.entry.finding("agent-not-guardian", "agentSourcedIds", safe_key(agent), hint))
            return None
        return spanning([self._persons.person(agent, Role.GUARDIAN, role.days) for role in roles])

    def _add_homeroom(self, user: str, org: str, taught: Sequence[Taught]) -> None:
        """Add a homeroom teacher's classes, each under both keys: a delta that names one class means that one."""
        where = (org, Role.HOMEROOM_TEACHER.value)
        changes = self._package.delta(*_OF_HOMEROOMS)
        living = [room for room in taught if not room.gone]
        if not org or (not living and not changes):
            return
        # A role row for homeroom teachers does not say which class; the enrolment does, and stands for both.
        records = [record for record in self._lists.get(where, ()) if record.key != user]
        for room in taught if changes else living:
            record = self._record(user, room.entry, gone=room.gone, changes=changes)
            if record is None:
                return
            if not record.problems and not record.ended:
                person = self._persons.person(user, Role.HOMEROOM_TEACHER, room.days, room.label)
                record = evolve(record, people=(person,))
            records.append(evolve(record, key=f"{user}/{room.room}" if user else None))
        self._lists[where] = records

    def _say_childless(self) -> None:
        """Say which guardians no student names, and whose ending could not be placed for the same reason."""
        for user in sorted({claim.user for claim in self._claims if claim.role is Role.GUARDIAN} - self._named):
            own = self._persons.users.get(user)
            ended = user not in self._guardians or (own is not None and _absent(own))
            if self._changes and ended:
                hint = "a guardian ends with the student's record: send the students' rows too"
                self._package.findings += (
                    claim.entry.finding("ending-unplaced", hint=hint) for claim in self._claims if claim.user == user
                )
            elif not self._changes and not ended and own is not None:
                hint = "no student names this guardian: list them in agentSourcedIds of the student"
                self._package.findings.append(own.finding("guardian-without-child", "agentSourcedIds", hint=hint))
            elif own is not None:
                hint = "a guardian is read with the student who names them: send the students' rows too"
                self._package.findings.append(own.finding("change-unplaced", "agentSourcedIds", hint=hint))


def _absent(user: Entry) -> bool:
    """Return whether the user's own row says that they are no more, or may not come in."""
    return user.gone or user["enabledUser"].casefold() in _DISABLED

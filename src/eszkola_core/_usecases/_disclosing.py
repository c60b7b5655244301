"""What a disclosed password leads to, whoever says so: it is of no use any more, and those who answer hear of it."""

from __future__ import annotations

from attrs import evolve

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._ending import end_everything
from eszkola_core._usecases._passwords import history_of
from eszkola_core._usecases._post import Post, login_of
from eszkola_core.domain.accounts import LIFECYCLE, Happening, Person
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.hidden import without_numbers
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.reports import Report, ReportedBy
from eszkola_core.domain.sessions import SessionEnd


def disable_password(post: Post, person: Person) -> Person:
    """
    Make the password of *person* useless for ever, and end all that it opened (LAW-2); return the person as saved.

    The owner sets another one by a link to the central address, or gets one from the office (ACCESS-8). Nobody may
    choose this one again.
    """
    credential = post.unit.credentials.get(person.id)
    if credential is not None:
        spent = history_of(credential).after_disclosure(credential.encoded).given
        post.unit.credentials.put(evolve(credential, spent=spent, sealed=None))
    after = person.after(Happening.DISCLOSED) if Happening.DISCLOSED in LIFECYCLE[person.state] else person
    if after != person:
        post.unit.people.save(after)
    end_everything(post, after, SessionEnd.REPORTED)
    return after


def keep_report(acting: Acting, actor: Actor, person: Person, way: ReportedBy, words: str = "") -> Report:
    """Tell the owner and the offices that answer for the account; keep the report, and write it down (LAW-2)."""
    unit, tenant, now = acting.unit, acting.tenant, acting.now
    post = Post(unit, tenant, now)
    at = post.instant(now)
    data = {"login": login_of(person, tenant), "at": at, "link": post.access_link}
    post.queue(MessageKind.PASSWORD_DISABLED, person, data, key=f"{person.revision}:{at}")
    schools = {role.school for role in acting.target(person.id).roles}
    names = {each.key: each.name or each.key for each in unit.rosters.schools(schools)}
    data |= {"school": ", ".join(names.get(each, each) for each in sorted(schools)) or "–", "link": tenant.link("")}
    offices = dict(tenant.contacts.of(schools))
    for office, address in offices.items():
        if address is not None:
            notice = {**data, "name": address.spelling, "login": person.login}
            key = f"{person.revision}:{at}:{office}"
            post.queue(MessageKind.DISCLOSURE_REPORTED, person, notice, key=key, to=address)
    report = unit.reports.add(
        Report(
            person=person.id,
            at=now,
            way=way,
            by=actor.person,
            console=actor.name if actor.is_console else "",
            words=without_numbers(words),
            told=tuple(office for office, address in offices.items() if address is not None),
            untold=tuple(office for office, address in offices.items() if address is None),
        )
    )
    detail = {"report": str(report.id), "way": way.value, "told": ", ".join(report.told)}
    acting.note(actor, "disclosure-reported", on=[person.id], detail=detail)
    return report

"""`eszkola application`: access applications at a school's desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import click

from eszkola_cli.common import actor, as_json, opened, refused, secret_argument
from eszkola_cli.screen import Screen, day, in_words
from eszkola_core import (
    Application,
    ApplicationKept,
    ApplicationMoved,
    ApplicationRefused,
    ApplicationState,
    ApplicationStep,
    Claims,
    NotPermitted,
    Platform,
)
from eszkola_core.domain.applications import UNDECIDED

_REASONS: Final[Mapping[ApplicationRefused, str]] = {
    ApplicationRefused.DATA_REFUSED: "something stated cannot be right",
    ApplicationRefused.NO_SUCH_STUDENT: "the school's gradebook has no student under this key of a record today",
    ApplicationRefused.NO_SUCH_APPLICATION: "there is no application with this number; 'eszkola application list'",
    ApplicationRefused.NOT_NOW: "the application is not in a state for this",
    ApplicationRefused.NO_REASON: "say why with --reason",
    ApplicationRefused.NO_ACCOUNT: "only the owner of an account applies with --mine: name it with --as",
    ApplicationRefused.STUDENT_GONE: "the student is no longer at the school",
    ApplicationRefused.FOUR_EYES: "whoever confirmed the applicant does not approve: somebody else must",
    ApplicationRefused.APPLICANT_IS_STUDENT: "the applicant is the student",
    ApplicationRefused.ACCOUNT_LACKS: "the guardian's account cannot open: return the application for what is missing",
    ApplicationRefused.HELD: "something of the applicant is held; it must be settled first",
}
Moved = ApplicationMoved | ApplicationKept | NotPermitted
"""What a step comes to."""

_number = click.argument("number", type=click.IntRange(min=1))
_reason = click.option("--reason", required=True, help="Why; it is kept with the application.")


@click.group()
def application() -> None:
    """Access applications of guardians, at the school."""


def _of_applicant(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say who applies."""
    for option in (
        click.option("--birth-date", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Birth date."),
        click.option("--email", default="", help="Private address, outside the platform."),
        click.option("--national-id", default="", metavar="ID", help="National id; '-' reads it from standard input."),
        click.option("--last-name", default="", help="Last name of the applicant."),
        click.option("--first-name", default="", help="First name of the applicant."),
    ):
        command = option(command)
    return command


@application.command()
@click.option("--school", "school", default="", help="The student's school.")
@click.option("--record", default="", help="The key of the student's record in the gradebook.")
@click.option("--number", type=click.IntRange(min=1), help="Hand in this draft, or one that was returned.")
@_of_applicant
@click.option("--draft", is_flag=True, help="Begin only; hand it in later with --number.")
@click.option("--mine", is_flag=True, help="Apply for yourself, with the data of the account that --as names.")
@click.pass_context
def submit(  # noqa: PLR0913 - the options of the command
    context: click.Context,
    /,
    *,
    school: str,
    record: str,
    number: int | None,
    draft: bool,
    mine: bool,
    **stated: Any,  # noqa: ANN401 - the options of the applicant
) -> None:
    """
    Hand in an application for a student.

    Staff write down what an applicant states; whoever has an account applies from it with --mine.
    """
    if number is None and not (school and record):
        raise click.UsageError("name the student with --school and --record, or an application with --number")
    with opened(context) as house:
        who, apply = actor(context), house.apply_for_access
        read = _applicant(house, stated) if stated["first_name"] or not (mine or number) else None
        if isinstance(read, ApplicationKept):
            done: Moved = read
        elif number is not None:
            done = apply.submit(who, number, read)
        elif read is None:
            done = apply.apply(who, school, record)
        else:
            done = apply.hand_in(who, school, record, read, as_draft=draft)
    _tell(context, done, "is begun" if draft else "is handed in")


@application.command()
@_number
@click.option("--how", required=True, help="How you know who the applicant is: the kind of document you saw.")
@click.pass_context
def confirm(context: click.Context, number: int, *, how: str) -> None:
    """Write down that you know who the applicant is."""
    with opened(context) as house:
        done = house.decide_applications.confirm(actor(context), number, how=how)
    _tell(context, done, "is confirmed")


@application.command()
@_number
@click.pass_context
def approve(context: click.Context, number: int) -> None:
    """Open the guardian's account and the link to the child."""
    with opened(context) as house:
        done = house.approve_application.approve(actor(context), number)
        if isinstance(done, ApplicationMoved) and done.application.guardian is not None:
            with house.storage.snapshot() as unit:
                person = unit.people.get_many([done.application.guardian])[done.application.guardian]
            Screen.standard().say(f"The account is {person.login}.")
    _tell(context, done, "is approved")


@application.command()
@_number
@_reason
@click.pass_context
def reject(context: click.Context, number: int, *, reason: str) -> None:
    """Refuse an application."""
    with opened(context) as house:
        done = house.decide_applications.reject(actor(context), number, reason=reason)
    _tell(context, done, "is rejected")


@application.command("return")
@_number
@_reason
@click.pass_context
def hand_back(context: click.Context, number: int, *, reason: str) -> None:
    """Give an application back, to be corrected."""
    with opened(context) as house:
        done = house.decide_applications.hand_back(actor(context), number, reason=reason)
    _tell(context, done, "is returned")


@application.command()
@_number
@click.option("--reason", default="", help="Why; staff must say on whose word.")
@click.pass_context
def withdraw(context: click.Context, number: int, *, reason: str) -> None:
    """Take an application back."""
    with opened(context) as house:
        done = house.apply_for_access.withdraw(actor(context), number, reason=reason)
    _tell(context, done, "is withdrawn")


@application.command("list")
@click.option("--school", required=True, help="The school.")
@click.option("--all", "every", is_flag=True, help="Decided ones too.")
@as_json
@click.pass_context
def listed(context: click.Context, *, school: str, every: bool, as_json: bool) -> None:
    """List the applications at a school that you may handle."""
    states = frozenset(ApplicationState) if every else UNDECIDED
    with opened(context) as house:
        found = house.decide_applications.listed(actor(context), school, states)
    screen = Screen.standard()
    if as_json:
        screen.json({"applications": [_plain(each) for each in found]})
    elif found:
        rows = [
            (
                str(each.id),
                str(each.applicant.name),
                each.student.record.key,
                each.state.value,
                _last(each, house.tenant.zone),
            )
            for each in found
        ]
        screen.table(["#number", "applicant", "record", "state", "last step"], rows)
    else:
        screen.say("There are none.")


def _applicant(house: Platform, stated: Mapping[str, Any]) -> Claims | ApplicationKept:
    """Return what the options say of an applicant, or what is wrong with it."""
    born: datetime | None = stated["birth_date"]
    return house.apply_for_access.read(
        first_name=stated["first_name"],
        last_name=stated["last_name"],
        national_id=secret_argument(stated["national_id"]).strip(),
        email=stated["email"],
        birth_date=born.date() if born is not None else None,
    )


def _tell(context: click.Context, done: Moved, what: str) -> None:
    """Say what became of an application, and end with 1 where nothing did."""
    screen = Screen.standard()
    if isinstance(done, ApplicationMoved):
        screen.say(f"✓ Application {done.application.id} {what}.", "green")
        return
    if isinstance(done, NotPermitted):
        screen.problem(refused(done.permission))
    else:
        more = f" ({', '.join(map(in_words, done.details))})" if done.details else ""
        screen.problem(f"{_REASONS[done.reason]}{more}")
    context.exit(1)


def _plain(application: Application) -> Mapping[str, object]:
    """Return an application for programs: no id of the applicant is in it."""
    return {
        "number": application.id,
        "school": application.school,
        "record": application.student.record.key,
        "applicant": str(application.applicant.name),
        "state": application.state.value,
        "moved_at": application.moved_at.isoformat(timespec="seconds"),
        "confirmed_by": application.confirmation.name if application.confirmation is not None else None,
        "steps": [each.step.value for each in application.history],
    }


def _last(application: Application, zone: ZoneInfo) -> str:
    """Return what was done last, by whom and when."""
    if not application.history:
        return f"begun {day(application.begun_at, zone)}"
    last = application.history[-1]
    words = {
        ApplicationStep.SUBMIT: "handed in",
        ApplicationStep.CONFIRM: "confirmed",
        ApplicationStep.RETURN: "returned",
    }
    return f"{words.get(last.step, last.step.value)} {day(last.at, zone)} by {last.name or 'the platform'}"

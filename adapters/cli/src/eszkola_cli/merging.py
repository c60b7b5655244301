"""`eszkola person merge` and `unmerge`: two accounts that are one person's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

from eszkola_cli.common import actor, as_json, opened, refused, whom
from eszkola_cli.screen import Screen, day
from eszkola_core import Merged, MergeKept, MergePlan, MergeRefused, NotPermitted, Parted

KEPT: Final[Mapping[MergeRefused, str]] = {
    MergeRefused.SAME_PERSON: "both are one account already",
    MergeRefused.NO_REASON: "say why with --reason",
    MergeRefused.ACCOUNT_SHUT: "one of the accounts is closed or erased",
    MergeRefused.DIFFERENT_IDS: "their national ids prove two people; correct the id in the gradebook if one is wrong",
    MergeRefused.CALLED_DISTINCT: "somebody said that they are two; the journal says who and why",
    MergeRefused.ONE_RECORD: "one record of a gradebook names both: they are two people",
    MergeRefused.KEPT_APART: "a restriction keeps one of them from the other",
    MergeRefused.PLAN_MOVED: "something has changed since the plan was made; nothing was merged",
    MergeRefused.NO_SUCH_MERGE: "no merge of this number into this account stands",
    MergeRefused.TOO_LATE: "the time in which this merge could be undone is over",
    MergeRefused.LATER_MERGE_FIRST: "the account was merged into another since; undo that merge first",
}


@click.command()
@click.argument("identifier")
@click.argument("other")
@click.option("--reason", default="", help="Why, for the journal; needed with --plan. Name nobody in it.")
@click.option("--plan", "plan_id", metavar="ID", help="Merge as this plan says; without it the plan is shown.")
@as_json
@click.pass_context
def merge(  # noqa: PLR0913 - what the command line gives
    context: click.Context, identifier: str, other: str, reason: str, plan_id: str | None, *, as_json: bool
) -> None:
    """
    Merge two accounts of one person: plan first.

    Both are logins, central addresses or national ids. The plan says which of the two stays, and what comes to it.
    """
    screen = Screen.standard()
    with opened(context) as house:
        pair = whom(house, identifier).id, whom(house, other).id
        who, merging = actor(context), house.merge_people
        done = (
            merging.plan(who, *pair) if plan_id is None else merging.merge(who, *pair, plan_id=plan_id, reason=reason)
        )
    if isinstance(done, Merged):
        if as_json:
            screen.json({**_plain(done.plan), "merge": done.decision, "until": done.until.isoformat()})
        else:
            screen.say(f"✓ {done.plan.absorbed_login} is {done.plan.survivor_login} now.", "green")
            screen.say(
                f"  Until {day(done.until, house.tenant.zone)}: eszkola person unmerge {done.plan.survivor_login}"
            )
        return
    if not isinstance(done, MergePlan):
        _say_why(screen, done)
        if isinstance(done, MergeKept) and done.plan is not None:
            _show(screen, done.plan, as_json=as_json)
        context.exit(1)
    _show(screen, done, as_json=as_json)


@click.command()
@click.argument("identifier")
@click.option("--merge", "decision", type=int, help="The number of the merge; else the newest.")
@click.option("--reason", required=True, help="Why, for the journal; name nobody in it.")
@as_json
@click.pass_context
def unmerge(context: click.Context, identifier: str, decision: int | None, reason: str, *, as_json: bool) -> None:
    """
    Part two accounts that were merged.

    Each gets back what it had; what came since stays with the one that stayed. Both owners recover access anew.
    """
    screen = Screen.standard()
    with opened(context) as house:
        person, who = whom(house, identifier), actor(context)
        found = house.merge_people.of(who, person.id)
        if isinstance(found, NotPermitted):
            screen.problem(refused(found.permission))
            context.exit(1)
        numbers = [each.decision for each in found]
        number = decision if decision is not None else next(iter(numbers), 0)
        done = house.merge_people.undo(who, person.id, number, reason=reason)
        if isinstance(done, Parted):
            with house.storage.snapshot() as unit:
                parted = unit.people.get_many([done.survivor, done.absorbed])
    if not isinstance(done, Parted):
        _say_why(screen, done)
        context.exit(1)
    logins = [parted[each].login for each in (done.survivor, done.absorbed)]
    if as_json:
        screen.json({"merge": number, "accounts": logins})
    else:
        screen.say(f"✓ {' and '.join(logins)} are two accounts again; both recover access anew.", "green")


def _say_why(screen: Screen, done: MergeKept | NotPermitted) -> None:
    """Say why nothing was changed."""
    screen.problem(refused(done.permission) if isinstance(done, NotPermitted) else KEPT[done.reason])


def _show(screen: Screen, plan: MergePlan, *, as_json: bool) -> None:
    if as_json:
        screen.json(_plain(plan))
        return
    screen.say(f"{plan.survivor_login} stays, with its password and address; {plan.absorbed_login} is read as it.")
    screen.table(
        ["what comes to it", "how much"],
        [
            *((f"{role} in {school}", "") for school, role in plan.places),
            ("children", str(plan.children)),
            ("devices", str(plan.devices)),
            ("licences", str(plan.licences)),
            ("acknowledgements", str(plan.acknowledgements)),
            ("restrictions", str(plan.restrictions)),
        ],
    )
    screen.say("Sessions and links of both end.")
    screen.say(f"Nothing is merged yet. To go on: the same with --reason and --plan {plan.id}")


def _plain(plan: MergePlan) -> dict[str, object]:
    return {
        "plan": plan.id,
        "survivor": plan.survivor_login,
        "absorbed": plan.absorbed_login,
        "roles": [{"school": school, "role": role.value} for school, role in plan.places],
        "children": plan.children,
        "devices": plan.devices,
        "licences": plan.licences,
        "acknowledgements": plan.acknowledgements,
        "restrictions": plan.restrictions,
    }

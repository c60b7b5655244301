"""What `eszkola outbox dispatch` says of text messages."""

from __future__ import annotations

from attrs import asdict

from eszkola_cli.screen import Screen
from eszkola_core import SmsDelivered


def told(done: SmsDelivered) -> dict[str, object]:
    """Return what became of text messages, as data."""
    warned = [
        {
            "payer": each.payer,
            "month": each.month,
            "spent": each.spent.spelling,
            "cap": each.cap.spelling,
            "currency": each.cap.currency,
        }
        for each in done.warned
    ]
    return {**asdict(done, recurse=False), "warned": warned}


def show_texts(screen: Screen, done: SmsDelivered) -> None:
    """Print what became of text messages, where there were any, and whose budget is nearly used up."""
    if done.total:
        screen.say(
            f"SMS: {done.charged} sent, {done.refused} refused, {done.failed_for_now} to be tried again, "
            f"{done.in_doubt} in doubt, {done.no_budget} wait for a budget, {done.too_late} too late"
        )
    for each in done.warned:
        whose = f"school {each.payer}" if each.payer else "what people asked for"
        screen.say(f"The budget of {each.cap} for {whose} in {each.month} has {each.left} left.", "yellow")

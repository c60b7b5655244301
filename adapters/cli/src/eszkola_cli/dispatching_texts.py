"""What `eszkola outbox dispatch` does with text messages, and what it says of them."""

from __future__ import annotations

from typing import Final

from attrs import asdict, evolve

from eszkola_cli.screen import Screen
from eszkola_core import Platform, SmsDelivered, Unavailable
from eszkola_core.ports.text_messages import SmsReportCollector

_BATCH: Final = 100


def run_texts(house: Platform) -> SmsDelivered:
    """
    Send the text messages that wait and fetch what the gateway reports; nobody needs an adapter who has none.

    A gateway that cannot be asked for its reports is a trouble of the next round as well.
    """
    if not house.account_for_sms.status().counts:
        return SmsDelivered()
    total = SmsDelivered()
    while True:
        batch = house.deliver_sms.next_batch(limit=_BATCH)
        total = total.and_then(batch)
        if batch.total < _BATCH or batch.trouble:
            break
    courier = house.sms
    if isinstance(courier, SmsReportCollector) and not total.trouble:
        try:
            house.record_sms_report.record(courier.collect())
        except Unavailable as gone:
            total = evolve(total, trouble=str(gone))
    return total


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

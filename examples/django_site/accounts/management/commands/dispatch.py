"""`manage.py dispatch`: everything that waits, for a timetable to run every minute."""

from __future__ import annotations

from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from accounts.platform import platform
from eszkola_core import Unavailable

_BATCH: Final = 100


class Command(BaseCommand):
    """Answers requests for access, queues reminders, and sends what is due. Two at once do no harm."""

    help = "Look up who asked for access, queue reminders, and send the messages and events that wait."

    def handle(self, **_: Any) -> None:  # noqa: ANN401 - Django's own
        """
        Do one round.

        Raises:
            CommandError: something cannot be reached; what waits is tried again by the next round.
        """
        here = platform()
        try:
            while here.recover_access.answer_waiting(limit=_BATCH) == _BATCH:
                pass
            here.remind_of_expiry.run()
            here.confirm_contacts.remind()
            here.decide_applications.lapse()
            here.forget_old.run()
            done = here.deliver_messages.all_due()
            here.deliver_events.next_batch()
        except Unavailable as away:
            raise CommandError(str(away), returncode=3) from away
        self.stdout.write(f"{done.sent} sent, {done.failed_for_now} to be tried again")
        if done.trouble:
            raise CommandError(done.trouble, returncode=3)

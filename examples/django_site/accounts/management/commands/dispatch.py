"""`manage.py dispatch`: everything that waits, for a timetable to run every minute."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.platform import platform
from eszkola_core import Unavailable


class Command(BaseCommand):
    """Answers requests for access, queues reminders, and sends what is due. Two at once do no harm."""

    help = "Look up who asked for access, queue reminders, and send the messages and events that wait."

    def handle(self, **_: Any) -> None:  # noqa: ANN401 - Django's own
        """
        Do one round.

        Raises:
            CommandError: something cannot be reached; what waits is tried again by the next round.
        """
        try:
            done = platform().dispatch()
        except Unavailable as away:
            raise CommandError(str(away), returncode=3) from away
        self.stdout.write(f"{done.emails.sent} sent, {done.emails.failed_for_now} to be tried again")
        if done.troubles:
            raise CommandError("; ".join(done.troubles), returncode=3)

"""`manage.py roster plan|apply`: the gradebook's export."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

from attrs import asdict
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.platform import platform
from eszkola_core import Actor, Applied, EszkolaError, GroundMoved, NotPermitted, Plan, Reading, Running


class Command(BaseCommand):
    """Says what an export would change, or takes it in; the same export again changes nothing."""

    help = "Say what a gradebook's export would change (plan), or take it in (apply)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask what to do, and with what."""
        parser.add_argument("do", choices=["plan", "apply"])
        parser.add_argument("paths", nargs="+", type=Path, metavar="EXPORT")
        parser.add_argument("--school", help="the key of the school, where the export does not say it")

    def handle(self, *, do: str, paths: list[Path], school: str | None, **_: Any) -> None:  # noqa: ANN401 - Django's own
        """
        Do it.

        Raises:
            CommandError: the export cannot be read, or somebody else is importing.
        """
        try:
            reading = platform().gradebook.read(paths, school=school)
            self._show(platform().import_rosters.plan(reading) if do == "plan" else self._applied(reading))
        except EszkolaError as wrong:
            raise CommandError(str(wrong)) from wrong

    def _applied(self, reading: Reading) -> Plan:
        outcome = platform().import_rosters.apply(reading, actor=Actor.console(getpass.getuser()))
        match outcome:
            case Applied():
                return outcome.plan
            case Running():
                raise CommandError("somebody else is importing: this run has changed nothing", returncode=1)
            case GroundMoved() | NotPermitted():
                raise CommandError("nothing was changed: look at the plan again", returncode=1)

    def _show(self, plan: Plan) -> None:
        """Print counts and what somebody should look at; numbers of people are masked."""
        self.stdout.write(", ".join(f"{number} {what}" for what, number in asdict(plan.counts).items()))
        for each in plan.findings:
            self.stdout.write(f"{each.source}:{each.line} {each.record} {each.field} {each.code} {each.value}".rstrip())
        for stop in plan.stops:
            self.stderr.write(f"stopped: {stop.school}: {stop.ending} of {stop.active} would end")

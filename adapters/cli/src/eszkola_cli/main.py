"""The `eszkola` command (DESIGN: the command line)."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

import click

from eszkola_cli import (
    access,
    accounts,
    applications,
    audit,
    codes,
    conflicts,
    credentials,
    demo,
    devices,
    diagnosis,
    keys,
    licences,
    links,
    maintenance,
    notices,
    operating,
    passwords,
    people,
    policies,
    roles,
    rosters,
    schools,
    setting_up,
    settings_plans,
    texting,
)
from eszkola_cli.common import ACTING_AS
from eszkola_cli.screen import Screen
from eszkola_core import EszkolaError, Unavailable

REFUSED, WRONG_USAGE, UNAVAILABLE = 1, 2, 3


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    "config",
    envvar="ESZKOLA_CONFIG",
    default=".",
    show_default="the present folder",
    help="The configuration file eszkola.toml, or the folder it lies in.",
)
@click.option(
    "--as",
    "acting_as",
    metavar="LOGIN",
    help="Act as the owner of this account, with the rights of its roles today, instead of as the console.",
)
@click.version_option(package_name="eszkola-cli", prog_name="eszkola")
@click.pass_context
def eszkola(context: click.Context, config: str, acting_as: str | None) -> None:
    """
    Accounts for schools: from the gradebook's export to everybody signed in.

    Begin with 'eszkola demo', or with 'eszkola init DIR' for your own.

    Exit codes: 0 done (what should be looked at is in the report); 1 stopped or refused, and with --strict whenever
    something should be looked at; 2 wrong usage; 3 something cannot be reached just now.
    """
    context.obj = config
    context.meta[ACTING_AS] = acting_as


for command in (
    setting_up.init,
    demo.demo,
    settings_plans.settings,
    rosters.roster,
    rosters.readiness,
    conflicts.conflict,
    schools.school,
    roles.role,
    applications.application,
    codes.codes,
    credentials.credentials,
    audit.audit,
    access.access,
    access.signin,
    accounts.account,
    passwords.password,
    people.person,
    policies.policy,
    notices.rules,
    diagnosis.diagnose,
    devices.device,
    licences.licence,
    links.link,
    links.who_sees,
    maintenance.maintenance,
    operating.outbox,
    texting.sms,
    operating.db,
    keys.keys,
):
    eszkola.add_command(command)


def collect_seldom() -> None:
    """
    Look for garbage in cycles a hundred times more seldom than Python does by itself.

    An import makes many objects that stay, and hardly any cycle: to look at all of them again and again takes a tenth
    of a first load and a third of a night. A service that imports may want the same for as long.
    """
    gc.set_threshold(100_000, 20, 20)


def main(arguments: Sequence[str] | None = None) -> None:
    """
    Run the command, and leave with its exit code; bad input ends in a sentence, never in a traceback.

    Args:
        arguments: what stands behind the command's name; those of this process where left out.
    """
    screen = Screen.standard()
    collect_seldom()
    try:
        code = eszkola.main(arguments, prog_name="eszkola", standalone_mode=False)
    except click.exceptions.Abort:
        screen.problem("stopped")
        sys.exit(REFUSED)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except Unavailable as gone:
        screen.problem(str(gone))
        sys.exit(UNAVAILABLE)
    except EszkolaError as refused:
        screen.problem(str(refused))
        sys.exit(REFUSED)
    except BrokenPipeError:
        sys.exit(REFUSED)
    sys.exit(code if isinstance(code, int) else 0)

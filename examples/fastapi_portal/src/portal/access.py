"""First access and recovery, which are one procedure: ask, get a message, set a password (ACCESS-1 to ACCESS-6)."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from eszkola_core import NotCompleted
from portal.door import Language, Source, ThePlatform, takes_json
from portal.models import AccessRequest, AccessRequested, NewPassword, PasswordSet
from portal.problems import Refused, answers, with_violations

router = APIRouter(tags=["access"])


@router.post("/access-requests", status_code=202, dependencies=[Depends(takes_json)], responses=answers(body=True))
def ask_for_access(platform: ThePlatform, source: Source, sent: AccessRequest) -> AccessRequested:
    """
    Ask for first access, or for access again.

    The answer is the same whoever asks, known or not, throttled or not (ACCESS-2, ACCESS-7): a request is only taken
    down here. Asking twice is safe: the newest message counts.
    """
    platform.recover_access.request(sent.identifier, source=source)
    return AccessRequested()


@router.post(
    "/passwords",
    dependencies=[Depends(takes_json)],
    responses=answers("token-not-live", "conflict", "password-not-accepted", body=True),
)
def set_password(platform: ThePlatform, locale: Language, sent: NewPassword) -> PasswordSet:
    """
    Set a password with the token of a message.

    A password that is not accepted spends nothing; what it lacks is told in the reader's language. A token works once:
    whoever gets no answer, and then *410* for the same token, signs in with the new password.
    """
    done = platform.recover_access.complete(
        sent.token.get_secret_value(), sent.password.get_secret_value(), keep_devices=sent.keep_devices
    )
    if isinstance(done, NotCompleted):
        if done.violations:
            raise with_violations(done.reason, done.violations, locale)
        raise Refused(done.reason)
    return PasswordSet(login=done.login)

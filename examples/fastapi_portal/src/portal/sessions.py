"""Signing in, what may come before a session opens, and signing out (ACCESS-5, ACCESS-9)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path
from starlette.responses import JSONResponse, Response

from eszkola_core import Busy, InMaintenance, Maintenance, MustAct, Platform, SignedIn, SignInRefused
from portal.door import Language, Session, Source, ThePlatform, takes_json
from portal.models import (
    ActsFirst,
    Credentials,
    NoticesAcknowledged,
    NoticeShown,
    PasswordChanged,
    SessionListed,
    SessionOpened,
    Status,
    TicketShown,
)
from portal.problems import Refused, answers, with_violations

router = APIRouter(tags=["sessions"])

_ACTS_FIRST: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": ActsFirst, "description": "The password is right, and something is to be done first."}
}
_OF_TICKETS: Final = ("ticket-not-live", "another-act-first", "conflict", "busy")


@router.get("/status", responses=answers())
def see_status(platform: ThePlatform, locale: Language) -> Status:
    """See whether anybody can sign in now (ACCESS-10)."""
    newest = platform.announce_maintenance.newest()
    if newest is None or not newest.is_under_way:
        return Status(is_open=True)
    return Status(is_open=False, says=newest.text(locale), until=newest.expected_end_at)


@router.post(
    "/sessions",
    status_code=201,
    response_model=SessionOpened,
    dependencies=[Depends(takes_json)],
    responses=_ACTS_FIRST | answers("wrong-login-or-password", "busy", "maintenance", body=True),
)
def sign_in(platform: ThePlatform, locale: Language, source: Source, sent: Credentials) -> SessionOpened | Response:
    """
    Sign in.

    A wrong password, an unknown login, an account that is locked and an attempt that is throttled are told alike
    (ACCESS-2, ACCESS-7): so there is no *429* here. *503* says that nothing was tried.
    """
    done = platform.sign_in.attempt(sent.login, sent.password.get_secret_value(), source=source)
    match done:
        case Busy():
            raise Refused("busy", retry_after=done.retry_after)
        case InMaintenance():
            raise _closed(platform, done.maintenance, locale)
        case _:
            return _entered(done, locale)


@router.get("/sessions", responses=answers("no-session"))
def list_sessions(platform: ThePlatform, session: Session) -> list[SessionListed]:
    """See where one is signed in."""
    return [SessionListed.of(each) for each in platform.look_after_sessions.list(session)]


@router.delete(
    "/sessions/{name}", status_code=204, responses=answers("no-session", "no-such-session", "invalid-request")
)
def end_session(
    platform: ThePlatform, session: Session, name: Annotated[str, Path(pattern="^[0-9a-f]{1,64}$")]
) -> None:
    """End one of one's own sessions, by the name that it has in the list."""
    if not platform.look_after_sessions.end(session, name):
        raise Refused("no-such-session")


@router.delete("/session", status_code=204, responses=answers("no-session"))
def sign_out(platform: ThePlatform, session: Session) -> None:
    """Sign out."""
    platform.sign_in.sign_out(session)


@router.post(
    "/tickets/password",
    status_code=201,
    response_model=SessionOpened,
    dependencies=[Depends(takes_json)],
    responses=_ACTS_FIRST | answers(*_OF_TICKETS, "password-not-accepted", body=True),
)
def change_password(platform: ThePlatform, locale: Language, sent: PasswordChanged) -> SessionOpened | Response:
    """Change the password as the ticket asks, and go on; a password that is not accepted spends nothing."""
    done = platform.sign_in.change_password(sent.ticket.get_secret_value(), sent.password.get_secret_value())
    return _entered(done, locale)


@router.post("/tickets/notices", dependencies=[Depends(takes_json)], responses=answers(body=True))
def show_notices(platform: ThePlatform, locale: Language, sent: TicketShown) -> list[NoticeShown]:
    """See the texts that the ticket's next act acknowledges; none where that is no such act, or no live ticket."""
    notices = platform.sign_in.to_acknowledge(sent.ticket.get_secret_value())
    return [NoticeShown.of(each, locale) for each in notices]


@router.post(
    "/tickets/acknowledgements",
    status_code=201,
    response_model=SessionOpened,
    dependencies=[Depends(takes_json)],
    responses=_ACTS_FIRST | answers(*_OF_TICKETS, "notice-changed", body=True),
)
def acknowledge(platform: ThePlatform, locale: Language, sent: NoticesAcknowledged) -> SessionOpened | Response:
    """Acknowledge the texts that were shown, and go on."""
    digests = [bytes.fromhex(each) for each in sent.digests]
    return _entered(platform.sign_in.acknowledge(sent.ticket.get_secret_value(), digests, locale=locale), locale)


def _entered(done: SignedIn | MustAct | SignInRefused, locale: str) -> SessionOpened | Response:
    """Return what a sign-in, or a step of one, came to."""
    match done:
        case SignedIn():
            return SessionOpened.of(done)
        case MustAct():
            return JSONResponse(ActsFirst.of(done).model_dump(mode="json"))
        case SignInRefused(violations=()):
            raise Refused(done.reason)
        case SignInRefused():
            raise with_violations(done.reason, done.violations, locale)


def _closed(platform: Platform, maintenance: Maintenance, locale: str) -> Refused:
    """Return the refusal of a sign-in during maintenance; it says what people are told, and until when."""
    until = maintenance.expected_end_at
    left = max(until - platform.clock.now(), platform.tenant.settings.busy_pause) if until is not None else None
    return Refused(
        "maintenance", detail=maintenance.text(locale), retry_after=left, headers={"Content-Language": locale}
    )

"""
What the API says when it does not do what was asked: problem details (RFC 9457), each with a code of its own.

One table has every code with its status; the OpenAPI document and the answers are both made from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from math import ceil
from types import MappingProxyType
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import compile_path

from eszkola_core import BrokenPromise, Conflict, EszkolaError, InvalidValue, Unavailable, Violation, describe

MEDIA_TYPE: Final = "application/problem+json"

PROBLEMS: Final[Mapping[str, tuple[int, str]]] = MappingProxyType(
    {
        "unreadable-request": (400, "The request cannot be read."),
        "query-not-taken": (400, "Nothing is taken from the address: what is secret there ends up in logs."),
        "no-session": (401, "Show the key of an open session."),
        "no-key": (401, "Show the key of an open session, or of a paired device."),
        "wrong-login-or-password": (401, "Login or password is wrong, or the account cannot be used just now."),
        "not-paired": (403, "This code and PIN pair nothing: one is wrong, or they are over. Begin anew."),
        "not-found": (404, "There is nothing here."),
        "no-such-session": (404, "You have no open session of that name."),
        "no-such-device": (404, "You have no paired device with that number."),
        "method-not-allowed": (405, "This cannot be done here."),
        "not-acceptable": (406, "There is no such form of it."),
        "another-act-first": (409, "Something else is to be done first: see the acts of the ticket."),
        "notice-changed": (409, "What is to be acknowledged is another text by now: show it again."),
        "conflict": (409, "The account was changed at the same time; nothing was done. Try again."),
        "token-not-live": (410, "This link was used, replaced, or is over. Ask for a new one."),
        "ticket-not-live": (410, "This ticket was used, or is over. Sign in again."),
        "too-large": (413, "The request is larger than anything that is asked here."),
        "not-json": (415, "Send JSON, and say so: Content-Type: application/json."),
        "invalid-request": (422, "Something in the request cannot be right."),
        "password-not-accepted": (422, "The password was not accepted, and nothing was spent."),
        "unexpected": (500, "Something went wrong here, and was written down."),
        "busy": (503, "Too many sign in at this moment; nothing was tried."),
        "maintenance": (503, "Nobody can sign in just now."),
        "unavailable": (503, "Something that is needed cannot be reached just now."),
    }
)
"""Each code with its status and what it says."""

EVERYWHERE: Final = ("query-not-taken", "too-large", "unexpected", "unavailable")
"""What any operation may answer."""

WITH_A_BODY: Final = ("unreadable-request", "not-json", "invalid-request")
"""What any operation that takes JSON may answer."""


class Wrong(BaseModel):
    """One thing that is wrong with the request, or with the password in it; never a part of what was sent."""

    code: str = Field(examples=["too-short"])
    says: str = Field(examples=["The password is too short. Use at least 12 characters."])
    at: str | None = Field(default=None, description="Where, as a JSON pointer.", examples=["/password"])


class Problem(BaseModel):
    """Why it was not done (RFC 9457); programs compare `code`."""

    type: str = Field(examples=["urn:eszkola:problem:busy"])
    title: str
    status: int
    code: str
    detail: str | None = None
    wrong: list[Wrong] | None = None


class Refused(Exception):
    """Raised by an operation to answer with the problem that *code* names."""

    def __init__(
        self,
        code: str,
        *,
        detail: str | None = None,
        wrong: Sequence[Wrong] = (),
        retry_after: timedelta | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code, self.detail, self.wrong = code, detail, wrong
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(max(1, ceil(retry_after.total_seconds())))
        if PROBLEMS[code][0] == HTTPStatus.UNAUTHORIZED:
            self.headers["WWW-Authenticate"] = "Bearer"

    @property
    def response(self) -> Response:
        """What goes out."""
        status, title = PROBLEMS[self.code]
        kind = f"urn:eszkola:problem:{self.code}"
        problem = Problem(type=kind, title=title, status=status, code=self.code, detail=self.detail)
        if self.wrong:
            problem.wrong = list(self.wrong)
        return JSONResponse(problem.model_dump(exclude_none=True), status, headers=self.headers, media_type=MEDIA_TYPE)


def with_violations(code: str, violations: Sequence[Violation], locale: str) -> Refused:
    """Return a refusal that tells what a password lacks, all of it, in the reader's language (CRED-7)."""
    wrong = [Wrong(code=each.code, says=describe(each, locale), at="/password") for each in violations]
    return Refused(code, wrong=wrong, headers={"Content-Language": locale})


def answers(*codes: str, body: bool = False) -> dict[int | str, dict[str, Any]]:
    """Return for the OpenAPI document which problems an operation may answer, beside those of every operation."""
    named = (*codes, *EVERYWHERE, *(WITH_A_BODY if body else ()))
    found: dict[int | str, dict[str, Any]] = {}
    for code, (status, title) in PROBLEMS.items():
        if code not in named:
            continue
        entry = found.setdefault(
            status, {"model": Problem, "description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {}}}
        )
        example = Problem(type=f"urn:eszkola:problem:{code}", title=title, status=status, code=code)
        shown = {"summary": title, "value": example.model_dump(exclude_none=True)}
        entry["content"][MEDIA_TYPE].setdefault("examples", {})[code] = shown
    for status, header in ((401, "WWW-Authenticate"), (409, "Retry-After"), (503, "Retry-After")):
        if status in found:
            found[status]["headers"] = {header: {"schema": {"type": "string"}}}
    return found


def handle_problems(app: FastAPI) -> None:
    """Let *app* answer with problem details, whatever is raised."""

    @app.exception_handler(Refused)
    async def of_ours(_: Request, refused: Refused) -> Response:
        return refused.response

    @app.exception_handler(EszkolaError)
    async def of_the_platform(_: Request, error: EszkolaError) -> Response:
        return _refusal(error).response

    @app.exception_handler(RequestValidationError)
    async def of_the_request(_: Request, error: RequestValidationError) -> Response:
        # What pydantic found quotes what was sent, which may be a password: only where and what kind goes out.
        found = error.errors()
        if any(each["type"] == "json_invalid" for each in found):
            return Refused("unreadable-request").response
        return Refused("invalid-request", wrong=[_wrong(each) for each in found]).response

    @app.exception_handler(HTTPException)
    async def of_the_framework(request: Request, error: HTTPException) -> Response:
        refused = Refused(_OF_STATUS.get(error.status_code, "unexpected"), headers=error.headers)
        allowed = _methods(app, request.url.path)
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and allowed:
            refused.headers["Allow"] = ", ".join(allowed)  # the framework names those of one operation only
        return refused.response


_OF_STATUS: Final[Mapping[int, str]] = {
    400: "unreadable-request",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
}


def _methods(app: FastAPI, path: str) -> list[str]:
    """Return what can be done at a path, by the OpenAPI document."""
    there = (
        operations for template, operations in app.openapi()["paths"].items() if compile_path(template)[0].match(path)
    )
    return sorted({method.upper() for operations in there for method in operations})


def _refusal(error: EszkolaError) -> Refused:
    """Return what an exception of the platform comes to; its text names no person and no value."""
    match error:
        case Conflict():
            return Refused("conflict", retry_after=timedelta(seconds=1))
        case Unavailable(code="busy"):
            return Refused("busy", retry_after=error.retry_after)
        case Unavailable():
            return Refused("unavailable", retry_after=error.retry_after)
        case InvalidValue():
            return Refused("invalid-request", wrong=[Wrong(code=error.code, says=str(error))])
        case BrokenPromise() | _:
            return Refused("unexpected")


def _wrong(found: Mapping[str, Any]) -> Wrong:
    """Return what pydantic found; a name that is not asked for is a part of what was sent, and is left out."""
    where = found["loc"][1:-1] if found["type"] == "extra_forbidden" else found["loc"][1:]
    pointer = "".join(f"/{each}" for each in where)
    return Wrong(code=str(found["type"]).replace("_", "-"), says=str(found["msg"]), at=pointer)

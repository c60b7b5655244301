"""Answers of OneRoster services: any JSON, any paging, any refusal."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Self
from unittest.mock import patch
from urllib.parse import urlsplit

from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.stated import Reading
from eszkola_core.wire import kept
from eszkola_gradebook.cells import safe_key
from eszkola_gradebook.mapped import named_schools
from eszkola_gradebook.records import merged
from eszkola_gradebook.rest import reading as rest
from eszkola_gradebook.rest.answers import Answer
from eszkola_gradebook.rest.patience import Patience
from eszkola_gradebook.rest.service import Service
from eszkola_gradebook.shelves import Shelves
from fuzz.held import refusing, require
from fuzz.parts import flagged, grown, parted
from fuzz.reading import check_stated

WORDS: Final = (
    "\n=== /users\n", "\n=== /orgs\n", "\n=== /classes\n", "\n=== /enrollments\n", "\n=== /demographics\n",
    "\n=== /users/2\n", "\n=== /token\n", "200 2 ", "401", "403", "404", "500", '{"users": [', "]}", "sourcedId",
    "status", "active", "tobedeleted", "dateLastModified", "roles", "role", "student", "guardian", "org", "agents",
    "givenName", "familyName", "userIds", "type", "identifier", "email", "phone", "sms", "classType", "homeroom",
    "title", "school", "class", "user", "beginDate", "endDate", "birthDate", "sex", "name", "parent", "href",
    "access_token", "token_type", "bearer", "expires_in", "users", "orgs", "classes", "enrollments", "demographics",
    "enabledUser", "true", "null", "44051401359", "https://sis.example.org/v1p2/users?cursor=2",
    "https://elsewhere.example.org/",
)  # fmt: skip
_URL: Final = "https://sis.example.org/v1p2"
_TOKEN: Final = b'{"access_token": "abc", "token_type": "bearer", "expires_in": 3600}'
_MOST: Final = 3000
"""More requests than one reading of so little can need."""


class _Scripted:
    """Stands in for the requests: answers what a script says, the last of each path for ever."""

    def __init__(self, script: Mapping[str, list[Answer]]) -> None:
        self._script = script
        self._asked: dict[str, int] = defaultdict(int)
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return

    def monotonic(self) -> float:
        return float(self._count)

    def source(self, url: str) -> str:
        return f"sis:{safe_key(urlsplit(url).path)}"

    def get(self, url: str, question: Mapping[str, str], token: Secret) -> Answer:
        require(token.reveal() != "", "asked without a token")
        require(url.startswith("https://sis.example.org/"), "the token travels elsewhere")
        return self._answer(url, urlsplit(url).path.removeprefix("/v1p2"))

    def post(self, url: str, form: Mapping[str, str], user: str, password: Secret) -> Answer:
        return self._answer(url, "/token")

    def _answer(self, url: str, path: str) -> Answer:
        self._count += 1
        require(self._count < _MOST, "it asks for ever")
        answers = self._script.get(path, [])
        at, self._asked[path] = self._asked[path], self._asked[path] + 1
        if not answers:
            status, body = (200, _TOKEN) if path == "/token" else (404, b"{}")
            return Answer(url, self.source(url), status, body)
        said = answers[min(at, len(answers) - 1)]
        return Answer(url, self.source(url), said.status, said.body, said.total, said.following)


def check(data: bytes) -> None:
    """
    Read a service that answers as *data* says.

    Each part is an answer at a path: a line with the status, the total and the next page, then the body; one that
    begins with a tilde grows.
    """
    flag, content = flagged(data)
    script: dict[str, list[Answer]] = defaultdict(list)
    for path, part in parted(content):
        script[path].append(_said(part))
    service = Service(
        name="sis",
        url=_URL,
        token_url=f"{_URL}/token",
        client_id="c",
        client_secret_env="HOME",  # noqa: S106 - the name of a variable
        page_size=2 if flag // 8 % 2 else 100,
        demographics=bool(flag % 2),
        bare=bool(flag // 2 % 2),
    )
    since = datetime(2026, 11, 1, tzinfo=UTC) if flag // 4 % 2 else None
    with refusing(), patch.object(rest, "Transport", lambda *_: _Scripted(script)):
        _, stated = rest.stated_by_service(service, since, Patience(sleep=_never), Shelves())
        rosters = merged(stated.rosters)
        check_stated(kept(Reading(rosters=rosters, schools=named_schools(stated), findings=tuple(stated.findings))))


def _said(part: bytes) -> Answer:
    head, _, body = part.partition(b"\n")
    words = [*head.decode("ascii", "replace").split(" "), "", ""]
    status = int(words[0]) if words[0].isascii() and words[0].isdigit() and len(words[0]) == 3 else 200  # noqa: PLR2004
    if body.startswith(b"~"):
        body = json.dumps(grown(body[1:], WORDS), default=str).encode()
    return Answer("", "", status, body, words[1], words[2])


def _never(seconds: float) -> Any:  # noqa: ANN401 - what nobody looks at
    raise AssertionError(f"it waits for {seconds}")

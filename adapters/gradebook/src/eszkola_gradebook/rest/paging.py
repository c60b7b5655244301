"""
Lists page by page, from a service that goes on changing them.

Every page but the first is asked for from the last record of the one before. Where it does not begin with that, where
the total changes, or where another number of records came than was promised, the list *moved*: somebody may have been
passed over (SYNC-7).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Final
from urllib.parse import parse_qs, urlsplit

from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.rest.answers import Answer
from eszkola_gradebook.rest.client import Client

_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_MOST: Final = 20_000_000
"""Far more records than any list has: a service that never comes to an end is left."""


class Listing:
    """One walk over one list; ``moved`` is known once it has ended."""

    def __init__(self, client: Client, path: str, key: str, question: Mapping[str, str], page_size: int) -> None:
        self.moved = False
        self._client = client
        self._path = path
        self._key = key
        self._question = {**question, "limit": str(page_size)}
        self._seen: set[str] = set()
        self._total: int | None = None

    def __iter__(self) -> Iterator[object]:
        """Yield all records; one that changes its place meanwhile may come twice."""
        got, last, cursor = 0, "", ""
        cursors: set[str] = set()
        while True:
            offset = got if cursor else max(got - 1, 0)
            answer = self._client.ask(cursor) if cursor else self._page(offset)
            records = _records(answer, self._key)
            keys = [_key_of(record) or _content_of(record) for record in records]
            overlaps = bool(last) and keys[:1] == [last]
            self.moved |= bool(last) and not cursor and not overlaps
            yield from records[overlaps:]
            is_new = not self._seen.issuperset(keys)
            self._seen.update(keys)
            self._count(answer)
            got = offset + len(keys)
            last = keys[-1] if keys else ""
            cursor = self._cursor(answer)
            if not (answer.following or (not cursors and self._may_go_on(got, is_new=is_new))):
                break
            if cursor in cursors or not (is_new or cursor) or len(self._seen) > _MOST:
                raise UnreadableSource(
                    f"{answer.source} does not come to an end",
                    code="pages-repeat",
                    source=answer.source,
                    hint="its pages repeat or are empty before the last: whoever runs the service must mend its paging",
                )
            cursors |= {cursor} - {""}
        self.moved |= self._total not in {None, len(self._seen)}

    def _page(self, offset: int) -> Answer:
        return self._client.ask(self._path, {**self._question, "offset": str(offset)})

    def _count(self, answer: Answer) -> None:
        """Take down the total that the service promises; another than before means that the list moved."""
        total = int(answer.total) if _NUMBER.fullmatch(answer.total) else None
        self.moved |= None not in {total, self._total} and total != self._total
        self._total = self._total if total is None else total

    def _may_go_on(self, got: int, *, is_new: bool) -> bool:
        """Return whether there may be more where no link says so: by the total, or as long as something new comes."""
        return is_new if self._total is None else got < self._total

    def _cursor(self, answer: Answer) -> str:
        """Return the next page's address where it is not just an offset, which we know ourselves."""
        url = answer.following
        if not url or _is_offset(url):
            return ""
        if not self._client.leads_here(url):
            raise UnreadableSource(
                f"{answer.source} names a next page of another service",
                code="link-elsewhere",
                source=answer.source,
                hint="no token goes there: whoever runs the service must correct its public address",
            )
        return url


def _is_offset(url: str) -> bool:
    try:
        return "offset" in parse_qs(urlsplit(url).query)
    except ValueError:
        return False  # no address at all, so that it leads nowhere


def one(client: Client, path: str, key: str, *, may_be: frozenset[int]) -> object | None:
    """Return the one record at *path*; None where one of the refusals *may_be* comes instead."""
    answer = client.ask(path, may_be=may_be)
    return None if answer.status in may_be else _inside(answer, key)


def _records(answer: Answer, key: str) -> list[object]:
    found = _inside(answer, key)
    if not isinstance(found, list):
        raise _not_understood(answer, key)
    return found


def _inside(answer: Answer, key: str) -> object:
    """Return what the answer holds under *key*; an error that is sent as a success has nothing there."""
    content = answer.json()
    if not isinstance(content, dict) or key not in content:
        raise _not_understood(answer, key)
    return content[key]


def _not_understood(answer: Answer, key: str) -> UnreadableSource:
    return UnreadableSource(
        f"{answer.source} answers without {key}",
        code="answer-not-understood",
        source=answer.source,
        hint="check that url is the rostering service of OneRoster 1.2, and look into the log of the service",
    )


def _key_of(record: object) -> str:
    key = record.get("sourcedId") if isinstance(record, dict) else None
    return key if isinstance(key, str) else ""


def _content_of(record: object) -> str:
    """Return what tells a record without a key from others: not its place, or the same page would always be new."""
    try:
        content = json.dumps(record, sort_keys=True)
    except RecursionError:
        content = ""
    return f"/{blake2b(content.encode(), digest_size=16).hexdigest()}"

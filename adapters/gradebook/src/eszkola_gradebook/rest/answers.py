"""What a service answered, and the JSON in it."""

from __future__ import annotations

import json
from typing import Any

from attrs import field, frozen

from eszkola_core.errors import UnreadableSource


@frozen
class Answer:
    """What a service answered; ``following`` is the address that it names as the next page of a list."""

    url: str
    source: str
    status: int
    body: bytes = field(repr=False)
    total: str = ""
    following: str = ""

    def json(self) -> Any:  # noqa: ANN401 - whoever asks looks at what it is
        """
        Return the JSON in the answer.

        Raises:
            UnreadableSource: there is none.
        """
        try:
            return json.loads(self.body.decode("utf-8-sig"), parse_constant=_no_constant)
        except (ValueError, RecursionError):
            what = "a web page" if self.body.lstrip()[:1] == b"<" else "what is no JSON in UTF-8"
        raise UnreadableSource(
            f"{self.source} answers with {what}",
            code="answer-not-json",
            source=self.source,
            hint="check the address in the configuration: it mostly ends with /ims/oneroster/rostering/v1p2",
        )


def _no_constant(name: str) -> object:
    raise ValueError(name)

"""What a report says about one value of one record: where, what, and how to mend it."""

from __future__ import annotations

import attrs
from attrs import frozen


@frozen(order=True)
class Finding:
    """
    One thing that somebody should look at.

    ``value`` is already masked when it could name a person by number; a national id, a password, a token or a code
    never stands here in clear (ID-10). ``line`` counts from 1, the header included; 0 means that no line applies.
    ``record`` is the source's own key of the record.
    """

    source: str
    line: int
    record: str
    field: str
    code: str
    value: str = ""
    hint: str = attrs.field(default="", order=False)

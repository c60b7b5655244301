"""Which parts of a page surely have room enough, so that the layout need not measure them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

# How many signs stand in a line of each part in its largest size, if they are as wide as those of running text hardly
# ever are; in the window as if each were a W, for there a name may be all capitals. And how many lines there are.
_HEAD: Final = (55, 2)
_SENDER: Final = (50, 2)
_REMARK: Final = (42, 1)
_WINDOW: Final = (22, 5)
_INFO: Final = (30, 6)
_FOOTER: Final = (95, 2)
_BODY: Final = (80, 32)
_RULES: Final = (95, 0.82)
_HIGH_FACT: Final = 2.2


def short_parts(page: Mapping[str, Any]) -> Mapping[str, bool]:
    """Return for each part of a letter's page whether it surely fits as it is; for the others the layout finds out."""
    width, height = _BODY
    running = (page["subject"], *page["before"], *page["steps"], *page["after"])
    wide, share = _RULES
    used = _lines(running, width) + len(page["facts"]) * _HIGH_FACT + _lines(page["rules"], wide) * share
    used += _lines((value for _, value, _ in page["facts"]), width // 2) - len(page["facts"])
    return {
        "head": _fits((page["tenant"], page["school"]), *_HEAD),
        "sender": _fits([page["sender"]], *_SENDER),
        "remark": _fits([page["remark"]], *_REMARK),
        "window": _fits(page["window"], *_WINDOW),
        "info": _fits((f"{label} {value}" for label, value in page["info"]), *_INFO),
        "body": used <= height,
        "footer": _fits([page["footer"]], *_FOOTER),
    }


def _fits(texts: Iterable[str], width: int, lines: int) -> bool:
    return _lines(texts, width) <= lines


def _lines(texts: Iterable[str], width: int) -> int:
    """Return how many lines *texts* take, a line or more each."""
    return sum(-(-max(len(each), 1) // width) for each in texts)

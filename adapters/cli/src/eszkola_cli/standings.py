"""How readiness looks: how many have come how far, then who lacks what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

from attrs import asdict

from eszkola_cli.screen import Screen, in_words
from eszkola_core import Readiness, ReadinessRow, Standing

_STANDINGS: Final[Mapping[Standing, str]] = {
    Standing.ACTIVE: "can sign in",
    Standing.AWAITING: "awaits first access",
    Standing.CHANGE_DUE: "must change the password",
    Standing.SHUT: "account is shut",
    Standing.NOT_OPENED: "no account yet",
    Standing.HELD: "held",
}


def show_readiness(screen: Screen, readiness: Readiness, *, as_json: bool) -> None:
    """Print who stands where."""
    if as_json:
        screen.json(
            {
                "counts": {standing.value: readiness.counts.get(standing, 0) for standing in Standing},
                "rows": [asdict(row) for row in readiness.rows],
            }
        )
        return
    screen.table(
        ["how far", "#places in records"], [(_STANDINGS[each], str(readiness.counts.get(each, 0))) for each in Standing]
    )
    for (school, class_name), rows in groupby(readiness.rows, key=lambda row: (row.school, row.class_name)):
        needing = [row for row in rows if row.reasons]
        if needing:
            screen.table(
                ["name", "role", "how far", "what is missing or in conflict"],
                [_readiness_row(row) for row in needing],
                title=f"{school} {class_name}".strip(),
            )


def _readiness_row(row: ReadinessRow) -> Sequence[str]:
    reasons = ", ".join(map(in_words, row.reasons))
    return (row.name, row.role, _STANDINGS[row.standing], reasons)

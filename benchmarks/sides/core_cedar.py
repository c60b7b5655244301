"""Cedar, through cedarpy, on the same links: each child is a group that its guardian is a member of."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import perf_counter

import cedarpy

from benchmarks.parts.telling import main

POLICY = 'permit(principal, action == Action::"view", resource) when { principal in resource.guardians };'


def checked(many: int, times: int) -> Callable[[], object]:
    """Check links; cedarpy is handed policy and entities with each request, and keeps nothing."""
    entities = [
        {"uid": {"type": "Person", "id": f"guardian-{each}"}, "attrs": {}, "parents": []} for each in range(many)
    ]
    entities += [
        {
            "uid": {"type": "Person", "id": f"child-{each}"},
            "attrs": {"guardians": [{"__entity": {"type": "Person", "id": f"guardian-{each}"}}]},
            "parents": [],
        }
        for each in range(many)
    ]
    text = json.dumps(entities)

    def ask(guardian: int, child: int) -> bool:
        request = {
            "principal": f'Person::"guardian-{guardian}"',
            "action": 'Action::"view"',
            "resource": f'Person::"child-{child}"',
            "context": {},
        }
        return bool(cedarpy.is_authorized(request, POLICY, text).allowed)

    def job() -> object:
        found = []
        for number in range(times):
            who = number * 3331 % many
            begun = perf_counter()
            allowed = ask(who, who)
            found.append(perf_counter() - begun)
            if not allowed or ask(who, (who + 1) % many):
                raise SystemExit("cedar decides otherwise")
        return found

    return job


if __name__ == "__main__":
    main({"check": checked})

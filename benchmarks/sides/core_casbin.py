"""The relation check of pycasbin on the same links: once as relations, once as a policy for each."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from casbin import Enforcer
from casbin.model import Model

from benchmarks.parts.telling import main

_REQUEST = "[request_definition]\nr = sub, obj, act\n\n[policy_definition]\np = sub, obj, act\n\n"
_EFFECT = "[policy_effect]\ne = some(where (p.eft == allow))\n\n"
RELATIONS = f"{_REQUEST}[role_definition]\ng = _, _\n\n{_EFFECT}[matchers]\nm = g(r.sub, r.obj) && r.act == p.act\n"
POLICIES = f"{_REQUEST}{_EFFECT}[matchers]\nm = r.sub == p.sub && r.obj == p.obj && r.act == p.act\n"


def related(many: int, times: int) -> Callable[[], object]:
    """Check links that are relations: one policy says that whoever is related to a child views it."""
    enforcer = _enforcer(RELATIONS)
    enforcer.add_policy("anybody", "anything", "view")
    enforcer.add_grouping_policies([[f"guardian-{each}", f"child-{each}"] for each in range(many)])
    return lambda: _checked(enforcer, many, times)


def listed(many: int, times: int) -> Callable[[], object]:
    """Check links that are policies, one for each."""
    enforcer = _enforcer(POLICIES)
    enforcer.add_policies([[f"guardian-{each}", f"child-{each}", "view"] for each in range(many)])
    return lambda: _checked(enforcer, many, times)


def _enforcer(text: str) -> Enforcer:
    model = Model()
    model.load_model_from_text(text)
    return Enforcer(model)


def _checked(enforcer: Enforcer, many: int, times: int) -> list[float]:
    found = []
    for number in range(times):
        who = number * 3331 % many
        begun = perf_counter()
        allowed = enforcer.enforce(f"guardian-{who}", f"child-{who}", "view")
        found.append(perf_counter() - begun)
        if not allowed or enforcer.enforce(f"guardian-{who}", f"child-{(who + 1) % many}", "view"):
            raise SystemExit("casbin decides otherwise")
    return found


if __name__ == "__main__":
    main({"relations": related, "policies": listed})

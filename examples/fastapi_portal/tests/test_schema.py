"""What schemathesis finds: the API does what its OpenAPI document says, whatever is asked of it."""

from __future__ import annotations

import os
from collections import Counter

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from portal.sample import HERE

PASSWORD = "Deszcz-na-dach-7"
PHASES = {"examples", "coverage", "fuzzing", "stateful"}


def test_the_api_is_as_it_is_described(portal):
    """
    Every check of every phase, and every operation asked; the same requests each time.

    ESZKOLA_SCHEMATHESIS is a number of examples of each operation, for whoever looks longer.
    """
    login = portal.activate()
    config = SchemathesisConfig.from_path(HERE / "schemathesis.toml")
    if examples := os.environ.get("ESZKOLA_SCHEMATHESIS"):
        config.projects.default.generation.max_examples = int(examples)
        config.projects.default.generation.deterministic = False
    schema = schemathesis.openapi.from_asgi("/openapi.json", portal.app, config=config)

    @schema.auth(refresh_interval=None)
    class Keys:
        """A session for each request: some of them end it."""

        def get(self, case, ctx):  # noqa: ARG002 - schemathesis hands them over
            return portal.post("/sessions", login=login, password=PASSWORD).json()["key"]

        def set(self, case, data, ctx):  # noqa: ARG002 - the same
            case.headers["Authorization"] = f"Bearer {data}"

    phases, asked, wrong = {}, set(), []
    answers: Counter[int] = Counter()
    for event in from_schema(schema).execute():
        match event:
            case events.NonFatalError() | events.FatalError():
                wrong.append(str(event))
            case events.PhaseFinished():
                phases[event.phase.name.value.lower()] = event.status
            case events.ScenarioFinished():
                answers.update(each.response.status_code for each in event.recorder.interactions.values())
                asked |= {case.value.operation.label for case in event.recorder.cases.values()}
                wrong += [
                    f"{event.recorder.label}: {check.name}: {check.failure_info.failure.message}"
                    for checks in event.recorder.checks.values()
                    for check in checks
                    if check.failure_info is not None
                ]
    print(sum(answers.values()), "requests:", dict(sorted(answers.items())))

    assert wrong == []
    assert {name: phases[name] for name in PHASES} == dict.fromkeys(PHASES, Status.SUCCESS)
    assert asked == {each.ok().label for each in schema.get_all_operations()}
    assert {200, 201, 202, 204, 400, 401, 403, 404, 405, 410, 415, 422} <= set(answers)

"""The options of the service: each complaint names its key, and no token travels without TLS."""

from __future__ import annotations

import pytest

from eszkola_core.errors import InvalidValue
from eszkola_template.gateway import gateway

FINE = {"url": "https://gateway.example/v1", "token_env": "GATEWAY_TOKEN"}


def test_every_option_is_used(monkeypatch, tmp_path):
    """The address gets the stroke that paths are put behind."""
    monkeypatch.setenv("GATEWAY_TOKEN", "secret")
    made = gateway({**FINE, "timeout": 3}, base=tmp_path)

    assert (made.url, made.token.reveal(), made.timeout) == ("https://gateway.example/v1/", "secret", 3.0)


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        ({"url": "gateway.example"}, "url"),
        ({"url": "http://gateway.example/"}, "url"),
        ({"url": "https://gateway.example/?a=1"}, "url"),
        ({"url": ""}, "url"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": "3"}, "timeout"),
        ({"token_env": ""}, "token_env"),
        ({"token": "secret"}, "token"),
    ],
)
def test_a_wrong_option_is_named(wrong, names, monkeypatch, tmp_path):
    """And what stood there is not repeated."""
    monkeypatch.setenv("GATEWAY_TOKEN", "secret")
    with pytest.raises(InvalidValue, match=f"^{names}: ") as refused:
        gateway({**FINE, **wrong}, base=tmp_path)
    assert "secret" not in str(refused.value)

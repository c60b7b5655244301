"""Couriers made from a configuration, by name."""

from __future__ import annotations

from datetime import timedelta
from importlib.metadata import entry_points

import pytest

from eszkola_core.domain.hidden import Secret
from eszkola_core.errors import InvalidValue
from eszkola_sms.plugin import folder, smpp, smsapi


def test_all_couriers_are_found_by_name(tmp_path):
    """The plug-in group names the makers, and all are called alike."""
    makers = {entry.name: entry.load() for entry in entry_points(group="eszkola.sms")}
    (tmp_path / "secret").write_text("x")

    assert set(makers) == {"folder", "smpp", "smsapi"}
    assert makers["folder"]({"folder": "sms"}, base=tmp_path).folder == tmp_path / "sms"
    assert makers["smsapi"]({"token_file": "secret"}, base=tmp_path).domain == "https://api.smsapi.pl/"
    known = {"host": "smsc.example", "system_id": "e", "password_file": "secret"}
    assert makers["smpp"](known, base=tmp_path).port == 3550


def test_every_option_of_smsapi_is_used(tmp_path, monkeypatch):
    """The address gets the stroke that the client needs."""
    monkeypatch.setenv("SMS_TOKEN", "abc")
    options = {"token_env": "SMS_TOKEN", "sender": "eSzkola", "currency": "PLN", "domain": "http://127.0.0.1:8080"}
    courier = smsapi({**options, "test": True, "timeout": 5}, base=tmp_path)

    assert (courier.token, courier.sender, courier.currency) == (Secret("abc"), "eSzkola", "PLN")
    assert (courier.domain, courier.only_tried) == ("http://127.0.0.1:8080/", True)
    assert courier.timeout == timedelta(seconds=5)


def test_every_option_of_smpp_is_used(tmp_path):
    """Without TLS there is no context, and another port."""
    (tmp_path / "secret").write_text("x\n")
    options = {"host": "127.0.0.1", "system_id": "e", "password_file": "secret", "security": "none", "source": "+48600"}
    courier = smpp({**options, "system_type": "T", "timeout": 5, "quiet": 1}, base=tmp_path)

    assert (courier.port, courier.ssl_context, courier.password) == (2775, None, Secret("x"))
    assert (courier.source, courier.system_type) == ("+48600", "T")
    assert (courier.timeout, courier.quiet) == (timedelta(seconds=5), timedelta(seconds=1))
    assert smpp({**options, "security": "tls", "port": 9}, base=tmp_path).ssl_context is not None


SMSAPI = {"token_file": "secret"}
SMPP = {"host": "a.example", "system_id": "e", "password_file": "secret"}


@pytest.mark.parametrize(
    ("maker", "options", "names"),
    [
        (folder, {}, "folder"),
        (folder, {"folder": "a", "path": "b"}, "path"),
        (smsapi, {}, "token_env or token_file"),
        (smsapi, {"token": "canary"}, "token"),
        (smsapi, {"token_env": "NO_SUCH_VARIABLE"}, "token_env"),
        (smsapi, {**SMSAPI, "sender": "żółw"}, "sender"),
        (smsapi, {**SMSAPI, "sender": "twelve signs"}, "sender"),
        (smsapi, {**SMSAPI, "currency": "zł"}, "currency"),
        (smsapi, {**SMSAPI, "domain": "http://api.example/"}, "domain"),
        (smsapi, {**SMSAPI, "domain": "api.smsapi.pl"}, "domain"),
        (smsapi, {**SMSAPI, "domain": "https://a.example/?x"}, "domain"),
        (smsapi, {**SMSAPI, "domain": "http://[::1"}, "domain"),
        (smsapi, {**SMSAPI, "test": 1}, "test"),
        (smsapi, {**SMSAPI, "timeout": 0}, "timeout"),
        (smpp, {}, "host"),
        (smpp, {"host": "a.example", "password_file": "secret"}, "system_id"),
        (smpp, {"host": "a.example", "system_id": "e"}, "password_env or password_file"),
        (smpp, {**SMPP, "security": "starttls"}, "security"),
        (smpp, {**SMPP, "port": 2.5}, "port"),
        (smpp, {**SMPP, "source": "eSzkoła"}, "source"),
        (smpp, {**SMPP, "ca_file": "none.pem"}, "ca_file"),
    ],
)
def test_a_wrong_option_is_named(tmp_path, maker, options, names):
    """Whatever is missing, unknown or wrong, the error says which key, and repeats no value."""
    (tmp_path / "secret").write_text("canary")

    with pytest.raises(InvalidValue, match=names) as refusal:
        maker(options, base=tmp_path)

    assert "canary" not in str(refusal.value)

"""Couriers made from a configuration, by name."""

from __future__ import annotations

from datetime import timedelta
from importlib.metadata import entry_points

import pytest

from eszkola_core.domain.hidden import Secret
from eszkola_core.errors import InvalidValue
from eszkola_smtp import SmtpCourier
from eszkola_smtp.plugin import folder, smtp

SENDER = "eSzkoła <konta@eszkola.example>"


def test_both_couriers_are_found_by_name(tmp_path):
    """The plug-in group names both makers, and both are called alike."""
    makers = {entry.name: entry.load() for entry in entry_points(group="eszkola.email")}

    assert makers["folder"]({"folder": "mail"}, base=tmp_path, sender=SENDER).folder == tmp_path / "mail"
    assert isinstance(makers["smtp"]({"host": "mail.example.com"}, base=tmp_path, sender=SENDER), SmtpCourier)


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_follows_from_the_security(tmp_path, security, port):
    """Without a port the usual one of the chosen security is taken; STARTTLS is the default."""
    courier = smtp({"host": "127.0.0.1", "security": security}, base=tmp_path, sender=SENDER)

    assert (courier.security, courier.port) == (security, port)
    assert smtp({"host": "127.0.0.1"}, base=tmp_path, sender=SENDER).security == "starttls"


def test_every_option_reaches_the_courier(tmp_path, authority):
    """Host, port, timeout, name and trusted authority are as configured."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    options = {"host": "mail.example.com", "port": 2525, "timeout": 2.5, "hostname": "portal", "ca_file": "ca.pem"}

    courier = smtp(options, base=tmp_path, sender=SENDER)

    assert (courier.host, courier.port, courier.hostname) == ("mail.example.com", 2525, "portal")
    assert courier.timeout == timedelta(seconds=2.5)
    assert courier.ssl_context is not None
    assert len(courier.ssl_context.get_ca_certs()) == 1
    assert courier.ssl_context.check_hostname
    assert smtp({"host": "a.example"}, base=tmp_path, sender=SENDER).ssl_context is None


def test_the_password_comes_from_the_environment(tmp_path, monkeypatch):
    """The configuration names the variable; the courier keeps the password hidden."""
    monkeypatch.setenv("MAIL_PASSWORD", "canary-pa55word")
    options = {"host": "mail.example.com", "username": "eszkola", "password_env": "MAIL_PASSWORD"}

    courier = smtp(options, base=tmp_path, sender=SENDER)

    assert courier.password == Secret("canary-pa55word")
    assert "canary" not in repr(courier)


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_the_password_comes_from_a_file(tmp_path, end):
    """One final line end is the editor's; spaces are the password's."""
    (tmp_path / "secret").write_bytes(f" pa55 word {end}".encode())
    options = {"host": "mail.example.com", "username": "eszkola", "password_file": "secret"}

    assert smtp(options, base=tmp_path, sender=SENDER).password == Secret(" pa55 word ")


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, "host"),
        ({"host": ""}, "host"),
        ({"host": 5}, "host"),
        ({"host": "a.example", "hots": "b"}, "hots"),
        ({"host": "a.example", "password": "canary"}, "password"),
        ({"host": "a.example", "port": "587"}, "port"),
        ({"host": "a.example", "port": True}, "port"),
        ({"host": "a.example", "port": 2.5}, "port"),
        ({"host": "a.example", "port": 70000}, "port"),
        ({"host": "a.example", "timeout": 0}, "timeout"),
        ({"host": "a.example", "timeout": float("nan")}, "timeout"),
        ({"host": "a.example", "timeout": float("inf")}, "timeout"),
        ({"host": "a.example", "timeout": 86401}, "timeout"),
        ({"host": "a.example", "security": "ssl"}, "security"),
        ({"host": "a.example", "security": "none"}, "security"),
        ({"host": "a.example", "username": "eszkola"}, "password"),
        ({"host": "a.example", "username": "eszkola", "password_env": "NO_SUCH_VARIABLE"}, "password_env"),
        ({"host": "a.example", "username": "eszkola", "password_file": "none"}, "password_file"),
        ({"host": "a.example", "username": "eszkola", "password_file": "empty"}, "password_file"),
        ({"host": "a.example", "username": "eszkola", "password_file": "x", "password_env": "Y"}, "password_env"),
        ({"host": "a.example", "ca_file": "none.pem"}, "ca_file"),
        ({"host": "a.example", "ca_file": "empty"}, "ca_file"),
    ],
)
def test_a_wrong_option_is_named(tmp_path, options, names):
    """Whatever is missing, unknown or wrong, the error says which key, and repeats no value."""
    (tmp_path / "empty").touch()

    with pytest.raises(InvalidValue, match=names) as refusal:
        smtp(options, base=tmp_path, sender=SENDER)

    assert "canary" not in str(refusal.value)


@pytest.mark.parametrize(("options", "names"), [({}, "folder"), ({"folder": "a", "path": "b"}, "path")])
def test_a_wrong_option_of_the_folder_is_named(tmp_path, options, names):
    """The folder must be said, and nothing else may be."""
    with pytest.raises(InvalidValue, match=names):
        folder(options, base=tmp_path, sender=SENDER)

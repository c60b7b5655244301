"""From the configuration to somebody who signs in, by the command line; each command opens the storage anew."""

from __future__ import annotations

import re

import pytest

main = pytest.importorskip("eszkola_cli.main", reason="the command line is not installed")
testing = pytest.importorskip("click.testing")

STORAGE = '[storage]\nadapter = "lmdb"\nfolder = "pages"\nkeyring = "pages.keyring"\n\n'
EXPORT = "Nr kartoteki;Nazwisko;Imię;Oddział;E-mail ucznia\n1;Lis;Ala;7a;ala@example.com\n2;Kot;Jan;7b;\n"


def test_an_export_becomes_somebody_who_signs_in(tmp_path, monkeypatch):
    """The storage is named, made, filled, and knows the password that was handed over."""
    monkeypatch.chdir(tmp_path)

    def eszkola(*words, hears="", ends=0):
        done = testing.CliRunner().invoke(main.eszkola, words, input=hears)
        assert done.exit_code == ends, done.output
        return done.output

    eszkola("init", ".", "--profile", "open")
    config = tmp_path / "eszkola.toml"
    made = config.read_text("utf-8")
    config.write_text(re.sub(r"^\[storage\].*?(?=^\[)", STORAGE, made, flags=re.DOTALL | re.MULTILINE), "utf-8")
    (tmp_path / "students.csv").write_text(EXPORT, "utf-8")
    eszkola("db", "create")
    assert "Applied as run 1" in eszkola("roster", "apply", "students.csv", "--school", "SP1")
    eszkola("credentials", "print", "--school", "SP1", "--out", "letters.pdf")
    shown = eszkola("credentials", "hand-over", "ala.lis", "--by", "hand", "--proof", "known-in-person", "--show")

    told = eszkola("signin", "ala.lis", "--password-stdin", hears=shown.splitlines()[1] + "\n", ends=1)
    assert "The password is right" in told
